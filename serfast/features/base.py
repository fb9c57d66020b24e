"""What every feature has: a name for its columns, a padding of its own, a frame length.

The features themselves are small frozen dataclasses beside the tables of their stage: energy.py,
spectrum.py, mel.py, mfcc.py, pitch.py. They hold numbers and names only; the loops are in ``ext/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .. import _checks as checks
from .framing import PAD_MODES, PadMode

__all__ = ["Feature", "check_band"]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What every feature has: a name for its columns and a padding of its own.

    Parameters
    ----------
    name : str or None
        Prefix of its columns; None takes the feature's own (``mfcc`` → ``mfcc_0`` …).
    pad_mode : {"constant", "edge", "reflect"} or None
        How frames that reach past the signal's ends are filled when the spec is centred;
        None takes the spec's.
    """

    prefix: ClassVar[str] = ""

    name: str | None = None
    pad_mode: PadMode | None = None

    def __post_init__(self) -> None:
        checks.plain(self)
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            checks.fail("name", "None or a str of at least 1 character", self.name)
        if self.pad_mode is not None:
            checks.choice("pad_mode", self.pad_mode, PAD_MODES)

    @property
    def length(self) -> int:
        """Samples in one frame."""
        raise TypeError(f"{type(self).__name__} has no frame: use one of the features")

    @property
    def lookahead(self) -> int:
        """Rows after it that a row waits for in a stream."""
        return 0

    @property
    def whole_signal(self) -> bool:
        """Whether a row depends on the whole signal, so that the feature can't be streamed."""
        return False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the feature's columns."""
        return (self.name or self.prefix,)

    def _numbered(self, count: int) -> tuple[str, ...]:
        return tuple(f"{self.name or self.prefix}_{i}" for i in range(count))

    def check(self, sample_rate: float) -> None:
        """Raise ParameterError if the feature can't be had at this sample rate [Hz]."""


def check_band(fmin: float, fmax: float | None, sample_rate: float) -> None:
    """Raise ParameterError unless fmin < fmax <= sample_rate / 2 (None: half the rate) [Hz]."""
    nyquist = sample_rate / 2
    top = nyquist if fmax is None else fmax
    if top > nyquist:
        checks.fail("fmax", f"<= {nyquist:g} Hz (half the sample rate)", fmax)
    if fmin >= top:
        checks.fail("fmin", f"< {top:g} Hz (fmax)", fmin)

"""The base class has what every feature has: column names, a padding, a frame length.

The features themselves are small frozen dataclasses, each in its own file. They hold numbers and
names only; the loops over samples are in ``ext/`` and in the other back ends.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

import numpy as np

from .. import _checks as checks
from .framing import PAD_MODES, PadMode, left_padding

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "MAX_TRANSFORM",
    "Feature",
    "Planner",
    "Quantity",
    "Rows",
    "check_band",
    "check_floor",
    "power_unit",
    "snake_case",
]

Rows = np.ndarray[Any, np.dtype[np.float64]]

Quantity: TypeAlias = Literal["number", "amplitude", "pitch"]
"""A feature's columns measure an amplitude, a pitch [Hz] with its aperiodicity, or a number."""

MAX_TRANSFORM = 2**22
"""A frame that is transformed has at most this many samples: 87 s at 48 kHz."""

MAX_NAME = 256
"""A feature's name has at most this many characters: each of its columns has the name."""

SMALLEST = 1e-30
"""A smaller tolerance is raised to this value, so that two zeros agree."""


class Planner(Protocol):
    """A planner puts features into a program (``serfast/program/planner.py``).

    It has one method for each stage. The method adds the stage that the feature needs; the
    feature's columns begin at `column`.
    """

    def rms(self, feature: Any, column: int) -> None:
        """Add a root mean square."""

    def crossings(self, feature: Any, column: int) -> None:
        """Add a zero-crossing rate."""

    def pitch(self, feature: Any, column: int) -> None:
        """Add YIN."""

    def spectrum(self, feature: Any, column: int) -> None:
        """Add a power spectrum as columns."""

    def mel(self, feature: Any, column: int) -> None:
        """Add the power in mel bands as columns."""

    def log_mel(self, feature: Any, column: int) -> None:
        """Add a log-mel spectrum as columns."""

    def cepstrum(self, feature: Any, column: int) -> None:
        """Add a cosine transform of a log-mel spectrum."""

    def computed(self, feature: Any, column: int) -> None:
        """Add a function of named inputs."""

    def track(self, feature: Any, column: int) -> None:
        """Add a function of the rows around a row."""

    def delta(self, feature: Any, column: int) -> None:
        """Add a weighted sum of the rows around a row."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Feature:
    """Every feature is a subclass of this one, which has a name and a padding.

    Parameters
    ----------
    name : str or None
        The names of the columns begin with it. None stands for the feature's usual name
        (``mfcc`` → ``mfcc_0`` …).
    pad_mode : {"constant", "edge", "reflect", "symmetric"} or None
        It says how frames that reach past the signal's ends are filled. None stands for the spec's
        padding.
    """

    prefix: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    """Every column is in this unit, "1" if it is a number without one; "" where it isn't known."""
    quantity: ClassVar[Quantity] = "number"
    forgiven: ClassVar[float] = 0.0
    """In this share of the rows two back ends may differ by any amount, because a choice is tied.

    An example is YIN, when two lags are equally good.
    """

    name: str | None = None
    pad_mode: PadMode | None = None

    def __new__(cls, *given: Any, **fields: Any) -> Self:
        """Refuse what is no field, with the name that may have been meant."""
        known = [f.name for f in dataclasses.fields(cls) if f.init and f.kw_only]
        others = [name for name in known if name not in ("name", "pad_mode")]
        checks.known_arguments(cls, given, fields, f"{(others or ['name'])[0]}=…")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        checks.plain(self)
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            checks.fail("name", "None or a str of at least 1 character", self.name)
        if self.name is not None and len(self.name) > MAX_NAME:
            checks.fail("name", f"None or a str of at most {MAX_NAME} characters", self.name)
        if self.pad_mode is not None:
            checks.choice("pad_mode", self.pad_mode, PAD_MODES)

    # Equality, hash and repr are written once for all features. dataclass would compile them anew
    # for every class, which `import serfast` would wait for.

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        fields = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self))
        return f"{type(self).__qualname__}({', '.join(fields)})"

    @classmethod
    def example(cls) -> Feature:
        """Give an instance with the default fields, for tests, benchmarks and pages."""
        return cls()

    @property
    def length(self) -> int:
        """Give the number of samples in one frame."""
        raise TypeError(f"{type(self).__name__} has no frame: use one of the features")

    def reach(self, center: bool) -> int:
        """Give the number of samples from a row's moment to the end of the feature's frame."""
        return self.length - left_padding(self.length, center)

    @property
    def lookahead(self) -> int:
        """Give the number of later rows for which a row waits in a stream."""
        return 0

    @property
    def first_rows(self) -> int:
        """Give the number of rows that must be there before the first one can be given."""
        return 1

    @property
    def whole_signal(self) -> bool:
        """Tell whether rows depend on the whole signal; then the feature can't be streamed."""
        return False

    @property
    def for_streams(self) -> str:
        """Give the advice for streams, if the feature depends on the whole signal."""
        return ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of the feature's columns."""
        return (self.name or self.prefix,)

    @property
    def units(self) -> tuple[str, ...]:
        """Give the unit of each of the feature's columns, as :attr:`FeatureSpec.units` has it."""
        return (self.unit,) * len(self.columns)

    @property
    def reads(self) -> tuple[str, ...]:
        """Give the names of the columns, of other features in the same row, that it looks at."""
        return ()

    @property
    def multiplications(self) -> int:
        """Give roughly how many multiplications a row takes, as a measure of its cost."""
        return 16 * self.length

    def _numbered(self, count: int) -> tuple[str, ...]:
        return tuple(f"{self.name or self.prefix}_{i}" for i in range(count))

    def fitted(self, sample_rate: float, hop_length: int) -> Feature:
        """Give the feature with what it leaves to its spec, such as lengths in samples."""
        return self

    def check(self, sample_rate: float) -> None:
        """Raise ParameterError if the feature is impossible at this sample rate [Hz]."""

    def plan(self, planner: Planner, column: int) -> None:
        """Put the feature into a program; its columns begin at `column`."""
        raise TypeError(f"{type(self).__name__} can't be computed: use one of the features")

    def tolerance(self, expected: Rows) -> Rows:
        """Give the largest difference allowed between two back ends, for each value.

        A model that was trained with one back end may be used with another if the rows agree
        within it. By default it is 0.001 of the largest value.

        Parameters
        ----------
        expected : ndarray of float64, shape (n_rows, n_columns)
            These are the feature's rows by one of the two back ends.
        """
        return self.limit(1e-3, np.abs(expected).max(initial=0.0), expected)

    @staticmethod
    def limit(share: float, scale: Any, expected: Rows) -> Rows:
        """Give the tolerance of every value as `share` times a scale."""
        return np.asarray(np.maximum(share * np.broadcast_to(scale, expected.shape), SMALLEST))


def check_band(fmin: float, fmax: float | None, sample_rate: float) -> None:
    """Raise ParameterError unless fmin < fmax <= sample_rate / 2 (None: half the rate) [Hz]."""
    nyquist = sample_rate / 2
    top = nyquist if fmax is None else fmax
    if top > nyquist:
        checks.fail("fmax", f"<= {nyquist:g} Hz (half the sample rate)", fmax)
    if fmin >= top:
        checks.fail("fmin", f"< {top:g} Hz (fmax)", fmin)


def check_floor(value: float) -> None:
    """Raise ParameterError unless `amin` is a normal float32 number > 0 that isn't huge."""
    checks.number("amin", value, minimum=1.1754944e-38, maximum=1e30)


def power_unit(power: float) -> str:
    """Give the unit of a spectrum |X|^power of samples.

    Examples
    --------
    >>> power_unit(1.0), power_unit(2.0)
    ('amplitude', 'amplitude^2')
    """
    return "amplitude" if power == 1 else f"amplitude^{power:g}"


def snake_case(name: str) -> str:
    """Give the name of a class in the form of a function's name.

    Examples
    --------
    >>> snake_case("SpectralCentroid"), snake_case("MFCC"), snake_case("HNRRatio"), snake_case("F0")
    ('spectral_centroid', 'mfcc', 'hnr_ratio', 'f0')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()

"""F0 has the fundamental frequency where there is a voice, and the probability of one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Feature, Rows, check_band
from .computed import Values
from .f0_candidates import F0Candidates, usual_frame_length
from .f0_path import F0Path
from .track import BaseTrack

__all__ = ["F0"]

LAG = 0.1
"""The usual lag [s]."""

MAX_LAG = 1000
"""A row is decided after this many later rows at most."""

NEAR = 4
"""The jumps of F0 are looked for among this many rows on each side at most."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class F0(BaseTrack):
    """It is the fundamental frequency of a voice [Hz], and the probability that there is one.

    Parameters
    ----------
    fmin, fmax : float
        They are the range of F0 [Hz], 0 < fmin < fmax <= sample_rate / 2. They may be given
        without their names.
    lag : int or None
        A row is decided when this many later rows have been heard, 0 to 1000; 0 decides at once,
        with more errors. None stands for 100 ms: the spec fills it in.
    whole : bool
        If True, a row is decided when 1000 later rows have been heard, or all of them: that is the
        path through the whole recording. A stream refuses it.
    threshold : float
        A row is voiced if the probability is at least this, 0 to 1.
    unvoiced_nan : bool
        In unvoiced rows ``f0`` is 0 (False) or NaN (True).
    frame_length : int or None
        It means the same as in :class:`serfast.F0Candidates`.

    Notes
    -----
    The columns are ``f0`` and ``voicing``. Of the rows with a voicing of 0.8, about 80 % are
    voiced, in clean speech.

    The frequency is that of :class:`serfast.F0Path`, which looks at three fifths of the lag. Then a
    hidden Markov model with two states decides, by its forward probabilities up to the row and the
    backward ones of the rest of the lag. The logarithm of a row's odds is
    z = 1.1 + 5.7 s - 20 max(0.3 - s, 0) + 0.2 l - 7 min(d, 0.8), with the strength s, the relative
    level l [dB], and the largest jump d [octaves] within 15 ms. Rows nearer to each other than
    15 ms count less, because they hear the same. The state changes 6.5 times a second. The model is
    Rabiner's, Proc. IEEE 77 (1989), 257–286, equations 20, 25 and 27.

    The few constants were chosen on 25 recordings with a laryngograph, of two speakers.
    docs/features.md has the errors. Silence, clicks, constants and noise are unvoiced; a tone
    between fmin and fmax is a voice, and one above fmax may be taken for its subharmonic. Of two
    voices at once the stronger one is followed.

    Examples
    --------
    >>> F0(75, 500).columns
    ('f0', 'voicing')
    """

    outputs: ClassVar[tuple[str, ...]] = ("f0", "voicing")
    state_size: ClassVar[int] = 2
    forgiven: ClassVar[float] = 1 / 8

    fmin: float = field(default=50.0, kw_only=False)
    fmax: float = field(default=600.0, kw_only=False)
    lag: int | None = None
    whole: bool = False
    threshold: float = 0.6
    unvoiced_nan: bool = False
    frame_length: int | None = None

    def __post_init__(self) -> None:
        checks.number("fmin", self.fmin, above=0)
        checks.number("fmax", self.fmax, above=0)
        if self.fmin >= self.fmax:
            checks.fail("fmin", f"< {self.fmax:g} Hz (fmax)", self.fmin)
        if self.lag is not None:
            checks.integer("lag", self.lag, 0, MAX_LAG)
        checks.boolean("whole", self.whole)
        if self.whole and self.lag is not None:
            checks.fail("lag", "None for whole=True", self.lag)
        checks.number("threshold", self.threshold, minimum=0, maximum=1)
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)
        super().__post_init__()

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "1")

    def fitted(self, sample_rate: float, hop_length: int) -> Feature:
        """Give it with the usual frame length and lag, if none were given."""
        given: dict[str, Any] = {}
        if self.lag is None and not self.whole:
            given["lag"] = min(round(LAG * sample_rate / hop_length), MAX_LAG)
        if self.frame_length is None:
            given["frame_length"] = usual_frame_length(sample_rate, self.fmin)
        return replace(self, **given) if given else self

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give the path of F0."""
        return (self._path,)

    @property
    def _path(self) -> F0Path:
        """Give the path of F0, which is made once: an extractor asks for it in every call."""
        made = vars(self).get("_made_path")
        if made is None:
            made = self._make_path()
            object.__setattr__(self, "_made_path", made)
        return cast(F0Path, made)

    def _make_path(self) -> F0Path:
        candidates = F0Candidates(
            fmin=self.fmin,
            fmax=self.fmax,
            frame_length=self.frame_length,
            pad_mode=self.pad_mode,
        )
        return F0Path(candidates, lag=self._rows_ahead - self.ahead)

    @property
    def _rows_ahead(self) -> int:
        """Give the lag; before it is in a spec, that of rows every 10 ms."""
        return MAX_LAG if self.whole else 10 if self.lag is None else self.lag

    @property
    def back(self) -> int:
        """Give the number of rows before a row among which jumps are looked for."""
        return NEAR

    @property
    def ahead(self) -> int:
        """Give two fifths of the lag; the path has the other rows."""
        return 2 * self._rows_ahead // 5

    @property
    def whole_signal(self) -> bool:
        return self.whole

    @property
    def for_streams(self) -> str:
        """Give the advice for streams, if it is the path through the whole recording."""
        return "use whole=False, with a lag in rows" if self.whole else ""

    @property
    def gives_nan(self) -> bool:
        return self.unvoiced_nan

    def check(self, sample_rate: float) -> None:
        check_band(self.fmin, self.fmax, sample_rate)
        super().check(sample_rate)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        row_rate: float,
        threshold: float,
        unvoiced_nan: bool,
        out: Values,
    ) -> None:
        """Go back from the latest row to this one, then on from the row before.

        The state has the probability of a voice up to the row before, and 1 if there was one.
        """
        near = int(min(max(np.ceil(0.015 * row_rate - 0.5), 1.0), 4.0))
        change = (1.0 - np.exp(-13.0 / row_rate)) / 2.0
        voiced, unvoiced, odds = (
            1.0,
            1.0,
            1.0,
        )  # of the rows behind, if this one is the one or other
        for i in range(len(rows) - 1, place - 1, -1):
            jump = 0.0
            for j in range(max(i - near, 0), min(i + near + 1, len(rows))):
                jump = max(jump, abs(float(rows[i, 1]) - float(rows[j, 1])))
            z = 1.1 + 5.7 * float(rows[i, 2]) + 0.2 * float(rows[i, 3]) - 7.0 * min(jump, 0.8)
            z -= 20.0 * max(0.3 - float(rows[i, 2]), 0.0)
            if not rows[i, 0] > 0.0:
                z = -20.0
            odds = np.exp(min(max(z, -30.0), 30.0) * min(1.0 / (0.015 * row_rate), 1.0))
            if i > place:
                either = odds * voiced + unvoiced
                voiced = (odds * voiced * (1.0 - change) + unvoiced * change) / either
                unvoiced = 1.0 - voiced
        before = (1.0 - change) * state[0] + change * (1.0 - state[0]) if state[1] > 0.0 else 0.5
        state[0], state[1] = before * odds / (before * odds + 1.0 - before), 1.0
        p = state[0] * voiced / (state[0] * voiced + (1.0 - state[0]) * unvoiced)
        out[1] = p
        if p >= threshold and rows[place, 0] > 0.0:
            out[0] = rows[place, 0]
        else:
            out[0] = np.nan if unvoiced_nan else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-3 of F0 and 0.01 of the voicing.

        Where two paths are equally good within rounding, or a voicing is equal to the threshold,
        back ends decide differently. So one row in eight may differ by more.
        """
        scale = np.maximum(2e-3 * np.abs(np.nan_to_num(expected)), 1e-2)
        return self.limit(1.0, scale, expected)

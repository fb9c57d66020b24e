"""A track is a feature over rows: it is computed from the rows around a row.

A track looks at columns of the rows t - back … t + ahead, and may keep a state of bounded size from
row to row. It gets the rows in order, each once, so a recording and a stream have the same bits.
A stream gives a row when the later rows that its tracks look at are there.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .. import _checks as checks
from .arguments import TRACK_INPUTS
from .base import Feature, Planner
from .computed import Function
from .energy import RMS

__all__ = ["MAX_WINDOW", "BaseTrack", "Track"]

MAX_WINDOW = 1001
"""A track may look at this many rows at most: 10 s of rows every 10 ms."""

MAX_STATE = 65536
"""A track may keep this many numbers at most from row to row."""

MAX_PASSES = 8
"""A track may go over the rows of a recording this many times at most."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BaseTrack(Function):
    """Every track is one of these: a function of rows, which are those of its `sources`."""

    inputs: ClassVar[tuple[str, ...]] = TRACK_INPUTS
    state_size: ClassVar[Any] = 0
    back: ClassVar[Any] = 0
    ahead: ClassVar[Any] = 0
    whole_window: ClassVar[bool] = False
    """If it is True, the first rows wait until the first whole window is there."""
    passes: ClassVar[int] = 1
    """It goes so many times over all rows; with more than one it needs the whole recording."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("back", "ahead"):
            checks.integer(name, getattr(self, name), 0, MAX_WINDOW - 1)
        checks.integer("back + ahead", self.back + self.ahead, 0, MAX_WINDOW - 1)
        checks.integer("passes", self.passes, 1, MAX_PASSES)
        checks.integer("state_size", self.state_size, 0 if self.passes == 1 else 1, MAX_STATE)

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give the features that the track looks at, in the order of their columns."""
        return ()

    @property
    def length(self) -> int:
        return max(source.length for source in self.sources)

    @property
    def lookahead(self) -> int:
        return int(self.ahead) + max(source.lookahead for source in self.sources)

    @property
    def first_rows(self) -> int:
        needed: int = 1 + (self.back + self.ahead if self.whole_window else self.ahead)
        behind = max(source.lookahead for source in self.sources)
        return max(needed + behind, *(source.first_rows for source in self.sources))

    @property
    def whole_signal(self) -> bool:
        return self.passes > 1 or any(source.whole_signal for source in self.sources)

    @property
    def for_streams(self) -> str:
        """Give the advice for streams of the first feature, among its sources, that needs it."""
        return next((source.for_streams for source in self.sources if source.whole_signal), "")

    @property
    def multiplications(self) -> int:
        n_columns = sum(len(source.columns) for source in self.sources)
        rows: int = 1 + self.back + self.ahead
        return rows * n_columns + sum(source.multiplications for source in self.sources)

    def check(self, sample_rate: float) -> None:
        for source in self.sources:
            source.check(sample_rate)

    @property
    def initial_state(self) -> tuple[float, ...]:
        """Give what the state is before the first row of a signal; nothing stands for zeros."""
        return ()

    def plan(self, planner: Planner, column: int) -> None:
        planner.track(self, column)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Track(BaseTrack):
    """A track is a feature that is computed from the rows around a row.

    To make one, write a subclass that is a frozen dataclass, with the names of its columns in
    `outputs`, the numbers of rows that it looks at in `back` and `ahead`, and a static method
    `compute`. `outputs`, `back` and `ahead` may be properties, if they depend on the fields.

    Parameters
    ----------
    feature : Feature
        The track looks at the columns of this feature, which may be a track too. The feature
        needn't stand in the spec; if it does, it is computed only once. A subclass may have more
        fields of this kind: their columns follow in the order of the fields.

    Notes
    -----
    `compute` is called for every row, in order. It gets the arguments that it names:

    ``rows``
        These are those of the rows t - back … t + ahead that exist, with the columns of `feature`;
        float32 of shape (n, n_columns), read-only.
    ``place``
        This is the index of row t in ``rows``; int. At the beginning of a recording it is less
        than `back`; at its end, fewer than `ahead` rows follow.
    ``state``
        It has `state_size` elements of float64. At the beginning of a signal they are 0, or those
        of the property `initial_state`. Values that are written into it are still there at the
        next row.
    ``row_rate``
        This is the number of rows per second; float.
    any field annotated ``int``, ``float`` or ``bool``
        This is the field's value.
    ``out``
        The results are written here: float32, one element for each column, NaN until it is
        written.

    If `compute` raises or doesn't give finite numbers, the columns are NaN in that row, and a
    :class:`serfast.errors.FeatureWarning` says so.

    A subclass whose `passes` is more than 1 needs the whole recording, and no stream has it: all
    rows are gone over that many times, and the columns of the last time stay. Before each, the
    number of the pass, from 0 on, is written into ``state[0]``; what else the state has is kept.

    Examples
    --------
    A smoother with one number of state, which looks at no later row:

    >>> import serfast
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Smoothed(Track):
    ...     outputs = ("smoothed",)
    ...     state_size = 2
    ...     share: float = 0.9
    ...
    ...     @staticmethod
    ...     def compute(rows, place, state, share, out):
    ...         if state[1] == 0:
    ...             state[0], state[1] = rows[place, 0], 1
    ...         state[0] = share * state[0] + (1 - share) * rows[place, 0]
    ...         out[0] = state[0]
    >>> serfast.FeatureSpec(features=[Smoothed(serfast.RMS())]).columns
    ('smoothed',)
    """

    feature: Feature = field(kw_only=False)

    def __post_init__(self) -> None:
        for name, value in self._features().items():
            self._check_feature(name, value)
        self._take_padding()
        super().__post_init__()

    @classmethod
    def example(cls) -> Feature:
        """Give the track of a root mean square, for tests, benchmarks and pages."""
        return cls(RMS())

    def fitted(self, sample_rate: float, hop_length: int) -> Feature:
        """Give the track of features that are fitted to the spec themselves."""
        given = self._features()
        made = {name: value.fitted(sample_rate, hop_length) for name, value in given.items()}
        changed = {name: value for name, value in made.items() if value is not given[name]}
        return dataclasses.replace(self, **changed) if changed else self

    def _features(self) -> dict[str, Any]:
        """Give the fields, by name, that are features or are annotated as such."""
        values = {f.name: (getattr(self, f.name), f.type) for f in dataclasses.fields(self)}
        return {
            name: value
            for name, (value, kind) in values.items()
            if isinstance(value, Feature) or _means_a_feature(kind)
        }

    def _check_feature(self, name: str, value: Any) -> None:
        if not isinstance(value, Feature):
            checks.fail(name, "a feature", value)

    def _take_padding(self) -> None:
        """Take the padding of the feature, because a track has no frames itself."""
        if self.pad_mode not in (None, self.feature.pad_mode):
            checks.fail("pad_mode", "None (padding is the feature's own)", self.pad_mode)
        object.__setattr__(self, "pad_mode", self.feature.pad_mode)

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give the features that the track looks at, in the order of their columns."""
        return tuple(self._features().values())


def _means_a_feature(annotation: Any) -> bool:
    """Tell whether a field's annotation, which may be a string, says that it is a feature."""
    if isinstance(annotation, type):
        return issubclass(annotation, Feature)
    return str(annotation).rsplit(".", 1)[-1] == "Feature"

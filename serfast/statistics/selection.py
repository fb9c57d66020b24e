"""A selection has functionals of certain rows of one column, such as the voiced rows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import _checks as checks
from ..features.track import MAX_WINDOW
from ..program.vector import TAILS, SelectedSeries
from .columns import places, text_tuple
from .functionals import SELECTION_FUNCTIONALS, functional, is_selection_functional

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Selection", "checked_selections", "names_of", "series_of"]

ROWS = ("all", "above", "below")
MISSING = {"zero": 0.0, "nan": math.nan}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """It gives functionals of one column over the rows that count, smoothed if wanted.

    Give some of them to :class:`serfast.Statistics`.

    Parameters
    ----------
    column : str
        It is the name of a column, or of a family: ``"mfcc"`` means mfcc_0, mfcc_1 …
    functionals : tuple of str
        The names come from :data:`serfast.statistics.functionals.SELECTION_FUNCTIONALS`, or are
        percentiles ``p0`` to ``p100``, ranges such as ``range20_80``, or autocorrelations ``ac1``
        to ``ac99``.
    name : str or None
        The entries' names begin with it. None stands for the column, with ``.above`` or ``.below``
        if not all rows count.
    names : tuple of str
        These are the whole names of the entries, one a functional. Empty: ``name.functional``.
    rows : {"all", "above", "below"}
        All rows count, those in which the column `mask` is above the threshold, or the others.
    mask : str or None
        It is the name of a column, such as ``"f0"``, which is above 0 in voiced rows.
    threshold : float
        It is in the unit of the mask.
    nonzero : bool
        If True, rows in which the column itself is 0 don't count.
    semitones_from : float or None
        The column is a frequency [Hz] and becomes semitones above this one, > 0 [Hz]; 0 Hz and
        less become 0 semitones.
    factor : float
        The values are multiplied by it, not 0.
    smoothing : int
        The values are averaged over this many rows, odd, 1 to 1001; 1 doesn't smooth. Before the
        first row and after the last one, these two stand again.
    smoothing_skips : bool
        If True, rows that don't count are left out of the average. So the smoothing doesn't reach
        into unvoiced rows.
    extremum_share : float
        A peak or valley counts if it differs from the one before by at least this share of the
        range of all values, 0 to 1.
    slope_tail : {"counted", "dropped", "signed"}
        The slope from the last extremum to the end is a rising or a falling one by its sign, is
        left out, or (as openSMILE's numbers show) is taken with its sign among the rising ones
        after a valley, and among the falling ones after a peak; it then counts in their mean and
        number, but its own deviation doesn't.
    min_segment : int
        Shorter runs of rows that count are no segments, >= 1 row.
    max_gap : int
        So many rows that don't count, or fewer, between two that do are part of the segment, >= 0.
    segment_trim, last_segment_trim : int
        So many rows are taken off each segment's length, and off one that reaches the last row, in
        addition; >= 0.
    duration_trim : int
        So many rows are taken off the duration by which segments are divided, >= 0.
    missing : {"zero", "nan"}
        What has no value is 0 or NaN: all functionals but counts if no row counts, slopes if none
        rises or falls, and the lengths of segments if there are none.

    Raises
    ------
    ParameterError
        If a field breaks its rule.

    Notes
    -----
    The order is: semitones, factor, which rows count, smoothing, functionals. Rows that count are
    put one after another, so a slope may lead across a gap. An extremum is strictly above or below
    its two neighbours. Of several on the same side, the most extreme one counts. The slope between
    two of them is their difference by the time, and the first one begins at the first row.

    Each series costs about as much as one column of the other functionals.

    Examples
    --------
    >>> import serfast
    >>> voiced = Selection(column="hnr", functionals=("mean", "cv"), rows="above", mask="f0")
    >>> statistics = serfast.Statistics(functionals=(), selections=(voiced,))
    >>> statistics.names(["f0", "hnr"])
    ('hnr.above.mean', 'hnr.above.cv')
    >>> statistics([[100, 1], [0, 7], [120, 3]], ["f0", "hnr"]).tolist()
    [2.0, 0.5]
    """

    column: str
    functionals: tuple[str, ...] = ("mean", "cv")
    name: str | None = None
    names: tuple[str, ...] = ()
    rows: str = "all"
    mask: str | None = None
    threshold: float = 0.0
    nonzero: bool = False
    semitones_from: float | None = None
    factor: float = 1.0
    smoothing: int = 1
    smoothing_skips: bool = False
    extremum_share: float = 0.1
    slope_tail: str = "counted"
    min_segment: int = 1
    max_gap: int = 0
    segment_trim: int = 0
    last_segment_trim: int = 0
    duration_trim: int = 0
    missing: str = "zero"

    def __new__(cls, *given: Any, **fields: Any) -> Self:
        """Refuse what is no field, with the name that may have been meant."""
        checks.known_arguments(cls, given, fields, 'column="rms"')
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if not isinstance(self.column, str):
            checks.fail("column", "the name of a column", self.column)
        if self.name is not None and not isinstance(self.name, str):
            checks.fail("name", "a str or None", self.name)
        self._check_functionals()
        self._check_rows()
        self._check_course()
        checks.plain(self)

    def _check_functionals(self) -> None:
        for field in ("functionals", "names"):
            object.__setattr__(self, field, text_tuple(field, getattr(self, field)))
        if not self.functionals or len(set(self.functionals)) < len(self.functionals):
            checks.fail("functionals", "at least 1 name, none twice", self.functionals)
        for name in self.functionals:
            if not is_selection_functional(name):
                near = checks.similar(name, SELECTION_FUNCTIONALS)
                known = ", ".join(SELECTION_FUNCTIONALS)
                rule = f"of {known}, p0 to p100, range0_1 to range99_100, ac1 to ac99"
                checks.refuse("functionals", rule, f"{checks.shown(name)}{near}")
        if self.names and len(self.names) != len(self.functionals):
            checks.fail("names", f"one for each of functionals, {self.functionals}", self.names)

    def _check_rows(self) -> None:
        checks.choice("rows", self.rows, ROWS)
        if self.rows == "all" and self.mask is not None:
            checks.fail("mask", "None for rows='all'", self.mask)
        if self.rows != "all" and not isinstance(self.mask, str):
            checks.fail("mask", f"the name of a column for rows={self.rows!r}", self.mask)
        checks.number("threshold", self.threshold)
        checks.boolean("nonzero", self.nonzero)
        if self.semitones_from is not None:
            checks.number("semitones_from", self.semitones_from, minimum=1e-3, maximum=1e6)
        if not 1e-30 <= abs(checks.number("factor", self.factor)) <= 1e30:
            checks.fail("factor", "from 1e-30 to 1e30, of either sign", self.factor)

    def _check_course(self) -> None:
        if checks.integer("smoothing", self.smoothing, 1, MAX_WINDOW) % 2 == 0:
            checks.fail("smoothing", "odd", self.smoothing)
        checks.boolean("smoothing_skips", self.smoothing_skips)
        checks.number("extremum_share", self.extremum_share, minimum=0, maximum=1)
        checks.choice("slope_tail", self.slope_tail, TAILS)
        checks.integer("min_segment", self.min_segment)
        for field in ("max_gap", "segment_trim", "last_segment_trim", "duration_trim"):
            checks.integer(field, getattr(self, field), 0)
        checks.choice("missing", self.missing, tuple(MISSING))

    @property
    def named_by_hand(self) -> bool:
        """Tell whether a name is given, so that it can stand for one column alone."""
        return bool(self.names) or self.name is not None

    def entry_names(self, column: str) -> tuple[str, ...]:
        """Give a name for each functional of this column."""
        if self.names:
            return self.names
        stem = column if self.rows == "all" else f"{column}.{self.rows}"
        return tuple(f"{self.name or stem}.{one}" for one in self.functionals)

    def series(self, column: int, mask: int | None, place: int) -> SelectedSeries:
        """Give what a back end needs to know, with the places of column, mask and functionals."""
        return SelectedSeries(
            column=column,
            functionals=tuple(map(functional, self.functionals)),
            place=place,
            mask=mask,
            above=self.rows == "above",
            threshold=float(self.threshold),
            nonzero=self.nonzero,
            reference=float(self.semitones_from or 0.0),
            factor=float(self.factor),
            smoothing=self.smoothing,
            smoothing_skips=self.smoothing_skips,
            extremum_share=float(self.extremum_share),
            tail=TAILS.index(self.slope_tail),
            min_segment=self.min_segment,
            max_gap=self.max_gap,
            segment_trim=self.segment_trim,
            last_segment_trim=self.last_segment_trim,
            duration_trim=self.duration_trim,
            missing=MISSING[self.missing],
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the arguments that differ from the defaults, as lists, strings and numbers."""
        fields: dict[str, Any] = {"column": self.column, "functionals": list(self.functionals)}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name not in fields and value != field.default:
                fields[field.name] = list(value) if isinstance(value, tuple) else value
        return fields

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Selection:
        """Give the selection that :meth:`to_dict` wrote; unknown keys raise ParameterError."""
        if not isinstance(data, Mapping):
            checks.fail("selection", "a mapping", data)
        checks.known_keys("selection", data, [field.name for field in dataclasses.fields(cls)])
        if "column" not in data:
            checks.fail("selection", "a mapping with a column", dict(data))
        return cls(**data)


def checked_selections(value: Any) -> tuple[Selection, ...]:
    """Give a sequence of selections as a tuple, or raise ParameterError."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        checks.fail("selections", "a sequence of Selection", value)
    selections = tuple(value)
    for one in selections:
        if not isinstance(one, Selection):
            checks.fail("selections", "a sequence of Selection", one)
    return selections


def series_of(
    selections: Sequence[Selection], columns: tuple[str, ...], place: int
) -> list[SelectedSeries]:
    """Give what back ends need of selections; the first functional is at that place."""
    series = []
    for one, column in _by_column(selections, columns):
        mask = None if one.mask is None else columns.index(one.mask)
        series.append(one.series(column, mask, place))
        place += len(one.functionals)
    return series


def names_of(
    selections: Sequence[Selection], columns: tuple[str, ...], taken: Iterable[str]
) -> list[str]:
    """Give a name for each entry of the selections; none of them may be taken already."""
    names: list[str] = []
    for one, column in _by_column(selections, columns):
        names += one.entry_names(columns[column])
    used = set(taken) if names else set()
    for name in names:
        if name in used:
            checks.fail("names of selections", "different for every entry", name)
        used.add(name)
    return names


def _by_column(
    selections: Sequence[Selection], columns: tuple[str, ...]
) -> Iterator[tuple[Selection, int]]:
    """Give each selection once for each of its columns, with the column's place."""
    there = places(columns)
    for one in selections:
        if one.column not in there:
            rule = f"a column or family of {checks.listed(columns)}"
            checks.fail("column of a selection", rule, one.column)
        if one.mask is not None and one.mask not in columns:
            checks.fail("mask of a selection", f"a column of {checks.listed(columns)}", one.mask)
        if one.named_by_hand and len(there[one.column]) > 1:
            checks.fail("column of a selection with names", "a single column", one.column)
        for place in there[one.column]:
            yield one, place

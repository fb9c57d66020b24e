"""Labels in a table: the columns path, label, speaker, and others if there are any."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from ..errors import ParameterError
from .by_pattern import UNKNOWN_SPEAKER
from .columns import NAMES, places_of
from .file_order import FileOrder, sorting_texts
from .garbage import collection_waits
from .messages import joined, printable
from .named import NAMED
from .recordings import Recording
from .source_list import SourceList
from .table_cells import NUMBERS, CellTexts, check_parts
from .table_files import TableFile, TableFiles
from .table_rows import Row, rows_of

__all__ = ["LABELLED_COLUMNS", "recordings_of_rows", "recordings_of_table", "sources_of_table"]

LABELLED_COLUMNS = tuple(NAMES)
"""What the cells of :func:`recordings_of_rows` are."""

OPTIONAL = LABELLED_COLUMNS[3:]
"""What a table may lack, in the order of :class:`Recording`'s fields."""

MOST_PROBLEMS = 100
"""So many bad lines are looked at: then the rest isn't read."""

ROWS = 4096
"""So many rows are checked at once."""


def recordings_of_table(
    table: Path,
    folder: Path,
    columns: Mapping[str, str] | None = None,
    may_lack_speakers: bool = False,
) -> list[Recording]:
    """Read the recordings that a table lists, all of them inside `folder`.

    Their paths begin at the table's folder, or at `folder`. They are taken as they are written: a
    link in the folder is inside, whatever it leads to. A table without speakers has those that the
    file names of a known corpus tell; or, if it may lack them, UNKNOWN_SPEAKER.

    Raises
    ------
    ParameterError
        The table can't be read, lacks a column, or has bad lines: the message has their numbers.
    """
    reader, rows = _reader(table, folder, columns, may_lack_speakers)
    recordings = reader.read(rows)
    if not recordings:
        raise ParameterError(f"{table}: has no row below its header")
    return recordings


def sources_of_table(
    table: Path, folder: Path, columns: Mapping[str, str] | None = None
) -> SourceList:
    """Read what a dataset has of the recordings that a table lists, in little memory.

    Raises
    ------
    ParameterError
        As :func:`recordings_of_table`.
    """
    reader, rows = _reader(table, folder, columns, False)
    sources = reader.sources(rows)
    if not sources:
        raise ParameterError(f"{table}: has no row below its header")
    return sources


def _reader(
    table: Path, folder: Path, columns: Mapping[str, str] | None, may_lack_speakers: bool
) -> tuple[_Reader, Iterator[Row]]:
    """Give a table's rows, and what reads them."""
    header, rows = rows_of(table)
    try:
        needed = ("path", "label", "speaker")
        places = places_of(header, columns or {}, needed[:2])
        lacks_speakers = "speaker" not in places and not _names_tell(header, places)
        if lacks_speakers and not may_lack_speakers:
            places_of(header, columns or {}, needed)
    except ParameterError as error:
        raise ParameterError(f"{table}: {error}") from error
    speaker = UNKNOWN_SPEAKER if may_lack_speakers and lacks_speakers else None
    return _Reader(table, folder, len(header), places, speaker), rows


def recordings_of_rows(table: Path, folder: Path, rows: Iterator[Row]) -> list[Recording]:
    """Give the recordings of rows whose cells are :data:`LABELLED_COLUMNS`, None where unknown.

    A path is text, which begins at the table's folder or at `folder`, or a Path, which is taken as
    it is. Who speaks where nothing tells is UNKNOWN_SPEAKER.

    Raises
    ------
    ParameterError
        As of :func:`recordings_of_table`; `table` and the rows' numbers are in the message.
    """
    places = {name: place for place, name in enumerate(LABELLED_COLUMNS)}
    return _Reader(table, folder, len(places), places, UNKNOWN_SPEAKER).read(rows)


def _names_tell(header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Tell whether it is a manifest, whose file names are asked for the speakers."""
    return header[places["path"]] == "wav" and header[places["label"]] == "emo"


class _Columns(NamedTuple):
    """What some rows tell, a list for each thing that can be told; they are checked."""

    lines: Sequence[int]
    files: Sequence[TableFile]
    labels: Sequence[str]
    speakers: Sequence[str]
    optional: Mapping[str, Sequence[Any]]

    @property
    def keys(self) -> Iterator[tuple[str, float, float]]:
        """Give that by which each row is sorted: its file, and where it begins and ends in it."""
        texts = [file.place for file in self.files]
        starts, ends = (map(_or_zero, self.optional[name]) for name in ("start", "end"))
        return zip(texts, starts, ends, strict=True)


_Add: TypeAlias = Callable[[_Columns], None]


class _Reader:
    """Reads a table's rows, many at a time, a column after the other."""

    def __init__(
        self,
        table: Path,
        folder: Path,
        width: int,
        places: Mapping[str, int],
        speaker: str | None = None,
    ) -> None:
        self._table, self._width, self._places, self._speaker = table, width, places, speaker
        self._files = TableFiles(table, folder)
        self._labels = CellTexts("label", is_checked=True)
        self._speakers = CellTexts("speaker", is_checked=True, may_be_empty=speaker is not None)
        self._texts = {name: CellTexts(name, may_be_empty=True) for name in OPTIONAL}

    def read(self, rows: Iterator[Row]) -> list[Recording]:
        """Give the recordings, sorted by path and time; or raise with the bad lines' numbers."""
        recordings: list[Recording] = []
        texts: list[str] = []

        def add(columns: _Columns) -> None:
            texts.extend(file.place for file in columns.files)
            paths = [file.path for file in columns.files]
            others = (columns.optional[name] for name in OPTIONAL)
            recordings.extend(map(Recording, paths, columns.labels, columns.speakers, *others))

        order = self._each(rows, add)
        if order.is_sorted:
            return recordings
        starts, ends = [one.start for one in recordings], [one.end for one in recordings]
        return [recordings[place] for place in order.places(self._table, texts, starts, ends)]

    def sources(self, rows: Iterator[Row]) -> SourceList:
        """Give what a dataset has of the recordings, sorted; or raise as :meth:`read` does."""
        sources = SourceList()

        def add(columns: _Columns) -> None:
            files = ((file.folder, file.name) for file in columns.files)
            times = (columns.optional[name] for name in ("start", "end"))
            sources.extend_columns(files, columns.labels, columns.speakers, *times)

        order = self._each(rows, add)
        if order.is_sorted:
            return sources
        texts = sorting_texts(sources.files())
        return sources.reordered(order.places(self._table, texts, *sources.times()))

    def _each(self, rows: Iterator[Row], add: _Add) -> _Order:
        """Give what rows tell to a function; in the end raise what was wrong with them."""
        problems: list[str] = []
        order = _Order()

        def ordered(columns: _Columns) -> None:
            add(columns)
            order.extend(columns)

        with collection_waits():
            while len(problems) < MOST_PROBLEMS and (some := list(islice(rows, ROWS))):
                problems += self._problems(some, ordered)
        if problems:
            raise ParameterError(f"{self._table}: {joined(problems[:MOST_PROBLEMS], '; ')}")
        return order

    def _problems(self, rows: Sequence[Row], add: _Add) -> list[str]:
        """Give what rows tell to a function; return what is wrong with them.

        Where something is, each row is read by itself.
        """
        try:
            add(self._checked(rows))
        except ParameterError as error:
            if len(rows) == 1:
                return [f"line {rows[0][0]}: {error}"]
            each = (problem for row in rows for problem in self._problems([row], add))
            return list(islice(each, MOST_PROBLEMS))
        return []

    def _checked(self, rows: Sequence[Row]) -> _Columns:
        """Give what rows tell."""
        lines, cells = zip(*rows, strict=True)
        wrong = next((row for row in cells if len(row) != self._width), None)
        if wrong is not None:
            raise ParameterError(f"must have {self._width} cells, got {len(wrong)}")
        columns, places = list(zip(*cells, strict=True)), self._places
        labels = self._labels.of_column(columns[places["label"]])
        files = self._files.of_column(columns[places["path"]])
        speakers = [""] * len(rows)
        if "speaker" in places:
            speakers = self._speakers.of_column(columns[places["speaker"]])
        if not all(speakers):
            speakers = [self._speaker_of(*pair) for pair in zip(files, speakers, strict=True)]
        optional = {name: self._values(name, columns, len(rows)) for name in OPTIONAL}
        check_parts(optional["start"], optional["end"])
        return _Columns(lines, files, labels, speakers, optional)

    def _values(self, name: str, columns: Sequence[Sequence[Any]], n: int) -> Sequence[Any]:
        """Give what a column tells that a table may lack: text or numbers, None where nothing."""
        if name not in self._places:
            return [None] * n
        texts = self._texts[name].of_column(columns[self._places[name]])
        return NUMBERS[name](name, texts) if name in NUMBERS else [text or None for text in texts]

    def _speaker_of(self, file: TableFile, text: str) -> str:
        if text:
            return text
        return _speaker(file.path) if self._speaker is None else self._speaker


class _Order:
    """In which order rows are by file and time, and whether two of them are the same."""

    def __init__(self) -> None:
        self.is_sorted = True
        """Each row is behind the one before, so none is there twice."""
        self._lines, self._last = array("Q"), ("", -1.0, -1.0)

    def extend(self, columns: _Columns) -> None:
        """Add rows."""
        self._lines.extend(columns.lines)
        if self.is_sorted:
            keys = [self._last, *columns.keys]
            self.is_sorted = all(before < after for before, after in pairwise(keys))
            self._last = keys[-1]

    def places(
        self,
        table: Path,
        texts: Sequence[str],
        starts: Iterable[float | None],
        ends: Iterable[float | None],
    ) -> Sequence[int]:
        """Give the places of rows, by the texts of their files and their times, in their order.

        Raises
        ------
        ParameterError
            Two rows are the same part of the same file.
        """
        order = FileOrder(texts, starts, ends)
        if doubled := order.doubled:
            pairs = [(self._lines[k], printable(order.path(k))) for k in doubled]
            problems = [f"line {line}: {path} is listed twice" for line, path in pairs]
            raise ParameterError(f"{table}: {joined(problems, '; ')}")
        return order.places


def _or_zero(time: float | None) -> float:
    return time or 0.0


def _speaker(path: Path) -> str:
    """Give the speaker that a known corpus's file name tells."""
    for corpus in NAMED.values():
        for _, recording in corpus.labels.read([path], None):
            return recording.speaker
    raise ParameterError(f"speaker isn't told, neither by a column nor by {printable(path.name)}")

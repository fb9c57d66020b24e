"""Labels in a table: the columns path, label, speaker, and others if there are any."""

from __future__ import annotations

import math
import os
import re
import struct
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from .. import _checks as checks
from .._checks import shown
from ..errors import ParameterError
from ..urls import UrlPath, absolute_path, as_path
from .by_pattern import UNKNOWN_SPEAKER
from .columns import NAMES, places_of
from .messages import SHOWN, joined, printable
from .named import NAMED
from .recordings import Recording
from .source_list import Source, SourceList, repeated
from .table_files import Inside, Listings, check_file
from .table_rows import rows_of

__all__ = ["LABELLED_COLUMNS", "recordings_of_rows", "recordings_of_table", "sources_of_table"]

LABELLED_COLUMNS = tuple(NAMES)
"""What the cells of :func:`recordings_of_rows` are."""

MOST_PROBLEMS = 100
"""So many bad lines are looked at: then the rest isn't read."""

MOST_PATHS = 1000
"""So many are remembered: the parts of one file stand together as a rule."""

_Place = tuple[str, float, float]
"""By what a row is sorted: :func:`_sorted_by` of its file, and where it begins and ends in it."""

_TIME = re.compile(r"(?:(\d+) days? )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")


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


def sources_of_table(table: Path, folder: Path) -> SourceList:
    """Read what a dataset has of the recordings that a table lists, in little memory.

    Raises
    ------
    ParameterError
        As :func:`recordings_of_table`.
    """
    reader, rows = _reader(table, folder, None, False)
    sources = reader.sources(rows)
    if not sources:
        raise ParameterError(f"{table}: has no row below its header")
    return sources


def _reader(
    table: Path, folder: Path, columns: Mapping[str, str] | None, may_lack_speakers: bool
) -> tuple[_Reader, Iterator[tuple[int, Sequence[Any]]]]:
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


def recordings_of_rows(
    table: Path, folder: Path, rows: Iterator[tuple[int, Sequence[Any]]]
) -> list[Recording]:
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


class _Reader:
    """Reads a table's rows."""

    def __init__(
        self,
        table: Path,
        folder: Path,
        width: int,
        places: Mapping[str, int],
        speaker: str | None = None,
    ) -> None:
        self._speaker = speaker
        self._table, self._width, self._places = table, width, places
        self._bases = [os.fspath(table.parent)]
        if os.fspath(folder) != self._bases[0] and folder.parent != folder:
            self._bases.append(os.fspath(folder))
        self._inside = Inside(folder)
        self._files = Listings()
        self._elsewhere = base if isinstance(base := as_path(self._bases[0]), UrlPath) else None
        self._paths: dict[str, tuple[Path, str]] = {}  # of many parts of one file

    def read(self, rows: Iterator[tuple[int, Sequence[Any]]]) -> list[Recording]:
        """Give the recordings, sorted by path and time; or raise with the bad lines' numbers."""
        recordings: dict[_Place, Recording] = {}

        def add(number: int, recording: Recording, place: _Place) -> None:
            if place in recordings:
                raise ParameterError(f"{printable(recording.path)} is listed twice")
            recordings[place] = recording

        self._each(rows, add)
        return [recordings[place] for place in sorted(recordings)]

    def sources(self, rows: Iterator[tuple[int, Sequence[Any]]]) -> SourceList:
        """Give what a dataset has of the recordings, sorted; or raise as :meth:`read` does."""
        sources, lines, hashes = SourceList(), array("Q"), array("q")
        are_sorted, before = True, ("", 0.0, 0.0)

        def add(number: int, recording: Recording, place: _Place) -> None:
            nonlocal are_sorted, before
            are_sorted, before = are_sorted and before <= place, place
            sources.append(recording)
            lines.append(number)
            hashes.append(hash(place))

        self._each(rows, add)
        if doubled := list(islice(repeated(hashes, lambda i: _place_of(sources[i])), SHOWN + 1)):
            pairs = [(lines[i], printable(sources[i].path)) for i in doubled]
            texts = [f"line {number}: {path} is listed twice" for number, path in sorted(pairs)]
            raise ParameterError(f"{self._table}: {joined(texts, '; ')}")
        if are_sorted:
            return sources
        keys = [_sortable(_place_of(source)) for source in sources]
        order = array("Q", sorted(range(len(keys)), key=keys.__getitem__))
        del keys
        return SourceList(sources[i].recording or sources[i].path for i in order)

    def _each(
        self,
        rows: Iterator[tuple[int, Sequence[Any]]],
        add: Callable[[int, Recording, _Place], None],
    ) -> None:
        """Give each row's recording to a function; in the end raise what was wrong with rows."""
        problems: list[str] = []
        for number, cells in rows:
            try:
                recording, text = self._recording(cells)
                add(number, recording, (text, recording.start or 0.0, recording.end or 0.0))
            except ParameterError as error:
                problems.append(f"line {number}: {error}")
                if len(problems) == MOST_PROBLEMS:
                    break
        if problems:
            raise ParameterError(f"{self._table}: {joined(problems, '; ')}")

    def _recording(self, cells: Sequence[Any]) -> tuple[Recording, str]:
        """Give a row's recording, and the text by which it is sorted."""
        if len(cells) != self._width:
            raise ParameterError(f"must have {self._width} cells, got {len(cells)}")
        texts = {name: _text(cells[place]) for name, place in self._places.items()}
        for name in ("label", "path", "speaker"):
            if name in texts and not texts[name] and (name != "speaker" or not self._speaker):
                raise ParameterError(f"{name} is empty")
        written = cells[self._places["path"]]
        if isinstance(written, (list, dict)):  # as JSON and Parquet can have it
            raise ParameterError(f"path must be text, got {shown(written)}")
        if written not in self._paths:
            if len(self._paths) == MOST_PATHS:
                self._paths.clear()
            path = self._path(written, texts["path"])
            self._paths[written] = (path, _sorted_by(path))
        path, place = self._paths[written]
        recording = Recording(
            path,
            texts["label"],
            self._speaker_of(path, texts.get("speaker")),
            texts.get("text") or None,
            _seconds("start", texts.get("start")),
            _seconds("end", texts.get("end")),
            texts.get("fold") or None,
            _rating("arousal", texts.get("arousal")),
            _rating("valence", texts.get("valence")),
            _rating("dominance", texts.get("dominance")),
        )
        return recording, place

    def _speaker_of(self, path: Path, text: str | None) -> str:
        if text:
            return text
        return _speaker(path) if self._speaker is None else self._speaker

    def _path(self, written: Any, text: str) -> Path:
        """Give the file that a cell means; spaces around it belong to the line, as a rule."""
        if isinstance(written, Path):
            return written
        if ":" in text and isinstance(elsewhere := as_path(text), UrlPath):
            return (
                elsewhere  # to ask for each would take long: reading it tells whether it is there
            )
        if self._elsewhere is not None:
            return self._path_elsewhere(self._elsewhere, text)
        names = (text, written) if isinstance(written, str) and written != text else (text,)
        for name in reversed(names):
            for base in self._bases:
                path = os.path.join(base, name)
                if self._files.has(path):
                    self._inside.check(path)
                    return Path(path)
        path = os.path.join(self._bases[0], text)
        check_file(Path(path))
        self._inside.check(path)
        return Path(path)

    def _path_elsewhere(self, folder: UrlPath, text: str) -> Path:
        """Give the file that a cell of a table means whose folder is a URL."""
        path = folder / text
        if ".." in path.parts:
            raise ParameterError(f"{path} is outside the folder {folder}")
        if not self._files.has_url(path):
            raise ParameterError(f"no such file: {path}")
        return path


def _sorted_by(path: Path) -> str:
    """Give an absolute path's text, without dots, that is sorted as its parts are."""
    if isinstance(path, UrlPath):
        return "\0".join(absolute_path(path).parts)
    return os.path.abspath(path).replace(os.sep, "\0")


def _place_of(source: Source) -> _Place:
    one = source.recording
    begin, end = (one.start or 0.0, one.end or 0.0) if one else (0.0, 0.0)
    return _sorted_by(source.path), begin, end


def _sortable(place: _Place) -> bytes:
    """Give bytes that are sorted as places are, and take less memory."""
    text, begin, end = place
    return text.encode("utf-8", "surrogatepass") + b"\0" + struct.pack(">dd", begin, end)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _speaker(path: Path) -> str:
    """Give the speaker that a known corpus's file name tells."""
    for corpus in NAMED.values():
        if known := corpus.labels.read([path], None):
            return known[0].speaker
    raise ParameterError(f"speaker isn't told, neither by a column nor by {printable(path.name)}")


def _number(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"{name} must be a number, got {text!r:.40}") from None


def _rating(name: str, text: str | None) -> float | None:
    """Give a rating; NaN, which other programs write where there is none, is None."""
    value = _number(name, text)
    if value is None or math.isnan(value):
        return None
    return checks.number(name, value)


def _seconds(name: str, text: str | None) -> float | None:
    """Give a time in seconds, which may be written as "0 days 00:00:01.5" too."""
    if text and ":" in text and (match := _TIME.fullmatch(text)):
        days, hours, minutes, seconds = match.groups()
        return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)
    return None if text in ("NaT", "nan") else _number(name, text)

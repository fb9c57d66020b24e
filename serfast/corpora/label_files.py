"""Labels in files beside recordings: IEMOCAP's evaluations, and tables whose lines name files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from ..errors import ParameterError
from .corpus import Labels
from .recordings import Recording
from .table_rows import rows_of

__all__ = ["Evaluations", "LabelFiles"]

_LINE = re.compile(
    r"\[(?P<start>[\d.]+) - (?P<end>[\d.]+)\]\t(?P<name>Ses0\dS?[FM]_\w+_(?P<who>[FM])\w*)\t"
    r"(?P<emotion>\w+)\t\[(?P<valence>[\d.]+), (?P<arousal>[\d.]+), (?P<dominance>[\d.]+)\]"
)
"""An utterance in IEMOCAP's EmoEvaluation files: times, name, emotion, three ratings."""


@dataclass(frozen=True)
class Evaluations(Labels):
    """IEMOCAP: a file for each dialogue lists its utterances.

    Those that have a file of their own are read from it, the others from the whole dialogue.
    """

    emotions: Mapping[str, str]

    def fits(self, paths: Sequence[Path], root: Path | None) -> list[Path]:
        """Give the recordings that the lists name."""
        return [recording.path for recording in self._recordings(paths, root)]

    def read(self, paths: Sequence[Path], root: Path | None) -> list[Recording]:
        """Give the utterances that the lists name, in their order."""
        return list(self._recordings(paths, root))

    def _recordings(self, paths: Sequence[Path], root: Path | None) -> Iterator[Recording]:
        lists = _files_named(root, "Session[1-5]/dialog/EmoEvaluation/Ses0*.txt")
        if not lists:
            return
        by_stem = {path.stem: path for path in paths if path.parent.name != "avi"}
        for one in lists:
            text, whole = _text_of(one), by_stem.get(one.stem)
            for match in _LINE.finditer(text):
                with _in_line(one, text.count("\n", 0, match.start()) + 1):
                    recording = self._of_line(match, by_stem.get(match["name"]), whole)
                if recording:
                    yield recording

    def _of_line(
        self, match: re.Match[str], single: Path | None, whole: Path | None
    ) -> Recording | None:
        """Give an utterance, of a single file or of the whole dialogue's, if one is there."""
        name, label, path = match["name"], self.emotions.get(match["emotion"]), single or whole
        if label is None or path is None:
            return None
        return Recording(
            path,
            label,
            f"{name[:5]}{match['who']}",
            name.rpartition("_")[0].partition("_")[2],
            start=None if single else float(match["start"]),
            end=None if single else float(match["end"]),
            fold=name[:5],
            arousal=float(match["arousal"]),
            valence=float(match["valence"]),
            dominance=float(match["dominance"]),
        )


@dataclass(frozen=True)
class LabelFiles(Labels):
    """Tables whose lines name recordings.

    Parameters
    ----------
    files : str
        Where the tables are: patterns of paths below the corpus's folder, with "|" between them.
    columns : mapping of str to str
        Which column tells label, speaker, fold, arousal, valence, dominance.
    name : str
        The recording's name without suffix, with columns in braces.
    emotions : mapping of str to str
    sets : mapping of str to str
        A word in the table's name, and one in the folders of its recordings: where several tables
        name recordings alike.
    """

    files: str
    columns: Mapping[str, str]
    name: str
    emotions: Mapping[str, str]
    sets: Mapping[str, str] | None = None

    def fits(self, paths: Sequence[Path], root: Path | None) -> list[Path]:
        """Give the recordings that the tables name; none if they are some other corpus's."""
        tables = _files_named(root, *self.files.split("|"))
        if any(self._missing(rows_of(table)[0]) for table in tables):
            return []
        return [recording.path for recording in self.read(paths, root)]

    def read(self, paths: Sequence[Path], root: Path | None) -> list[Recording]:
        """Give the recordings that the tables name, in their order."""
        recordings: list[Recording] = []
        for table in _files_named(root, *self.files.split("|")):
            fold = next((one for one in self.sets or () if one in table.stem), None)
            word = (self.sets or {}).get(fold or "", "")
            there = {path.stem: path for path in paths if not word or _lies_in(path, word, root)}
            recordings += self._of_table(table, there, fold)
        return recordings

    def _of_table(
        self, table: Path, there: Mapping[str, Path], fold: str | None
    ) -> Iterator[Recording]:
        header, rows = rows_of(table)
        if missing := self._missing(header):
            raise ParameterError(f"{table}: header must name {missing[0]}, got {','.join(header)}")
        for number, cells in rows:
            with _in_line(table, number):
                if len(cells) < len(header):
                    raise ParameterError(f"must have {len(header)} cells, got {len(cells)}")
                row = dict(zip(header, map(str, cells), strict=False))
                recording = self._of_row(row, there, fold)
            if recording:
                yield recording

    def _missing(self, header: Sequence[str]) -> list[str]:
        """Give the columns that a table lacks."""
        in_name = [field for _, field, _, _ in Formatter().parse(self.name) if field]
        return [one for one in (*self.columns.values(), *in_name) if one not in header]

    def _of_row(
        self, row: Mapping[str, str], there: Mapping[str, Path], fold: str | None
    ) -> Recording | None:
        path = there.get(self.name.format_map(row).rsplit(".wav", 1)[0])
        values = {name: row[column].strip() for name, column in self.columns.items()}
        label = self.emotions.get(values["label"].lower())
        if not path or not label:
            return None
        return Recording(
            path,
            label,
            values["speaker"] or "unknown",
            fold=values.get("fold") or fold,
            arousal=_rating(values.get("arousal")),
            valence=_rating(values.get("valence")),
            dominance=_rating(values.get("dominance")),
        )


def _lies_in(path: Path, word: str, root: Path | None) -> bool:
    """Tell whether a folder between the corpus's and the file has a word in its name."""
    below = path.relative_to(root) if root else path
    return any(word in part.lower() for part in below.parts[:-1])


def _rating(text: str | None) -> float | None:
    return float(text) if text else None


@contextmanager
def _in_line(file: Path, number: int) -> Iterator[None]:
    """Name the file and the line in what is raised of a line's numbers and names."""
    try:
        yield
    except ValueError as error:  # ParameterError is one
        raise ParameterError(f"{file}: line {number}: {error}") from error


def _files_named(root: Path | None, *patterns: str) -> list[Path]:
    """Give the files of these paths in a folder or in a folder in it, sorted."""
    if root is None:
        return []
    for pattern in patterns:
        for below in (pattern, f"*/{pattern}"):
            if paths := sorted(path for path in root.glob(below) if path.name[0] != "."):
                return paths
    return []


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}") from error

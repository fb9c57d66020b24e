"""Labels in files beside recordings: IEMOCAP's evaluations, and tables whose lines name files."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import Formatter

from ..errors import ParameterError
from .corpus import Labels
from .recordings import Recording
from .stems import Stems
from .table_cells import rating
from .table_rows import rows_of

__all__ = ["Evaluations", "LabelFiles"]

MOST_DEPTH = 3
"""So many folders may be around what a corpus's makers have put into one."""

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

    def fits(self, paths: Sequence[Path], root: Path | None) -> Sequence[int]:
        """Give the places of the recordings that the lists name."""
        return array("I", (place for place, _ in self.read(paths, root)))

    def read(self, paths: Sequence[Path], root: Path | None) -> Iterator[tuple[int, Recording]]:
        """Give the utterances that the lists name, in their order."""
        lists = _files_named(root, "Session[1-5]/dialog/EmoEvaluation/Ses0*.txt")
        if not lists:
            return
        stems = Stems(paths, lambda folder: folder.name != "avi")
        for one in lists:
            text, whole = _text_of(one), stems.place(one.stem)
            for match in _LINE.finditer(text):
                single = stems.place(match["name"])
                place = whole if single is None else single
                label = self.emotions.get(match["emotion"])
                if place is None or label is None:
                    continue
                try:
                    recording = _utterance(match, label, paths[place], single is None)
                except ValueError as error:  # ParameterError is one
                    number = text.count("\n", 0, match.start()) + 1
                    raise _in_line(one, number, error) from error
                yield place, recording


def _utterance(match: re.Match[str], label: str, path: Path, is_part: bool) -> Recording:
    """Give an utterance, of a file of its own or of the whole dialogue's."""
    name = match["name"]
    return Recording(
        path,
        label,
        f"{name[:5]}{match['who']}",
        name.rpartition("_")[0].partition("_")[2],
        start=float(match["start"]) if is_part else None,
        end=float(match["end"]) if is_part else None,
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

    def fits(self, paths: Sequence[Path], root: Path | None) -> Sequence[int]:
        """Give the places of those that the tables name; none if they are some other corpus's."""
        if any(self._missing(rows_of(table)[0]) for table in self._tables(root)):
            return ()
        return array("I", (place for place, _ in self.read(paths, root)))

    def read(self, paths: Sequence[Path], root: Path | None) -> Iterator[tuple[int, Recording]]:
        """Give the recordings that the tables name, in their order."""
        for table in self._tables(root):
            fold = next((one for one in self.sets or () if one in table.stem), None)
            word = (self.sets or {}).get(fold or "", "")
            stems = Stems(paths, partial(_lies_in, word=word, root=root) if word else None)
            yield from self._of_table(table, paths, stems, fold)

    def _tables(self, root: Path | None) -> list[Path]:
        """Give the tables; a set's table can lie beside its recordings, and others above."""
        return _files_named(root, *self.files.split("|"), is_one_folder=self.sets is None)

    def _of_table(
        self, table: Path, paths: Sequence[Path], stems: Stems, fold: str | None
    ) -> Iterator[tuple[int, Recording]]:
        header, rows = rows_of(table)
        if missing := self._missing(header):
            raise ParameterError(f"{table}: header must name {missing[0]}, got {','.join(header)}")
        shared: dict[str, str] = {}
        for number, cells in rows:
            try:
                if len(cells) < len(header):
                    raise ParameterError(f"must have {len(header)} cells, got {len(cells)}")
                row = dict(zip(header, map(str, cells), strict=False))
                place = stems.place(self.name.format_map(row).rsplit(".wav", 1)[0])
                label = self.emotions.get(row[self.columns["label"]].strip().lower())
                if place is None or label is None:
                    continue
                recording = self._recording(paths[place], label, row, fold, shared)
            except ValueError as error:  # ParameterError is one
                raise _in_line(table, number, error) from error
            yield place, recording

    def _missing(self, header: Sequence[str]) -> list[str]:
        """Give the columns that a table lacks."""
        in_name = [field for _, field, _, _ in Formatter().parse(self.name) if field]
        return [one for one in (*self.columns.values(), *in_name) if one not in header]

    def _recording(
        self,
        path: Path,
        label: str,
        row: Mapping[str, str],
        fold: str | None,
        shared: dict[str, str],
    ) -> Recording:
        """Give a row's recording; texts of few kinds are kept once."""
        values = {name: row[column].strip() for name, column in self.columns.items()}
        speaker = values["speaker"] or "unknown"
        set_name = values.get("fold") or fold
        return Recording(
            path,
            label,
            shared.setdefault(speaker, speaker),
            fold=shared.setdefault(set_name, set_name) if set_name else None,
            arousal=rating("arousal", values.get("arousal")),
            valence=rating("valence", values.get("valence")),
            dominance=rating("dominance", values.get("dominance")),
        )


def _lies_in(folder: Path, word: str, root: Path | None) -> bool:
    """Tell whether a folder, or one between the corpus's and it, has a word in its name."""
    below = folder.relative_to(root) if root else folder
    return any(word in part.lower() for part in below.parts)


def _in_line(file: Path, number: int, error: ValueError) -> ParameterError:
    """Name the file and the line in what is raised of a line's numbers and names."""
    return ParameterError(f"{file}: line {number}: {error}")


def _files_named(root: Path | None, *patterns: str, is_one_folder: bool = True) -> list[Path]:
    """Give the files of these paths in a folder or in folders in it, sorted; each name once.

    Copies of corpora are spread with folders around them: MELD's own has "MELD.Raw/train" in it.
    """
    if root is None:
        return []
    files: dict[str, Path] = {}
    for pattern in patterns:
        for depth in range(MOST_DEPTH + 1):
            for path in sorted(root.glob("*/" * depth + pattern)):
                if path.name[0] != ".":
                    files.setdefault(path.name, path)
            if files and is_one_folder:
                return list(files.values())
    return sorted(files.values())


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}") from error

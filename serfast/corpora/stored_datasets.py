"""Datasets that Hugging Face's package `datasets` keeps on disk: their recordings and labels.

It isn't needed to read them: a dataset is files of Arrow or Parquet, and some JSON beside them.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import _checks as checks
from .._checks import shown
from ..errors import ParameterError
from .archives import arrow_file
from .arrow_files import ArrowFile, name_of
from .columns import NAMES, places_of
from .label_tables import LABELLED_COLUMNS, recordings_of_rows
from .messages import printable, reason_of
from .recordings import Recording

__all__ = [
    "is_stored_dataset",
    "parquet_files",
    "read_dataset_file",
    "read_parquet_dataset",
    "read_stored_dataset",
]

_SPLITS, _STATE, _INFO = "dataset_dict.json", "state.json", "dataset_info.json"
_CACHED = ("cache-", "tmp")
"""Files whose names begin so hold results of `map` and the like."""


def is_stored_dataset(folder: Path) -> bool:
    """Tell whether a folder is a dataset that `save_to_disk` wrote, or one in the cache."""
    has = {name: os.path.isfile(folder / name) for name in (_SPLITS, _STATE, _INFO)}
    # none of them where it may not be looked at
    return has[_SPLITS] or (has[_INFO] and (has[_STATE] or any(folder.glob("*.arrow"))))


def read_stored_dataset(folder: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    """Give the recordings in such a folder; a split of it is their fold.

    A column of classes has their names. What isn't labelled, in `datasets` the class -1, is left
    out. Recordings have the path of the file that they lie in and a name in it.

    Raises
    ------
    ParameterError
        The folder lacks a file or a column, or has bad rows: the message has their numbers.
    ImportError
        pyarrow is missing.
    """
    parts = [(file, split) for split, part in _splits(folder) for file in _files(part)]
    return _of_files(parts, folder, columns)


def read_parquet_dataset(folder: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    """Give the recordings in a folder of Parquet files with audio in them, as a hub has them.

    The name of a file up to its first hyphen is the split, as in `train-00000-of-00002.parquet`, or
    that of the folder that it lies in.

    Raises
    ------
    ParameterError
        As of :func:`read_stored_dataset`; or no file there has audio in it.
    """
    parts = []
    for file in parquet_files(folder):
        name, hyphen, _ = file.stem.partition("-")
        parts.append(
            (file, name if hyphen else file.parent.name if file.parent != folder else None)
        )
    return _of_files(parts, folder, columns)


def read_dataset_file(path: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    """Give the recordings in one file of Parquet or Arrow.

    Raises
    ------
    ParameterError
        As of :func:`read_stored_dataset`.
    """
    return _of_files([(path, None)], path, columns)


def parquet_files(folder: Path) -> list[Path]:
    """Give the Parquet files in a folder and those in it that have audio in them, sorted."""
    files = sorted(folder.rglob("*.parquet"), key=lambda file: file.parts)
    shown_ones = [f for f in files if not any(p[0] in "._" for p in f.relative_to(folder).parts)]
    return [file for file in shown_ones if file.is_file() and arrow_file(file).audio_columns()]


def _of_files(
    parts: list[tuple[Path, str | None]], folder: Path, columns: Mapping[str, str] | None
) -> list[Recording]:
    """Give the labelled recordings in files, each with its split, and warn of the others."""
    recordings = []
    for path, split in parts:
        recordings += _of_file(path, folder, columns or {}, split)
    if not recordings:
        raise ParameterError(f"{folder}: has no recording with a label")
    n_rows = sum(arrow_file(path).n_rows for path, _ in parts)
    if n_rows > len(recordings):
        message = f"left out, without a label: {n_rows - len(recordings)} of {n_rows} rows"
        warnings.warn(message, stacklevel=7)
    return recordings


def _splits(folder: Path) -> list[tuple[str | None, Path]]:
    """Give the splits of a dataset with their folders; one without splits is one without name."""
    if not (folder / _SPLITS).is_file():
        return [(None, folder)]
    names = _json(folder / _SPLITS).get("splits")
    if not isinstance(names, list):
        raise ParameterError(f"{folder / _SPLITS}: splits must be a list, got {shown(names)}")
    return [(name, folder / _plain(name, folder / _SPLITS)) for name in names]


def _files(folder: Path) -> list[Path]:
    """Give the files of a dataset, in order."""
    state = folder / _STATE
    if not state.is_file():
        files = sorted(folder.glob("*.arrow"))
        return [file for file in files if not file.name.startswith(_CACHED)]
    entries = _json(state).get("_data_files")
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ParameterError(
            f"{state}: _data_files must be a list of objects, got {shown(entries)}"
        )
    return [folder / _plain(entry.get("filename"), state) for entry in entries]


def _plain(name: Any, file: Path) -> str:
    """Give a name that leads out of no folder."""
    if not isinstance(name, str) or not name or name in (".", "..") or set(name) & set("/\\\0"):
        raise ParameterError(f"{file}: names must be those of files beside it, got {shown(name)}")
    return name


def _json(file: Path) -> dict[str, Any]:
    try:
        value = checks.json_value(str(file), checks.small_file(file))
    except OSError as error:
        raise ParameterError(f"{file}: {reason_of(error)}") from error
    if not isinstance(value, dict):
        raise ParameterError(f"{file}: must be an object, got {type(value).__name__}")
    return value


def _of_file(
    path: Path, folder: Path, columns: Mapping[str, str], split: str | None
) -> list[Recording]:
    if not path.is_file():
        raise ParameterError(f"no such file: {printable(path)}")
    file = arrow_file(path)
    audio = _audio_column(file, path, columns)
    header = [name for name in file.schema.names if name != audio]
    names = {name: column for name, column in columns.items() if name != "path"}
    try:
        places = places_of(header, names, ("label",))
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error
    return recordings_of_rows(path, folder, _rows(path, file, audio, header, places, split))


def _audio_column(file: ArrowFile, path: Path, columns: Mapping[str, str]) -> str:
    """Give the column that holds the recordings."""
    candidates = file.audio_columns()
    wanted = columns.get("path")
    if wanted is not None:
        candidates = [wanted] if wanted in candidates else []
    if len(candidates) > 1:
        usual = [name for name in candidates if name in NAMES["path"]]
        candidates = usual if len(usual) == 1 else candidates
    if len(candidates) != 1:
        rule = (
            f"must have one column of audio{f' named {wanted}' if wanted else ''} (with its bytes)"
        )
        have = ", ".join(file.audio_columns()) or f"none among {', '.join(file.schema.names)}"
        raise ParameterError(f"{path}: {rule}, got {have}")
    return candidates[0]


def _rows(
    path: Path,
    file: ArrowFile,
    audio: str,
    header: list[str],
    places: Mapping[str, int],
    split: str | None,
) -> Iterator[tuple[int, list[Any]]]:
    """Give the rows that have a label, with cells as LABELLED_COLUMNS has them."""
    wanted = {name: header[place] for name, place in places.items() if name != "path"}
    classes = {name: _class_names(file.features.get(column)) for name, column in wanted.items()}
    rows = file.cells(list(wanted.values()), audio)
    for number, (*cells, own_path, is_there) in enumerate(rows):
        values = dict(zip(wanted, cells, strict=True))
        for name, value in values.items():
            names = classes[name]
            if names and isinstance(value, int):
                values[name] = names[value] if 0 <= value < len(names) else None
        if values["label"] in (None, ""):
            continue
        if values.get("fold") is None:
            values["fold"] = split
        values["path"] = path / name_of(audio, number, own_path) if is_there else own_path
        yield number + 1, [values.get(name) for name in LABELLED_COLUMNS]


def _class_names(feature: Any) -> list[str] | None:
    """Give the names of the classes of a column, if `datasets` keeps them as numbers."""
    names = feature.get("names") if isinstance(feature, dict) else None
    if isinstance(names, dict) and all(key.isdecimal() for key in names):  # as older versions do
        names = [names[key] for key in sorted(names, key=int)]
    return [str(name) for name in names] if isinstance(names, list) else None

"""Folders of recordings with a `metadata.csv`, as Hugging Face's `audiofolder` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os.path import isfile
from pathlib import Path

from ..errors import ParameterError
from .label_tables import recordings_of_table
from .recordings import Recording

__all__ = ["metadata_files", "read_metadata"]

_NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")


def metadata_files(folder: Path) -> list[Path]:
    """Give the tables: the folder's, or those of the folders in it, one for each split."""
    for pattern in ("", "*/"):
        files = [path for name in _NAMES for path in folder.glob(pattern + name) if isfile(path)]
        if files:
            return sorted(files)
    return []


def read_metadata(folder: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    """Give the recordings that the tables list; a split's folder is their fold.

    Raises
    ------
    ParameterError
        As of :func:`recordings_of_table`; or there is no such table, or two in one folder.
    """
    files = metadata_files(folder)
    if not files:
        raise ParameterError(f"folder must hold metadata.csv (or .jsonl, .parquet), got {folder}")
    if len({file.parent for file in files}) < len(files):
        names = ", ".join(file.name for file in files)
        raise ParameterError(f"{folder}: must have one table in a folder, got {names}")
    recordings: list[Recording] = []
    for file in files:
        split = file.parent.name if file.parent != folder else None
        for recording in recordings_of_table(file, folder, columns, may_lack_speakers=True):
            recordings.append(recording if recording.fold else replace(recording, fold=split))
    return sorted(recordings, key=lambda one: (one.path.parts, one.start or 0.0))

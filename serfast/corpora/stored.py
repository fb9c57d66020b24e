"""Folders that say themselves what is in them: of `datasets`, of audformat, of `audiofolder`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from .audformat import is_audformat, read_audformat
from .metadata_files import metadata_files, read_metadata
from .recordings import Recording
from .stored_datasets import (
    is_stored_dataset,
    parquet_files,
    read_parquet_dataset,
    read_stored_dataset,
)

__all__ = ["STORED", "described_by"]

Reader = Callable[[Path, Mapping[str, str] | None], list[Recording]]


def _read_dataset(folder: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    read = read_stored_dataset if is_stored_dataset(folder) else read_parquet_dataset
    return read(folder, columns)


STORED: dict[str, Reader] = {
    "audformat": read_audformat,
    "audiofolder": read_metadata,
    "datasets": _read_dataset,
}
"""What reads a folder of each kind: a function of the folder and the names of its columns."""


def described_by(folder: Path, has_recordings: bool) -> str | None:
    """Tell which kind a folder is, if it is one; one that has no recordings may be of Parquet."""
    if is_audformat(folder):
        return "audformat"
    if metadata_files(folder):
        return "audiofolder"
    return "datasets" if not has_recordings and parquet_files(folder) else None

"""Recordings in a zip or tar archive, which are read in place: nothing is unpacked."""

from __future__ import annotations

import os
import tarfile
import zipfile
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ..audio.suffixes import why_not_read
from ..errors import AudioError, ParameterError
from .messages import printable
from .searching import Found

__all__ = ["is_archive", "member", "search_archive"]

MOST_BYTES = 1 << 30
"""A recording in an archive may be so long: an archive can promise more than memory holds."""

_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive, by its name."""
    return path.name.lower().endswith(_SUFFIXES)


def search_archive(archive: Path) -> Found:
    """Find the recordings in an archive, as if it were a folder.

    Raises
    ------
    ParameterError
        If it can't be read.
    """
    result = Found()
    for name in _opened(os.fspath(archive)).names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            result.passed_over["outside the archive"] += 1
        elif any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
            result.passed_over["hidden"] += 1
        elif why := why_not_read(path):
            result.passed_over[printable(why)] += 1
        else:
            result.paths.append(archive / path)
    result.paths.sort(key=lambda path: path.parts)
    return result


def member(path: Path) -> bytes | None:
    """Give the content of a file in an archive; None if the path leads to no archive.

    Raises
    ------
    AudioError
        The archive has no such file, a damaged or encrypted one, or one that is too long.
    """
    for archive in path.parents:
        if is_archive(archive) and archive.is_file():
            name = path.relative_to(archive).as_posix()
            try:
                return _opened(os.fspath(archive)).read(name)
            except ParameterError as error:
                raise AudioError(str(error)) from error
            except KeyError as error:
                raise AudioError(f"{printable(path)}: isn't in the archive") from error
            except _DAMAGED as error:
                raise AudioError(f"{printable(path)}: can't be read: {error}") from error
    return None


_DAMAGED = (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, ValueError)
"""What reading raises: RuntimeError of an encrypted member, ValueError of a bad stream."""


class _Archive:
    """An open archive of either kind."""

    def __init__(self, path: str) -> None:
        self._zip = self._tar = None
        if path.lower().endswith(".zip"):
            self._zip = zipfile.ZipFile(path)
            members = [(one.filename, one.file_size) for one in self._zip.infolist()]
            self._sizes = {name: size for name, size in members if not name.endswith("/")}
        else:
            self._tar = tarfile.open(path)  # noqa: SIM115 (it stays open)
            self._sizes = {one.name: one.size for one in self._tar if one.isfile()}
        self.names = list(self._sizes)

    def read(self, name: str) -> bytes:
        if self._sizes[name] > MOST_BYTES:
            raise ValueError(f"has {self._sizes[name]} bytes, more than {MOST_BYTES}")
        if self._zip:
            return self._zip.read(name)
        assert self._tar
        file = self._tar.extractfile(name)
        assert file
        return file.read()


@lru_cache(maxsize=4)
def _opened(archive: str) -> _Archive:
    """Give the archive, which stays open: its list of files takes long to read."""
    try:
        return _Archive(archive)
    except _DAMAGED as error:
        raise ParameterError(f"{printable(archive)}: can't be read: {error}") from error

"""Recordings in a zip or tar archive, or in a file of Arrow or Parquet, are read in place.

Nothing is unpacked.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path, PurePosixPath
from threading import get_ident
from typing import Any

from ..audio.suffixes import why_not_read
from ..errors import AudioError, ParameterError
from ..urls import UrlPath
from .arrow_files import ArrowFile, is_arrow
from .messages import printable
from .searching import Found, search

__all__ = ["arrow_file", "inside_archive", "is_archive", "member", "search_archive"]

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
    if isinstance(archive, UrlPath):
        return search(inside_archive(archive))
    result = Found()
    opened = _opened(os.fspath(archive))
    assert isinstance(opened, _Archive)
    for path in sorted(map(PurePosixPath, opened.names), key=lambda path: path.parts):
        if path.is_absolute() or ".." in path.parts:
            result.passed_over["outside the archive"] += 1
        elif any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
            result.passed_over["hidden"] += 1
        elif why := why_not_read(path):
            result.passed_over[printable(why)] += 1
        else:
            result.paths.append(archive / path)
    return result


def inside_archive(archive: UrlPath) -> UrlPath:
    """Give the URL of an archive's inside, as if it were a folder."""
    protocol = "zip" if archive.suffix.lower() == ".zip" else "tar"
    return UrlPath(f"{protocol}://::{archive}")


def member(path: Path) -> bytes | None:
    """Give the content of a file in an archive; None if the path leads to no archive.

    A file of Arrow or Parquet counts as one.

    Raises
    ------
    AudioError
        The archive has no such file, a damaged or encrypted one, or one that is too long.
    ImportError
        It is a file of Arrow or Parquet, and pyarrow is missing.
    """
    for archive in path.parents:
        if (is_archive(archive) or is_arrow(archive)) and archive.is_file():
            try:
                opened = _opened(os.fspath(archive))
            except ParameterError as error:
                raise AudioError(str(error)) from error
            try:
                return opened.read(path.relative_to(archive).as_posix())
            except KeyError as error:
                raise AudioError(f"{printable(path)}: isn't in the archive") from error
            except _DAMAGED as error:
                raise AudioError(f"{printable(path)}: can't be read: {error}") from error
    return None


_DAMAGED: tuple[type[Exception], ...] = (
    *(OSError, EOFError, ValueError, RuntimeError),  # RuntimeError: an encrypted file
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error),
)
"""What reading raises."""

try:
    from lzma import LZMAError
except ImportError:  # a Python without it reads no such archive
    pass
else:
    _DAMAGED += (LZMAError,)


class _Archive:
    """An open archive of either kind."""

    def __init__(self, path: str) -> None:
        self._zip = self._tar = None
        if path.lower().endswith(".zip"):
            self._zip = zipfile.ZipFile(path)
            files: list[Any] = [one for one in self._zip.infolist() if not one.is_dir()]
            self._files = {one.filename: (one, one.file_size) for one in files}
        else:
            self._tar = tarfile.open(path)  # noqa: SIM115 (it stays open)
            files = [one for one in self._tar if one.isfile()]
            self._files = {one.name: (one, one.size) for one in files}
        self.names = list(self._files)
        # as a path has them: `tar -cf x.tar .` calls its files ./happy/03.wav
        self._files = {PurePosixPath(name).as_posix(): one for name, one in self._files.items()}

    def read(self, name: str) -> bytes:
        one, size = self._files[name]
        if size > MOST_BYTES:
            raise ValueError(f"has {size} bytes, more than {MOST_BYTES}")
        if self._zip:
            return self._zip.read(one)
        assert self._tar
        file = self._tar.extractfile(one)
        assert file
        return file.read()


def arrow_file(path: Path) -> ArrowFile:
    """Give a file of Arrow or Parquet, which stays open.

    Raises
    ------
    ParameterError
        If it can't be read.
    ImportError
        If pyarrow is missing.
    """
    opened = _opened(os.fspath(path))
    assert isinstance(opened, ArrowFile)
    return opened


def _opened(archive: str) -> _Archive | ArrowFile:
    """Give the archive, which stays open: its list of files takes long to read.

    A file that was replaced is opened anew; so is every one in another thread or a forked process,
    because they would move each other's place in it.
    """
    try:
        about = os.stat(archive)
        file = (about.st_ino, about.st_size, about.st_mtime_ns)
        return _kept(archive, *file, os.getpid(), get_ident())
    except _DAMAGED as error:
        raise ParameterError(f"{printable(archive)}: can't be read: {error}") from error


@lru_cache(maxsize=8)
def _kept(archive: str, *_: int) -> _Archive | ArrowFile:
    return ArrowFile(archive) if is_arrow(Path(archive)) else _Archive(archive)

"""The files that a table lists: whether they are there, and lie in its folder."""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._checks import shown
from ..errors import ParameterError
from ..files import as_written
from ..urls import UrlPath, as_path
from .file_order import sorting_text
from .messages import printable, reason_of

__all__ = ["TableFile", "TableFiles"]

MOST_FILES = 1000
"""So many are remembered: the parts of one file stand together as a rule."""

MOST_FOLDERS = 10_000
"""So many listings are kept: some corpora have a folder for each file."""


class TableFile:
    """A file that a table lists, by its folder and its name there.

    Parameters
    ----------
    folder : Path
    name : str
    place : str
        It is sorted as the parts of the path are, and is the same whatever way leads there.
    """

    __slots__ = ("_path", "folder", "name", "place")

    def __init__(self, folder: Path, name: str, place: str, path: Path | None = None) -> None:
        self.folder, self.name, self.place, self._path = folder, name, place, path

    @property
    def path(self) -> Path:
        """Give its path, which is made when it is asked for."""
        if self._path is None:
            self._path = self.folder / self.name
        return self._path


class TableFiles:
    """Finds the files that a table's cells mean, which begin at the table's folder or another.

    The cells of many lines lead into one folder: it is looked at once, and listed, which is much
    faster than to ask for each file.

    Parameters
    ----------
    table : Path
    folder : Path
        All files must lie in it, as they are written: a link in it may lead anywhere.
    """

    def __init__(self, table: Path, folder: Path) -> None:
        self._bases = [os.fspath(table.parent)]
        if os.fspath(folder) != self._bases[0] and folder.parent != folder:
            self._bases.append(os.fspath(folder))
        self._inside = Inside(folder)
        self._elsewhere = base if isinstance(base := as_path(self._bases[0]), UrlPath) else None
        self._folders: dict[str, list[_Folder]] = {}
        self._url_names = _NamesOfUrls()
        self._recent: dict[str, TableFile] = {}

    def of_column(self, cells: Iterable[Any]) -> list[TableFile]:
        """Give the files of a column's cells: text, or a Path, which is taken as it is.

        Raises
        ------
        ParameterError
            If one isn't there, is no file, or lies outside the folder.
        """
        recent, files = self._recent, []
        for cell in cells:
            file = recent.get(cell) if isinstance(cell, str) else None  # parts stand together
            if file is None:
                file = self._file(cell)
                if isinstance(cell, str):
                    if len(recent) == MOST_FILES:
                        recent.clear()
                    recent[cell] = file
            files.append(file)
        return files

    def _file(self, written: Any) -> TableFile:
        if isinstance(written, Path):
            return _table_file(written)
        if isinstance(written, (list, dict, bytes)):  # as JSON and Parquet can have it
            raise ParameterError(f"path must be text, got {shown(written)}")
        text = "" if written is None else str(written).strip()
        if not text:
            raise ParameterError("path is empty")
        if ":" in text and isinstance(elsewhere := as_path(text), UrlPath):
            return _table_file(elsewhere)  # reading it tells whether it is there: to ask takes long
        if self._elsewhere is not None:
            return _table_file(self._url(self._elsewhere, text))
        for name in (written, text) if written != text else (text,):  # spaces may belong to it
            if isinstance(name, str) and (file := self._listed(name)):
                return file
        path = Path(os.path.join(self._bases[0], text))
        _check_file(path)
        self._inside.check(os.fspath(path))
        return _table_file(path)

    def _listed(self, text: str) -> TableFile | None:
        """Give a file that is in its folder's listing."""
        if os.sep != "/":
            text = text.replace(os.sep, "/")
        name = text[text.rfind("/") + 1 :]
        beginning = text[: len(text) - len(name)]
        folders = self._folders.get(beginning)
        if folders is None:
            if len(self._folders) == MOST_FOLDERS:
                self._folders.clear()
            folders = [_Folder(os.path.join(base, beginning), self._inside) for base in self._bases]
            self._folders[beginning] = folders
        for folder in folders:
            if name in folder:
                if not folder.is_inside:
                    self._inside.check(os.path.join(folder.path, name))
                return TableFile(folder.path, name, folder.place + name)
        return None

    def _url(self, folder: UrlPath, text: str) -> UrlPath:
        """Give the file that a cell of a table means whose folder is a URL."""
        path = folder / text
        if ".." in path.parts:
            raise ParameterError(f"{path} is outside the folder {folder}")
        if not self._url_names.has(path):
            raise ParameterError(f"no such file: {path}")
        return path


def _table_file(path: Path) -> TableFile:
    return TableFile(path.parent, path.name, sorting_text(path), path)


class _Names:
    """The names in a folder, of which only hashes are kept: there may be a million.

    Of two with the same one a file may seem to be there that isn't: reading it tells.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._hashes = array("q", sorted(map(hash, names)))

    def __contains__(self, name: str) -> bool:
        number = hash(name)
        at = bisect_left(self._hashes, number)
        return at < len(self._hashes) and self._hashes[at] == number


class _Folder(_Names):
    """A folder on this machine, and the names of the files in it."""

    def __init__(self, folder: str, inside: Inside) -> None:
        self.path = Path(folder)
        within = os.path.join(folder, "_")
        self.place = sorting_text(Path(within))[:-1]
        self.is_inside = inside.has(within)
        try:
            with os.scandir(folder or ".") as entries:
                files = [entry.name for entry in entries if entry.is_file()]
        except (OSError, ValueError):
            files = []
        super().__init__(files)


class _NamesOfUrls:
    """The names in folders elsewhere."""

    def __init__(self) -> None:
        self._listings: dict[UrlPath, _Names] = {}

    def has(self, path: UrlPath) -> bool:
        folder = path.parent
        assert isinstance(folder, UrlPath)
        if folder not in self._listings:
            try:
                self._listings[folder] = _Names(one.name for one in folder.iterdir())
            except OSError:
                self._listings[folder] = _Names(())
        return path.name in self._listings[folder]


class Inside:
    """Tells whether paths lie in a folder, as they are written or where they lead to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bool] = {}

    def has(self, path: str) -> bool:
        """Tell whether it lies in the folder as it is written."""
        parent = os.path.dirname(path)
        if parent not in self._known:
            try:
                written = as_written(Path(path)).parent
            except ValueError:  # a null byte
                return False
            if len(self._known) == MOST_FOLDERS:
                self._known.clear()
            self._known[parent] = any(map(self._is_folder, (written, *written.parents)))
        return self._known[parent]

    def check(self, path: str) -> None:
        """Raise ParameterError if it lies outside."""
        if self.has(path) or Path(path).resolve().is_relative_to(self._folder.resolve()):
            return
        raise ParameterError(f"{printable(path)} is outside the folder {self._folder}")

    def _is_folder(self, path: Path) -> bool:
        try:
            return os.path.samefile(path, self._folder)  # links may lead to the folder itself
        except OSError:
            return False


def _check_file(path: Path) -> None:
    """Raise ParameterError if it is no file, or can't be looked at."""
    name = printable(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ParameterError(f"no such file: {name} is a folder, pipe or device")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ParameterError(f"no such file: {name}") from error
    except OSError as error:
        raise ParameterError(f"{name}: {reason_of(error)}") from error
    except ParameterError:
        raise
    except ValueError as error:  # a null byte
        raise ParameterError(f"no such file: {name}") from error

"""Whether the paths that a table lists are files, and lie in its folder."""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from ..errors import ParameterError
from ..files import as_written
from ..urls import UrlPath
from .messages import printable, reason_of

__all__ = ["Inside", "Listings", "check_file"]


class Listings:
    """Tells whether a path is a file, from listings of folders: much faster for many files.

    Of a million names only hashes are kept. Of two with the same one a file may seem to be there
    that isn't: reading it tells.
    """

    def __init__(self) -> None:
        self._listings: dict[str, array[int]] = {}

    def _is_listed(self, folder: str, name: str) -> bool:
        listing, number = self._listings[folder], hash(name)
        at = bisect_left(listing, number)
        return at < len(listing) and listing[at] == number

    def _list(self, folder: str, names: Iterable[str]) -> None:
        self._listings[folder] = array("q", sorted(map(hash, names)))

    def has_url(self, path: UrlPath) -> bool:
        """Tell it of a URL."""
        folder = str(path.parent)
        if folder not in self._listings:
            try:
                self._list(folder, [one.name for one in path.parent.iterdir()])
            except OSError:
                self._list(folder, [])
        return self._is_listed(folder, path.name)

    def has(self, path: str) -> bool:
        """Tell it of a path on this machine."""
        folder, name = os.path.split(path)
        if folder not in self._listings:
            try:
                with os.scandir(folder or ".") as entries:
                    files = [entry.name for entry in entries if entry.is_file()]
            except (OSError, ValueError):
                files = []
            self._list(folder, files)
        return self._is_listed(folder, name)


class Inside:
    """Tells whether paths lie in a folder, as they are written or where they lead to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bool] = {}

    def check(self, path: str) -> None:
        """Raise ParameterError if it lies outside."""
        parent = os.path.dirname(path)
        if parent not in self._known:
            written = as_written(Path(path)).parent
            self._known[parent] = any(map(self._is_folder, (written, *written.parents)))
        if self._known[parent] or Path(path).resolve().is_relative_to(self._folder.resolve()):
            return
        raise ParameterError(f"{printable(path)} is outside the folder {self._folder}")

    def _is_folder(self, path: Path) -> bool:
        try:
            return os.path.samefile(path, self._folder)  # links may lead to the folder itself
        except OSError:
            return False


def check_file(path: Path) -> None:
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

"""The members of a bundle as bytes, from a zip file or a folder, whoever made it.

Nothing is ever unpacked to disk and members have flat names, so there is no path to escape by.
Sizes are bounded before reading, and what is read is bounded again.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import ModelError

__all__ = ["MAX_BYTES", "read_members", "zip_bytes"]

MAX_BYTES = 512 * 2**20
"""Most bytes that a bundle may hold, its members added up."""
MAX_MEMBERS = 64
MAX_DIRECTORY = 2**17
"""A zip file's directory, which lies at its end, may have at most this many bytes."""
MAX_RATIO = 200
"""Most uncompressed bytes per compressed one; deflate reaches 1032 on constant bytes."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What zip tools write unless told otherwise; LZMA's and bzip2's ratio has no bound."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
EPOCH = (1980, 1, 1, 0, 0, 0)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Pack members into a zip file: sorted, stored, undated, so equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(_checked_name(name), EPOCH)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, members[name])
    return buffer.getvalue()


def read_members(source: Path | bytes) -> dict[str, bytes]:
    """Every member of the zip file or folder at a path, or of a zip file's bytes.

    Raises
    ------
    ModelError
        If there is nothing, it is damaged, holds too much, or a name isn't flat.
    """
    try:
        if isinstance(source, bytes):
            return _read_zip(io.BytesIO(source))
        if source.is_dir():
            return _read_folder(source)
        return _read_file(source)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(f"bundle must be a readable zip or folder: {reason:.200}") from error
    except (RuntimeError, NotImplementedError, ValueError) as error:
        # zipfile's words for encrypted members and for methods that it doesn't know
        raise ModelError(f"bundle must be a plain zip file: {error!s:.200}") from error


def _read_file(path: Path) -> dict[str, bytes]:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
        raise ModelError(f"bundle must be a file of at most {MAX_BYTES} bytes")
    with open(path, "rb", buffering=0) as file:
        return _read_zip(file)


class _Directory(io.BufferedReader):
    """It is a file that gives a zip file's directory of some members, but not that of millions.

    zipfile makes an object of each entry before it can be asked how many there are.
    """

    limited = True

    def read(self, size: int | None = -1) -> bytes:
        """Give up to `size` bytes; ModelError while it is limited, if these are too many."""
        if not self.limited:
            return super().read(size)
        wanted = MAX_DIRECTORY + 1 if size is None or size < 0 else size
        data = super().read(min(wanted, MAX_DIRECTORY + 1))
        if len(data) > MAX_DIRECTORY:
            raise ModelError(f"bundle must have a directory of at most {MAX_DIRECTORY} bytes")
        return data


def _read_zip(source: io.FileIO | io.BytesIO) -> dict[str, bytes]:
    with _Directory(source) as directory, zipfile.ZipFile(directory) as archive:
        directory.limited = False
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        _check_sizes({entry.filename: entry.file_size for entry in entries}, len(names))
        for entry in entries:
            _check_compression(entry)
        members = {}
        for entry in entries:
            with archive.open(entry) as file:
                members[entry.filename] = _bounded(file.read, entry.file_size, entry.filename)
        return members


def _check_compression(entry: zipfile.ZipInfo) -> None:
    if entry.compress_type not in METHODS:
        raise ModelError(
            f"member {entry.filename!r} must be stored or deflated, got {entry.compress_type} "
            "as its method"
        )
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise ModelError(
            f"member {entry.filename!r} must unpack to at most {MAX_RATIO} times its "
            f"size, got {entry.file_size} from {entry.compress_size} bytes"
        )


def _read_folder(path: Path) -> dict[str, bytes]:
    sizes = {}
    with os.scandir(path) as entries:
        for entry in itertools.islice(entries, MAX_MEMBERS + 1):
            if not entry.is_file(follow_symlinks=False):
                rule = "a plain file, got a link or a folder"
                raise ModelError(f"member {entry.name!r} must be {rule}")
            sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
    _check_sizes(sizes, len(sizes))
    members = {}
    for name, size in sorted(sizes.items()):
        with open(path / name, "rb") as file:
            members[name] = _bounded(file.read, size, name)
    return members


def _check_sizes(sizes: Mapping[str, int], count: int) -> None:
    for name in sizes:
        _checked_name(name)
    if count != len(sizes):
        raise ModelError("bundle must have members of different names, got one twice")
    if count > MAX_MEMBERS:
        raise ModelError(f"bundle must have at most {MAX_MEMBERS} members, got {count}")
    if sum(sizes.values()) > MAX_BYTES:
        raise ModelError(f"bundle must hold at most {MAX_BYTES} bytes, got {sum(sizes.values())}")


def _checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ModelError(
            f"member name must be letters, digits, '.', '_', '-' and no path, got {name!r:.80}"
        )
    return name


def _bounded(read: Callable[[int], bytes], size: int, name: str) -> bytes:
    """Exactly `size` bytes, asking for one more to notice a member that hides some."""
    data = read(size + 1)
    if len(data) != size:
        raise ModelError(f"member {name!r} must hold {size} bytes as declared, got {len(data)}")
    return data

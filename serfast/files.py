"""Files that appear whole or not at all.

Two programs that write the same file can't mix what they write: each fills a file of its own,
which is given the wanted name in one step. Whoever may not replace a file, and finds one there in
the end, fails.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .urls import UrlPath

__all__ = ["as_written", "beside", "renamed", "replacing"]

_PERMISSIONS = 0o777
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""How file systems say that they can't do something, whoever asks."""
_NO_LINKS = {*_UNABLE, errno.EACCES, errno.EMLINK, errno.EPERM}
"""How they say that they have no hard links."""


@contextmanager
def replacing(path: Path, *, force: bool = True) -> Iterator[Path]:
    """Write a file under another name, and give it its own when all went well.

    Nothing is left behind by an error or an interrupt. A process that is ended by a signal which it
    doesn't handle, or by the machine, can leave a hidden file whose name has `.part` in it.

    Parameters
    ----------
    path : Path
        The file wanted. If it exists it is replaced, and its permissions are kept (its owner too,
        where this user may do that); if it is a link, the file that it leads to is written.
    force : bool
        False: refuse to replace a file that has come to exist in the meantime.

    Yields
    ------
    Path
        Where to write: an empty file in the same folder, so that renaming is atomic, and with the
        same suffix; of a URL, a file on this machine, which is sent there in the end.

    Raises
    ------
    FileExistsError
        The file exists in the end, and `force` is false.
    OSError
        It can't be written; the error names `path`, not the name that nobody asked for.
    """
    if isinstance(path, UrlPath):
        with _to_send(path) as temporary:
            yield temporary
            if not force and path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(path))
            path.put(temporary)
        return
    target = Path(os.path.realpath(path))
    temporary = _beside(target)
    try:
        before = _status(target) if force else None
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _mode(before)))
        yield temporary
        _finish(temporary, before)
        if force:
            os.replace(temporary, target)
        else:
            _name(temporary, target)
    except OSError as error:
        if not _is_of(error, {os.fspath(temporary), os.fspath(target)}):
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error
    finally:
        with suppress(OSError):  # the error before says more
            temporary.unlink(missing_ok=True)


@contextmanager
def beside(path: Path) -> Iterator[tuple[Path, Path]]:
    """Write a hidden file in the folder of `path`, which stays there when all went well.

    Somebody else gives it the name `path`, with :func:`renamed`. After an error nothing is left.

    Yields
    ------
    temporary : Path
        Where to write: an empty file with the suffix of `path`.
    hidden : Path
        Where it is in the end. It is the same file, unless `path` is a URL.

    Raises
    ------
    OSError
        It can't be written; the error names `path`.
    """
    temporary = _beside(path)
    if isinstance(temporary, UrlPath):
        with _to_send(path) as local:
            yield local, temporary
            temporary.put(local)
        return
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _mode(None)))
        yield temporary, temporary
        _finish(temporary, None)
    except BaseException as error:
        with suppress(OSError):  # the error before says more
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and _is_of(error, {os.fspath(temporary)}):
            raise OSError(error.errno, error.strerror, os.fspath(path)) from error
        raise


def renamed(temporary: Path, path: Path) -> None:
    """Give a file of :func:`beside` the name that is wanted."""
    if isinstance(temporary, UrlPath):
        temporary.replace(path)
    else:
        os.replace(temporary, path)


@contextmanager
def _to_send(path: Path) -> Iterator[Path]:
    """Give an empty file on this machine, which is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="serfast-") as folder:
        temporary = Path(folder, f"part{path.suffix}")
        temporary.touch()
        yield temporary


def as_written(path: str | os.PathLike[str]) -> Path:
    """Give the absolute path without `.` and `..`, and with the links that are in it.

    So two links to one file are two paths. Only a link before `..` is followed, as the system does.

    Examples
    --------
    >>> as_written("/no/such/../folder").as_posix().endswith("/no/folder")
    True
    """
    if isinstance(path, UrlPath):
        return path.absolute()
    whole = Path(os.path.abspath(os.curdir), path)
    walked = Path(whole.anchor)
    for part in whole.parts[1:]:
        if part == os.pardir:
            walked = Path(os.path.realpath(walked)) if walked.is_symlink() else walked
            walked = walked.parent
        else:
            walked = walked / part
    return walked


def _beside(target: Path) -> Path:
    """Give a hidden name in the same folder that nobody has, from which the target's is seen."""
    suffix = target.suffix if len(target.suffix) <= 16 else ""  # names have 255 bytes at most
    return target.with_name(f".{target.stem[:40]}.{secrets.token_hex(8)}.part{suffix}")


def _status(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _mode(before: os.stat_result | None) -> int:
    """Until it is whole, what replaces a file is for its writer only, as that one may be."""
    return 0o666 if before is None else stat.S_IRUSR | stat.S_IWUSR


def _finish(temporary: Path, before: os.stat_result | None) -> None:
    """Have it on the disk, where errors may come late, with the former file's owner and mode."""
    with temporary.open("rb+") as file:
        try:
            os.fsync(file.fileno())
        except OSError as error:
            if error.errno not in _UNABLE:
                raise
    if before is None:
        return
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(before.st_mode & _PERMISSIONS)


def _name(temporary: Path, target: Path) -> None:
    """Give the file its name if nobody has it, in one step where the file system can."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(temporary, target)


def _is_of(error: OSError, names: set[str]) -> bool:
    """Tell whether an error is about a file of these names.

    One of writing has no name at all, nor has that of a pipe whose reader went away.
    """
    if error.filename is None:
        return error.errno is not None and not isinstance(error, ConnectionError)
    return not isinstance(error.filename, int) and os.fsdecode(error.filename) in names

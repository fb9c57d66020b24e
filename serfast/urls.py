"""Paths of files elsewhere, by URL: `s3://bucket/03.wav`, `zip://03.wav::corpus.zip`, `hf://…`.

A :class:`UrlPath` is used like any `pathlib.Path`; fsspec, which is imported when it is first
needed, does the work (`pip install 'serfast[urls]'`). Its settings (keys, endpoints) are fsspec's:
its files in `~/.config/fsspec`, or variables such as `FSSPEC_S3_ENDPOINT_URL`.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import IO, TYPE_CHECKING, Any

from .errors import ParameterError, SerfastError
from .forking import forks_wait

__all__ = ["UrlPath", "absolute_path", "as_path"]

_URL = re.compile(r"([a-z][a-z0-9+.\-]+):(/*)")
"""A protocol has two letters at least: one is a drive."""

_CHAIN = "::"

WHOLE_OR_NOT = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "hf", "memory")
)
"""Where a file that is put appears whole or not at all."""

ARCHIVES = frozenset(("zip", "tar", "libarchive"))
"""Where files can't be written one by one."""

_CONTENT = ("ETag", "etag", "md5Hash", "md5", "sha256", "blob_id", "crc32c", "CRC")
_TIMES = ("LastModified", "last_modified", "mtime", "modified", "updated", "created", "date_time")
"""What file systems call that by which a file's content is known, or else its time."""

if TYPE_CHECKING:
    _Base = Path
else:
    _Base = type(Path())  # before Python 3.12 Path itself can't be a base


class UrlPath(_Base):
    """The path of a file in a file system that fsspec knows, used like a `pathlib.Path`.

    Its first part is the protocol with its colon, and with what stands behind ``::``, if anything.

    Examples
    --------
    >>> path = UrlPath("s3://bucket/anna/03.wav")
    >>> path.name, str(path.parent / "04.wav")
    ('03.wav', 's3://bucket/anna/04.wav')
    >>> str(UrlPath("zip://::s3://bucket/corpus.zip") / "anna" / "03.wav")
    'zip://anna/03.wav::s3://bucket/corpus.zip'
    """

    __slots__ = ()

    if sys.version_info < (3, 12):

        def __new__(cls, *parts: Any) -> UrlPath:
            return super().__new__(cls, *map(_inner, parts))

    else:

        def __init__(self, *parts: Any) -> None:
            super().__init__(*map(_inner, parts))

    def __str__(self) -> str:
        first, *rest = self.parts or ("",)
        match = _URL.match(first)
        if match is None:
            return super().__str__()  # a part of one, as relative_to gives it
        behind = first[match.end() :].replace("%2F", "/").replace("%25", "%")
        return f"{match[1]}://{'/'.join(rest)}{behind and _CHAIN + behind}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __fspath__(self) -> str:
        return str(self)

    def as_posix(self) -> str:
        """Give the parts with slashes between them, which end with the file's name."""
        return "/".join(self.parts)

    @property
    def protocol(self) -> str:
        """Give the protocol, without its colon."""
        return self.parts[0].partition(":")[0]

    def absolute(self) -> UrlPath:
        """Give the same URL, with the whole path of a local archive."""
        url, chain, behind = str(self).partition(_CHAIN)
        if not chain or _URL.match(behind):
            return self
        return UrlPath(f"{url}{_CHAIN}{os.path.abspath(behind)}")

    def resolve(self, strict: bool = False) -> UrlPath:
        """Give the same URL."""
        return self.absolute()

    def is_symlink(self) -> bool:
        """Tell that there are no links."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Give kind and size; there is nothing else that all file systems tell."""
        info = self._info()
        kind = stat.S_IFDIR if info["type"] == "directory" else stat.S_IFREG
        return os.stat_result((kind | 0o644, 0, 0, 1, 0, 0, int(info.get("size") or 0), 0, 0, 0))

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether there is a file or folder."""
        return self._kind() is not None

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is a file."""
        return self._kind() == "file"

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is a folder, or the beginning of others' names."""
        return self._kind() == "directory"

    def mark(self) -> dict[str, Any]:
        """Give what the content is known by: its size, and a checksum or time if there is one."""
        info = self._info()
        names = [name for name in (*_CONTENT, *_TIMES) if info.get(name)][:1]
        return {"size": info.get("size"), **{name: str(info[name]) for name in names}}

    def open(  # type: ignore[override]
        self,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """Open it for reading; all of it is in memory."""
        if set(mode) - set("rbt"):
            raise io.UnsupportedOperation(f"{self}: mode must be that of reading, got {mode!r}")
        content = io.BytesIO(self.read_bytes())
        return content if "b" in mode else io.TextIOWrapper(content, encoding, errors, newline)

    def read_bytes(self) -> bytes:
        """Give the content."""
        with self._reported() as (system, path):
            return bytes(system.cat_file(path))

    def read_text(
        self, encoding: str | None = None, errors: str | None = None, newline: str | None = None
    ) -> str:
        """Give the content as text."""
        with self.open("r", -1, encoding, errors, newline) as file:
            return str(file.read())

    def below(self) -> list[UrlPath]:
        """Give all files below this folder."""
        with self._reported() as (system, path):
            system.invalidate_cache()
            return [self._inner_path(name, path) for name in system.find(path)]

    def iterdir(self) -> Generator[UrlPath, None, None]:
        """Give what lies in this folder; nothing where no name begins with it."""
        try:
            with self._reported() as (system, path):
                system.invalidate_cache()
                names = system.ls(path, detail=False)
        except FileNotFoundError:
            return
        yield from (one for name in names if (one := self._inner_path(name, path)) != self)

    def glob(self, pattern: str, **_: Any) -> Iterator[UrlPath]:  # type: ignore[override]
        """Give what a pattern fits, relative to this folder."""
        with self._reported() as (system, path):
            system.invalidate_cache()
            names = system.glob(f"{path.rstrip('/')}/{pattern}")
        yield from (self._inner_path(name, path) for name in names)

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Make it a folder, where there are any."""
        with self._reported() as (system, path):
            system.makedirs(path, exist_ok=True)

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the file."""
        try:
            with self._reported() as (system, path):
                system.rm_file(path)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def put(self, local: Path) -> None:
        """Write it with the content of a local file, which appears whole or not at all."""
        hidden = self.with_name(f".{self.name}.part")
        target = self if self.protocol in WHOLE_OR_NOT else hidden
        with target._reported() as (system, path):
            system.put_file(os.fspath(local), path)
        if target is not self:
            target.replace(self)

    def replace(self, target: str | os.PathLike[str]) -> UrlPath:
        """Give the file another name in the same file system."""
        other = UrlPath(os.fspath(target))
        with self._reported() as (system, path):
            system.mv(path, other._place()[1])
            system.invalidate_cache()
        return other

    def _kind(self) -> str | None:
        try:
            return str(self._info()["type"])
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _info(self) -> dict[str, Any]:
        with self._reported() as (system, path):
            info: dict[str, Any] = system.info(path)
            return info

    def _inner_path(self, name: str, path: str) -> UrlPath:
        """Give the path of a file whose name in the file system begins with this one's."""
        return self / name.lstrip("/")[len(path.strip("/")) :].strip("/")

    def _place(self) -> tuple[Any, str]:
        """Give the file system, and what it calls this path."""
        url = str(self)
        if _CHAIN not in url:
            return _fsspec().core.url_to_fs(url)  # type: ignore[no-any-return]
        root = UrlPath(self.parts[0])
        inner = "/".join(self.parts[1:])
        return _archive(str(root.absolute()), _time_of(root), os.getpid(), get_ident()), inner

    @contextmanager
    def _reported(self) -> Iterator[tuple[Any, str]]:
        """Give the place; what file systems raise becomes an OSError with this URL."""
        try:
            yield self._place()
        except SerfastError:
            raise
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self)) from error
        except ImportError as error:
            raise ImportError(f"{self}: needs another package: {error}") from error
        except OSError as error:
            if error.errno is None:
                raise OSError(errno.EIO, str(error) or type(error).__name__, str(self)) from error
            raise OSError(error.errno, error.strerror, str(self)) from error
        except Exception as error:  # each file system has its own
            if "Protocol not known" in str(error):
                raise ParameterError(f"{self}: no file system is known for this URL") from error
            text = " ".join(str(error).split()) or type(error).__name__
            raise OSError(errno.EIO, text, str(self)) from error


def as_path(value: str | bytes | os.PathLike[Any]) -> Path:
    """Give a path, which is a UrlPath if it is written as a URL.

    A `Path` that was made of a URL, and has lost a slash, is one too, unless there is such a file.

    Examples
    --------
    >>> as_path("s3://bucket/03.wav"), as_path("anna/03.wav").name
    (UrlPath('s3://bucket/03.wav'), '03.wav')
    """
    if isinstance(value, UrlPath):
        return value
    text = os.fsdecode(value)
    match = _URL.match(text.replace(os.sep, "/"))
    if match is None or not match[2] or (len(match[2]) == 1 and os.path.lexists(text)):
        return value if isinstance(value, Path) else Path(text)
    if match[1] in ("file", "local"):
        return Path(text[match.end() - 1 :])
    chain = text.replace(os.sep, "/").split(_CHAIN)
    return UrlPath(_CHAIN.join(re.sub(_URL, r"\1://", one, count=1) for one in chain))


def absolute_path(path: str | os.PathLike[str]) -> Path:
    """Give a path as a process with another working folder sees it."""
    given = as_path(path)
    return given.absolute() if isinstance(given, UrlPath) else Path(os.path.abspath(given))


def _inner(part: Any) -> Any:
    """Give a URL as the text of which pathlib makes the right parts; anything else as it is."""
    if not isinstance(part, str) or "://" not in part:
        return part
    url, _, behind = part.partition(_CHAIN)
    protocol, _, path = url.partition("://")
    quoted = behind.replace("%", "%25").replace("/", "%2F")
    return f"{protocol}:{quoted}/{path.strip('/')}"


def _fsspec() -> Any:
    try:
        with forks_wait:
            import fsspec  # optional: only URLs need it
            import fsspec.core  # optional: only URLs need it
    except ImportError as error:
        raise ImportError(f"URLs need fsspec: pip install 'serfast[urls]' ({error})") from error
    return fsspec


@lru_cache(maxsize=16)
def _archive(root: str, *_: object) -> Any:
    """Give an archive's file system, which stays open: its list of files takes long to read."""
    return _fsspec().core.url_to_fs(root)[0]


def _time_of(root: UrlPath) -> object:
    """Give what tells a local archive from the one that replaces it."""
    try:
        about = os.stat(str(root).partition(_CHAIN)[2])
    except (OSError, ValueError):
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns

"""Output files: checked before the work that fills them, and not lost after it."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ParameterError, SerfastError
from ..files import replacing

__all__ = ["PICTURES", "check_outputs", "check_plot", "finish", "keep", "one_line", "writing"]

PICTURES = (".png", ".svg", ".pdf")


def check_outputs(paths: Iterable[Path | None], force: bool) -> None:
    """Refuse what can't be written before the hours of work, not after.

    Parameters
    ----------
    paths : iterable of Path or None
        The files wanted; None is none.
    force : bool
        Whether they may replace existing files.

    Raises
    ------
    ParameterError
        One exists and `force` is false, is a folder or a device, is in a folder that doesn't exist
        or can't be written to, or is wanted twice. Of a link, what it leads to is judged.
    """
    seen: set[str] = set()
    for path in paths:
        if path is None:
            continue
        try:
            _check(path, Path(os.path.realpath(path)), force)
        except OSError as error:  # such as a folder that may not be looked into
            raise ParameterError(f"output must be a file, got {path}: {_reason(error)}") from error
        if (real := os.path.realpath(path)) in seen:
            raise ParameterError(f"outputs must be different files, got {path} twice")
        seen.add(real)


def check_plot(path: Path | None, asked: str = "--plot") -> None:
    """Refuse a picture that can't be drawn: of another kind, or without a working matplotlib.

    The message says what asked for it.
    """
    if path is None:
        return
    if path.suffix.lower() not in PICTURES:
        raise ParameterError(f"plot must end in {', '.join(PICTURES)}, got {path}")
    try:
        importlib.import_module("matplotlib.figure")
    except ImportError as error:  # missing, or broken
        hint = f"{asked} needs matplotlib: pip install matplotlib"
        raise ImportError(f"{hint} ({error})") from error


@contextmanager
def writing(path: Path, force: bool) -> Iterator[Path]:
    """Give where to write an output that appears whole or not at all.

    Without `force` one of several programs that write the same file succeeds, the first to be done.
    With it the last one's output stays, whole.

    Raises
    ------
    SerfastError
        The file has come to exist in the meantime, and `force` is false.
    OSError
        It can't be written.
    """
    try:
        with replacing(path, force=force) as temporary:
            yield temporary
    except FileExistsError as error:
        if error.filename != os.fspath(path):
            raise
        raise SerfastError(f"{path}: another program wrote it meanwhile (use --force)") from error


def keep(path: Path, data: bytes, force: bool) -> None:
    """Write what took long to compute: to `path`, or else to any folder that takes it.

    Raises
    ------
    SerfastError
        It couldn't be written to `path`; the message says why, and where it is now.
    """
    try:
        with writing(path, force) as temporary:
            temporary.write_bytes(data)
    except (SerfastError, OSError) as error:
        where = _elsewhere(path.name, data)
        kept = "no other folder takes it" if where is None else f"what was computed is in {where}"
        raise SerfastError(f"{one_line(error)}; {kept}") from error


def finish(*steps: Callable[[], object]) -> None:
    """Do what remains when the work is done; a step that fails doesn't keep the others from it.

    Raises
    ------
    SerfastError, OSError, ImportError
        What the step raised that failed; of several, one error says all.
    """
    errors = []
    for step in steps:
        try:
            step()
        except (SerfastError, OSError, ImportError) as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SerfastError("; ".join(map(one_line, errors)))


def one_line(error: Exception) -> str:
    """Write an error as one line, the file first if it is about one."""
    if isinstance(error, MemoryError):
        return f"memory ran out: {' '.join(str(error).split()) or 'there is no more'}"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return " ".join(f"{os.fsdecode(error.filename)}: {_reason(error)}".split())
    return " ".join(str(error).split()) or type(error).__name__


def _check(path: Path, target: Path, force: bool) -> None:
    if target.is_dir():
        raise ParameterError(f"output must be a file, got the folder {path}")
    if target.exists() and not target.is_file():
        raise ParameterError(f"output must be a file, got the device or pipe {path}")
    if target.exists() and not force:
        raise ParameterError(f"output must be a new file (or use --force), got {path}")
    if target.is_symlink():  # even when all links have been followed
        raise ParameterError(f"output must be a file, got the link to itself {path}")
    if not target.parent.is_dir():
        raise ParameterError(f"output must be in an existing folder, got {path}")
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        reason = f"output must be in a folder that can be written to, got {path}"
        raise ParameterError(f"{reason}: {error.strerror}") from error


def _elsewhere(name: str, data: bytes) -> Path | None:
    """Write to the first folder that takes it, and give the file's path."""
    for folder in _folders():
        with suppress(OSError):
            room = Path(tempfile.mkdtemp(prefix="serfast-", dir=folder))
            try:
                with replacing(room / name) as temporary:
                    temporary.write_bytes(data)
                return room / name
            finally:
                with suppress(OSError):
                    room.rmdir()  # which is refused unless it is empty
    return None


def _folders() -> Iterator[str]:
    """Give folders on what may be other disks; the last is memory, where there is such a folder."""
    with suppress(OSError):
        yield tempfile.gettempdir()
    with suppress(OSError):
        yield os.getcwd()
    with suppress(RuntimeError):
        yield os.fspath(Path.home())
    yield "/dev/shm"


def _reason(error: OSError) -> str:
    text = error.strerror or type(error).__name__
    return f"{text[0].lower()}{text[1:]}"

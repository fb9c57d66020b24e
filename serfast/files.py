"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replacing"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file under another name, and give it its own when all went well.

    Parameters
    ----------
    path : Path
        The file wanted; replaced if it exists.

    Yields
    ------
    Path
        Where to write: in the same folder, so that renaming is atomic, and with the same suffix.
        Removed after any error.

    Raises
    ------
    OSError
        It can't be written; the error names `path`, not the name that nobody asked for.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.filename is not None and os.fspath(error.filename) == str(temporary):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)

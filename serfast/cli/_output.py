"""Output files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ParameterError

__all__ = ["replacing"]


@contextmanager
def replacing(path: Path, force: bool) -> Iterator[Path]:
    """Write a file under another name, and give it its own when all went well.

    Parameters
    ----------
    path : Path
        The file wanted.
    force : bool
        Whether it may replace an existing one.

    Yields
    ------
    Path
        Where to write: in the same folder, so that renaming is atomic. Removed after an error.

    Raises
    ------
    ParameterError
        The file exists and `force` is false, it is a folder, or its folder doesn't exist.
    """
    if path.is_dir():
        raise ParameterError(f"output must be a file, got the folder {path}")
    if path.exists() and not force:
        raise ParameterError(f"output must be a new file (or use --force), got {path}")
    if not path.parent.is_dir():
        raise ParameterError(f"output must be in an existing folder, got {path}")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

"""Output files, checked before the work that fills them."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..errors import ParameterError

__all__ = ["PICTURES", "check_outputs", "check_plot"]

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
        or can't be written to, or is wanted twice.
    """
    seen: set[str] = set()
    for path in paths:
        if path is None:
            continue
        _check(path, force)
        if (real := os.path.realpath(path)) in seen:
            raise ParameterError(f"outputs must be different files, got {path} twice")
        seen.add(real)


def check_plot(path: Path | None) -> None:
    """Refuse a picture that can't be drawn: of another kind, or without a working matplotlib."""
    if path is None:
        return
    if path.suffix.lower() not in PICTURES:
        raise ParameterError(f"plot must end in {', '.join(PICTURES)}, got {path}")
    try:
        importlib.import_module("matplotlib.figure")
    except ImportError as error:  # missing, or broken
        hint = "--plot needs matplotlib: pip install 'serfast[cli]'"
        raise ImportError(f"{hint} ({error})") from error


def _check(path: Path, force: bool) -> None:
    if path.is_dir():
        raise ParameterError(f"output must be a file, got the folder {path}")
    if path.exists() and not path.is_file():
        raise ParameterError(f"output must be a file, got the device or pipe {path}")
    if path.exists() and not force:
        raise ParameterError(f"output must be a new file (or use --force), got {path}")
    if not path.parent.is_dir():
        raise ParameterError(f"output must be in an existing folder, got {path}")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        reason = f"output must be in a folder that can be written to, got {path}"
        raise ParameterError(f"{reason}: {error.strerror}") from error

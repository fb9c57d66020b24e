"""Tables of an index are kept in a folder, and read when the same index comes again."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ... import _checks as checks
from ..._version import __version__
from . import tables

__all__ = ["keep", "kept", "place"]


def place(cache_root: Any, settings: dict[str, Any], jobs: list[Any], root: str | None) -> Path:
    """Give the path of the table of these jobs, named by a hash of all that it depends on.

    Each file counts with its size and its date of change, so that another recording of the same
    name isn't taken for it.
    """
    if not isinstance(cache_root, (str, os.PathLike)):
        checks.fail("cache_root", "a path or None", cache_root)
    folder = Path(cache_root).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    parts = [[str(file), _state(file, root), str(start), str(end)] for file, start, end in jobs]
    text = json.dumps([__version__, settings, os.path.abspath(root or "."), parts])
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()}.npz"


def _state(file: Any, root: str | None) -> list[int] | None:
    try:
        state = os.stat(os.path.join(root or "", os.fsdecode(file)))
    except (OSError, TypeError, ValueError):
        return None
    return [state.st_size, state.st_mtime_ns]


def kept(path: Path, columns: Any) -> Any:
    """Give the table that is kept at a path, or None if there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            files, moments, values = (stored[name] for name in ("files", "moments", "values"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if values.ndim != 2 or values.shape[1] != len(columns) or moments.shape != (2, len(values)):
        return None
    pd = tables.pandas()
    times = [pd.to_timedelta(one, unit="ns") for one in moments]
    index = pd.MultiIndex.from_arrays([list(files), *times], names=["file", "start", "end"])
    return pd.DataFrame(values, index=index, columns=columns)


def keep(path: Path, frame: Any) -> None:
    """Write a table; another process sees all of it or nothing."""
    levels = [frame.index.get_level_values(name) for name in ("file", "start", "end")]
    moments = np.stack([np.asarray(one, "timedelta64[ns]").view(np.int64) for one in levels[1:]])
    unready = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with open(unready, "wb") as file:
            np.savez(
                file,
                files=np.asarray(levels[0], dtype=np.str_),
                moments=moments,
                values=frame.to_numpy(),
            )
        os.replace(unready, path)
    finally:
        unready.unlink(missing_ok=True)

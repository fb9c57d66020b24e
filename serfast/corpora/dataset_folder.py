"""A dataset's folder: what made it, who writes it, and its table of bad recordings."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._checks import fail
from ..errors import ParameterError, SerfastError
from ..files import replacing
from ..forking import forks_wait
from ..urls import ARCHIVES, UrlPath
from .dataset_parts import STATES, Parts
from .messages import printable

__all__ = ["ABOUT", "BAD", "alone", "begin", "check_folder", "count"]

ABOUT, BAD, LOCK = "_dataset.json", "_bad.csv", "_lock"


def check_folder(folder: Path) -> None:
    """Make the folder; refuse one in which others' files are."""
    if isinstance(folder, UrlPath) and folder.protocol in ARCHIVES:
        fail("folder", "one in which files are written one by one", str(folder))
    if folder.exists() and not folder.is_dir():
        fail("folder", "a folder, or a new one", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    others = [path.name for path in folder.iterdir() if path.name not in (ABOUT, LOCK)]
    if others and not (folder / ABOUT).exists():
        rule = f"an empty folder, a new one or one with a dataset, got {str(folder)!r}"
        raise ParameterError(f"folder must be {rule}, which holds {printable(min(others))}")


def begin(folder: Path, settings: dict[str, Any], parts: Parts, force: bool) -> None:
    """Refuse a dataset that was made with something else; with `force` begin it anew."""
    about = folder / ABOUT
    try:
        before = json.loads(about.read_text("utf-8")) if about.exists() else None
    except ValueError:
        before = {}
    if before is not None and before != settings:
        differences = _differences(before, settings)
        if not force:
            raise ParameterError(
                f"folder must be a new one, or one of a dataset that was made with the same "
                f"settings, got {str(folder)!r}, which has {differences} "
                f"(force begins it anew)"
            )
    if force:
        for number in parts.numbers():
            parts.drop(number)
        (folder / BAD).unlink(missing_ok=True)
    (folder / STATES).mkdir(exist_ok=True)
    if before != settings:
        with replacing(about) as temporary:
            temporary.write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


def _differences(before: Any, settings: dict[str, Any]) -> str:
    if not isinstance(before, dict):
        before = {}
    names = [name for name in settings if before.get(name) != settings[name]]
    names += [name for name in before if name not in settings]
    said = {
        "serfast": f"serfast's version {before.get('serfast')} instead of {settings['serfast']}",
        "per_part": f"{before.get('per_part')} recordings per part, not {settings['per_part']}",
        "kind": f"{before.get('kind')} instead of {settings['kind']}",
        "backend": f"the back end {before.get('backend')} instead of {settings['backend']}",
        "spec": "another spec",
        "statistics": "other statistics",
        "embedding": "another embedding",
    }
    return ", ".join(said.get(name, f"another {name}") for name in names)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second program from writing into the same folder, where the system has such locks."""
    if isinstance(folder, UrlPath):
        yield
        return
    try:
        with forks_wait:
            import fcntl  # optional: Windows has none
    except ImportError:
        yield
        return
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SerfastError(f"{folder}: another program is writing this dataset") from error
        except OSError:
            pass  # a file system without locks
        yield


def count(parts: Parts, folder: Path) -> tuple[int, int, int]:
    """Write the table of bad recordings; give the numbers of recordings, rows and bad ones."""
    n_recordings = n_rows = n_bad = 0
    with replacing(folder / BAD) as temporary, temporary.open("w", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "reason"])
        for state in parts.states():
            writer.writerows(state["bad"])
            n_recordings += len(state["sources"])
            n_rows += state["rows"]
            n_bad += len(state["bad"])
    return n_recordings, n_rows, n_bad

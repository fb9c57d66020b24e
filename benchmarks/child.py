"""What a process does that measures. This file works without serfast.

Processes of other packages have an interpreter of their own, which may be without serfast; and what
the import of serfast costs can only be measured before it is imported.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

__all__ = ["bench_file", "installed", "main", "on_one_core"]


def main(channel: Any) -> None:
    """Call the function that the command line names, and answer on the channel."""
    function, arguments = json.loads(sys.argv[1])
    module, _, name = function.rpartition(".")
    channel.answer(
        lambda: getattr(importlib.import_module(f"{__package__}.{module}"), name)(*arguments)
    )


def bench_file(name: str) -> Any:
    """Load a file of serfast.bench that needs the standard library alone, without serfast."""
    package = find_spec("serfast")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / "bench" / f"{name}.py"
    spec = spec_from_file_location(f"serfast_bench_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where its named tuples look for it
    spec.loader.exec_module(module)
    return module


def on_one_core() -> None:
    """Stay on one core, where the system can be told so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def installed(distribution: str) -> str | None:
    """Give the version of a distribution, None if it isn't installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None

"""`serfast info`: what is installed, what this processor can do, what doesn't load and why."""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
from typing import Any

import numpy as np

from .. import backends
from .._version import __version__
from ..errors import BackendError
from ..features import installed as offered
from ..models import registry

__all__ = ["add_parser"]

_EPILOG = """\
examples:
  serfast info
  serfast info --json
  SERFAST_ISA=baseline serfast info
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "info",
        description="Show versions, instruction sets, back ends, plugins and the features that "
        "packages offer, for bug reports.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; a plugin that doesn't load is no error of this command."""
    facts = collect()
    print(json.dumps(facts, indent=2) if arguments.json else as_text(facts))
    return 0


def collect() -> dict[str, Any]:
    """All that the command shows, ready for JSON."""
    return {
        "serfast": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "numpy": np.__version__,
        "platform": platform.platform(),
        "isa": _native_info(),
        "backends": backends.available(),
        "backend": backends.chosen(None),
        "plugins": [dataclasses.asdict(plugin) for plugin in registry.info()],
        "features": [dataclasses.asdict(feature) for feature in offered.info()],
    }


def _native_info() -> dict[str, Any] | None:
    """Instruction sets of the native module, if there is one."""
    try:
        return backends.native_info()
    except BackendError:
        return None


def as_text(facts: dict[str, Any]) -> str:
    """Lay the facts out as aligned lines."""
    isa = facts["isa"]
    lines = [(name, facts[name]) for name in ("serfast", "python", "numpy", "platform")]
    lines.append(("ISA in use", isa["in_use"] if isa else "none: no native back end"))
    if isa:
        lines.append(("ISAs built", ", ".join(isa["built"])))
        lines.append(("ISAs available", ", ".join(isa["available"])))
        lines.append(("compiler", isa["compiler"]))
    for name, reason in facts["backends"].items():
        lines.append((f"back end {name}", reason or "available"))
    lines.append(("default back end", facts["backend"]))
    for kind in ("plugin", "feature"):
        for plugin in facts[f"{kind}s"]:
            state = f"{plugin['distribution']} {plugin['version']}"
            state += f", can't be loaded: {plugin['error']}" if plugin["error"] else ""
            lines.append((f"{kind} {plugin['name']}", state))
    if not facts["plugins"]:
        lines.append(("plugins", "none; try: pip install serfast-svm"))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:{width}}  {value}" for name, value in lines)

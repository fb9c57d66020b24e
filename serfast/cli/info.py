"""`serfast info`: what is installed, what this processor can do, and what a model is."""

from __future__ import annotations

import argparse
import dataclasses
import platform
import shutil
import textwrap
from typing import Any

import numpy as np

from .. import backends
from .._version import __version__
from ..errors import BackendError
from ..features import installed as offered
from ..models import embeddings, registry
from . import _model_info
from ._json import add_json, print_json

__all__ = ["add_parser", "aligned"]

LINE = 100
"""Characters of a line where there is no terminal that is narrower."""

_EPILOG = """\
examples:
  serfast info
  serfast info model.zip
  serfast info svm --json
  SERFAST_ISA=baseline serfast info
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "info",
        description="Show versions, instruction sets, back ends, plugins and the features that "
        "packages offer, for bug reports; or what a model is: its classes, corpus, figures, "
        "features.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="the path of a model bundle, or a plugin, for the model that comes with it",
    )
    add_json(parser, "one, with all facts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; a plugin that doesn't load is no error of this command."""
    facts = collect() if arguments.model is None else _model_info.about(arguments.model)
    if arguments.json:
        print_json(facts)
    else:
        print(aligned((lines if arguments.model is None else _model_info.lines)(facts)))
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
        "embeddings": [dataclasses.asdict(embedding) for embedding in embeddings.info()],
        "features": [dataclasses.asdict(feature) for feature in offered.info()],
    }


def _native_info() -> dict[str, Any] | None:
    """Instruction sets of the native module, if there is one."""
    try:
        return backends.native_info()
    except BackendError:
        return None


def lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the facts as names and texts."""
    isa = facts["isa"]
    pairs = [(name, facts[name]) for name in ("serfast", "python", "numpy", "platform")]
    pairs.append(("ISA in use", isa["in_use"] if isa else "none: no native back end"))
    if isa:
        pairs.append(("ISAs built", ", ".join(isa["built"])))
        pairs.append(("ISAs available", ", ".join(isa["available"])))
        pairs.append(("compiler", isa["compiler"]))
    for name, reason in facts["backends"].items():
        pairs.append((f"back end {name}", reason or "available"))
    pairs.append(("default back end", facts["backend"]))
    for kind in ("plugin", "embedding", "feature"):
        for plugin in facts[f"{kind}s"]:
            state = f"{plugin['distribution']} {plugin['version']}".rstrip()
            state += f", can't be loaded: {plugin['error']}" if plugin["error"] else ""
            pairs.append((f"{kind} {plugin['name']}", state))
    if not facts["plugins"]:
        pairs.append(("plugins", f"none; {registry.how_to_install('svm')}"))
    return pairs


def aligned(pairs: list[tuple[str, str]]) -> str:
    """Lay names and texts out in two columns; long texts have several lines."""
    width = max(len(name) for name, _ in pairs) + 2
    room = max(20, min(LINE, shutil.get_terminal_size((LINE, 24)).columns) - width)
    return "\n".join(
        f"{name if first else '':{width}}{part}".rstrip()
        for name, text in pairs
        for first, part in _parts(text, room)
    )


def _parts(text: str, room: int) -> list[tuple[bool, str]]:
    """Divide a text between words; what has no spaces, such as a path, stays whole."""
    parts = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return [(i == 0, part) for i, part in enumerate(parts or [""])]

"""`serfast explain`: every constant of a spec in plain words, and what a toolkit has otherwise."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import presets
from ..corpora.messages import printable
from ..errors import ModelError
from ..features.spec import FeatureSpec
from ..models import registry
from ..presets.explanation import TOOLKITS, constants, differences
from . import _model_info
from ._json import add_json, print_json
from ._spec import read_spec
from .info import aligned

__all__ = ["add_parser"]

PRESETS = tuple(name for name in presets.__all__ if not name.endswith("_statistics"))
"""Presets that give a spec."""

_EPILOG = f"""\
presets: {", ".join(PRESETS[:6])},
         {", ".join(PRESETS[6:])}

examples:
  serfast explain speech
  serfast explain spec.json --like librosa
  serfast explain model.zip --like kaldi
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "explain",
        description="Print every constant of a spec in plain words, with its unit; or what differs "
        "from a toolkit's defaults, which is why numbers aren't the same.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "spec",
        metavar="SPEC",
        help="a spec's JSON file, the name of a preset, the path of a model bundle, or a plugin",
    )
    parser.add_argument(
        "--like", choices=tuple(TOOLKITS), help="show only what this toolkit has otherwise"
    )
    add_json(parser, "one, with every constant or difference")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the constants, or the differences."""
    spec = found_spec(arguments.spec)
    like = arguments.like
    entries: list[Any] = list(constants(spec) if like is None else differences(spec, like))
    if arguments.json:
        kind = "constants" if like is None else "differences"
        about = {"spec": spec.to_dict(), "like": like}
        print_json({**about, kind: [entry._asdict() for entry in entries]})
        return 0
    for i, where in enumerate(dict.fromkeys(entry.where for entry in entries)):
        print(f"{'' if i == 0 else chr(10)}{printable(where)}")
        pairs = [_line(entry, like) for entry in entries if entry.where == where]
        print(aligned([(f"  {printable(name)}", printable(text)) for name, text in pairs]))
    if not entries:
        print(f"nothing: these are {like}'s defaults")
    return 0


def found_spec(name: str) -> FeatureSpec:
    """Give the spec that is meant.

    Raises
    ------
    ModelError
        If it is no file, no preset and no plugin.
    ParameterError
        If the file holds no spec.
    """
    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        return read_spec(path)
    if not path.exists() and name in PRESETS:
        made: FeatureSpec = getattr(presets, name)()
        return made
    if not path.exists() and name not in registry.available():
        names = ", ".join((*PRESETS, *registry.available()))
        raise ModelError(f"SPEC must be the path of a file, or one of {names}, got {name!r}")
    return FeatureSpec.from_dict(_model_info.about(name)["spec"])


def _line(entry: Any, like: str | None) -> tuple[str, str]:
    """Give a field's name, and its value with what it is."""
    if not entry.field:
        return entry.value, entry.words
    value = _shown(entry.value, entry.unit)
    if like is not None:
        value = f"{value}, {like} has {_shown(entry.theirs, entry.unit)}"
    return entry.field, f"{value}: {entry.words}"


def _shown(value: Any, unit: str) -> str:
    """Write a value with its unit; long tuples are cut off."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    text = text if len(text) <= 60 else f"{text[:57]}…"
    return f"{text} {unit}" if unit else text

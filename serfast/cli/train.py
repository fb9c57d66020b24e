"""`serfast train`: a model bundle from a folder of labelled recordings."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..errors import ParameterError
from . import _examples

__all__ = ["add_parser"]

_EPILOG = """\
The bundle is one zip file with everything that prediction needs and no code. The same recordings
and seed give the same bytes on the same machine.

examples:
  serfast train emodb/wav -o model.zip
  serfast train recordings/ --labels table.csv --classifier svm -o model.zip
  serfast train emodb/wav --classifier onnx --run run/ -o model.zip
  serfast evaluate emodb/wav --json measured.json
  serfast train emodb/wav --measured measured.json -o model.zip
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="train a classifier on a folder of labelled recordings",
        description="Train a classifier and write its model bundle.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _examples.add_arguments(parser)
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="ZIP", help="bundle to write"
    )
    parser.add_argument(
        "--measured",
        type=Path,
        metavar="JSON",
        help="figures of `serfast evaluate --json`, to go into the bundle's card",
    )
    parser.add_argument("--corpus", metavar="TEXT", help="what the card says of the recordings")
    parser.add_argument("--force", action="store_true", help="replace ZIP if it exists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train and write the bundle."""
    from ..training.training import train
    from ._output import check_outputs

    check_outputs([arguments.output], arguments.force)
    plugin = _examples.plugin_of(arguments)
    spec, statistics = _examples.features(arguments, plugin)
    card = _card(arguments, _examples.setup(arguments, plugin, spec, statistics))
    recordings = _examples.find(arguments)
    examples = _examples.make(arguments, recordings, plugin, spec, statistics)
    name = arguments.classifier
    with _examples.running(arguments) as (circumstances, _):
        bundle = train(name, plugin, examples, spec, statistics, run=circumstances, card=card)
    path = bundle.save(arguments.output)
    about = bundle.card["training"]
    print(
        f"{path}: {name}, {len(bundle.classes)} classes, {about['recordings']} "
        f"recordings of {len(about['speakers'])} speakers, {path.stat().st_size / 1e6:.2f} MB"
    )
    return 0


def _card(arguments: argparse.Namespace, setup: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = {}
    if arguments.corpus:
        card["corpus"] = arguments.corpus
    if arguments.measured:
        card["measured"] = _measured(arguments.measured, setup)
    return card


def _measured(path: Path, setup: dict[str, Any]) -> dict[str, Any]:
    """Read the figures, which must be of what is about to be trained."""
    try:
        figures = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"{path} must be JSON: {error}") from error
    if not isinstance(figures, dict) or not isinstance(figures.get("setup"), dict):
        raise ParameterError(f"{path} must be written by `serfast evaluate --json`")
    uar = figures.get("uar")
    if not isinstance(uar, float | int) or not 0 <= uar <= 1:
        raise ParameterError(f"uar in {path} must be from 0 to 1, got {uar!r:.80}")
    for key, wanted in setup.items():
        if (found := figures["setup"].get(key)) != wanted:
            raise ParameterError(
                f"{key} in {path} must be that of the training, {wanted!r:.60}, got {found!r:.60}: "
                "evaluate with the same arguments"
            )
    return figures

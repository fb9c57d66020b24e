"""`serfast train`: a model bundle from a folder of labelled recordings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..training.measured import read_measured
from ._examples import add_arguments, read_recipe, read_recordings
from ._output import check_outputs, keep
from ._progress import Progress

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
        description="Train a classifier and write its model bundle.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
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
    """Train and write the bundle; exit status 1 if a part of the folder couldn't be read."""
    check_outputs([arguments.output], arguments.force)
    recipe = read_recipe(arguments)
    card: dict[str, Any] = {}
    if arguments.corpus:
        card["corpus"] = arguments.corpus
    if arguments.measured:
        card["measured"] = read_measured(arguments.measured, recipe)
    recordings, n_failed = read_recordings(arguments)
    with Progress(len(recordings)) as bar:
        bundle = recipe.train(
            recordings,
            card=card,
            folder=arguments.run_folder,
            progress=bar.step_path,
            tell=bar.at,
        )
    data = bundle.to_bytes()
    keep(arguments.output, data, arguments.force)
    about = bundle.card["training"]
    print(
        f"{arguments.output}: {recipe.plugin}, {len(bundle.classes)} classes, "
        f"{about['recordings']} recordings of {len(about['speakers'])} speakers, "
        f"{len(data) / 1e6:.2f} MB"
    )
    return 1 if n_failed else 0

"""`serfast train`: a model bundle from a folder of labelled recordings."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..corpora.card import card_of
from ..corpora.messages import printable
from ..errors import ParameterError
from ..models import embeddings, encoders
from ..models.bundle.archive import MAX_BYTES
from ..models.bundle.bundle import Bundle
from ..models.embedding_reference import parts_of
from ..training.measured import bound_in, read_measured, sharpness_in
from ..training.recipe import Recipe
from ._cluster import add_cluster, client_of
from ._examples import Reading, add_arguments, read_recipe
from ._json import add_json, print_json
from ._output import check_outputs, keep

__all__ = ["add_parser"]

_EPILOG = """\
The bundle is one zip file with everything that prediction needs and no code. The same recordings
and seed give the same bytes on the same machine.

A recording that can't be used is reported and left out, and the exit status is then 1; silent and
very short ones are named. Classes, speakers and options are checked before any is read.

examples:
  serfast train emodb/wav -o model.zip
  serfast train recordings/ --labels table.csv --classifier svm -o model.zip
  serfast train emodb/wav --classifier onnx --run run/ -o model.zip
  serfast evaluate emodb/wav -o measured.json
  serfast train emodb/wav --measured measured.json -o model.zip
  serfast train recordings/ --labels table.csv --recipe model.zip -o mine.zip
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
        help="figures of `serfast evaluate -o`, to go into the bundle's card",
    )
    parser.add_argument("--corpus", metavar="TEXT", help="what the card says of the recordings")
    parser.add_argument(
        "--licence",
        metavar="TEXT",
        help="under which they are used (default: the one of a known corpus)",
    )
    parser.add_argument(
        "--carry",
        action="store_true",
        help="put an encoder that was added by `serfast embedding add` into the bundle, so that "
        "it can be used where the encoder wasn't added",
    )
    add_cluster(parser, "make the examples")
    add_json(parser, "one, with what was trained")
    parser.add_argument("--force", action="store_true", help="replace ZIP if it exists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train and write the bundle; exit status 1 if a recording or folder couldn't be read."""
    check_outputs([arguments.output], arguments.force)
    recipe = read_recipe(arguments)
    card: dict[str, Any] = {}
    if arguments.corpus:
        card["corpus"] = arguments.corpus
    if arguments.measured:
        card["measured"] = read_measured(arguments.measured, recipe)
    files = _carried(recipe) if arguments.carry else {}
    reading = Reading(arguments, arguments.folder)
    if arguments.licence:
        card |= card_of(reading.corpus, arguments.licence)
    with client_of(arguments) as client, reading.progress() as bar:
        bundle = recipe.train(
            reading.recordings,
            card=card,
            certain_above=bound_in(card.get("measured", {})),
            sharpness=sharpness_in(card.get("measured", {})),
            folder=arguments.run_folder,
            threads=arguments.threads,
            progress=reading.step,
            tell=bar.at,
            failed=reading.failed,
            client=client,
        )
    data = replace(bundle, files={**bundle.files, **files}).to_bytes()
    keep(arguments.output, data, arguments.force)
    _show(arguments, bundle, len(data), reading)
    return 1 if reading.n_failed else 0


def _carried(recipe: Recipe) -> dict[str, bytes]:
    """Give the members by which the bundle carries its encoders; refuse what can't be carried."""
    names = parts_of(recipe.embedding.name) if recipe.embedding else ()
    files: dict[str, bytes] = {}
    for name in names:
        if not (members := encoders.carried(name)):
            raise ParameterError(
                f"embedding must be an added encoder to be carried, got {name!r} of "
                f"{embeddings.owner(name)}: whoever uses the model installs that"
            )
        files |= members
    if not names:
        raise ParameterError("--carry must be given with --embedding")
    if (size := sum(map(len, files.values()))) > MAX_BYTES:
        raise ParameterError(f"encoders must have at most {MAX_BYTES} bytes to be carried: {size}")
    return files


def _show(arguments: argparse.Namespace, bundle: Bundle, size: int, reading: Reading) -> None:
    """Say what was trained, and what is known of how good it is."""
    about, measured = bundle.card["training"], bundle.card.get("measured")
    if arguments.json:
        facts = {"output": str(arguments.output), "plugin": bundle.plugin, "bytes": size}
        facts |= {"classes": list(bundle.classes), "training": about, "measured": measured}
        print_json({**facts, "failed": reading.n_failed})
        return
    print(
        f"{arguments.output}: {bundle.plugin}, {len(bundle.classes)} classes, "
        f"{about['recordings']} recordings of {len(about['speakers'])} speakers, "
        f"{size / 1e6:.2f} MB{reading.rest()}"
    )
    if about["chosen"]:
        chosen = ", ".join(f"{name} {_figure(value)}" for name, value in about["chosen"].items())
        print(f"  in training: {chosen}")
    if measured:
        print(f"  measured: UAR {100 * measured['uar']:.1f} % ({arguments.measured})")
    else:
        print("  not measured on other speakers: serfast evaluate does that")


def _figure(value: Any) -> str:
    """Write a figure or word that a plugin tells, and nothing longer."""
    return f"{value:.4g}" if isinstance(value, float) else printable(str(value))[:60]

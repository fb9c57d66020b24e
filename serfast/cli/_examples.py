"""What `train` and `evaluate` share: their arguments, and the recipe that these describe."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..corpora.finding import find_labelled
from ..corpora.recordings import Recording
from ..errors import ParameterError
from ..training.recipe import Recipe
from ._spec import read_spec, read_statistics

__all__ = ["add_arguments", "read_recipe", "read_recordings"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for recordings, features and classifier, and for how it is trained."""
    _add_setup(parser)
    _add_training(parser)
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )


def _add_setup(parser: argparse.ArgumentParser) -> None:
    """Recordings, features, classifier."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder of recordings, or CSV")
    parser.add_argument(
        "--labels",
        default="auto",
        metavar="SCHEME",
        help="auto, emodb, ravdess, crema-d (by file names), or a CSV file with the columns path, "
        "label, speaker (default: %(default)s)",
    )
    parser.add_argument(
        "--classifier", default="svm", metavar="NAME", help="plugin (default: %(default)s)"
    )
    parser.add_argument(
        "--spec", type=Path, metavar="JSON", help="features: a FeatureSpec (default: speech preset)"
    )
    parser.add_argument(
        "--statistics",
        type=Path,
        metavar="JSON",
        help="statistics: a Statistics dictionary (default: speech preset's, or Statistics() if "
        "--spec is given)",
    )


def _add_training(parser: argparse.ArgumentParser) -> None:
    """What is trained on, and how."""
    parser.add_argument(
        "--plain",
        action="store_true",
        help="train on the recordings alone, without altered copies",
    )
    parser.add_argument(
        "--alter",
        action="append",
        metavar="NAME=NUMBER[,…]",
        help="a copy of every recording to train on, in place of the plugin's own choice; again "
        "for more: speed, tempo [factors], pitch [semitones], gain [dB], noise [dB of signal to "
        "noise]; speed=0.9,noise=20 is both",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the plugin's, again for more (the plugin's README has them)",
    )
    parser.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="FOLDER",
        help="where a long training keeps its pictures and what it needs to go on where it was "
        "interrupted: give the same command again",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: %(default)s")


def read_recipe(arguments: argparse.Namespace) -> Recipe:
    """Read the recipe that the arguments describe.

    Raises
    ------
    ParameterError, UnknownPluginError
        If an argument breaks its rule, or there is no such plugin.
    OSError
        If a file can't be read.
    """
    if arguments.plain and arguments.alter:
        raise ParameterError(f"alter must be none with --plain, got {arguments.alter}")
    return Recipe(
        arguments.classifier,
        spec=arguments.spec and read_spec(arguments.spec),
        statistics=arguments.statistics and read_statistics(arguments.statistics),
        alterations=() if arguments.plain else arguments.alter,
        seed=arguments.seed,
        backend=arguments.backend,
        options=[_pair(text) for text in arguments.option],
    )


def read_recordings(arguments: argparse.Namespace) -> tuple[list[Recording], int]:
    """Find the recordings, and say what was passed over and what couldn't be read.

    Returns
    -------
    recordings : list of Recording
    n_failed : int
        How many folders couldn't be read.

    Raises
    ------
    ParameterError
        As :func:`serfast.corpora.find_recordings` does.
    """
    recordings, found = find_labelled(arguments.folder, arguments.labels)
    rest = found.rest() and f"{arguments.folder}: {found.rest()}"
    for line in filter(None, [*found.problems, rest]):
        print(f"serfast {arguments.command}: {line}", file=sys.stderr)
    return recordings, len(found.problems)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ParameterError(f"option must be NAME=VALUE, got {text!r:.80}")
    return name, value

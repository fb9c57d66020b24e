"""What `train` and `evaluate` share: their arguments, and the examples these ask for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..classifier import Examples, Plugin
    from ..corpus import Recording
    from ..spec import FeatureSpec
    from ..statistics import Statistics

__all__ = ["add_arguments", "features", "find", "make", "setup"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for recordings, features and classifier."""
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
    parser.add_argument(
        "--plain",
        action="store_true",
        help="train on the recordings alone, without copies at other speeds",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--backend", default="native", metavar="NAME", help="what computes (default: %(default)s)"
    )


def features(
    arguments: argparse.Namespace, plugin: Plugin
) -> tuple[FeatureSpec, Statistics | None]:
    """Read the spec and statistics asked for; no statistics if the plugin takes no vector."""
    from .. import presets
    from ..statistics import Statistics
    from ._spec import read_spec

    spec, statistics = presets.speech(), presets.speech_statistics()
    if arguments.spec is not None:
        spec, statistics = read_spec(arguments.spec), Statistics()
    if plugin.input != "vector":
        return spec, None
    if arguments.statistics is not None:
        try:
            statistics = Statistics.from_dict(json.loads(arguments.statistics.read_bytes()))
        except (ValueError, TypeError, RecursionError) as error:
            raise ParameterError(f"{arguments.statistics}: {error}") from error
    return spec, statistics


def setup(
    arguments: argparse.Namespace, spec: FeatureSpec, statistics: Statistics | None
) -> dict[str, Any]:
    """Tell what a measurement is of: figures of one setup say nothing of another."""
    from ..fingerprint import fingerprint

    return {
        "plugin": arguments.classifier,
        "fingerprint": fingerprint(spec),
        "statistics": statistics.to_dict() if statistics else None,
        "plain": arguments.plain,
    }


def find(arguments: argparse.Namespace) -> list[Recording]:
    """Find the recordings asked for."""
    from ..corpus import find_recordings

    return find_recordings(arguments.folder, arguments.labels)


def make(
    arguments: argparse.Namespace,
    recordings: list[Recording],
    plugin: Plugin,
    spec: FeatureSpec,
    statistics: Statistics | None,
) -> Examples:
    """Make the examples, with a progress bar."""
    from ..training import SPEEDS, make_examples
    from ._progress import Progress

    with Progress(len(recordings)) as progress:
        return make_examples(
            recordings,
            spec,
            statistics,
            kind=plugin.input,
            speeds=() if arguments.plain else SPEEDS,
            backend=arguments.backend,
            progress=lambda path: progress.step(Path(path).name),
        )

"""What `train` and `evaluate` share: their arguments, and the examples these ask for."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..audio.augmentation import Alteration
    from ..corpora.recordings import Recording
    from ..features.spec import FeatureSpec
    from ..models.plugin import Examples, Plugin, Run
    from ..statistics.statistics import Statistics
    from ._progress import Progress

__all__ = ["add_arguments", "features", "find", "make", "plugin_of", "running", "setup"]


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


def plugin_of(arguments: argparse.Namespace) -> Plugin:
    """Get the plugin asked for, with its options."""
    from ..models import registry
    from ..models.plugin import with_options

    plugin = registry.get(arguments.classifier)
    values = dict(_pair(text) for text in arguments.option)
    return with_options(arguments.classifier, plugin, values)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ParameterError(f"option must be NAME=VALUE, got {text!r:.80}")
    return name, value


def features(
    arguments: argparse.Namespace, plugin: Plugin
) -> tuple[FeatureSpec, Statistics | None]:
    """Read the spec and statistics asked for; no statistics if the plugin takes no vector."""
    from ..models.plugin import features_for
    from ..statistics.statistics import Statistics
    from ._spec import read_spec

    spec, statistics = features_for(plugin)
    if arguments.spec is not None:
        spec = read_spec(arguments.spec)
        statistics = statistics and Statistics()
    if statistics is not None and arguments.statistics is not None:
        try:
            statistics = Statistics.from_dict(json.loads(arguments.statistics.read_bytes()))
        except (ValueError, TypeError, RecursionError) as error:
            raise ParameterError(f"{arguments.statistics}: {error}") from error
    return spec, statistics


def setup(
    arguments: argparse.Namespace,
    plugin: Plugin,
    spec: FeatureSpec,
    statistics: Statistics | None,
) -> dict[str, Any]:
    """Tell what a measurement is of: figures of one setup say nothing of another."""
    from ..models.bundle.fingerprint import fingerprint
    from ..models.plugin import options_of

    options = options_of(plugin)
    return {
        "plugin": arguments.classifier,
        "fingerprint": fingerprint(spec, arguments.backend),
        "statistics": statistics.to_dict() if statistics else None,
        "plain": arguments.plain,
        **({"alter": arguments.alter} if arguments.alter else {}),
        **({"options": options} if options else {}),
    }


def find(arguments: argparse.Namespace) -> list[Recording]:
    """Find the recordings asked for."""
    from ..corpora.finding import find_recordings

    return find_recordings(arguments.folder, arguments.labels)


def make(
    arguments: argparse.Namespace,
    recordings: list[Recording],
    plugin: Plugin,
    spec: FeatureSpec,
    statistics: Statistics | None,
) -> Examples:
    """Make the examples, with a progress bar."""
    from ..training.examples import make_examples
    from ._progress import Progress

    with Progress(len(recordings)) as progress:
        return make_examples(
            recordings,
            spec,
            statistics,
            kind=plugin.input,
            alterations=_alterations(arguments, plugin),
            seed=arguments.seed,
            backend=arguments.backend,
            progress=lambda path: progress.step(Path(path).name),
        )


def _alterations(arguments: argparse.Namespace, plugin: Plugin) -> Sequence[Alteration]:
    from ..audio.augmentation import parse_alteration
    from ..models.plugin import alterations_for

    if arguments.plain and arguments.alter:
        raise ParameterError(f"alter must be none with --plain, got {arguments.alter}")
    if arguments.plain:
        return ()
    if arguments.alter:
        return [parse_alteration(text) for text in arguments.alter]
    return alterations_for(plugin)


@contextmanager
def running(arguments: argparse.Namespace) -> Iterator[tuple[Run, Progress]]:
    """Circumstances of a training, and the bar that follows it."""
    from ..models.plugin import Run
    from ._progress import Progress

    if arguments.run_folder is not None:
        _make_folder(arguments.run_folder)
    with Progress(1) as progress:
        yield Run(seed=arguments.seed, folder=arguments.run_folder, tell=progress.at), progress


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise ParameterError(f"run must be a folder, got {path}: {error.strerror}") from error

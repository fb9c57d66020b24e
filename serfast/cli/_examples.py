"""What `train` and `evaluate` share: their arguments, their recipe, and their recordings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..audio.augmentation import SETS_OF_COPIES, Alteration
from ..corpora.finding import find_labelled
from ..corpora.recordings import Recording
from ..errors import ParameterError, UnknownPluginError
from ..models.bundle.bundle import Bundle
from ..training.recipe import Recipe
from ..urls import as_path
from ._progress import Progress
from ._recordings import named
from ._spec import default_statistics, read_spec, read_statistics
from ._threads import add_threads
from ._warnings import shown_once

__all__ = ["Reading", "add_arguments", "read_recipe"]

DEFAULT = "svm"
"""The classifier that is trained if none is named."""

CHOOSE = "choose"
"""In the place of a set of copies: the training chooses one."""

RECIPE_PARTS = (
    *("classifier", "spec", "statistics", "embedding", "with_statistics", "plain", "alter"),
    *("copies", "option", "seed", "backend"),
)
"""The arguments that a recipe's file stands for."""


def add_arguments(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the arguments for recordings, features and classifier, and for how it is trained.

    With `several` there may be more than one folder.
    """
    _add_setup(parser, several=several)
    _add_training(parser)
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )
    add_threads(parser)
    parser.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE",
        help="all of this at once: a Recipe's JSON, or the model bundle that it made; without "
        "--classifier, --spec, --statistics, --embedding, --with-statistics, --plain, --alter, "
        "--copies, --option, --seed, --backend",
    )


def _add_setup(parser: argparse.ArgumentParser, *, several: bool) -> None:
    """Recordings, features, classifier."""
    parser.add_argument(
        "folder",
        type=as_path,
        nargs="+" if several else None,
        metavar="FOLDER",
        help="folder of recordings, zip or tar, or table; or the URL of one (s3://…)",
    )
    _add_labels(parser)
    parser.add_argument("--classifier", metavar="NAME", help=f"plugin (default: {DEFAULT})")
    parser.add_argument(
        "--spec", type=Path, metavar="JSON", help="features: a FeatureSpec (default: speech preset)"
    )
    parser.add_argument(
        "--statistics",
        type=Path,
        metavar="JSON",
        help="statistics: a Statistics dictionary (default: speech preset's, or Statistics() if "
        "--spec is given; none with --embedding)",
    )
    parser.add_argument(
        "--embedding",
        metavar="NAME",
        help="an installed embedding in place of the statistics, as `serfast info` lists them; "
        "A+B is both, one behind the other",
    )
    parser.add_argument(
        "--with-statistics",
        action="store_true",
        help="the statistics, and the embedding behind them",
    )


def _add_labels(parser: argparse.ArgumentParser) -> None:
    """Where the labels come from."""
    parser.add_argument(
        "--labels",
        default="auto",
        metavar="SCHEME",
        help="auto, a corpus (`serfast corpora` lists them), folders (their names are the labels), "
        "datasets, audiofolder or audformat (what these wrote; auto knows them), "
        "or a table (.csv, .tsv, .jsonl, .json, .parquet) with the columns path, label, speaker "
        "and perhaps text, start, end [s], fold, arousal, valence, dominance "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--pattern",
        metavar="REGEX",
        help="in place of --labels: found in the path below FOLDER; its groups label, speaker and "
        "text tell these, as in '(?P<speaker>[a-z]+)_(?P<label>[a-z]+)_'",
    )
    parser.add_argument(
        "--columns", metavar="NAME=COLUMN,…", help="what the table calls them: path=file,label=emo"
    )
    parser.add_argument(
        "--emotions",
        metavar="LABEL=NAME,…",
        help="the name that each label gets: joy=happiness,xxx=- (left out), standard, or a .json "
        "file; the others stay as they are",
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
        "for more. speed, tempo [factors], pitch [semitones]; gain, clip [dB], dc [of the peak]; "
        "noise, white, brown, hum, clicks, babble, noises=FOLDER: [dB of signal to noise]; room "
        "[s of reverberation, :m], rooms=FOLDER; lowpass [Hz], telephone, mulaw, gsm, mp3, opus "
        "[kbit/s], loss [%% of packets]; none. speed=0.9,noise=20 is both, noise=10..30 is drawn "
        "for every copy, room=0.4|telephone is one of them (docs/augmentation.md)",
    )
    parser.add_argument(
        "--copies",
        choices=(*SETS_OF_COPIES, CHOOSE),
        help="a set of copies instead: of light (7 copies), default (12) and strong (18), or the "
        "one of them by which training speakers left out are recognised best (default: the "
        "plugin's own choice)",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the plugin's, again for more (docs/training.md has them)",
    )
    parser.add_argument(
        "--run",
        dest="run_folder",
        type=Path,
        metavar="FOLDER",
        help="where a long training keeps its pictures and what it needs to go on where it was "
        "interrupted: give the same command again",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="default: 0")


def read_recipe(arguments: argparse.Namespace) -> Recipe:
    """Read the recipe that the arguments describe.

    Raises
    ------
    ParameterError, UnknownPluginError
        If an argument breaks its rule, or there is no such plugin.
    OSError
        If a file can't be read.
    """
    if arguments.recipe:
        return _recipe_in(arguments.recipe, arguments)
    if arguments.plain and arguments.alter:
        raise ParameterError(f"alter must be none with --plain, got {arguments.alter}")
    if arguments.copies and (arguments.plain or arguments.alter):
        other = "--plain" if arguments.plain else "--alter"
        raise ParameterError(f"copies must be none with {other}, got {arguments.copies}")
    spec = arguments.spec and read_spec(arguments.spec)
    statistics = arguments.statistics and read_statistics(arguments.statistics)
    if arguments.with_statistics and statistics is None:
        statistics = default_statistics(spec)
    return Recipe(
        DEFAULT if arguments.classifier is None else arguments.classifier,
        spec=spec,
        statistics=statistics,
        embedding=arguments.embedding,
        alterations=_alterations(arguments),
        choose_copies=arguments.copies == CHOOSE,
        seed=arguments.seed or 0,
        backend=arguments.backend,
        options=[_pair(text) for text in arguments.option],
    )


def _alterations(arguments: argparse.Namespace) -> Sequence[Alteration | str] | None:
    """Give the alterations that the arguments name; None if they leave them to the training."""
    if arguments.plain:
        return ()
    return arguments.alter or SETS_OF_COPIES.get(arguments.copies)


def _recipe_in(path: Path, arguments: argparse.Namespace) -> Recipe:
    """Read the recipe in a file: JSON, or a bundle whose card has one."""
    given = [
        f"--{name.replace('_', '-')}"
        for name in RECIPE_PARTS
        if getattr(arguments, name) not in (None, False, [])
    ]
    if given:
        raise ParameterError(f"--recipe must be given without {', '.join(given)}")
    try:
        if path.is_dir() or path.suffix.lower() == ".zip":
            card = Bundle.load(path).card
            if "recipe" not in card:
                raise ParameterError("the bundle's card must have a recipe, got none")
            return Recipe.from_dict(card["recipe"])
        return Recipe.from_json(path.read_bytes())
    except (ParameterError, UnknownPluginError) as error:
        raise type(error)(f"{path}: {error}") from error


class Reading:
    """The recordings that the arguments name: found before the work, counted in the course of it.

    Parameters
    ----------
    arguments : Namespace
    folder : Path
        Where they are.

    Raises
    ------
    ParameterError
        As :func:`serfast.corpora.find_recordings` does.
    """

    def __init__(self, arguments: argparse.Namespace, folder: Path) -> None:
        self._command, self._run_folder = arguments.command, arguments.run_folder
        labels, pattern = arguments.labels, arguments.pattern
        if pattern is not None and labels != "auto":
            raise ParameterError(f"--pattern must be given without --labels, got {labels}")
        self.recordings: Sequence[Recording]
        self.recordings, result = find_labelled(
            folder,
            labels if pattern is None else f"pattern:{pattern}",
            columns=arguments.columns,
            emotions=arguments.emotions,
        )
        self.corpus = result.corpus
        """Which known corpus it is; "" if that isn't known."""
        self.folder = folder
        self.n_failed = len(result.problems)
        """How many folders and recordings couldn't be read."""
        rest = result.rest() and f"{folder}: {result.rest()}"
        for line in filter(None, [*result.problems, rest]):
            print(f"serfast {self._command}: {line}", file=sys.stderr)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give a bar, above which warnings are shown; an interrupt tells how to go on."""
        with Progress(len(self.recordings), command=f"serfast {self._command}") as bar:
            self.report_to(bar)
            try:
                with shown_once(bar.write):
                    yield bar
            except KeyboardInterrupt as ended:
                if self._run_folder is not None and not ended.args:
                    kept = f"{self._run_folder} keeps what is done"
                    ended.args = (f"{kept}, the same command goes on",)
                raise

    def step(self, path: os.PathLike[str]) -> None:
        """Tell that the features of a recording and of its copies are there."""
        self._bar.step(f"features of {os.path.basename(path)}")

    def report_to(self, bar: Progress) -> None:
        """Have what fails reported above this bar."""
        self._bar = bar

    def failed(self, recording: Recording, error: Exception) -> None:
        """Report a recording that can't be used, which is left out."""
        self.n_failed += 1
        self._bar.write(f"serfast {self._command}: left out: {named(recording.path, error)}")

    def rest(self) -> str:
        """Say how many were left out, as the end of a line; "" if none."""
        return f", {self.n_failed} failed" if self.n_failed else ""


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ParameterError(f"option must be NAME=VALUE, got {text!r:.80}")
    return name, value

"""Training of networks, with torch: from examples to the members of a bundle.

The picture: rows → :mod:`augment` → :mod:`front` (scaling) → a network (:mod:`baseline`,
:mod:`recurrent` and :mod:`pooled` with :mod:`pooling`) → :mod:`loss`, in :mod:`loop`; then
:mod:`export` writes the graphs with :mod:`writer`, and :mod:`check` compares them with torch.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy import isin
from numpy.random import default_rng

from serfast.errors import ParameterError
from serfast.forking import forks_wait
from serfast.models import FLOOR, Typical
from serfast.models.plugin import Examples, Run, Weights

from ..row_moments import RowMoments
from ..training_options import TrainingOptions
from . import checkpoint
from .augment import shortest
from .check import check_export
from .export import members_of
from .front import Front
from .loop import Training, probabilities
from .network import size_of
from .quantise import quantised
from .split import held_out
from .torch_state import one_thread
from .writer import OPSET

__all__ = ["MILD", "train"]

MILD = 12
"""So many copies of a recording say what is typical: the default ones, before the strong ones."""


def train(examples: Examples, options: TrainingOptions, run: Run) -> Weights:
    """Train a network on examples, and export it.

    Parameters
    ----------
    examples : Examples
        Of rows.
    options : TrainingOptions
    run : Run
        Seed; folder for checkpoint and pictures; whom to tell.

    Returns
    -------
    Weights
        The members that BUNDLE.md describes; the card says what was trained, how it went, and how
        far the graphs are from torch.

    Raises
    ------
    ParameterError
        If there are fewer than two classes, or too few speakers to hold any out; or the folder has
        a checkpoint of another training.
    ModelError
        If the graphs don't give torch's probabilities.
    """
    if len(examples.classes) < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
    speakers = held_out(examples, options.validation, default_rng(run.seed))
    judged: Any = isin(examples.speakers, speakers)
    learned = examples.where(~judged)
    with one_thread():
        training = Training(
            learned=learned,
            judged=examples.where(judged & ~examples.altered),
            front=Front.fit(list(learned.inputs), examples.spec),
            options=options,
            seed=run.seed,
        )
        _run(training, run, checkpoint.digest_of(examples, options, run.seed))
        return _weights(training, examples, speakers)


def _run(training: Training, run: Run, digest: str) -> None:
    """Train until it is done, keeping a checkpoint of every epoch."""
    if run.folder is not None and (state := checkpoint.read(run.folder, digest)) is not None:
        training.restore(state)
    while not training.done:
        training.run_epoch()
        if run.folder is not None:
            with _going_on("checkpoint"):
                checkpoint.write(run.folder, digest, training.state())
        _tell(training, run)
    if run.folder is not None:
        with forks_wait:
            from .pictures import draw  # matplotlib, for those who want pictures
        with _going_on("pictures"):
            draw(training, run.folder)


@contextmanager
def _going_on(what: str) -> Iterator[None]:
    """Warn of a disk that is full, say, instead of losing the training to it."""
    try:
        yield
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        warnings.warn(f"{what} not written: {reason}; the training goes on", stacklevel=3)


def _tell(training: Training, run: Run) -> None:
    number, last = len(training.history), training.history[-1]
    text = f"epoch {number}/{training.options.epochs}, loss {last.loss:.3f}"
    if len(training.judged):
        text += f", validation UAR {100 * last.recall:.1f} %"
    run.tell(number / training.options.epochs, text)


def _weights(training: Training, examples: Examples, speakers: tuple[str, ...]) -> Weights:
    plain = examples.where(~examples.altered)
    members = members_of(training.kept, training.front, len(examples.classes))
    difference = check_export(members, training.kept, training.front, list(plain.inputs))
    if training.options.precision == "int8":
        learned = training.learned.where(~training.learned.altered)
        members = quantised(members, list(learned.inputs))
    about: dict[str, Any] = {
        "network": training.options.network,
        "parameters": size_of(training.kept),
        "opset": OPSET,
        "torch": torch.__version__.partition("+")[0],
        "epochs": len(training.history),
        "loss": round(training.history[training.best - 1].loss, 4),
        "float32_graphs_to_torch": float(f"{difference:.1e}"),
    }
    if speakers:
        about["held_out"] = list(speakers)
        about["kept_epoch"] = training.best
        about["validation_uar"] = round(training.history[training.best - 1].recall, 4)
    arrays = {**_mean_scores(training), **_typical(training)}
    return Weights(arrays=arrays, files=members, card=about)


def _mean_scores(training: Training) -> dict[str, Any]:
    """Give the means of the logarithms of the probabilities, over everything and by class.

    They are of the examples trained on, copies too. A speaker's adaptation starts from them.
    """
    learned = training.learned
    shares = probabilities(training.kept, [training.front(x) for x in learned.inputs])
    scores = np.log(np.maximum(shares.astype(np.float64), FLOOR))
    by_class = [scores[learned.labels == name].mean(axis=0) for name in learned.classes]
    return {"neutral_scores": scores.mean(axis=0), "class_scores": np.stack(by_class)}


def _typical(training: Training) -> dict[str, Any]:
    """Say what rows are like: the means and deviations of columns that the network hears.

    They are of the examples trained on, with the first :data:`MILD` copies: in others there may be
    more noise than speech. The least number of rows is that of the shortest crop.
    """
    learned = training.learned
    mild = np.ones(len(learned), bool) if learned.copies is None else learned.copies <= MILD
    moments = []
    for x in learned.where(mild).inputs:
        moments.append(RowMoments(x.shape[1]))
        moments[-1].add(x)
    vectors = np.stack([one.vector() for one in moments])
    deviation = np.where(np.tile(training.front.heard, 2), vectors.std(axis=0), 0)
    fewest = min(shortest(one.n_rows, training.options.stretch) for one in moments)
    return {
        **Typical.fit(vectors, vectors.mean(axis=0), deviation).arrays(),
        "fewest_rows": np.array(float(fewest)),
    }

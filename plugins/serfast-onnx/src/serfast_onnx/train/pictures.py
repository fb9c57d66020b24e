"""Pictures of a training: loss and recall by epoch, and confusions of the speakers held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from serfast.files import replacing
from serfast.forking import forks_wait
from serfast.training.metrics import confusion_matrix
from serfast.training.plots import plot_confusion

from .loop import Epoch, Training

__all__ = ["draw"]


def draw(training: Training, folder: Path) -> None:
    """Write ``curves.png`` and, if speakers were held out, ``confusion.png``."""
    with replacing(folder / "curves.png") as path:
        _draw_curves(training.history, training.best, path)
    if len(training.judged):
        true, classes = training.judged.labels.tolist(), training.learned.classes
        with replacing(folder / "confusion.png") as path:
            plot_confusion(confusion_matrix(true, training.predicted(), classes), classes, path)


def _draw_curves(history: Sequence[Epoch], best: int, path: Path) -> None:
    with forks_wait:
        from matplotlib.figure import Figure  # no pyplot: no global state, no display
    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.add_subplot()
    number = np.arange(1, len(history) + 1)
    left.plot(number, [epoch.loss for epoch in history], color="tab:gray", label="training loss")
    left.set_xlabel("epoch")
    left.set_ylabel("loss")
    left.set_ylim(bottom=0)
    recalls = np.array([epoch.recall for epoch in history])
    if np.isfinite(recalls).any():
        right = left.twinx()
        right.plot(number, 100 * recalls, color="tab:blue", label="recall of held-out speakers")
        right.axvline(best, color="tab:blue", linestyle=":", label=f"kept: epoch {best}")
        right.set_ylabel("unweighted average recall [%]")
        right.set_ylim(0, 100)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(path, dpi=150)

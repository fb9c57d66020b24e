"""The training loop: epochs over altered recordings, an average of the weights, an early end."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.random import default_rng
from torch import Tensor, nn
from torch.nn import functional

from serfast.models.plugin import Examples
from serfast.training import balanced_sample
from serfast.training.metrics import confusion_matrix, unweighted_average_recall

from ..training_options import TrainingOptions
from .augment import RowAugmentation, mask
from .batches import padded, shuffled
from .dropout import Dropout
from .front import Front
from .loss import Loss
from .mixing import Mixing
from .network import as_network, logits_of, make_network
from .torch_state import seeded

__all__ = ["Epoch", "Training", "probabilities"]

Array = np.ndarray[Any, np.dtype[np.float32]]

WARM_UP = 0.15
"""Share of the steps in which the learning rate rises."""
COLD = 0.04
"""Learning rate at the beginning, as a share of the largest."""
LARGEST_GRADIENT = 5.0
CHUNK = 32


@dataclass(frozen=True)
class Epoch:
    """How an epoch went; the recall is of the speakers held out, NaN without them."""

    loss: float
    recall: float


@dataclass
class Training:
    """A training that goes on epoch by epoch.

    What is drawn at random in an epoch depends on the seed and the epoch's number alone, so a
    training that was interrupted goes on as if it hadn't been.

    Parameters
    ----------
    learned, judged : Examples
        To train on, and to stop early by (unaltered; may be none).
    front : Front
    options : TrainingOptions
    seed : int
    """

    learned: Examples
    judged: Examples
    front: Front
    options: TrainingOptions
    seed: int
    history: list[Epoch] = field(default_factory=list)
    best: int = 0
    """Number of epochs after which the weights kept were reached."""

    def __post_init__(self) -> None:
        self._classes = self.learned.classes
        self._codes = np.searchsorted(self._classes, self.learned.labels)
        with seeded(self.seed):
            self._network = make_network(
                self.front.n_heard, len(self._classes), self.options, self.front.voicing
            )
        self._average = copy.deepcopy(self._network)
        self.kept = copy.deepcopy(self._network)
        """The network with the weights kept."""
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), lr=self.options.rate, weight_decay=self.options.decay
        )
        self._loss = Loss(
            self._codes,
            len(self._classes),
            focal=self.options.loss == "focal",
            weighted=self.options.loss != "plain" and self.options.sampling == "all",
        )
        self._multiple = as_network(self._network).rows_per_step
        self._alter = RowAugmentation(self.learned.spec, self.options)
        self._scaled = [self.front(x) for x in self.judged.inputs]
        self._per_epoch = max(1, int((~self.learned.altered).sum()))
        self._steps = 0

    @property
    def done(self) -> bool:
        """Whether all epochs are done, or the last ones brought nothing better."""
        late = len(self.history) - self.best >= self.options.patience
        return len(self.history) >= self.options.epochs or (len(self.judged) > 0 and late)

    def run_epoch(self) -> None:
        """Train for one epoch more, and judge the average of the weights."""
        number = len(self.history)
        random = default_rng((self.seed, 1, number))
        self._network.train()
        for module in self._network.modules():
            if isinstance(module, Dropout):
                module.random = random
        losses = []
        chosen = self._chosen(number)
        lengths = [len(self.learned.inputs[i]) for i in chosen]
        batches = list(shuffled(lengths, self.options.batch, random))
        for k, batch in enumerate(batches):
            self._set_rate((number + k / len(batches)) / self.options.epochs)
            losses.append(self._step(chosen[batch], random))
        recall = math.nan
        if len(self.judged):
            recall = self._recall()
        self.history.append(Epoch(float(np.mean(losses)) if losses else math.nan, recall))
        # A recall of 20 recordings is often the same again: later weights are better averages.
        if not len(self.judged) or recall >= self.history[self.best - 1].recall or not self.best:
            self.best = len(self.history)
            self.kept.load_state_dict(self._average.state_dict())

    def predicted(self) -> list[str]:
        """Classes that the network kept says the judged recordings are of."""
        scores = probabilities(self.kept, self._scaled)
        return [self._classes[i] for i in scores.argmax(axis=1)]

    def state(self) -> dict[str, Any]:
        """Everything that changes, as a checkpoint keeps it."""
        modules = {"network": self._network, "average": self._average, "kept": self.kept}
        return {
            "history": [(epoch.loss, epoch.recall) for epoch in self.history],
            "best": self.best,
            "steps": self._steps,
            "optimizer": self._optimizer.state_dict(),
            **{name: module.state_dict() for name, module in modules.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self.history = [Epoch(*values) for values in state["history"]]
        self.best, self._steps = state["best"], state["steps"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._network.load_state_dict(state["network"])
        self._average.load_state_dict(state["average"])
        self.kept.load_state_dict(state["kept"])

    def _chosen(self, number: int) -> Any:
        """Examples of an epoch: as many as there are recordings, from a pile of all copies.

        Balanced ones are drawn anew in every epoch.
        """
        n = len(self.learned)
        if self.options.sampling == "balanced":
            random = default_rng((self.seed, 2, number))
            return balanced_sample(self._codes, self._per_epoch, random)
        epochs_per_pile = max(1, n // self._per_epoch)
        pile, part = divmod(number, epochs_per_pile)
        order = default_rng((self.seed, 0, pile)).permutation(n)
        return order[part * self._per_epoch : (part + 1) * self._per_epoch]

    def _set_rate(self, share: float) -> None:
        """One cycle of a cosine: up, then down to nothing (Smith and Topin, 2019)."""
        if share < WARM_UP:
            height = COLD + (1 - COLD) * (1 - math.cos(math.pi * share / WARM_UP)) / 2
        else:
            height = (1 + math.cos(math.pi * (share - WARM_UP) / (1 - WARM_UP))) / 2
        for group in self._optimizer.param_groups:
            group["lr"] = self.options.rate * height

    def _step(self, indices: Any, random: np.random.Generator) -> float:
        rows = []
        for i in indices:
            scaled = self.front(self._alter(self.learned.inputs[i], random))
            mask(scaled, self.options.masks, random)
            rows.append(scaled)
        x, present = padded(rows, self._multiple)
        targets = self._targets(indices)
        mixings = []
        if self.options.mixup and random.random() < 0.5:
            mixings.append(Mixing.drawn(len(x), self.options.mixup, random))
            targets = mixings[0](targets)
        logits = logits_of(as_network(self._network), x, present, *mixings)
        loss = self._loss(logits, targets)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), LARGEST_GRADIENT)
        self._optimizer.step()
        self._steps += 1
        self._follow()
        return float(loss.detach())

    def _targets(self, indices: Any) -> Tensor:
        k = len(self._classes)
        one_hot = functional.one_hot(torch.from_numpy(self._codes[indices]), k)
        return one_hot * (1 - self.options.smoothing) + self.options.smoothing / k

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average towards the weights: by more at first, when they are far from it."""
        factor = min(self.options.average, self._steps / (self._steps + 10))
        pairs = zip(
            self._average.state_dict().values(), self._network.state_dict().values(), strict=True
        )
        for average, value in pairs:
            if average.is_floating_point():
                average.lerp_(value, 1 - factor)
            else:
                average.copy_(value)

    def _recall(self) -> float:
        codes = probabilities(self._average, self._scaled).argmax(axis=1)
        said = [self._classes[i] for i in codes]
        matrix = confusion_matrix(self.judged.labels.tolist(), said, self._classes)
        return unweighted_average_recall(matrix)


@torch.no_grad()
def probabilities(network: nn.Module, scaled: Sequence[Array]) -> np.ndarray[Any, Any]:
    """Probabilities (n, n_classes) of recordings' scaled rows."""
    network.eval()
    multiple = as_network(network).rows_per_step
    parts = [scaled[i : i + CHUNK] for i in range(0, len(scaled), CHUNK)]
    outputs = [functional.softmax(network(*padded(part, multiple)), -1) for part in parts]
    return np.asarray(torch.cat(outputs).numpy())

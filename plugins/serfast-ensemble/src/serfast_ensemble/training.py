"""Training: every member by its own features and altered copies; a stack by held-out speakers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Examples, Plugin, Run, alterations_for, features_for, fit
from serfast.models.plugin_calls import calling, load_classifier, probabilities_of
from serfast.training.examples import examples_of
from serfast.training.training import bundle_of

from .pooling import Pool, fit_stack

__all__ = ["train_members", "train_stack"]

FOLDS = 8
"""Most parts that speakers are left out in."""


class Trainee:
    """A member with the examples that it learns from."""

    def __init__(self, name: str, plugin: Plugin, samples: Examples, seed: int) -> None:
        self.name, self.plugin = name, plugin
        self.spec, self.statistics = features_for(plugin)
        if samples.spec is not None and samples.spec.sample_rate != self.spec.sample_rate:
            raise ParameterError(
                f"sample_rate must be that of member {name!r}, {self.spec.sample_rate}, got "
                f"{samples.spec.sample_rate}"
            )
        self.examples = examples_of(
            samples.inputs,
            samples.labels.tolist(),
            samples.speakers.tolist(),
            self.spec,
            self.statistics,
            kind=plugin.input,
            alterations=alterations_for(plugin),
            seed=seed,
        )

    def bundle(self, examples: Examples, run: Run) -> Bundle:
        """Train on some of the examples."""
        with calling(self.name, "train"):
            weights = fit(self.plugin, examples, run)
        card = {"training": {"chosen": dict(weights.card)}}
        return bundle_of(self.name, weights, examples, self.spec, self.statistics, card)

    def held_out(self, out: Any, classes: tuple[str, ...], run: Run) -> np.ndarray[Any, Any]:
        """Probabilities of the recordings of some speakers, by training without them."""
        own = np.isin(self.examples.speakers, out)
        bundle = self.bundle(self.examples.where(~own), run)
        classifier = load_classifier(self.name, self.plugin, bundle)
        test = self.examples.where(own & ~self.examples.altered)
        found = np.zeros((len(test), len(classes)))
        places = [classes.index(name) for name in classifier.classes]
        for i, x in enumerate(test.inputs):
            found[i, places] = probabilities_of(classifier, x, self.name)
        return found


def train_members(plugins: Mapping[str, Plugin], samples: Examples, run: Run) -> list[Trainee]:
    """Prepare every member's examples, of samples that aren't altered."""
    return [Trainee(name, plugin, samples, run.seed) for name, plugin in plugins.items()]


def train_stack(trainees: list[Trainee], samples: Examples, run: Run) -> Pool:
    """Learn the stack from predictions of speakers that the members weren't trained on.

    Raises
    ------
    ParameterError
        If there is one speaker only.
    """
    speakers = np.unique(samples.speakers)
    if len(speakers) < 2:
        raise ParameterError(f"speakers must be at least 2 to stack, got {speakers.tolist()}")
    codes = np.searchsorted(samples.classes, samples.labels)
    parts = [speakers[i::FOLDS] for i in range(min(FOLDS, len(speakers)))]
    found = np.zeros((len(samples), len(trainees), len(samples.classes)))
    jobs = [(k, m) for k in range(len(parts)) for m in range(len(trainees))]
    for number, (k, m) in enumerate(jobs):
        own = np.isin(samples.speakers, parts[k])
        trainee = trainees[m]
        part = part_of(run, f"stack-{k}-{trainee.name}", number, len(jobs))
        found[own, m] = trainee.held_out(parts[k], samples.classes, part)
    return fit_stack(found, codes)


def part_of(run: Run, name: str, number: int, count: int) -> Run:
    """Circumstances of one of `count` trainings."""

    def tell(share: float, text: str) -> None:
        run.tell((number + share) / count, f"{name}: {text}")

    folder = None
    if run.folder is not None:
        folder = run.folder / name
        folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)

"""What serfast finds behind the entry point `ensemble`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from serfast import Extractor
from serfast.audio.augmentation import Alteration
from serfast.errors import ModelError, ParameterError
from serfast.models import registry
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input
from serfast.models.inputs import vector_of
from serfast.models.plugin import Examples, Run, Weights, check_training
from serfast.models.plugin_calls import load_classifier

from .inference import Ensemble, Member
from .options import METHODS, MOST, NAME, EnsembleOptions
from .pooling import Pool
from .training import part_of, train_members, train_stack

__all__ = ["PLUGIN", "EnsemblePlugin"]

FORMAT = 1
CARD = "ensemble.json"
MAX_BYTES = 2**16
"""The card has at most this many bytes: in memory, JSON is many times as large."""


@dataclass(frozen=True)
class EnsemblePlugin:
    """Other plugins' classifiers as one; each lies in the bundle as a bundle of its own."""

    choices: EnsembleOptions = field(default_factory=EnsembleOptions)

    input: Input = "samples"
    embedding_option = "embedding"

    def default_alterations(self) -> Sequence[Alteration]:
        """None: each member makes its own."""
        return ()

    def training_options(self) -> dict[str, Any]:
        """Options of the ensemble, and of its members as ``member.option``."""
        return self.choices.to_dict()

    def with_training_options(self, values: Mapping[str, str]) -> EnsemblePlugin:
        """Give an ensemble with these options, from text."""
        return EnsemblePlugin(self.choices.changed(values))

    def check_training(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Have every member refuse, before the work, what it can't be trained on."""
        for recipe in self.choices.recipes():
            check_training(recipe.load_plugin(), labels, speakers)

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Train every member, and the stack if that is the method.

        Raises
        ------
        ParameterError
            If a member refuses the examples, or there are too few.
        UnknownPluginError
            If a member isn't installed.
        """
        return self.train_run(examples, Run(seed=seed))

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Train every member, telling how it goes; those that can go on after an interruption."""
        if len(examples.classes) < 2:
            raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
        samples = examples.where(~examples.altered)
        trainings = train_members(self.choices.recipes(run.seed), samples)
        pool = Pool(np.full(len(trainings), 1 / len(trainings)))
        arrays: dict[str, np.ndarray[Any, Any]] = {}
        n_parts = 1 + (self.choices.method == "stack")
        if self.choices.method == "stack":
            part = part_of(run, "stack", 0, n_parts)
            pool, arrays["class_scores"] = train_stack(trainings, samples, part)
        last = part_of(run, "all", n_parts - 1, n_parts)
        files = {CARD: self._card()}
        for i, training in enumerate(trainings):
            name = training.recipe.plugin
            bundle = training.bundle(part_of(last, name, i, len(trainings)))
            files[f"{name}.zip"] = bundle.to_bytes()
        arrays["weights"] = pool.weights
        if pool.shifts is not None:
            arrays["shifts"] = pool.shifts
        return Weights(arrays=arrays, files=files, card={"weights": pool.weights.round(4).tolist()})

    def load(self, bundle: Bundle) -> Ensemble:
        """Make a bundle's ensemble.

        Raises
        ------
        ModelError
            If a member is missing, can't be loaded, or is of other classes or another sample rate.
        """
        names, method = _about(bundle)
        members = tuple(_member(bundle, name) for name in names)
        shifts = None
        if method == "stack":
            shifts = bundle.array("shifts", (len(bundle.classes),))
        weights = bundle.array("weights", (len(names),))
        usable = np.isfinite(weights).all() and (shifts is None or np.isfinite(shifts).all())
        if not usable or (method == "vote" and (weights.min() < 0 or weights.sum() <= 0)):
            raise ModelError(f"weights must be finite, of a vote >= 0, got {weights.tolist()}")
        by_class = None
        if "class_scores" in bundle.arrays:  # bundles of before adaptation, and votes, have none
            by_class = bundle.array("class_scores", (len(bundle.classes), len(bundle.classes)))
        return Ensemble(bundle.classes, bundle.spec, members, Pool(weights, shifts), by_class)

    def default_model(self) -> Path | None:
        """None: it comes without one."""
        return None

    def _card(self) -> bytes:
        about = {"format": FORMAT, "members": self.choices.members, "method": self.choices.method}
        return json.dumps(about, indent=1).encode() + b"\n"


def _about(bundle: Bundle) -> tuple[list[str], str]:
    """Names of the members, and the method."""
    if len(bundle.files.get(CARD, b"")) > MAX_BYTES:
        raise ModelError(f"{CARD} must have at most {MAX_BYTES} bytes")
    try:
        about = json.loads(bundle.files[CARD])
        number, names, method = about["format"], about["members"], about["method"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"bundle must have a whole member {CARD}: {error!r:.120}") from error
    if number != FORMAT:
        raise ModelError(f"format in {CARD} must be {FORMAT}, got {number!r:.80}")
    if method not in METHODS:
        raise ModelError(f"method in {CARD} must be {' or '.join(METHODS)}, got {method!r:.80}")
    right = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not right or not 1 <= len(set(names)) == len(names) <= MOST or NAME in names:
        raise ModelError(f"members in {CARD} must be 1 to {MOST} plugins, got {names!r:.80}")
    return names, method


def _member(bundle: Bundle, name: str) -> Member:
    if (data := bundle.files.get(f"{name}.zip")) is None:
        raise ModelError(f"bundle must have the member {name}.zip, got {sorted(bundle.files)}")
    inner = Bundle.from_bytes(data)
    if inner.plugin != name:  # an ensemble in an ensemble could go on without an end
        raise ModelError(f"plugin of {name}.zip must be {name!r}, got {inner.plugin!r}")
    if inner.classes != bundle.classes:
        classes = f"{inner.classes!r:.120}"
        raise ModelError(f"classes of {name}.zip must be those of the bundle, got {classes}")
    if inner.spec.sample_rate != bundle.spec.sample_rate:
        rule = f"{bundle.spec.sample_rate}, as the bundle's"
        raise ModelError(f"sample_rate of {name}.zip must be {rule}, got {inner.spec.sample_rate}")
    classifier = load_classifier(name, registry.get(name, hint=False), inner)
    return Member(name, classifier, Extractor(inner.spec), vector_of(classifier, inner))


PLUGIN = EnsemblePlugin()

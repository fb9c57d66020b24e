"""A recipe: everything that a training is made from, apart from the recordings.

It is read once, from the command line or from JSON, or written in Python. Training and evaluation
start from it, and a bundle's card carries it.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import _checks as checks
from ..audio.augmentation import Alteration, alteration_text
from ..backends import chosen
from ..corpora.recordings import Recording
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models import registry
from ..models.bundle.bundle import Bundle
from ..models.bundle.manifest import as_json
from ..models.plugin import Examples, Plugin, Run, check_training, with_options
from ..models.plugin_calls import calling
from ..statistics.statistics import Statistics
from .evaluation import Evaluation, Fold, Trainee, evaluate_splits
from .examples import Failed, Making, Samples, check_made_with, examples_of, make_examples
from .folds import Folds, folds_of, splits_of, splits_with_copies
from .ingredients import alterations_from, features_from, made_folder, options_from
from .training import train

__all__ = ["Recipe"]

FORMAT = 1
"""Version of the dictionary and JSON form."""

AnyPath = str | os.PathLike[str]
Progress = Callable[[os.PathLike[str]], None]
Tell = Callable[[float, str], None]


@dataclass(frozen=True, init=False)
class Recipe:
    """What a classifier is trained with: plugin, features, altered copies, seed.

    Features, alterations and back end that aren't given are those of the plugin by default. They
    stand in the recipe from then on, so that a recipe which was kept has the same ones when a
    default has changed. Of the plugin's options it has those that were given.

    Parameters
    ----------
    plugin : str
        Name of an installed classifier plugin.
    spec : FeatureSpec or None
        The features; None: the plugin's choice.
    statistics : Statistics or None
        How rows become the vector of a plugin that takes vectors; None: those of the speech
        preset, or ``Statistics()`` if a spec is given. For another plugin there are none.
    alterations : iterable of Alteration or str, or None
        For each, an altered copy of every recording is trained on too. As objects or as text
        (``"speed=0.9,noise=20"``); none of them: ``()``. None: the plugin's choice.
    seed : int
        Of everything that is drawn at random, >= 0.
    backend : str or None
        What computes the features, see :class:`serfast.Extractor`; None: the default.
    options : mapping of str to str or number
        The plugin's own options, as its README has them.

    Raises
    ------
    UnknownPluginError
        If no plugin has that name.
    ParameterError
        If an argument breaks its rule, or the plugin has no such option.

    Notes
    -----
    Equal recipes and recordings give equal bundles, byte for byte, on the same machine.

    Examples
    --------
    >>> import serfast
    >>> recipe = Recipe("svm", alterations=["speed=0.9", "tempo=1.1,noise=20"], seed=3)
    >>> recipe.spec == serfast.presets.speech()
    True
    >>> recipe.alterations[0]
    Speed(factor=0.9)
    >>> Recipe.from_json(recipe.to_json()) == recipe
    True
    """

    plugin: str
    spec: FeatureSpec
    statistics: Statistics | None
    alterations: tuple[Alteration, ...]
    seed: int
    backend: str
    options: tuple[tuple[str, str], ...]

    def __init__(
        self,
        plugin: str,
        *,
        spec: FeatureSpec | None = None,
        statistics: Statistics | None = None,
        alterations: Iterable[Alteration | str] | None = None,
        seed: int = 0,
        backend: str | None = None,
        options: Mapping[str, str | float] | Iterable[tuple[str, str | float]] = (),
    ) -> None:
        if not isinstance(plugin, str):
            checks.fail("plugin", "the name of an installed plugin", plugin)
        pairs = options_from(options)
        trainer = with_options(plugin, registry.get(plugin), dict(pairs))
        spec, statistics = features_from(plugin, trainer, spec, statistics)
        values = {
            "plugin": plugin,
            "spec": spec,
            "statistics": statistics,
            "alterations": alterations_from(plugin, trainer, alterations),
            "seed": checks.integer("seed", seed, 0, 2**63 - 1),
            "backend": chosen(backend),
            "options": pairs,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def load_plugin(self) -> Plugin:
        """Give the plugin, with its options."""
        return with_options(self.plugin, registry.get(self.plugin), dict(self.options))

    # --- recordings → examples → bundle, figures ----------------------------------------------

    def train(
        self,
        recordings: Sequence[Recording],
        *,
        card: Mapping[str, Any] | None = None,
        folder: AnyPath | None = None,
        progress: Progress | None = None,
        tell: Tell | None = None,
        failed: Failed | None = None,
    ) -> Bundle:
        """Train a classifier on recordings.

        Parameters
        ----------
        recordings : sequence of Recording
            As :func:`serfast.corpora.find_recordings` gives them, of two classes at least.
        card : mapping, optional
            What else the bundle shall say of the model (anything JSON can hold).
        folder : path, optional
            Where a long training keeps its pictures and what it needs to go on after an
            interruption; it is made if need be. See :class:`serfast.models.Run`.
        progress : callable, optional
            Called with each recording's path when its features are there.
        tell : callable, optional
            Told by a long training what share is done, 0 to 1, and how it goes.
        failed : callable, optional
            Called with each recording that can't be used and the error; it is left out. Without it
            the first such recording's error is raised.

        Returns
        -------
        bundle : Bundle
            Its card has this recipe under "recipe", and under "training" what was trained on and
            what the plugin chose.

        Raises
        ------
        ParameterError, AudioError
            If there are too few classes, a recording can't be read, or the plugin refuses.
        ModelError
            If the plugin fails, or gives what a bundle can't hold.
        """
        speakers, labels = [r.speaker for r in recordings], [r.label for r in recordings]
        self._check(labels, speakers)
        self._run(folder, tell)  # a wrong folder is refused before the work, and a wrong card too
        as_json(self._card(card))
        examples = self.examples(recordings, progress=progress, failed=failed)
        return self.train_on(examples, card=card, folder=folder, tell=tell)

    def evaluate(
        self,
        recordings: Sequence[Recording],
        folds: str | Folds = "speakers",
        *,
        folder: AnyPath | None = None,
        progress: Progress | None = None,
        tell: Tell | None = None,
        fold_done: Callable[[Fold], None] | None = None,
        failed: Failed | None = None,
    ) -> Evaluation:
        """Measure how well this training does on recordings that it wasn't shown.

        For each fold a classifier is trained without some recordings, altered copies included,
        and predicts these, each by itself.

        Parameters
        ----------
        recordings : sequence of Recording
        folds : {"speakers"} or Folds
            What is left out; "speakers": each speaker once. See :class:`serfast.training.Folds`.
        folder, progress, tell, failed
            As of :meth:`train`; each fold has a folder of its own in `folder`.
        fold_done : callable, optional
            Called with each fold when it is done.

        Returns
        -------
        Evaluation

        Raises
        ------
        ParameterError, AudioError
            If the recordings can't be divided so, one can't be read, or the plugin refuses.
        ModelError
            If the plugin fails, or gives anything but probabilities.
        """
        speakers, labels = [r.speaker for r in recordings], [r.label for r in recordings]
        self._check_splits(folds_of(folds), labels, speakers)  # refused before the work
        self._run(folder, tell)
        examples = self.examples(recordings, progress=progress, failed=failed)
        return self.evaluate_on(examples, folds, folder=folder, tell=tell, fold_done=fold_done)

    def _check(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        with calling(self.plugin, "check_training"):
            check_training(self.load_plugin(), labels, speakers)

    def _check_splits(self, folds: Folds, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Have the folds checked, and the plugin asked whether each can be trained."""
        for name, mask in splits_of(folds, speakers, labels):
            rest = [i for i, is_out in enumerate(mask.tolist()) if not is_out]
            try:
                self._check([labels[i] for i in rest], [speakers[i] for i in rest])
            except ParameterError as error:
                raise ParameterError(f"without {folds.left_out} {name!r}: {error}") from error

    def examples(
        self,
        recordings: Sequence[Recording],
        *,
        progress: Progress | None = None,
        failed: Failed | None = None,
    ) -> Examples:
        """Make what the plugin trains on; see :func:`serfast.training.make_examples`."""
        return make_examples(
            recordings,
            self.spec,
            self.statistics,
            progress=progress,
            failed=failed,
            **self._making(),
        )

    def examples_of(
        self, signals: Iterable[Samples], labels: Sequence[str], speakers: Sequence[str]
    ) -> Examples:
        """Make examples of signals in memory; see :func:`serfast.training.examples_of`."""
        return examples_of(signals, labels, speakers, self.spec, self.statistics, **self._making())

    def _making(self) -> Making:
        """Give how examples are made, beside spec and statistics."""
        return {
            "kind": self.load_plugin().input,
            "alterations": self.alterations,
            "seed": self.seed,
            "backend": self.backend,
        }

    def train_on(
        self,
        examples: Examples,
        *,
        card: Mapping[str, Any] | None = None,
        folder: AnyPath | None = None,
        tell: Tell | None = None,
    ) -> Bundle:
        """Train as :meth:`train` does, on what :meth:`examples` gave, or on some of it."""
        return train(
            self.plugin,
            self.load_plugin(),
            examples,
            self.spec,
            self.statistics,
            run=self._run(folder, tell),
            card=self._card(card),
        )

    def _card(self, card: Mapping[str, Any] | None) -> dict[str, Any]:
        return {**(card or {}), "recipe": self.to_dict()}

    def evaluate_on(
        self,
        examples: Examples,
        folds: str | Folds = "speakers",
        *,
        folder: AnyPath | None = None,
        tell: Tell | None = None,
        fold_done: Callable[[Fold], None] | None = None,
    ) -> Evaluation:
        """Measure as :meth:`evaluate` does, with what :meth:`examples` gave."""
        check_made_with(examples, self.spec, self.statistics)
        kind = folds_of(folds)
        splits = splits_with_copies(kind, examples, len(self.alterations))
        trainee = Trainee(self.plugin, self.load_plugin(), self.spec, self.statistics)
        run = self._run(folder, tell)
        return evaluate_splits(trainee, examples, kind, splits, run=run, progress=fold_done)

    def _run(self, folder: AnyPath | None, tell: Tell | None) -> Run:
        """Give the circumstances of a training; its folder is there afterwards."""
        run = Run(seed=self.seed, folder=None if folder is None else made_folder(folder))
        return run if tell is None else dataclasses.replace(run, tell=tell)

    # --- as data ------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Give the recipe as plain dictionaries, lists, strings and numbers.

        Alterations are text. They are None if they are the plugin's choice and one of them is of
        a kind that has no text form.
        """
        try:
            alterations = [alteration_text(alteration) for alteration in self.alterations]
        except ParameterError:
            alterations = None
        return {
            "format": FORMAT,
            "plugin": self.plugin,
            "spec": self.spec.to_dict(),
            "statistics": self.statistics.to_dict() if self.statistics else None,
            "alterations": alterations,
            "seed": self.seed,
            "backend": self.backend,
            "options": dict(self.options),
        }

    def to_json(self, indent: int | None = None) -> str:
        """Give the recipe as JSON text."""
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """Read what :meth:`to_dict` wrote; missing keys are defaults, unknown ones an error."""
        if not isinstance(data, Mapping):
            checks.fail("recipe", "a mapping", data)
        fields = dict(data)
        if (version := fields.pop("format", None)) != FORMAT or version is True:
            checks.fail("recipe format", str(FORMAT), data.get("format"))
        checks.known_keys("recipe", fields, [field.name for field in dataclasses.fields(cls)])
        plugin = fields.pop("plugin", None)
        if isinstance(plugin, str):
            registry.get(plugin, hint=False)  # a stranger may have chosen the name
        for key, kind in (("spec", FeatureSpec), ("statistics", Statistics)):
            if fields.get(key) is not None:
                fields[key] = kind.from_dict(fields[key])
        return cls(plugin, **fields)

    @classmethod
    def from_json(cls, text: str | bytes) -> Recipe:
        """Read what :meth:`to_json` wrote."""
        return cls.from_dict(checks.json_value("recipe", text))

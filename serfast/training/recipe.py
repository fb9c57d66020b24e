"""A recipe holds everything that a training is made from, apart from the recordings.

It is read once, from the command line or from JSON, or written in Python. Training and evaluation
start from it, and a bundle's card carries it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..corpora.card import card_of_recordings
from ..corpora.recordings import Recording
from ..models.bundle.bundle import Bundle
from ..models.plugin import Examples, Run
from .beforehand import check_choice, check_recordings, check_splits, try_bundle
from .cluster_folds import Handed, folds_on
from .conditions import Wanted, conditions_from
from .copy_choice import choose_copies
from .evaluation import Evaluation, Fold, evaluate_splits, evaluation_of
from .examples import Failed, Samples, check_made_with, texts_of
from .folds import Folds, folds_of, splits_with_copies
from .recipe_examples import RecipeExamples
from .training import train
from .trials import Trials, rehearse, trials_in_memory, trials_of

__all__ = ["Recipe"]

AnyPath = str | os.PathLike[str]
Progress = Callable[[os.PathLike[str]], None]
Tell = Callable[[float, str], None]


class Recipe(RecipeExamples):
    """A recipe says how a classifier is trained: plugin, features, altered copies, seed.

    The plugin chooses features and alterations that aren't given. What it chose stands in the
    recipe from then on: a recipe that was saved stays the same when a default changes later. Of
    the plugin's options the recipe holds only those that were given.

    Parameters
    ----------
    plugin : str
        This is the name of an installed classifier plugin.
    spec : FeatureSpec or None
        It says which features are computed; None takes the plugin's choice. With an embedding
        alone, None takes RMS at the embedding's rate, by which a stream finds speech.
    statistics : Statistics or None
        They turn rows into the vector, for a plugin that takes vectors. None takes those of the
        speech preset, or ``Statistics()`` if a spec is given. With an embedding, None means that
        its vector stands alone. Other plugins have none.
    embedding : str, EmbeddingReference or None
        It is the name of an installed embedding (:class:`serfast.Embedding`), whose vector comes
        in the place of the statistics', or behind it if there are both. None takes the plugin's
        choice, which most plugins don't have. The recipe holds the embedding's SHA-256 too. A
        plugin that trains others, as ``ensemble`` does, gets the name as its option `embedding`.
    alterations : iterable of Alteration or str, or None
        Each adds an altered copy of every recording to the training. An alteration may be an
        object or text (``"speed=0.9,noise=20"``). None takes the plugin's choice, and ``()`` means
        no copies.
    choose_copies : bool
        The training chooses one of :data:`serfast.audio.augmentation.SETS_OF_COPIES` by leaving
        out training speakers (:func:`serfast.training.copy_choice.choose_copies`), and an
        evaluation chooses anew for each fold. `alterations` must be None then; the recipe has
        those of the largest set. It costs a training for each set and each of three groups of
        speakers, and memory for the copies of the largest set.
    seed : int
        Everything random depends on it, >= 0.
    backend : str or None
        It computes the features, see :class:`serfast.Extractor`; None takes the default.
    options : mapping of str to str or number
        These options belong to the plugin; its README lists them.

    Raises
    ------
    UnknownPluginError
        If no plugin has that name, or no embedding.
    ModelError
        If the embedding is another one than the reference names, or can't be opened.
    ParameterError
        If an argument breaks its rule, or the plugin has no such option.

    Notes
    -----
    Equal recipes and recordings give equal bundles, byte for byte, on the same machine. To make a
    recipe imports the plugin.

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

    def train(
        self,
        recordings: Sequence[Recording],
        *,
        card: Mapping[str, Any] | None = None,
        certain_above: float | None = None,
        sharpness: float | None = None,
        folder: AnyPath | None = None,
        threads: int = 1,
        progress: Progress | None = None,
        tell: Tell | None = None,
        failed: Failed | None = None,
        client: Any = None,
    ) -> Bundle:
        """Train a classifier on recordings; give the model bundle.

        Parameters
        ----------
        recordings : sequence of Recording
            They come from :func:`serfast.corpora.find_recordings` and have at least two classes.
        card : mapping, optional
            The bundle's card holds this too (anything that JSON can hold).
        certain_above, sharpness : float, optional
            The bound of certain answers and the sharpness of probabilities that an evaluation
            gave; see :func:`serfast.training.train`.
        folder : path, optional
            A long training keeps its pictures there, and what it needs to continue after an
            interruption. The folder is made if it doesn't exist. See :class:`serfast.models.Run`.
        threads : int
            So many recordings are worked on at a time, until there are their features.
        progress : callable, optional
            It is called with each recording's path when its features are there.
        tell : callable, optional
            A long training calls it with the share that is done, 0 to 1, and a line of text.
        failed : callable, optional
            It is called with each recording that can't be used and the error. That recording is
            left out. Without it the first such recording's error is raised.
        client : distributed.Client, optional
            The workers of this Dask cluster make the examples; the training itself is done here.

        Returns
        -------
        bundle : Bundle
            Its card has this recipe under "recipe". Under "training" it says what was trained on
            and what the plugin chose, and under "corpora" what is known of the recordings' corpora.

        Raises
        ------
        ParameterError, AudioError
            If there are too few classes, a recording can't be read, or the plugin refuses.
        ModelError
            If the plugin fails or gives what a bundle can't hold; before the work if the features,
            the statistics or the card are so large that the bundle could not be loaded.
        """
        speakers, labels = [r.speaker for r in recordings], [r.label for r in recordings]
        check_recordings(self, labels, speakers)
        check_choice(self, labels, speakers)
        self._run(folder, tell)  # a wrong folder is refused before the work
        card = {**card_of_recordings(recordings), **(card or {})}
        try_bundle(self, recordings, self._card(card))
        examples = self.examples(
            recordings, threads=threads, progress=progress, failed=failed, client=client
        )
        return self.train_on(
            examples,
            card=card,
            certain_above=certain_above,
            sharpness=sharpness,
            folder=folder,
            tell=tell,
        )

    def evaluate(
        self,
        recordings: Sequence[Recording],
        folds: str | Folds = "speakers",
        *,
        conditions: Wanted = None,
        folder: AnyPath | None = None,
        threads: int = 1,
        progress: Progress | None = None,
        tell: Tell | None = None,
        fold_done: Callable[[Fold], None] | None = None,
        failed: Failed | None = None,
        client: Any = None,
    ) -> Evaluation:
        """Give figures of how good this training is on recordings that it didn't see.

        For each fold a classifier is trained without some recordings and their altered copies.
        Then it predicts these recordings, each by itself. It costs one training for each fold;
        features are computed once, and once more for every condition.

        Parameters
        ----------
        recordings : sequence of Recording
        folds : {"speakers"} or Folds
            They say what is left out; "speakers" leaves out each speaker once. See
            :class:`serfast.training.Folds`.
        conditions : bool or iterable of Condition or str, optional
            The model of each fold predicts its recordings under these conditions too, and
            :attr:`Evaluation.conditions` has the figures. True stands for all of
            :data:`serfast.training.CONDITIONS`; a text is that of an alteration. What they draw
            at random is never what a copy for training has.
        folder, threads, progress, tell, failed
            They mean the same as in :meth:`train`; each fold has its own folder inside `folder`.
        fold_done : callable, optional
            It is called with each fold when it is done.
        client : distributed.Client, optional
            The workers of this Dask cluster make the examples and train the folds. They see
            recordings and `folder` under the same paths, and have the same plugins.

        Returns
        -------
        Evaluation

        Raises
        ------
        ParameterError, AudioError
            If the recordings can't be divided so, one can't be read, the plugin refuses them, or a
            condition is no condition or can't alter a recording.
        ImportError
            If a condition needs a package that isn't installed.
        ModelError
            If the plugin fails, or gives anything but probabilities.
        """
        speakers, labels = [r.speaker for r in recordings], [r.label for r in recordings]
        under, how = conditions_from(conditions, self.certain_alterations), folds_of(folds)
        texts = texts_of([r.text for r in recordings])
        check_splits(self, how, labels, speakers, texts=texts, chooses=self.choose_copies)
        run = self._run(folder, tell)
        rehearse(under, int(self.spec.sample_rate))
        kept, used, examples = self._kept_or_made(
            recordings, run, threads=threads, progress=progress, failed=failed, client=client
        )
        if client is not None:
            splits = splits_with_copies(how, examples, len(self.alterations))
            classes, handed = examples.classes, Handed(examples)
            del examples  # the cluster has them from then on
            done = folds_on(
                client,
                self,
                handed,
                splits,
                how.left_out,
                run=run,
                conditions=under,
                recordings=used,
                progress=fold_done,
                failed=failed,
            )
            evaluation = evaluation_of(self.trainee(), classes, how, done, under)
        else:
            trials = None
            if under:
                trials = trials_of(under, used, self.inputs(), seed=self.seed, failed=failed)
            evaluation = self._evaluate(examples, how, run, fold_done, trials)
        if kept:
            kept.drop()
        return evaluation

    def train_on(
        self,
        examples: Examples,
        *,
        card: Mapping[str, Any] | None = None,
        certain_above: float | None = None,
        sharpness: float | None = None,
        folder: AnyPath | None = None,
        tell: Tell | None = None,
    ) -> Bundle:
        """Train as :meth:`train` does, on examples from :meth:`examples`, or on some of them."""
        check_made_with(examples, self.spec, self.statistics, self.embedding)
        run, chosen = self._run(folder, tell), {}
        if self.choose_copies:
            choice = choose_copies(self.trainee(), examples, run)
            examples, chosen = choice.examples, choice.card
        return train(
            self.plugin,
            self.load_plugin(),
            examples,
            self.spec,
            self.statistics,
            run=run,
            card=self._card(card),
            chosen=chosen,
            certain_above=certain_above,
            sharpness=sharpness,
        )

    def _card(self, card: Mapping[str, Any] | None) -> dict[str, Any]:
        return {**(card or {}), "recipe": self.to_dict()}

    def evaluate_on(
        self,
        examples: Examples,
        folds: str | Folds = "speakers",
        *,
        conditions: Wanted = None,
        signals: Sequence[Samples] | None = None,
        folder: AnyPath | None = None,
        tell: Tell | None = None,
        fold_done: Callable[[Fold], None] | None = None,
    ) -> Evaluation:
        """Give figures as :meth:`evaluate` does, on examples from :meth:`examples`.

        With conditions it needs the signals of which the examples were made, in their order.
        """
        under = conditions_from(conditions, self.certain_alterations)
        trials = None
        if under:
            speakers = examples.speakers[~examples.altered].tolist()
            trials = trials_in_memory(under, signals, speakers, self.inputs(), seed=self.seed)
        return self._evaluate(examples, folds_of(folds), self._run(folder, tell), fold_done, trials)

    def _evaluate(
        self,
        examples: Examples,
        folds: Folds,
        run: Run,
        fold_done: Callable[[Fold], None] | None,
        trials: Trials | None,
    ) -> Evaluation:
        check_made_with(examples, self.spec, self.statistics, self.embedding)
        splits = splits_with_copies(folds, examples, len(self.alterations))
        return evaluate_splits(
            self.trainee(),
            examples,
            folds,
            splits,
            run=run,
            progress=fold_done,
            trials=trials,
            chooses_copies=self.choose_copies,
        )

"""Recognizer: a recording goes in, an emotion comes out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from . import _checks as checks
from .audio.resampling import whole_rate
from .backends import chosen
from .errors import ModelError
from .features.spec import FeatureSpec
from .models import registry
from .models.bundle.bundle import Bundle
from .models.classifier import Classifier, StreamingClassifier
from .models.inputs import EmbeddedVector
from .models.loaded import LoadedModel
from .models.plugin import Plugin
from .models.plugin_calls import calling
from .models.result import Result
from .speaker import Speaker
from .streaming.chunk_resampler import ChunkResampler
from .streaming.events import EventStream, Plan
from .streaming.speaker_state import PRIOR, SpeakerState
from .streaming.utterance_events import PAUSE, UtteranceStream
from .streaming.window_events import WindowStream

__all__ = ["Recognizer", "Result", "Speaker"]


class Recognizer:
    """Features, statistics or an embedding, and a classifier in one.

    Parameters
    ----------
    classifier : str or path
        Name of an installed classifier plugin, for the model that comes with it; or the path of a
        model bundle (a zip file or a folder).
    backend : {"native", "numba", "reference"} or None
        What computes the features; see :class:`serfast.Extractor`. It needn't be the one that the
        model was trained with, if it gives the same rows within the tolerances of
        docs/backends.md.
    plugin : Plugin, optional
        What loads the model, instead of the installed plugin as it is: one of the same kind with
        other options.

    Raises
    ------
    UnknownPluginError
        If there is no such plugin, or the embedding of the model isn't installed.
    ModelError
        If the plugin can't be imported, comes without a model, or the bundle is damaged; or if the
        features or the embedding aren't those that the model was trained on.
    BackendError
        If the back end can't be loaded.

    Notes
    -----
    Immutable; threads may share it. A pickle holds the model's bundle, whatever classifier it is
    for, and is as large.

    Examples
    --------
    >>> import numpy as np, serfast
    >>> recognizer = serfast.Recognizer("svm")
    >>> y = np.sin(np.arange(16000) * 0.1)
    >>> result = recognizer.predict(y, 16000)  # or predict("speech.wav")
    >>> result.label in recognizer.classes, result.probability == max(result.probabilities.values())
    (True, True)
    """

    def __init__(
        self,
        classifier: str | os.PathLike[str],
        backend: str | None = None,
        *,
        plugin: Plugin | None = None,
    ) -> None:
        backend = chosen(backend)
        if plugin is not None and not callable(getattr(plugin, "load", None)):
            checks.fail("plugin", "a plugin with a method load, or None", plugin)
        self._set_up(_bundle(classifier, backend), backend, plugin)

    def _set_up(self, bundle: Bundle, backend: str, plugin: Plugin | None) -> None:
        """Load the model of a bundle."""
        self._model = LoadedModel(bundle, backend, plugin)
        self._classifier = self._model.classifier
        self._statistics = bundle.statistics

    def __getstate__(self) -> dict[str, Any]:
        """Give the bundle's bytes, which are checked again where they are read."""
        model = self._model
        data = model.bundle.to_bytes()
        return {"bundle": data, "backend": model.backend, "plugin": model.plugin}

    def __setstate__(self, state: dict[str, Any]) -> None:
        backend = state["backend"]
        self._set_up(Bundle.from_bytes(state["bundle"], backend), backend, state["plugin"])

    def __repr__(self) -> str:
        plugin, backend = self._model.bundle.plugin, self._model.backend
        classes = ", ".join(self.classes)
        return f"<Recognizer {plugin!r} of {classes} at {self.spec.sample_rate} Hz, {backend}>"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it tells apart."""
        return self._classifier.classes

    @property
    def classifier(self) -> Classifier:
        """The model itself, as its plugin loaded it."""
        return self._classifier

    @property
    def spec(self) -> FeatureSpec:
        """The features that it looks at."""
        return self._model.bundle.spec

    @property
    def card(self) -> dict[str, Any]:
        """How the model was trained and measured, as the bundle says."""
        return dict(self._model.bundle.card)

    def predict(self, y: Any, sample_rate: float | None = None) -> Result:
        """Tell the class of one recording.

        Parameters
        ----------
        y : array_like of float32, float64 or int16, shape (n,) or (n, n_channels); path; bytes
            Samples in [-1, 1], or 16-bit PCM; n >= 1. Channels are averaged. Or a recording as
            :func:`serfast.load` takes it: a path, a file's content, a binary file object.
        sample_rate : int, optional
            Of the samples [Hz]; resampled to the model's if another. A recording has its own.

        Returns
        -------
        Result

        Raises
        ------
        ParameterError
            If y is empty, not finite or of another shape or dtype, if sample_rate is missing for
            samples or given for a recording, or breaks its rule.
        AudioError
            If a recording can't be read.
        ModelError
            If the model gives anything but probabilities for y.

        Warns
        -----
        UserWarning
            There is hardly anything to judge: no sample is above -60 dB of full scale (0.001),
            or y is shorter than one of the features' frames.
        """
        x, _ = self._model.input_of(y, sample_rate)
        judge = self._model.judge
        return judge.result(judge.probabilities(x), judge.strangeness(x))

    def speaker(self, *, prior: float = PRIOR) -> Speaker:
        """Make a recognizer for one speaker, which gets used to voice and channel.

        Parameters
        ----------
        prior : float
            What it does without adaptation counts for so many utterances, > 0.

        Returns
        -------
        Speaker
            Its ``load(path)`` goes on with what another one's ``save(path)`` wrote.

        Raises
        ------
        ParameterError
            If the model can't be adapted (:class:`serfast.models.Adaptable`), or prior breaks its
            rule.
        """
        return Speaker(self._model, prior)

    def stream(
        self,
        *,
        window: float | None = 3.0,
        hop: float = 0.5,
        sample_rate: float | None = None,
        gate_db: float | None = 12.0,
        smoothing: float = 0.0,
        adapt: bool | Speaker = False,
    ) -> EventStream:
        """Make a stream: chunks of a signal go in, events come out while it goes on.

        Parameters
        ----------
        window : float or None
            How much is judged at once [s], > 0, in whole rows. A signal that ends sooner is
            judged as a whole. None: the utterance so far, from its beginning, by the classifier's
            state, so that no row is judged twice (:mod:`serfast.streaming.utterance_events`); for a
            :class:`serfast.models.StreamingClassifier`.
        hop : float
            How often [s], > 0, in whole rows; for `window` None, in whole steps.
        sample_rate : int or None
            Of the chunks [Hz]; resampled to the model's if another. None: the model's.
        gate_db : float or None
            A window is judged only if a tenth of it is that much louder [dB] than the
            background; see :class:`serfast.streaming.EnergyGate`. Without a window, it says where
            utterances begin and end. None: judge every window, and the signal as one utterance.
        smoothing : float
            Time constant [s] over which probabilities are smoothed, >= 0: those of an event count
            for exp(-d / smoothing) in the next one's, d seconds later. 0: not at all.
        adapt : bool or Speaker
            True: the stream gets used to the one speaker in it, and forgets him with its `reset`.
            A speaker of this model: it goes on with what the speaker knows, and the speaker learns
            from the stream. Each window that is judged counts for hop / window of an utterance, or
            a whole one if they don't overlap. What has no row above -60 dB (by the column `rms`,
            where there is one), or is unlike the training's speech, is not learned from.

        Returns
        -------
        EventStream

        Raises
        ------
        ParameterError
            If an argument breaks its rule; if the features can't be streamed; if a classifier of
            samples is to be given another sample rate (resample the chunks first); if window is
            None for a classifier without a state; if the model has no column `rms` for the gate;
            or if adapt is wanted of a model that can't be adapted, without a window, or with a
            speaker of another model.

        Examples
        --------
        >>> import numpy as np
        >>> stream = Recognizer("svm").stream(window=2.0, hop=0.5)
        >>> syllables = np.sin(np.arange(40000) * 0.1) * np.sin(np.arange(40000) * 0.0005)
        >>> chunks = np.array_split(syllables, 40)
        >>> [(event.start, event.end) for chunk in chunks for event in stream.accept(chunk)]
        [(0.0, 2.0)]
        >>> [(event.start, event.end) for event in stream.flush()]
        [(0.5, 2.5)]
        """
        wanted = self.spec.sample_rate
        rate = wanted if sample_rate is None else whole_rate("sample_rate", sample_rate)
        if rate != wanted and self._classifier.input == "samples":
            checks.fail("sample_rate", f"the model's {wanted} for a classifier of samples", rate)
        plan = Plan.for_rows(
            self.spec,
            window=PAUSE if window is None else window,
            hop=hop,
            gate_db=gate_db,
            smoothing=smoothing,
            sample_rate=rate,
        )
        state = self._state_of(adapt, window)
        model, extractor = self._model, self._model.extractor
        needs_samples = isinstance(model.vector, EmbeddedVector)
        is_plain = rate == wanted or needs_samples
        stream = extractor.stream() if is_plain else extractor.stream(sample_rate=rate)
        if window is not None:
            events = WindowStream(model.judge, self._statistics, model.vector, stream, plan)
            if rate != wanted and needs_samples:
                events = events.resampling(ChunkResampler(rate, wanted))
            return events if state is None else events.adapting(state, forgets=adapt is True)
        if not isinstance(self._classifier, StreamingClassifier):
            checks.fail("window", "given for a classifier without a state", window)
        return UtteranceStream(self._classifier, model.judge, stream, plan)

    def _state_of(self, adapt: bool | Speaker, window: float | None) -> SpeakerState | None:
        """Give the state of the speaker that a stream adapts to; None if it doesn't."""
        if adapt is False:
            return None
        if window is None:
            rule = "False without a window: give a window, or use speaker().predict"
            checks.fail("adapt", rule, adapt)
        if adapt is True:
            return SpeakerState(self._model.judge)
        if not isinstance(adapt, Speaker) or not adapt.is_of(self._model):
            checks.fail("adapt", "True, False or a speaker of this model", adapt)
        return adapt.state


def _bundle(classifier: str | os.PathLike[str], backend: str) -> Bundle:
    """Load the bundle at a path, or the one of the plugin of that name, for this back end.

    What looks like a path is one: it has a separator or a suffix, or exists and is no plugin.
    """
    if not isinstance(classifier, (str, os.PathLike)):
        checks.fail("classifier", "a plugin's name or a bundle's path", classifier)
    if not os.fspath(classifier):
        checks.fail("classifier", "a plugin's name or a bundle's path", classifier)
    path = Path(classifier)
    is_name = isinstance(classifier, str) and path.name == classifier and not path.suffix
    if not is_name or (classifier not in registry.available() and os.path.exists(path)):
        return Bundle.load(path, backend)
    plugin = registry.get(str(classifier))
    with calling(str(classifier), "default_model"):
        model = plugin.default_model()
        model = None if model is None else Path(model)
    if model is None:
        raise ModelError(f"plugin {classifier!r} must come with a model, or give a bundle's path")
    return Bundle.load(model, backend)

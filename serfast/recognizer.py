"""Recognizer: a recording goes in, an emotion comes out."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import _checks as checks
from .audio.reading import load
from .audio.resampling import at_rate, whole_rate
from .backends import chosen
from .errors import ModelError
from .extractor import Extractor
from .features.spec import FeatureSpec
from .models import registry
from .models.bundle.bundle import Bundle
from .models.classifier import Classifier, StreamingClassifier
from .models.inputs import doubt_of, inputs_of, vector_of
from .models.plugin import Plugin
from .models.plugin_calls import calling, load_classifier, probabilities_of
from .streaming.events import EventStream, Plan
from .streaming.utterance_events import PAUSE, UtteranceStream
from .streaming.window_events import WindowStream

__all__ = ["Recognizer", "Result"]


@dataclass(frozen=True)
class Result:
    """What a recognizer says of one recording."""

    label: str
    """The most probable class."""
    probabilities: dict[str, float]
    """Of every class; they add up to 1."""

    @property
    def probability(self) -> float:
        """That of the label."""
        return self.probabilities[self.label]

    def __repr__(self) -> str:
        return f"Result({self.label!r}, probability={self.probability:.3f})"


class Recognizer:
    """Features, statistics and a classifier in one.

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
        If there is no such plugin.
    ModelError
        If the plugin can't be imported, comes without a model, or the bundle is damaged; or if the
        features aren't those that the model was trained on.
    BackendError
        If the back end can't be loaded.

    Notes
    -----
    Immutable; threads may share it. A pickle holds the model's bundle, whatever classifier it is
    for, and is as large.

    Examples
    --------
    >>> import serfast
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
        self._made_of = bundle, backend, plugin
        self._plugin = bundle.plugin
        loader = registry.get(bundle.plugin, hint=False) if plugin is None else plugin
        self._classifier = load_classifier(bundle.plugin, loader, bundle)
        self._statistics = bundle.statistics
        self._extractor = Extractor(bundle.spec, backend)
        self._card = bundle.card
        self._vector = vector_of(self._classifier, bundle, backend)

    def __getstate__(self) -> dict[str, Any]:
        """Give the bundle's bytes, which are checked again where they are read."""
        bundle, backend, plugin = self._made_of
        return {"bundle": bundle.to_bytes(), "backend": backend, "plugin": plugin}

    def __setstate__(self, state: dict[str, Any]) -> None:
        backend = state["backend"]
        self._set_up(Bundle.from_bytes(state["bundle"], backend), backend, state["plugin"])

    def __repr__(self) -> str:
        bundle, backend, _ = self._made_of
        classes = ", ".join(self.classes)
        return (
            f"<Recognizer {bundle.plugin!r} of {classes} at {self.spec.sample_rate} Hz, {backend}>"
        )

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
        return self._extractor.spec

    @property
    def card(self) -> dict[str, Any]:
        """How the model was trained and measured, as the bundle says."""
        return dict(self._card)

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
        if is_recording(y):
            if sample_rate is not None:
                checks.fail("sample_rate", "None for a recording, which has its own", sample_rate)
            y, sample_rate = load(y)
        elif sample_rate is None:
            checks.fail("sample_rate", "given for samples: they don't tell their rate", sample_rate)
        samples = at_rate(y, sample_rate, self.spec.sample_rate)
        _warn_of_nothing(samples, max(self.spec.frame_lengths))
        x = inputs_of(samples, self._classifier.input, self._extractor, self._vector)
        probabilities = probabilities_of(self._classifier, x, self._plugin)
        table = dict(zip(self.classes, probabilities.tolist(), strict=True))
        return Result(max(table, key=table.__getitem__), table)

    def stream(
        self,
        *,
        window: float | None = 3.0,
        hop: float = 0.5,
        sample_rate: float | None = None,
        gate_db: float | None = 12.0,
        smoothing: float = 0.0,
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

        Returns
        -------
        EventStream

        Raises
        ------
        ParameterError
            If an argument breaks its rule; if the features can't be streamed; if a classifier of
            samples is to be given another sample rate (resample the chunks first); if window is
            None for a classifier without a state; or if the model has no column `rms` for the
            gate.

        Examples
        --------
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
        extractor = self._extractor
        stream = extractor.stream() if rate == wanted else extractor.stream(sample_rate=rate)
        if window is not None:
            return WindowStream(
                self._classifier, self._plugin, self._statistics, self._vector, stream, plan
            )
        if not isinstance(self._classifier, StreamingClassifier):
            checks.fail("window", "given for a classifier without a state", window)
        return UtteranceStream(self._classifier, self._plugin, stream, plan)


def is_recording(y: Any) -> bool:
    """Tell whether y is a recording that has to be read: a path, a file's content, a file."""
    return isinstance(y, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(y, "read")


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


def _warn_of_nothing(samples: np.ndarray[Any, Any], frame: int) -> None:
    if doubt := doubt_of(samples, frame):
        warnings.warn(f"y {doubt}", stacklevel=3)

"""A loaded model: everything that a bundle says, ready for recordings."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..extractor import Extractor
from . import registry
from .bundle.bundle import Bundle
from .inputs import EmbeddedVector, doubt_of, inputs_of, vector_of
from .judge import Judge
from .plugin import Plugin
from .plugin_calls import load_classifier
from .recording import is_recording, samples_and_gain, samples_of

__all__ = ["LoadedModel", "is_recording"]


class LoadedModel:
    """It makes a classifier's inputs of recordings, and has the judge that asks the classifier.

    Immutable; threads may share it. A pickle holds the bundle.

    Parameters
    ----------
    bundle : Bundle
    backend : str
        It computes the features.
    plugin : Plugin or None
        It loads the model; None: the installed plugin that the bundle names.

    Raises
    ------
    ModelError
        If the plugin can't be imported or can't load the bundle.
    UnknownPluginError
        If the plugin isn't installed.
    """

    def __init__(self, bundle: Bundle, backend: str, plugin: Plugin | None) -> None:
        self.bundle, self.backend, self.plugin = bundle, backend, plugin
        loader = registry.get(bundle.plugin, hint=False) if plugin is None else plugin
        self.classifier = load_classifier(bundle.plugin, loader, bundle)
        self.judge = Judge(self.classifier, bundle.plugin)
        self.extractor = Extractor(bundle.spec, backend)
        self.vector = vector_of(self.classifier, bundle, backend)

    def __reduce__(self) -> tuple[Any, ...]:
        """Give the bundle's bytes, which are checked again where they are read."""
        return _from_bytes, (self.bundle.to_bytes(), self.backend, self.plugin)

    def input_of(self, y: Any, sample_rate: float | None) -> tuple[np.ndarray[Any, Any], bool]:
        """Give the classifier's input for a recording, and whether there is anything to judge.

        Parameters and errors are those of :meth:`serfast.Recognizer.predict`. A warning is shown
        at the line that called the caller.
        """
        spec = self.extractor.spec
        if isinstance(self.vector, EmbeddedVector) and self.vector.ignores_level:
            samples, gain = samples_and_gain(y, sample_rate, spec.sample_rate)
        else:
            samples, gain = samples_of(y, sample_rate, spec.sample_rate), 1.0
        if doubt := doubt_of(samples, max(spec.frame_lengths), gain):
            warnings.warn(f"y {doubt}", stacklevel=3)
        x = inputs_of(samples, self.classifier.input, self.extractor, self.vector)
        return x, doubt is None


def _from_bytes(data: bytes, backend: str, plugin: Plugin | None) -> LoadedModel:
    return LoadedModel(Bundle.from_bytes(data, backend), backend, plugin)

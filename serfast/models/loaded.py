"""A loaded model: everything that a bundle says, ready for recordings."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from .. import _checks as checks
from ..audio.reading import load
from ..audio.resampling import at_rate
from ..extractor import Extractor
from . import registry
from .bundle.bundle import Bundle
from .inputs import doubt_of, inputs_of, vector_of
from .judge import Judge
from .plugin import Plugin
from .plugin_calls import load_classifier

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
        if is_recording(y):
            if sample_rate is not None:
                checks.fail("sample_rate", "None for a recording, which has its own", sample_rate)
            y, sample_rate = load(y)
        elif sample_rate is None:
            checks.fail("sample_rate", "given for samples: they don't tell their rate", sample_rate)
        spec = self.extractor.spec
        samples = at_rate(y, sample_rate, spec.sample_rate)
        if doubt := doubt_of(samples, max(spec.frame_lengths)):
            warnings.warn(f"y {doubt}", stacklevel=3)
        x = inputs_of(samples, self.classifier.input, self.extractor, self.vector)
        return x, doubt is None


def is_recording(y: Any) -> bool:
    """Tell whether y is a recording that has to be read: a path, a file's content, a file."""
    return isinstance(y, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(y, "read")


def _from_bytes(data: bytes, backend: str, plugin: Plugin | None) -> LoadedModel:
    return LoadedModel(Bundle.from_bytes(data, backend), backend, plugin)

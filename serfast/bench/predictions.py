"""Recordings that a classifier judges a second, features and all."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from ..recognizer import Recognizer
from .laps import laps
from .memory import memory
from .settings import Settings, sound

__all__ = ["predictions"]

RECORDING = 3.0
"""Seconds of signal in one prediction, at the model's own rate: a short sentence."""


def predictions(settings: Settings, classifier: str) -> dict[str, Any]:
    """Measure the default model of a classifier plugin.

    Returns
    -------
    dict
        ``ms``: median time of a prediction; ``per_second``; ``load_ms``: to make the Recognizer,
        its plugin's import included; ``peak``: bytes of memory, where the system tells; ``waited``.
    """
    start = perf_counter()
    recognizer = Recognizer(classifier, settings.backend)
    loaded = perf_counter() - start
    rate = int(recognizer.spec.sample_rate)
    recording = sound(RECORDING, rate)
    measured = laps(lambda: recognizer.predict(recording, rate), settings.seconds)
    return {
        "ms": 1e3 * measured.median,
        "per_second": 1 / measured.median,
        "load_ms": 1e3 * loaded,
        "peak": memory().get("peak"),
        "waited": measured.waited,
    }

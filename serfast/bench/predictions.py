"""How many recordings a classifier judges in a second, the features included."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from ..recognizer import Recognizer
from .laps import laps
from .memory import memory, private_memory
from .settings import Settings, sound

__all__ = ["predictions"]

RECORDING = 3.0
"""Seconds of signal in one prediction, at the model's sample rate: a short sentence."""


def predictions(settings: Settings, classifier: str) -> dict[str, Any]:
    """Measure predictions with the default model of a classifier plugin.

    Returns
    -------
    dict
        ``ms``: median time of a prediction; ``per_second``; ``load_ms``: time to make the
        Recognizer, the import of its plugin included; ``peak``: bytes of memory at most;
        ``private``: how many are in no file at the end (libraries are); either is None where the
        system doesn't tell; ``waited``.
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
        "private": private_memory(),
        "waited": measured.waited,
    }

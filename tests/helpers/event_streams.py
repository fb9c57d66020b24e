"""Tests of event streams share this: all events of a signal, classifiers of every kind."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from helpers.plugin_stub import Averaging, install, install_averaging
from serfast.models.bundle.bundle import Bundle
from serfast.statistics.statistics import Statistics
from serfast.streaming.events import Event, EventStream

RATE = 16000
QUIET = np.random.default_rng(0).normal(size=3 * RATE) * 3e-4
TALK = np.concatenate([QUIET, syllables(2.0), QUIET[:40000], syllables(1.2, seed=2), QUIET])
"""Two utterances of syllables, in silence."""

RMS = serfast.FeatureSpec(features=[serfast.RMS()])
SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])


def events_of(stream: EventStream, chunks: Iterable[np.ndarray]) -> list[Event]:
    return [event for chunk in chunks for event in stream.accept(chunk)] + stream.flush()


def spans(events: Iterable[Event]) -> list[tuple[float, float]]:
    return [(event.start, event.end) for event in events]


@contextmanager
def averaging_recognizer(folder: Path) -> Iterator[serfast.Recognizer]:
    """Give a recognizer whose classifier has a state and steps of 3 rows; it takes windows too."""
    install_averaging(folder)
    bundle = Bundle(plugin="averaging", classes=Averaging.classes, spec=SPEC)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        importlib.invalidate_caches()
        yield serfast.Recognizer(bundle.save(folder / "averaging.zip"))


LOUDNESS = """
import numpy as np

class Loudness:
    classes = ("quiet", "loud")

    def __init__(self, bundle, input):
        self.spec, self.input = bundle.spec, input
        self.seen = []

    def predict_proba(self, x):
        self.seen.append(x)
        loud = min(1.0, float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))))
        return np.array([1 - loud, loud])

class Plugin:
    def __init__(self, input):
        self.input = input

    def train(self, examples, *, seed=0):
        raise ValueError

    def load(self, bundle):
        return Loudness(bundle, self.input)

    def default_model(self):
        return None

"""
"""The source of a plugin whose classifier says how loud its input is, and notes what it was."""


def recognizer_of(
    kind: str, folder: Path, patch: pytest.MonkeyPatch, spec: serfast.FeatureSpec = RMS
) -> serfast.Recognizer:
    """A recognizer whose classifier takes this kind of input and answers with its RMS."""
    source = LOUDNESS + f"PLUGIN = Plugin({kind!r})\n"
    module = f"of_{kind}_mod"
    install(folder, module, source, f"serfast-of-{kind}", f"of-{kind} = {module}:PLUGIN")
    patch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    sys.modules.pop(module, None)
    statistics = Statistics(functionals=("mean",), deltas=0) if kind == "vector" else None
    bundle = Bundle(
        plugin=f"of-{kind}", classes=("quiet", "loud"), spec=spec, statistics=statistics
    )
    return serfast.Recognizer(bundle.save(folder / f"{kind}.zip"))

"""Tests of event streams share this: all events of a signal, a classifier with a state."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from helpers.plugin_stub import Averaging, install_averaging
from serfast.models.bundle.bundle import Bundle
from serfast.streaming.events import Event, EventStream

RATE = 16000
QUIET = np.random.default_rng(0).normal(size=3 * RATE) * 3e-4
TALK = np.concatenate([QUIET, syllables(2.0), QUIET[:40000], syllables(1.2, seed=2), QUIET])
"""Two utterances of syllables, in silence."""

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

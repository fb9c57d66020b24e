"""A stream that lasts: steps stay beside the whole recording, as docs/onnx.md says."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from serfast.models.classifier import StreamingClassifier
from serfast.streaming.steps import Steps

MINUTE = 6000  # rows


@pytest.mark.parametrize(("minutes", "bound"), [(1, 1e-5), (10, 1e-4)])
def test_steps_drift_little(minutes: int, bound: float) -> None:
    recognizer = serfast.Recognizer("onnx")
    classifier, extractor = recognizer.classifier, serfast.Extractor(recognizer.spec)
    assert isinstance(classifier, StreamingClassifier)
    parts = [extractor(syllables(10.0, seed=seed)) for seed in range(6)]
    rows = np.tile(np.concatenate(parts), (minutes + 1, 1))[: minutes * MINUTE]
    steps = Steps(classifier).accept(rows)
    assert len(steps) == len(rows) // classifier.stride
    difference = np.abs(steps[-1] - classifier.predict_proba(rows)).max()
    print(f"{minutes} min: {difference:.1e}")
    assert difference < bound

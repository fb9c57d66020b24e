"""A stream that lasts: steps stay beside the whole recording, as docs/onnx.md says."""

from __future__ import annotations

import numpy as np

import serfast
from benchmarks.drift import differences
from helpers.chunks import syllables
from serfast.models.classifier import StreamingClassifier

MINUTE = 6000  # rows


def test_steps_drift_little() -> None:
    recognizer = serfast.Recognizer("onnx")
    classifier, extractor = recognizer.classifier, serfast.Extractor(recognizer.spec)
    assert isinstance(classifier, StreamingClassifier)
    rows = np.concatenate([extractor(syllables(10.0, seed=seed)) for seed in range(6)])
    one, ten = differences(classifier, rows, [MINUTE, 10 * MINUTE])
    print(f"1 min: {one:.1e}, 10 min: {ten:.1e}")
    assert one < 1e-5
    assert ten < 1e-5

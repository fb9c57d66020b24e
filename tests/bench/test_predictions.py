"""A prediction that is measured is of three seconds."""

from __future__ import annotations

import numpy as np
import pytest

from serfast import RMS, FeatureSpec, Recognizer
from serfast.bench.predictions import predictions
from serfast.bench.settings import Settings


def test_a_prediction_is_of_three_seconds_of_the_models_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = []

    def predict(self: Recognizer, samples: np.ndarray, sample_rate: int) -> None:
        heard.append(len(samples) / sample_rate)

    monkeypatch.setattr(Recognizer, "predict", predict)
    predictions(Settings(seconds=0.05, spec=FeatureSpec(sample_rate=8000, features=[RMS()])), "svm")
    assert set(heard) == {3.0}

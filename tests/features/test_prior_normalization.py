"""Prior normalisation: weighted moments by NumPy, from the first row on."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

MEAN, DEVIATION = (-30.0, -35.0, -20.0), (4.0, 5.0, 6.0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("deviation", [False, True])
@pytest.mark.parametrize(("window", "prior_rows"), [(600, 200.0), (12, 200.0), (12, 3.5), (1, 0.0)])
def test_equals_the_moments_of_rows_and_prior(
    window: int, prior_rows: float, deviation: bool, backend: str
) -> None:
    mel = serfast.LogMel(n_mels=3)
    made = serfast.PriorNormalization(
        mel,
        prior_mean=MEAN,
        prior_deviation=DEVIATION,
        prior_rows=prior_rows,
        window=window,
        deviation=deviation,
        min_deviation=0.1,
    )
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=[mel, made])
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
    extractor = serfast.Extractor(spec, backend)
    rows = extractor(spectral.Y)
    x, mu, sigma = rows[:, :3].astype(np.float64), np.array(MEAN), np.array(DEVIATION)
    for t in range(len(x)):
        seen = x[max(t + 1 - window, 0) : t + 1]
        weight = min(prior_rows, window - len(seen))
        mean = (seen.sum(axis=0) + weight * mu) / (len(seen) + weight)
        square = (seen**2).sum(axis=0) + weight * (sigma**2 + mu**2)
        variance = np.maximum(square / (len(seen) + weight) - mean**2, 0)
        scale = np.maximum(np.sqrt(variance), 0.1) if deviation else 1
        np.testing.assert_allclose(rows[t, 3:], (x[t] - mean) / scale, atol=2e-4)
    if backend != "reference":
        stream = extractor.stream()
        for _ in range(2):  # the second time after a reset: the prior is there again
            parts = [stream.accept(spectral.Y[at : at + 99]) for at in range(0, 9900, 99)]
            assert np.array_equal(np.concatenate(parts), rows[: sum(map(len, parts))])
            stream.reset()


def test_bad_fields_are_refused() -> None:
    with pytest.raises(ParameterError, match="prior_mean must be 1 number or 3"):
        serfast.PriorNormalization(serfast.LogMel(n_mels=3), prior_mean=(1.0, 2.0))
    with pytest.raises(ParameterError, match="prior_deviation"):
        serfast.PriorNormalization(serfast.LogMel(n_mels=3), prior_deviation=(-1.0,))

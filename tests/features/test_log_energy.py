"""The log-energy is the logarithm of a sum by NumPy in float64, in all back ends."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.spectral import BACKENDS
from serfast.errors import ParameterError

Y = np.random.default_rng(3).standard_normal(3000).astype(np.float32) * 0.1 + 0.05


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("remove_dc", [False, True])
@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
@pytest.mark.parametrize("window", ["boxcar", "hamming"])
def test_equals_the_sum(window: str, preemphasis: float, remove_dc: bool, backend: str) -> None:
    feature = serfast.LogEnergy(
        frame_length=401,
        window=window,
        window_periodic=False,
        preemphasis=preemphasis,
        remove_dc=remove_dc,
    )
    spec = serfast.FeatureSpec(center=False, sample_scale=32768, features=[feature])
    actual = serfast.Extractor(spec, backend)(Y)[:, 0]
    weights = np.hamming(401) if window == "hamming" else np.ones(401)
    expected = []
    for at in range(0, len(Y) - 400, 160):
        x = 32768 * Y[at : at + 401].astype(np.float64)
        x = x - x.mean() if remove_dc else x
        x = x - preemphasis * np.concatenate([x[:1], x[:-1]])
        expected.append(np.log(np.sum((weights * x) ** 2)))
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_silence_is_the_floor(backend: str) -> None:
    spec = serfast.FeatureSpec(features=[serfast.LogEnergy(amin=1e-3)])
    rows = serfast.Extractor(spec, backend)(np.zeros(2000, np.float32))
    np.testing.assert_allclose(rows, np.log(1e-3), rtol=1e-6)


def test_bad_fields_are_refused() -> None:
    with pytest.raises(ParameterError, match="preemphasis must be"):
        serfast.LogEnergy(preemphasis=2)
    with pytest.raises(ParameterError, match="window must be"):
        serfast.LogEnergy(window=(1.0, 2.0))

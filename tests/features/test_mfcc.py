"""Cosine transforms against SciPy, the lifter against librosa, MFCC against both."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
import scipy.fft

import serfast
from helpers import signals
from serfast.backends import BACKENDS
from serfast.features.mfcc import cepstrum_matrix, dct_matrix, lifter_weights

both = pytest.mark.parametrize("backend", BACKENDS)
types = pytest.mark.parametrize("dct_type", [1, 2, 3])
norms = pytest.mark.parametrize("norm", ["ortho", None])


@types
@norms
@pytest.mark.parametrize(
    ("n_out", "n_in"), [(2, 2), (1, 2), (13, 40), (40, 40), (7, 23), (128, 128)]
)
def test_dct_is_scipys(n_out: int, n_in: int, dct_type: int, norm: str | None) -> None:
    x = np.random.default_rng(n_in).standard_normal(n_in)
    expected = scipy.fft.dct(x, type=dct_type, norm=norm)[:n_out]
    np.testing.assert_allclose(dct_matrix(n_out, n_in, dct_type, norm) @ x, expected, atol=1e-12)


@norms
@pytest.mark.parametrize("dct_type", [2, 3])
def test_dct_of_one_band(dct_type: int, norm: str | None) -> None:
    expected = scipy.fft.dct([3.0], type=dct_type, norm=norm)
    np.testing.assert_allclose(dct_matrix(1, 1, dct_type, norm) @ [3.0], expected)


@types
def test_ortho_is_orthogonal(dct_type: int) -> None:
    matrix = dct_matrix(24, 24, dct_type, "ortho")
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(24), atol=1e-14)


@pytest.mark.parametrize("lifter", [0.0, 0.5, 13.0, 22.0])
def test_lifter_is_librosas(lifter: float) -> None:
    levels = np.random.default_rng(0).standard_normal((40, 3))
    plain = librosa.feature.mfcc(S=levels, n_mfcc=13)
    liftered = librosa.feature.mfcc(S=levels, n_mfcc=13, lifter=lifter)
    np.testing.assert_allclose(lifter_weights(13, lifter), (liftered / plain)[:, 0], rtol=1e-12)


def test_the_lifter_is_in_the_matrix() -> None:
    matrix = cepstrum_matrix(5, 20, 2, "ortho", 22)
    scale = matrix / dct_matrix(5, 20)
    np.testing.assert_allclose(scale[:, 0], [1 + 11 * np.sin(np.pi * n / 22) for n in range(1, 6)])


@both
@types
@norms
@pytest.mark.parametrize("lifter", [0.0, 22.0])
def test_mfcc_are_the_transform_of_log_mel(
    backend: str, dct_type: int, norm: str | None, lifter: float
) -> None:
    y = signals.voice(16000, 4000)
    spec = serfast.FeatureSpec(
        features=[
            serfast.LogMel(top_db=80.0),
            serfast.MFCC(top_db=80.0, dct_type=dct_type, dct_norm=norm, lifter=lifter),
        ]
    )
    rows = serfast.Extractor(spec, backend=backend)(y)
    levels, mfcc = rows[:, :40].astype(float), rows[:, 40:]
    expected = scipy.fft.dct(levels, type=dct_type, norm=norm)[:, :13]
    expected *= lifter_weights(13, lifter)
    np.testing.assert_allclose(mfcc, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())


@both
@pytest.mark.parametrize("n_mels", [1, 2, 40])
def test_as_many_coefficients_as_bands(backend: str, n_mels: int) -> None:
    spec = serfast.FeatureSpec(features=[serfast.MFCC(n_mels=n_mels, n_mfcc=n_mels)])
    assert serfast.Extractor(spec, backend=backend)(signals.noise(999)).shape == (7, n_mels)

"""python_speech_features itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import python_speech_features as psf

import serfast
from helpers import signals
from serfast import presets
from serfast.errors import ParameterError


@pytest.mark.parametrize("backend", ["native", "numba", "reference"])
@pytest.mark.parametrize(("rate", "nfft"), [(8000, 256), (22050, 1024)])
def test_coefficients(rate: int, nfft: int, backend: str) -> None:
    y = signals.voice(rate, rate // 4, seed=15) + signals.noise(rate // 4, seed=16, level=1e-3)
    expected = psf.mfcc(y * 32768.0, rate, nfft=nfft, winfunc=np.hamming)
    spec = presets.python_speech_features(rate, nfft=nfft, window="hamming")
    rows = serfast.Extractor(spec, backend)(y)
    assert rows.shape == expected.shape
    error = np.abs(rows - expected) / np.abs(expected).max(axis=1, keepdims=True)
    assert error.max() < 1e-4


def test_log_bands_whose_edges_share_a_bin() -> None:
    """Of 60 bands at 8 kHz some have two edges on the same bin, and some have no bin at all."""
    y = signals.noise(4000, seed=17)
    expected = psf.logfbank(y * 32768.0, 8000, nfilt=60, nfft=256)
    spec = presets.python_speech_features(8000, numcep=None, nfilt=60, nfft=256)
    with pytest.warns(UserWarning, match="n_mels must be small enough"):
        rows = serfast.Extractor(spec)(y)
    empty = expected == np.log(np.finfo(float).eps)
    assert empty.any()
    np.testing.assert_allclose(rows, expected, atol=1e-4)


@pytest.mark.parametrize("n", [400, 401, 560, 561, 1000, 241])
def test_number_of_rows(n: int) -> None:
    spec = presets.python_speech_features()
    rows = serfast.Extractor(spec)(signals.noise(n, seed=18))
    assert len(rows) == len(psf.mfcc(np.ones(n)))


def test_stream() -> None:
    y = signals.noise(6001, seed=19)
    extractor = serfast.Extractor(presets.python_speech_features())
    stream = extractor.stream()
    parts = [stream.accept(y[i : i + 501]) for i in range(0, len(y), 501)] + [stream.flush()]
    assert np.concatenate(parts).tobytes() == extractor(y).tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"nfft": 256}, r"^winlen must be <= nfft \(256\) in samples: .*drops.*, got 400$"),
        ({"winstep": 0.05}, r"^winstep must be <= winlen \(400\) in samples, got 800$"),
        ({"numcep": 27}, "^numcep must be an int <= 26, got 27$"),
        ({"highfreq": 9000.0}, "^fmax must be"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        presets.python_speech_features(**arguments)


def test_a_signal_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"^signal must"):
        serfast.Extractor(presets.python_speech_features())(np.zeros(0, np.float32))

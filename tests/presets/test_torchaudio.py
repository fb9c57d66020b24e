"""torchaudio's conventions: the formula in float64; benchmarks.conformance compares the package."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from benchmarks import conformance_formulas as formulas  # it is no installed package
from helpers import signals
from serfast import presets
from serfast.errors import ParameterError


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(("rate", "n_fft", "n_mels"), [(8000, 256, 20), (48000, 1024, 64)])
def test_bands(rate: int, n_fft: int, n_mels: int, center: bool) -> None:
    y = signals.voice(rate, 6000, seed=1)
    spec = presets.torchaudio_mel(rate, n_fft=n_fft, n_mels=n_mels, center=center)
    expected = formulas.torchaudio_mel(y, rate, n_fft, n_mels, center)
    rows = serfast.Extractor(spec)(y)
    peak = expected.max(axis=1, keepdims=True)
    assert rows.shape == expected.shape
    assert (np.abs(rows - expected) / peak).max() < 1e-5


@pytest.mark.parametrize("log_mels", [True, False])
def test_coefficients(log_mels: bool) -> None:
    """The cosine transform is written as a sum; the decibels are cut off 80 below the loudest."""
    y = signals.voice(16000, 6000, seed=2)
    bands = formulas.torchaudio_mel(y, 16000, 400, 40)
    level = 10 * np.log10(np.maximum(bands, 1e-10))
    level = np.log(bands + 1e-6) if log_mels else np.maximum(level, level.max() - 80)
    n = np.arange(40) + 0.5
    sums = [np.sqrt(2 / 40) * level @ np.cos(np.pi / 40 * k * n) for k in range(13)]
    sums[0] /= np.sqrt(2)
    spec = presets.torchaudio_mfcc(n_mels=40, n_mfcc=13, log_mels=log_mels)
    error = np.abs(serfast.Extractor(spec)(y) - np.array(sums).T)
    assert error.max() < 1e-4 * np.abs(sums).max()


def test_a_stream_cannot_mirror_the_end_and_says_so() -> None:
    with pytest.raises(ParameterError, match=r"the end can't be mirrored .*center=False"):
        serfast.Extractor(presets.torchaudio_mel(n_mels=40)).stream()
    with pytest.raises(ParameterError, match="use top_db=None"):
        serfast.Extractor(presets.torchaudio_mfcc(n_mels=40)).stream()


def test_stream_of_left_aligned_frames() -> None:
    y = signals.noise(4000, seed=3)
    extractor = serfast.Extractor(presets.torchaudio_mel(n_mels=40, center=False))
    stream = extractor.stream()
    rows = [stream.accept(y[i : i + 333]) for i in range(0, len(y), 333)] + [stream.flush()]
    assert np.concatenate(rows).tobytes() == extractor(y).tobytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mel_scale": "bark"}, "^mel_scale must be one of 'htk', 'slaney'"),
        ({"pad_mode": "edge"}, "^pad_mode must be one of 'reflect', 'constant'"),
        ({"norm": "area"}, "^mel_norm must be one of"),
        ({"f_min": 9000.0}, "^fmin must be"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        presets.torchaudio_mel(**arguments)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000])
@pytest.mark.filterwarnings("ignore:n_mels must be small enough")
def test_any_rate_with_more_bands_than_bins(rate: int) -> None:
    rows = serfast.Extractor(presets.torchaudio_mel(rate, n_mels=300))(signals.noise(900, seed=4))
    assert rows.shape[1] == 300
    assert np.isfinite(rows).all()
    assert (rows == 0).any()

"""CPP: the formula by FFT in NumPy, Praat's CPPS per recording, voices and noise, silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def formula(y: np.ndarray, fmin: float = 60.0, fmax: float = 330.0) -> np.ndarray:
    """The prominence of each row: an inverse FFT of the mirrored spectrum, and np.polyfit."""
    n_fft = 1024
    padded = np.pad(y.astype(np.float64), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    n_bins = int(5000 * n_fft / RATE / 2) * 2
    hz = np.arange(n_bins + 1) * RATE / n_fft
    power = np.abs(np.fft.rfft(frames * window, axis=1))[:, : n_bins + 1] ** 2
    level = 10 * np.log10(np.maximum(power, 1e-10)) + 10 * np.log10(1 + (hz / 50) ** 2)
    cepstrum = np.fft.irfft(level, axis=1)[:, :n_bins] ** 2
    rate = 2 * n_bins * RATE / n_fft
    smooth = sum(np.roll(cepstrum, shift, axis=1) for shift in (-2, -1, 0, 1, 2)) / 5
    height = 10 * np.log10(np.maximum(smooth, 1e-6))
    begin, end = int(np.ceil(0.001 * rate)), int(np.ceil(rate / fmin)) + 1
    low, high = int(rate / fmax), int(np.ceil(rate / fmin))
    found = []
    for row in height:
        slope, offset = np.polyfit(np.log(np.arange(begin, end)), row[begin:end], 1)
        q = low + row[low : high + 1].argmax()
        before, at, after = row[q - 1 : q + 2]
        if q < high and at >= max(before, after):
            at = at + (after - before) ** 2 / (8 * (2 * at - before - after))
        found.append(at - offset - slope * np.log(q))
    return np.array(found)


@every_backend
@pytest.mark.parametrize("fields", [{}, {"fmin": 75.0, "fmax": 500.0}])
def test_it_is_the_formula_on_speech(fields: dict[str, float], backend: str, emodb: Path) -> None:
    y = spectral.speech(emodb)
    expected = formula(y, **fields)
    found = spectral.rows(serfast.CPP(**fields), backend=backend, y=y)[:, 0]
    error = np.abs(found - expected)
    print(f"cpp {fields}, {backend}: median {np.median(error):.1e}, worst {error.max():.1e} dB")
    assert error.max() <= 5e-3
    assert np.ptp(expected) > 10


def test_the_mean_is_praats_cpps(emodb: Path) -> None:
    """Praat smooths over two rows too, and fits the line up to 50 ms, so it isn't the same."""
    pairs = []
    for path in sorted(emodb.glob("**/*.wav"))[::70]:
        y, _ = serfast.load(path, sample_rate=RATE)
        sound = parselmouth.Sound(y.astype(np.float64), RATE)
        cepstrogram = call(sound, "To PowerCepstrogram", 60.0, 0.01, 5000.0, 50.0)
        praats = call(
            cepstrogram, "Get CPPS", True, 0.02, 0.0005, 60.0, 330.0, 0.05, "Parabolic",
            0.001, 0.05, "Exponential decay", "Least squares",
        )  # fmt: skip
        pairs.append((spectral.rows(serfast.CPP(), y=y).mean(), praats))
    ours, theirs = np.array(pairs).T
    r, apart = np.corrcoef(ours, theirs)[0, 1], np.abs(ours - theirs)
    print(f"cpp: r {r:.3f}, median {np.median(apart):.2f} dB, worst {apart.max():.2f} dB")
    assert r >= 0.94
    assert np.median(apart) <= 0.7


@every_backend
def test_a_voice_stands_out_and_noise_does_not(backend: str) -> None:
    t = np.arange(RATE // 2)
    pulses = np.zeros(RATE // 2)
    pulses[::133] = 1.0
    voice = np.convolve(pulses, 0.97 ** t[:200])[: RATE // 2]
    noise = np.random.default_rng(3).normal(size=RATE // 2)
    means = [
        spectral.rows(serfast.CPP(), backend=backend, y=y.astype(np.float32))[5:-5].mean()
        for y in (voice, voice + 0.3 * noise, noise)
    ]
    assert means[0] > means[1] + 3 > means[2] + 6
    assert means[0] > 20


@every_backend
def test_silence_is_0(backend: str) -> None:
    assert not spectral.rows(serfast.CPP(), backend=backend, y=np.zeros(4000, np.float32)).any()


@pytest.mark.parametrize("rate", [8000, 22050, 96000])
@pytest.mark.parametrize("smoothing", [0.0, 0.001])
def test_other_rates_and_back_ends(rate: int, smoothing: float) -> None:
    y = 0.1 * np.random.default_rng(5).normal(size=rate // 4).astype(np.float32)
    y[:: rate // 120] += 1
    feature = serfast.CPP(
        n_fft=2 ** int(np.ceil(np.log2(rate / 30))),
        ceiling=max(0.2 * rate, 3200),
        smoothing=smoothing,
    )
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 50, features=[feature])
    native, reference = (serfast.Extractor(spec, b)(y) for b in ("native", "reference"))
    np.testing.assert_allclose(native, reference, atol=0.02)
    assert np.ptp(native) > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ceiling": 8001.0}, r"^ceiling must be <= 8000 Hz \(half the rate\), got 8001\.0$"),
        ({"fmin": 30.0}, r"^n_fft must be >= 1067 \(two periods of fmin\), got 1024$"),
        ({"fmax": 50.0}, r"^fmin must be < 50 Hz \(fmax\), got 60\.0$"),
        ({"emphasis": 0.0}, r"^emphasis must be a finite number > 0, got 0\.0$"),
        ({"smoothing": 0.1}, r"^smoothing must be a finite number >= 0 and <= 0\.001, got 0\.1$"),
        ({"power": 1.0}, r"^power must be 2\.0, got 1\.0$"),
        ({"ceiling": 1000.0}, r"^ceiling must be such that 1 ms has 4 to some thousand values"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=RATE, features=[serfast.CPP(**arguments)])

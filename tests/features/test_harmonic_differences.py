"""Harmonic differences: known harmonics, NumPy by definition, Praat on speech, bad input."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
from scipy.signal import freqz, lfilter

import serfast
from helpers.streams import assert_same_bits, divide, push
from serfast.errors import ParameterError

RATE = 16000


def rows(y: np.ndarray, backend: str = "native", rate: int = RATE, **fields: object) -> np.ndarray:
    """F0 in column 0, f1, f2 and f3 in columns 2, 4 and 6, and the differences from column 8 on."""
    f0 = serfast.F0(75, 500)
    formants = serfast.Formants(n_fft=rate // 20, ceiling=min(5500, rate / 2))
    features = [f0, formants, serfast.HarmonicDifferences(f0, formants, **fields)]
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=features)
    return serfast.Extractor(spec, backend)(y.astype(np.float32)).astype(np.float64)


def harmonics(f0: float, levels: np.ndarray, rate: int = RATE, seed: int = 0) -> np.ndarray:
    """Half a second of cosines with these levels [dB] and random phases, at a peak of 0.5."""
    random = np.random.default_rng(seed)
    t = np.arange(rate // 2) / rate
    y = sum(
        10 ** (level / 20) * np.cos(2 * np.pi * k * f0 * t + random.uniform(0, 6))
        for k, level in enumerate(levels, 1)
    )
    return np.asarray(0.5 * y / np.abs(y).max())


def by_definition(levels: np.ndarray, f0: float, formants: np.ndarray) -> np.ndarray:
    """The columns, from the levels of the harmonics [dB]."""
    hz = f0 * np.arange(1, len(levels) + 1)
    peaks = []
    for formant in formants:
        inside = np.abs(hz - formant) <= 0.2 * formant
        inside = inside if inside.any() else np.abs(hz - formant) == np.abs(hz - formant).min()
        peaks.append(levels[inside].max() - levels[0])
    return np.array([levels[0] - levels[1], -peaks[2], *peaks])


@pytest.mark.parametrize("rate", [11025, 16000, 44100])
@pytest.mark.parametrize("f0", [80.0, 123.4, 210.0, 333.0, 480.0])
def test_levels_of_known_harmonics(f0: float, rate: int) -> None:
    """Random levels, and a slope of 40 dB up to 5 kHz, to half a dB."""
    worst = 0.0
    for seed in range(6):
        n = int(5000 / f0)
        random = np.random.default_rng(seed)
        levels = random.uniform(-8, 8, n) - 40 * np.arange(n) / n
        for row in rows(harmonics(f0, levels, rate, seed), rate=rate)[10:-10:6]:
            if abs(row[0] / f0 - 1) > 0.01 or not row[[2, 4, 6]].all():
                continue  # harmonics so irregular may have another F0
            error = np.abs(row[8:] - by_definition(levels, f0, row[[2, 4, 6]])).max()
            worst = max(worst, error)
    print(f"F0 {f0} at {rate}: worst {worst:.2f} dB")
    assert 0 < worst <= 0.5


@pytest.mark.parametrize("formants", [(500, 1500, 2500), (300, 2200, 2900), (700, 1100, 2400)])
@pytest.mark.parametrize("f0", [95.0, 170.0, 240.0])
def test_vowels_have_the_levels_of_their_filter(f0: float, formants: tuple[int, ...]) -> None:
    """Equal harmonics, as those of pulses, through resonances of 80 Hz."""
    n = int(7000 / f0)
    y = harmonics(f0, np.zeros(n))
    denominator = np.ones(1)
    for hz in formants:
        radius, angle = np.exp(-np.pi * 80 / RATE), 2 * np.pi * hz / RATE
        denominator = np.convolve(denominator, [1, -2 * radius * np.cos(angle), radius**2])
    _, response = freqz([1.0], denominator, f0 * np.arange(1, n + 1), fs=RATE)
    y = lfilter([1.0], denominator, y)
    found = rows(y / np.abs(y).max())[25]
    expected = by_definition(20 * np.log10(np.abs(response)), f0, found[[2, 4, 6]])
    assert abs(found[0] - f0) < 0.5
    np.testing.assert_allclose(found[8:], expected, atol=0.5)


def numpys(y: np.ndarray, found: np.ndarray, t: int) -> np.ndarray:
    """Row t by the definition, on a spectrum that is 16 times as fine, without parabolas."""
    middle, half = t * 160, 480
    padded = np.pad(y.astype(np.float64), 512)
    frame = padded[middle + 512 - half : middle + 512 + half]
    window = np.exp(-(((np.arange(960) - 480) / 192) ** 2) / 2)
    power = np.abs(np.fft.rfft((frame - frame.mean()) * window, 16384)) ** 2
    f0 = found[t, 0] * 16384 / RATE

    def level(k: int) -> float:
        near = power[round((k - 0.4) * f0) : round((k + 0.4) * f0) + 1]
        return float(10 * np.log10(near.max()))

    levels = np.array([level(k) for k in range(1, int(7000 / found[t, 0]))])
    return by_definition(levels, found[t, 0], found[t, [2, 4, 6]])


def test_it_is_numpys_on_speech(emodb: Path) -> None:
    """Between bins, real peaks aren't parabolas; F0 moves under the window."""
    errors = []
    for path in sorted(emodb.glob("**/*.wav"))[:60:12]:
        y, _ = serfast.load(path, sample_rate=RATE)
        found = rows(y)
        for t in np.flatnonzero((found[4:-4, [0, 2, 4, 6]] > 0).all(axis=1)) + 4:
            errors.append(np.abs(found[t, 8:] - numpys(y, found, int(t))))
    error = np.array(errors)
    median, most = np.median(error, axis=0), np.percentile(error, 95, axis=0)
    print(f"{len(error)} rows: median {median.round(3)} dB, 95 % {most.round(2)} dB")
    assert len(error) > 300
    assert (median <= 0.2).all()
    assert (most <= 1).all()


def praats(sound: parselmouth.Sound, time: float, f0: float, formants: np.ndarray) -> np.ndarray:
    """The columns at a time from a spectrum slice of Praat's, as phoneticians' scripts do it."""
    part = sound.extract_part(time - 0.03, time + 0.03, parselmouth.WindowShape.GAUSSIAN1, 1, False)
    ltas = parselmouth.praat.call(part.to_spectrum(), "To Ltas (1-to-1)")

    def level(low: float, high: float) -> float:
        return float(parselmouth.praat.call(ltas, "Get maximum", low, high, "Parabolic"))

    first, second = (level(0.9 * k * f0, 1.1 * k * f0) for k in (1, 2))
    peaks = []
    for hz in formants:
        nearest = round(hz / f0) * f0  # it may lie outside of the formant's range
        low, high = min(0.8 * hz, nearest - 0.1 * f0), max(1.2 * hz, nearest + 0.1 * f0)
        peaks.append(level(low, high) - first)
    return np.array([first - second, -peaks[2], *peaks])


def test_it_is_praats_on_speech(emodb: Path) -> None:
    """Praat's maximum needn't be a harmonic, and F0's place is looked at more narrowly."""
    errors, means = [], []
    for path in sorted(emodb.glob("**/*.wav"))[3:60:8]:
        y, _ = serfast.load(path, sample_rate=RATE)
        sound, found = parselmouth.Sound(y.astype(np.float64), RATE), rows(y)
        steady = np.abs(np.diff(np.log2(np.maximum(found[:, 0], 1)), prepend=0)) < 0.03
        voiced = (found[:, [0, 2, 4, 6]] > 0).all(axis=1) & steady
        voiced[:4] = voiced[-4:] = False
        times = np.flatnonzero(voiced)
        expected = np.array(
            [praats(sound, t / 100, found[t, 0], found[t, [2, 4, 6]]) for t in times]
        )
        errors.append(np.abs(found[voiced, 8:] - expected))
        means.append((found[voiced, 8:].mean(axis=0), expected.mean(axis=0)))
    error, (ours, theirs) = np.concatenate(errors), np.swapaxes(means, 0, 1)
    r = [np.corrcoef(ours[:, i], theirs[:, i])[0, 1] for i in range(5)]
    median, apart = np.median(error, axis=0), np.abs(ours - theirs).max(axis=0)
    print(f"{len(error)} rows: median {median.round(2)} dB")
    print(f"{len(ours)} recordings: r {np.round(r, 4)}, apart {apart.round(2)} dB")
    assert len(error) > 300
    assert (median <= 0.5).all()
    assert (apart <= 1).all()
    assert min(r) >= 0.98


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_nothing_is_there_without_a_voice(backend: str) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 4000)
    for y in (np.zeros(4000), noise):
        found = rows(y, backend)
        assert (found[found[:, 0] == 0, 8:] == 0).all()
        assert (found[:, 0] == 0).mean() > 0.9
        asked = rows(y, backend, missing_nan=True)
        np.testing.assert_array_equal(np.isnan(asked[:, 8:]).all(axis=1), found[:, 0] == 0)


@pytest.mark.parametrize("absent", [0.0, np.nan])
def test_a_formant_that_is_missing_has_no_level(absent: float) -> None:
    """The function itself: a spectrum of lines, 20 Hz wide, each 6 dB weaker than the last."""
    spectrum = np.zeros(401)
    spectrum[10:400:10] = 10 ** (-0.6 * np.arange(39))
    for gone, values in (
        (2, [6, 0, -6, 0, -36]),  # but for the missing ones, dB
        (4, [6, 0, -6, -12, 0]),
        (0, [6, 36, 0, -12, -36]),
    ):
        formants = [400.0, 50.0, 600.0, 50.0, 1700.0, 90.0]
        formants[gone] = absent
        row = np.array([[200.0, 1.0, *formants, *spectrum]])
        for nan in (False, True):
            out = np.zeros(5)
            serfast.HarmonicDifferences.compute(row, 0, 0.2, nan, 800, 16000.0, out)
            expected = np.array(values, float)
            if gone == 4:
                expected[1] = expected[4] = np.nan if nan else 0
            else:
                expected[2 + gone // 2] = np.nan if nan else 0
                expected[1] = -expected[4]
            np.testing.assert_allclose(out, expected, atol=0.1)


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_streams_and_the_reference_agree_on_a_voice(rate: int) -> None:
    y = harmonics(140.0, np.linspace(0, -30, 20), rate).astype(np.float32)
    f0, formants = serfast.F0(), serfast.Formants(n_fft=rate // 20, ceiling=4000)
    features = [serfast.HarmonicDifferences(f0, serfast.MedianSmoothing(formants))]
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=features)
    expected = serfast.Extractor(spec)(y)
    assert np.abs(expected).max() > 5
    for lengths in ([1, 777], [160], [3001]):
        assert_same_bits(push(serfast.Extractor(spec).stream(), divide(y, lengths)), expected)
    apart = np.abs(serfast.Extractor(spec, "reference")(y) - expected).max(axis=1)
    assert np.mean(apart > 0.1) <= 1 / 8


def test_ten_thousand_random_signals_are_finite() -> None:
    """Rows are one signal each in effect: amplitudes and colours change every row."""
    random = np.random.default_rng(3)
    f0, formants = serfast.F0(), serfast.Formants()
    features = [f0, formants, serfast.HarmonicDifferences(f0, formants)]
    extractor = serfast.Extractor(serfast.FeatureSpec(features=features))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(20):
            y = random.normal(size=500 * 160) * np.repeat(10.0 ** random.uniform(-20, 3, 500), 160)
            y += np.repeat(random.choice([0, 0, 1, 1e3], 500), 160) * np.sin(
                np.cumsum(np.repeat(random.uniform(0, np.pi, 500), 160))
            )
            found = extractor(y.astype(np.float32))
            assert np.isfinite(found).all()
            assert np.abs(found[:, 8:]).max() < 400


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"within": 0.6}, r"^within must be a finite number >= 0 and <= 0\.5, got 0\.6$"),
        ({"n_fft": 400}, r"^n_fft must be >= 640 \(two periods of fmin\), got 400$"),
        ({"rate": 8000.0}, r"^rate must be 16000 Hz, the spec's \(or 0\), got 8000"),
        ({"formants": serfast.Formants(n=2)}, r"^formants must be Formants with n >= 3, or a tra"),
        ({"feature": serfast.YIN()}, r"^feature must be F0, got YIN"),
    ],
)
def test_bad_fields_are_refused(fields: dict[str, object], message: str) -> None:
    given: dict[str, Any] = {"feature": serfast.F0(), **fields}
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(features=[serfast.HarmonicDifferences(**given)])


def test_a_low_voice_has_a_longer_window() -> None:
    """Three periods of 25 Hz are 1920 samples."""
    spec = serfast.FeatureSpec(features=[serfast.HarmonicDifferences(serfast.F0(25, 300))])
    (feature,) = spec.features
    assert (feature.n_fft, feature.rate) == (2048, 16000)
    assert feature.sources[2].win_length == 1920
    (usual,) = serfast.FeatureSpec(features=[serfast.HarmonicDifferences(serfast.F0())]).features
    assert (usual.n_fft, usual.sources[2].win_length) == (1024, 960)

"""HNR: Praat's two forms on speech, periodic signals with a known share of noise, silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import parselmouth
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, RATE
from serfast.errors import ParameterError
from serfast.features.hnr import sinc_taps

every_backend = pytest.mark.parametrize("backend", BACKENDS)
every_form = pytest.mark.parametrize("form", [serfast.HNR, serfast.AutocorrelationHNR])

MS = RATE // 1000


def pulses(period: float, seconds: float = 1.0, seed: int = 0) -> np.ndarray:
    """Give a tone of eleven harmonics with random phases, whose mean power is 1."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE))
    y = sum(
        np.cos(2 * np.pi * h * t / period + random.uniform(0, 6)) / np.sqrt(h) for h in range(1, 12)
    )
    return np.asarray(y / np.sqrt(np.mean(np.square(y))))


def praats(y: np.ndarray, form: type) -> tuple[np.ndarray, np.ndarray]:
    """Give the times and values of Praat's harmonicity where it and its pitch are voiced."""
    sound = parselmouth.Sound(y.astype(np.float64), RATE)
    if form is serfast.HNR:
        found = sound.to_harmonicity_cc(time_step=0.01, minimum_pitch=75)
    else:
        found = sound.to_harmonicity_ac(time_step=0.01, minimum_pitch=75, periods_per_window=4.5)
    pitch = sound.to_pitch_cc(pitch_floor=75, pitch_ceiling=600)
    times, values = found.xs(), found.values[0]
    voiced = [not np.isnan(pitch.get_value_at_time(t)) for t in times]
    keep = np.array(voiced) & (values > -100)
    return times[keep], values[keep]


@every_form
def test_it_is_praats_on_speech(form: type, emodb: Path) -> None:
    """Rows every ms: Praat's frames lie between those every 10 ms."""
    feature = form(fmax=None, floor=-40.0)
    if form is serfast.HNR:
        feature = form(fmax=None, floor=-40.0, frame_length=2 * 214 + 18)
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=MS, features=[feature])
    extractor, differences, means = serfast.Extractor(spec), [], []
    for path in sorted(emodb.glob("**/*.wav"))[:60:8]:
        y, _ = serfast.load(path, sample_rate=RATE)
        times, expected = praats(y, form)
        found = extractor(y)[np.round(times * 1000).astype(int), 0]
        differences.append(np.abs(found - expected))
        means.append((found.mean(), expected.mean()))
    error = np.concatenate(differences)
    ours, theirs = np.array(means).T
    r = np.corrcoef(ours, theirs)[0, 1]
    apart = np.abs(ours - theirs)
    print(f"{form.__name__}, {len(error)} frames: median {np.median(error):.3f} dB, 95 % "
          f"{np.percentile(error, 95):.2f} dB, worst {error.max():.1f} dB; {len(ours)} recordings: "
          f"r {r:.4f}, median {np.median(apart):.3f} dB, worst {apart.max():.2f} dB")  # fmt: skip
    assert len(error) > 500
    assert np.median(error) <= 0.3
    assert np.percentile(error, 95) <= 2
    assert r >= 0.998
    assert apart.max() <= 0.3


@every_form
def test_rows_every_10_ms_agree_with_praat_for_a_recording(form: type, emodb: Path) -> None:
    extractor = serfast.Extractor(serfast.FeatureSpec(sample_rate=RATE, features=[form()]))
    means = []
    for path in sorted(emodb.glob("**/*.wav"))[1:100:9]:
        y, _ = serfast.load(path, sample_rate=RATE)
        times, expected = praats(y, form)
        means.append((extractor(y)[np.round(times * 100).astype(int), 0].mean(), expected.mean()))
    ours, theirs = np.array(means).T
    r, apart = np.corrcoef(ours, theirs)[0, 1], np.abs(ours - theirs)
    print(f"{form.__name__}: r {r:.4f}, median {np.median(apart):.2f}, worst {apart.max():.2f} dB")
    assert r >= 0.98
    assert np.median(apart) <= 0.5


@every_form
@pytest.mark.parametrize("period", [16000 / 310, 100.0, 155.37])
@pytest.mark.parametrize("ratio", [0, 10, 20, 30])
def test_it_is_the_share_of_white_noise(ratio: int, period: float, form: type) -> None:
    """The mean over rows; the highest of many peaks is above the mean where noise is loud."""
    y = pulses(period, 4.0)
    noise = np.random.default_rng(1).normal(size=len(y)) * 10 ** (-ratio / 20)
    found = spectral.rows(form(), y=(0.1 * (y + noise)).astype(np.float32))[10:-10, 0].mean()
    print(f"{form.__name__}, {ratio} dB, period {period:.1f}: {found:.2f} dB")
    assert ratio - 0.7 <= found <= ratio + 2


@every_form
@every_backend
def test_a_period_between_samples_is_found(backend: str, form: type) -> None:
    """So its height must be interpolated: neighbours of the peak have 10 to 20 dB."""
    y = (0.1 * pulses(77.41, 0.3)).astype(np.float32)
    found = spectral.rows(form(), backend=backend, y=y)[8:-8, 0]
    assert found.min() > 48


@every_form
@every_backend
def test_silence_and_constants_have_the_floor(backend: str, form: type) -> None:
    for level in (0.0, 0.25, -1.0, 1e-12):
        y = np.full(6000, level, np.float32)
        found = spectral.rows(form(floor=-33.0), backend=backend, y=y)
        assert (found[15:-15] == -33).all(), level
    quiet = (1e-11 * spectral.Y[:6000]).astype(np.float32)
    assert (spectral.rows(form(), backend=backend, y=quiet) == -20).all()


@every_form
def test_gain_changes_nothing(form: type) -> None:
    expected = spectral.rows(form())[:100]
    for gain in (2.0**-10, 2.0**20):
        found = spectral.rows(form(), y=spectral.Y * np.float32(gain))[:100]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000])
def test_other_rates(rate: int) -> None:
    t = np.arange(rate) / rate
    y = sum(np.sin(2 * np.pi * 130 * h * t) / h for h in range(1, 20))
    y = (0.1 * y + 0.01 * np.random.default_rng(0).normal(size=rate)).astype(np.float32)
    cc = serfast.HNR(frame_length=int(rate / 75 * 2) + 22)
    ac = serfast.AutocorrelationHNR(n_fft=int(rate / 75 * 9))
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 100, features=[cc, ac])
    found = serfast.Extractor(spec)(y)[10:-10].mean(axis=0)
    expected = 10 * np.log10(np.mean(y.astype(np.float64) ** 2) / 1e-4 - 1)
    np.testing.assert_allclose(found, expected, atol=0.6)


def test_the_interpolation_is_exact_for_what_is_sampled_often_enough() -> None:
    taps = sinc_taps()
    assert taps.shape == (33, 20)
    np.testing.assert_allclose(taps[:, :17].sum(axis=0), 1)
    np.testing.assert_allclose(taps[:, 8], np.eye(33)[16], atol=1e-12)
    for frequency in np.linspace(0.01, 0.38, 20):
        wave = np.cos(2 * np.pi * frequency * np.arange(-16, 17))
        points = np.cos(2 * np.pi * frequency * (np.arange(17) - 8) / 8)
        np.testing.assert_allclose(wave @ taps[:, :17], points, atol=2e-5)


@pytest.mark.parametrize(
    ("form", "arguments", "message"),
    [
        (serfast.HNR, {"fmin": 0.0}, r"^fmin must be a finite number > 0, got 0\.0$"),
        (serfast.HNR, {"floor": -41.0}, r"^floor must be a finite number >= -40 "),
        (serfast.HNR, {"frame_length": 445},
         r"^frame_length must be >= 446 \(two periods of fmin, and 18 samples\), got 445$"),
        (serfast.HNR, {"fmax": 8001.0}, r"^fmax must be <= 8000 Hz \(half the sample rate\)"),
        (serfast.HNR, {"fmin": 600.0}, r"^fmin must be < 600 Hz \(fmax\), got 600\.0$"),
        (serfast.AutocorrelationHNR, {"n_fft": 1000},
         r"^win_length or n_fft must be >= 1284 \(six periods of fmin\), got 1000$"),
        (serfast.AutocorrelationHNR, {"fmax": -1.0}, r"^fmax must be a finite number > 0"),
    ],
)  # fmt: skip
def test_bad_parameters_are_refused(form: type, arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=RATE, features=[form(**arguments)])

"""Formants: Praat's on speech, vowels with known poles, and signals without any formant."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import parselmouth
import pytest
from scipy.signal import lfilter, resample_poly

import serfast
from helpers import spectral, vowels
from helpers.broad import RATE
from helpers.spectral import BACKENDS
from serfast.errors import ParameterError
from serfast.features.formants import autocorrelation_weights

every_backend = pytest.mark.parametrize("backend", BACKENDS)
HOP = 160

LIMITS = {"f1": (1.0, 20.0), "f2": (2.0, 60.0), "f3": (3.0, 80.0)}
"""Of the differences from Praat [Hz]: the median, and what 95 % are below."""


def formants(y: np.ndarray, backend: str = "native", **fields: object) -> np.ndarray:
    """The rows of a recording at 16 kHz."""
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=HOP, features=[serfast.Formants(**fields)]
    )
    return serfast.Extractor(spec, backend)(y)


def against_praat(path: Path, ceiling: float) -> np.ndarray:
    """F1, F2, F3 less Praat's [Hz], of the frames that Praat's pitch calls voiced.

    Praat's frames lie symmetrically in the recording. It is cut so that their middles are between
    two hops, and we hear it from half a hop on.
    """
    y = parselmouth.Sound(str(path)).values[0]
    y = y[: (len(y) // HOP - 1) * HOP + 1]
    sound = parselmouth.Sound(y, RATE)
    praat = sound.to_formant_burg(HOP / RATE, 5, ceiling, 0.025, 50.0)
    pitch = sound.to_pitch(HOP / RATE)
    rows = formants(y[HOP // 2 :].astype(np.float32), ceiling=ceiling)
    differences = []
    for time in praat.xs():
        row = (time * RATE - 0.5) / HOP - 0.5
        if pitch.get_value_at_time(time) > 0:
            assert abs(row - round(row)) < 1e-6
            expected = [praat.get_value_at_time(k, time) for k in (1, 2, 3)]
            differences.append(rows[round(row), ::2] - expected)
    return np.array(differences)


@pytest.mark.parametrize("ceiling", [5000.0, 5500.0])
def test_parity_with_praat_on_speech(ceiling: float, emodb: Path) -> None:
    paths = sorted(emodb.glob("*.wav"))[::26]
    error = np.abs(np.concatenate([against_praat(path, ceiling) for path in paths]))
    assert len(error) > 2000
    for i, (name, (middle, most)) in enumerate(LIMITS.items()):
        found = np.median(error[:, i]), np.percentile(error[:, i], 95)
        print(f"{name}, ceiling {ceiling:g}: median {found[0]:.2f} <= {middle} Hz, 95 % within "
              f"{found[1]:.1f} <= {most} Hz, worst {error[:, i].max():.0f} Hz")  # fmt: skip
        assert found[0] <= middle
        assert found[1] <= most


@every_backend
def test_vowels_have_their_formants(backend: str) -> None:
    """Of a low voice, whose harmonics lie closely; F1 and F2 of every vowel."""
    worst = 0.0
    for name, hz in vowels.VOWELS.items():
        rows = formants(vowels.vowel(hz, 90.0), backend)[12:28, ::2]
        error = np.abs(np.median(rows, axis=0)[:2] / hz[:2] - 1)
        worst = max(worst, error.max())
        assert error.max() <= 0.05, name
    print(f"{backend}: F1 and F2 of vowels at 90 Hz, worst {worst:.1%}")


def praat_formants(y: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The median of Praat's F1 and F2."""
    praat = parselmouth.Sound(y.astype(np.float64), RATE).to_formant_burg(0.01, 5, 5500.0)
    return np.median([[praat.get_value_at_time(k, t) for k in (1, 2)] for t in times], axis=0)


@pytest.mark.parametrize("f0", [80, 100, 120, 150, 180, 200, 220, 249, 300, 350])
def test_vowels_of_any_voice_have_praats_formants(f0: int) -> None:
    """Harmonics draw both away from the poles; below 160 Hz by less than 3 % in the median."""
    errors, apart = [], []
    for hz in vowels.VOWELS.values():
        y = vowels.vowel(hz, float(f0))
        here = np.median(formants(y)[12:28, :4:2], axis=0)
        errors.append(np.abs(here / hz[:2] - 1))
        apart.append(np.abs(here / praat_formants(y, np.arange(12, 28) * 0.01) - 1))
    (first, second), worst = np.median(errors, axis=0), np.max(errors, axis=0)
    print(f"vowels at {f0} Hz: F1 off by {first:.1%}, worst {worst[0]:.1%}; F2 {second:.1%}, "
          f"worst {worst[1]:.1%}; from Praat {np.max(apart):.1%}")  # fmt: skip
    assert np.max(apart) <= 0.02
    assert second <= 0.03 or f0 >= 250
    assert first <= 0.03 or f0 >= 160


def test_bandwidths_are_those_of_the_poles() -> None:
    """Of noise that falls by 6 dB an octave, through resonators; in long frames, in the median.

    At a rate of 2 · ceiling, where the model has the poles that made the sound.
    """
    y = lfilter(
        [1], [1, -np.exp(-2 * np.pi * 50 / RATE)], np.random.default_rng(3).normal(size=RATE * 20)
    )
    poles, widths = (700.0, 2200.0, 3800.0, 5300.0, 6800.0), (60.0, 90.0, 120.0, 150.0, 200.0)
    for a in vowels.resonators(poles, widths):
        y = lfilter([1], a, y)
    y = (y / np.abs(y).max()).astype(np.float32)
    rows = np.median(formants(y, n=5, ceiling=8000.0, n_fft=3200)[20:-20], axis=0)
    np.testing.assert_allclose(rows[::2], poles, atol=15)
    np.testing.assert_allclose(rows[1::2], widths, rtol=0.15)


def test_the_weights_give_the_autocorrelation_of_the_resampled_frame() -> None:
    """A frame of cosines below the ceiling, which can be computed at any rate."""
    n_fft, ceiling, order = 800, 4000.0, 6
    hz, amplitude = np.arange(20, 180, 13) * RATE / n_fft, 1.0
    t = np.arange(n_fft) / RATE
    frame = sum(amplitude * np.cos(2 * np.pi * f * t + f) for f in hz)
    power = np.abs(np.fft.rfft(frame)) ** 2
    weights = autocorrelation_weights(
        sample_rate=RATE, n_fft=n_fft, ceiling=ceiling, order=order, preemphasis=0.0
    )
    found = weights @ power[: weights.shape[1]]
    slow = np.arange(n_fft // 2) / (2 * ceiling)
    at_once = sum(np.cos(2 * np.pi * f * slow + f) for f in hz)
    raised = at_once - np.exp(-np.pi * 50 / ceiling) * np.roll(at_once, 1)
    expected = np.array([raised @ np.roll(raised, k) for k in range(order + 1)])
    np.testing.assert_allclose(found / found[0], expected / expected[0], atol=1e-9)


@every_backend
@pytest.mark.parametrize("missing", ["zero", "nan"])
def test_silence_has_no_formant(missing: str, backend: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = formants(np.zeros(4000, np.float32), backend, missing=missing)
    assert rows.shape == (26, 6)
    assert np.isnan(rows).all() if missing == "nan" else not rows.any()


@every_backend
def test_a_formant_that_is_missing_is_what_was_asked_for(backend: str) -> None:
    """In noise some frames have fewer than five formants."""
    y = np.random.default_rng(4).normal(size=RATE).astype(np.float32) * 0.1
    zero, nan = (formants(y, backend, n=5, missing=missing) for missing in ("zero", "nan"))
    assert 0 < np.isnan(nan).mean() < 0.5
    np.testing.assert_array_equal(np.nan_to_num(nan), zero)
    assert (np.isnan(nan[:, ::2]) == np.isnan(nan[:, 1::2])).all()


@every_backend
def test_formants_are_in_order_and_within_the_band(backend: str) -> None:
    y = spectral.Y[:RATE]
    rows = formants(y, backend, n=5, missing="nan", ceiling=5000.0)
    hz, width = rows[:, ::2], rows[:, 1::2]
    there = np.isfinite(hz)
    assert ((hz >= 50) & (hz <= 4950))[there].all()
    assert (width > 0)[there].all()
    assert not (np.diff(hz, axis=1) < 0).any()
    assert not (there[:, 1:] & ~there[:, :-1]).any()  # the lowest ones come first


def extreme_signals() -> dict[str, np.ndarray]:
    """What may trouble a model of poles; 4000 samples."""
    t = np.arange(4000) / RATE
    random = np.random.default_rng(5)
    click = np.zeros(4000)
    click[1600] = 1
    made = {
        "click": click,
        "constant": np.ones(4000),
        "tone at 50 Hz": np.sin(2 * np.pi * 50 * t),
        "tone at the ceiling": np.sin(2 * np.pi * 5500 * t),
        "tone above the ceiling": np.sin(2 * np.pi * 7000 * t),
        "two tones": np.sin(2 * np.pi * 700 * t) + np.sin(2 * np.pi * 701 * t),
        "clipped": np.sign(random.normal(size=4000)),
        "huge": 3e38 * random.uniform(-1, 1, 4000),
        "tiny": 1e-38 * random.uniform(-1, 1, 4000),
        "alternating": np.tile([1.0, -1.0], 2000),
    }
    return {name: y.astype(np.float32) for name, y in made.items()}


@every_backend
@pytest.mark.parametrize("signal", extreme_signals())
@pytest.mark.parametrize("length", [1, 320, 4000])
def test_extreme_signals_give_finite_rows(signal: str, length: int, backend: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = formants(extreme_signals()[signal][:length], backend, n=5)
    assert np.isfinite(rows).all()
    assert ((rows[:, ::2] == 0) | ((rows[:, ::2] >= 50) & (rows[:, ::2] <= 5450))).all()


def test_ten_thousand_random_frames_are_finite() -> None:
    random = np.random.default_rng(6)
    made = []
    for _ in range(1000):
        y = random.normal(size=1600) * 10 ** random.uniform(-6, 0)
        y = np.convolve(y, random.normal(size=random.integers(1, 30)), mode="same")
        made.append(np.where(random.random(1600) < random.choice([0.01, 1]), y, 0))
    rows = formants(np.concatenate(made).astype(np.float32), n=5)
    assert len(rows) > 10_000
    assert np.isfinite(rows).all()


@every_backend
@pytest.mark.parametrize("rate", [8000, 11025, 22050, 48000, 96000])
def test_other_rates_have_the_same_formants(rate: int, backend: str) -> None:
    """A vowel, at another rate and in a frame of 50 ms; the ceiling is below half of every rate."""

    def found(y: np.ndarray, rate: int) -> np.ndarray:
        feature = serfast.Formants(order=8, ceiling=3600.0, n_fft=rate // 20)
        spec = serfast.FeatureSpec(sample_rate=rate, hop_length=rate // 20, features=[feature])
        return np.median(serfast.Extractor(spec, backend)(y)[2:-2, ::2], axis=0)

    y = vowels.vowel(vowels.VOWELS["e"], 100.0, seconds=1.0)
    expected = found(y, RATE)
    other = resample_poly(y.astype(np.float64), rate, RATE).astype(np.float32)
    np.testing.assert_allclose(found(other, rate), expected, rtol=0.01)
    np.testing.assert_allclose(expected[:2], vowels.VOWELS["e"][:2], rtol=0.03)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.Formants, backend)


def test_a_ceiling_above_half_the_rate_is_refused() -> None:
    spec = serfast.FeatureSpec(sample_rate=8000, features=[serfast.Formants(ceiling=4000.0)])
    assert serfast.Extractor(spec)(spectral.Y[:800]).shape[1] == 6
    message = r"^ceiling must be <= 4000 Hz \(half the sample rate\), got 5500\.0$"
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=8000, features=[serfast.Formants()])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "^n must be an int >= 1, got 0$"),
        ({"n": 6}, "^n must be an int <= 5, got 6$"),
        ({"order": 9}, "^order must be even, got 9$"),
        ({"order": 18}, "^order must be an int <= 16, got 18$"),
        ({"ceiling": 100}, "^ceiling must be a finite number > 100, got 100"),
        ({"missing": None}, "^missing must be one of 'zero', 'nan', got None$"),
        ({"power": 1.0}, r"^power must be 2\.0, got 1\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.Formants(**arguments)


def test_columns_have_the_features_name() -> None:
    assert serfast.Formants(n=1).columns == ("f1", "b1")
    assert serfast.Formants(n=2, name="men").columns == ("men_f1", "men_b1", "men_f2", "men_b2")

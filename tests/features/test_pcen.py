"""PCEN: librosa's, of the same mel spectra, on every back end; its formula in NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest

import serfast
from helpers import signals, spectral
from helpers import tolerances as tol
from helpers.parity_report import Measured
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)

FIELDS: list[dict[str, Any]] = [
    {},
    {"scale": 2.0**31},
    {"scale": 2.0**31, "gain": 0.8, "bias": 10.0, "power": 0.25, "time_constant": 0.06},
    {"power": 0.0, "eps": 1e-3},
    {"power": 1.0, "bias": 0.5, "gain": 1.0},
    {"bias": 0.0, "power": 0.1},
    {"gain": 0.0},
    {"b": 0.025},
    {"b": 1.0, "scale": 1e6},
]


def both(
    feature: serfast.PCEN, backend: str, y: np.ndarray, center: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a mel spectrum and of the PCEN of it, float64."""
    n = len(feature.columns)
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=HOP, center=center, features=[feature.feature, feature]
    )
    rows = serfast.Extractor(spec, backend)(y).astype(np.float64)
    return rows[:, :n], rows[:, n:]


def librosas(mel: np.ndarray, fields: dict[str, Any]) -> np.ndarray:
    """What librosa gives for the same mel spectrum."""
    arguments = {"sr": RATE, "hop_length": HOP, **fields}
    scale = arguments.pop("scale", 1.0)
    return librosa.pcen(scale * mel.T, **arguments).T


@every_backend
@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_parity_with_librosa(
    fields: dict[str, Any], power: float, backend: str, measured: Measured
) -> None:
    feature = serfast.PCEN(serfast.MelPower(power=power), **fields)
    mel, actual = both(feature, backend, spectral.Y)
    expected = librosas(mel, fields)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    measured.add(tol.PCEN_ROWS, error, f"{backend}, power {power:g}, {fields}")
    assert error <= tol.PCEN_ROWS.limit
    near = np.abs(expected) > 1e-30
    np.testing.assert_allclose(actual[near], expected[near], rtol=1e-6)
    assert np.ptp(actual, axis=0).min() > 0


@every_backend
@pytest.mark.parametrize("power", [1.0, 2.0])
def test_parity_with_librosa_on_speech_from_samples_on(
    power: float, backend: str, emodb: Path, measured: Measured
) -> None:
    y = spectral.speech(emodb)
    mel = librosa.feature.melspectrogram(
        y=y.astype(np.float64), sr=RATE, n_fft=512, hop_length=HOP, n_mels=40, power=power
    )
    fields = {"scale": 2.0**31}
    expected = librosas(mel.T, fields)
    feature = serfast.PCEN(serfast.MelPower(n_fft=512, n_mels=40, power=power), **fields)
    _, actual = both(feature, backend, y)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    measured.add(tol.PCEN_SPEECH, error, f"{backend}, power {power:g}")
    assert error <= tol.PCEN_SPEECH.limit


@every_backend
def test_a_row_that_begins_without_a_transient(backend: str) -> None:
    """With `initial=0` the smoother begins with the first row: a steady sound is steady at once."""
    y = np.tile(signals.noise(HOP, seed=2), 60)
    for initial, steady in ((0.0, True), (1.0, False)):
        feature = serfast.PCEN(serfast.MelPower(), scale=2.0**31, initial=initial)
        _, rows = both(feature, backend, y, center=False)
        assert (np.abs(rows / rows[-1] - 1).max() < 0.05) == steady


@every_backend
def test_negative_values_count_as_silence(backend: str) -> None:
    mel = serfast.MelPower(n_mels=4)
    delta = serfast.Delta(mel)
    spec = serfast.FeatureSpec(features=[delta, serfast.PCEN(delta)])
    rows = serfast.Extractor(spec, backend)(spectral.Y)
    negative = rows[:, :4] < 0
    assert negative.any()
    assert (rows[:, 4:][negative] == 0).all()
    assert (rows[:, 4:][rows[:, :4] > 1e-3] > 0).all()


@every_backend
def test_a_gain_is_taken_away(backend: str) -> None:
    feature = serfast.PCEN(serfast.MelPower(), gain=1.0, scale=2.0**31, initial=0.0)
    y = signals.voice(RATE, RATE, seed=5)
    _, loud = both(feature, backend, y)
    _, quiet = both(feature, backend, y / 32)
    error = np.abs(loud - quiet).max() / loud.max()
    print(f"PCEN with gain=1 of a signal 30 dB lower, {backend}: {error:.1e} of the largest")
    assert error < 1e-6


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"gain": -0.1}, "^gain must be a finite number >= 0 and <= 4, got -0.1$"),
        ({"bias": -1.0}, "^bias must be a finite number >= 0"),
        ({"bias": 1e-10}, "^bias must be 0 or >= 1e-09, got 1e-10$"),
        ({"power": 5.0}, "^power must be a finite number >= 0 and <= 4, got 5.0$"),
        ({"time_constant": 0.0}, "^time_constant must be a finite number > 0"),
        ({"eps": 0.0}, "^eps must be a finite number >= 1e-30"),
        ({"b": 1.1}, "^b must be a finite number >= 0 and <= 1, got 1.1$"),
        ({"b": None}, "^b must be a finite number"),
        ({"scale": 0.0}, "^scale must be a finite number > 0"),
        ({"initial": -1.0}, "^initial must be a finite number >= 0"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.PCEN(serfast.MelPower(), **fields)


@pytest.mark.parametrize("feature", [serfast.LogMel(), serfast.MFCC()])
def test_log_spectra_are_refused(feature: serfast.LogMel) -> None:
    with pytest.raises(ParameterError, match=r"^feature must be power that isn.t logarithmic"):
        serfast.PCEN(feature)


@every_backend
@pytest.mark.parametrize(
    "fields",
    [
        {"gain": 4.0, "power": 4.0, "bias": 0.0, "eps": 1e-30, "scale": 1e12},
        {"gain": 4.0, "power": 4.0, "bias": 1e6, "eps": 1e-30, "scale": 1e12, "initial": 1e30},
        {"gain": 0.0, "power": 4.0, "bias": 1e-9, "eps": 1e30, "initial": 0.0},
        {"gain": 4.0, "power": 1e-9, "eps": 1e30, "b": 1e-12},
    ],
)
def test_extreme_fields_give_finite_numbers(fields: dict[str, Any], backend: str) -> None:
    y = np.concatenate([np.zeros(2000), spectral.Y[:8000], np.full(2000, 1e-12), [1e6] * 2000])
    _, rows = both(serfast.PCEN(serfast.MelPower(), **fields), backend, y.astype(np.float32))
    assert np.isfinite(rows).all()
    assert rows.min() >= 0
    expected = both(serfast.PCEN(serfast.MelPower(), **fields), "reference", y.astype(np.float32))
    np.testing.assert_allclose(rows, expected[1], rtol=1e-2, atol=1e-3 * expected[1].max())

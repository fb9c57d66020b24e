"""Levels of harmonics hold against sums of cosines, whose levels are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast

RATE = 16000
LEVELS = {1: 0.1, 2: 0.05, 3: 0.03, 4: 0.02, 5: 0.04, 6: 0.01, 7: 0.01, 8: 0.02, 9: 0.01, 10: 0.01}


def rows_of(signal: Any) -> dict[str, Any]:
    features = [
        serfast.BandlimitedFormants(),
        serfast.SubharmonicCandidates(frame_length=960),
        serfast.CandidateHarmonics(frame_length=960),
    ]
    spec = serfast.FeatureSpec(sample_rate=RATE, center=False, features=features)
    rows = serfast.Extractor(spec)(np.asarray(signal, np.float32))
    return dict(zip(spec.columns, rows.T.astype(float), strict=True))


def tone(f0: float, n_samples: int = 6000) -> Any:
    t = np.arange(n_samples) / RATE
    return sum(a * np.cos(2 * np.pi * k * f0 * t) for k, a in LEVELS.items())


@pytest.mark.parametrize("f0", [156.25, 200.0, 250.0])
def test_h1_h2_is_the_ratio_of_the_second_and_the_third_harmonic(f0: float) -> None:
    rows = rows_of(tone(f0))
    np.testing.assert_allclose(rows["subharmonic_0"], f0, rtol=0.01)
    expected = 20 * np.log10(LEVELS[2] / LEVELS[3])
    # The parabola through linear magnitudes is off by less than a decibel between two bins.
    np.testing.assert_allclose(rows["candidate_h1_h2_0"], expected, atol=1.0)


def test_the_levels_about_formants_are_those_of_their_strongest_harmonics() -> None:
    f0 = 156.25  # ten bins: every harmonic sits on a bin
    rows = rows_of(tone(f0))
    places, n_sure = f0 * np.array(list(LEVELS)), 0
    for i in (1, 2, 3):
        formants = rows[f"bandlimited_f{i}"][:, None]
        clear = (np.abs(places / formants - 0.8) > 0.03) & (np.abs(places / formants - 1.2) > 0.03)
        inside = (places >= 0.8 * formants) & (places <= 1.2 * formants)
        strongest = np.where(inside, list(LEVELS.values()), 0).max(axis=1)
        sure = clear.all(axis=1) & (strongest > 0)
        n_sure += sure.sum()
        expected = 20 * np.log10(strongest[sure] / LEVELS[1])
        np.testing.assert_allclose(rows[f"candidate_a{i}_0"][sure], expected, atol=0.3)
    assert n_sure > 10


def test_the_harmonics_to_noise_ratio_is_that_of_the_circular_autocorrelation() -> None:
    signal = tone(200.0) + np.random.default_rng(7).normal(0, 0.02, 6000)
    rows = rows_of(signal.astype(np.float32))
    window = np.exp(-((np.arange(960) - 959 / 2) ** 2) / 2 / (0.4 * 959 / 2) ** 2)
    for t in (0, 10, 20):
        power = np.abs(np.fft.rfft(signal[160 * t : 160 * t + 960] * window, 1024)) ** 2
        r = np.fft.irfft(power)[:512]
        tops = 1 + np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] > r[2:]))
        top = tops[np.argmin(np.abs(tops - RATE / rows["subharmonic_0"][t]))]
        expected = 10 * np.log10(r[top] / (r[0] - r[top]))
        assert rows["candidate_hnr_0"][t] == pytest.approx(expected, abs=1e-3)


def test_what_is_not_there_is_0() -> None:
    rows = rows_of(np.zeros(3000))
    assert not any(rows[name].any() for name in rows)

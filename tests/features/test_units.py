"""A column's unit says what a louder signal does to it, whatever the feature."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.catalogue import EXAMPLES, spec_of
from helpers.streams import VOICE

LOUDER = 4.0
LEVELS = {"dB": 20 * np.log10(LOUDER), "neper": 2 * np.log(LOUDER), "bel": 2 * np.log10(LOUDER)}
WITHOUT = {"LinearLogCepstrum", "Loudness"}  # log10 of a magnitude is no bel
"""Their unit isn't known: docs/features.md says what they are."""
UNITS = {
    *("1", "Hz", "dB", "neper", "dB/kHz", "octave", "semitone", "amplitude", "amplitude^2"),
    "amplitude/row",
}


def changes(spec: serfast.FeatureSpec) -> tuple[np.ndarray, np.ndarray]:
    """Give the rows of a voice, and those of the voice four times as loud."""
    y = (VOICE / np.abs(VOICE).max() / 8).astype(np.float32)
    extractor = serfast.Extractor(spec)
    return extractor(y), extractor(np.float32(LOUDER) * y)


def check(unit: str, soft: np.ndarray, loud: np.ndarray) -> None:
    """Check that a column of this unit changes with the level as it must."""
    if unit in LEVELS:  # a difference of levels, a level, or an orthonormal sum of 40 of them
        levels = np.median(loud - soft) / LEVELS[unit]
        assert min(abs(levels - n) for n in (0, 1, np.sqrt(40))) < 0.02
    elif unit.startswith("amplitude"):
        power = 2 if "^2" in unit else 1
        there = np.abs(soft) > 0.01 * np.abs(soft).max()
        np.testing.assert_allclose(np.median(loud[there] / soft[there]), LOUDER**power, rtol=0.01)
    elif unit in ("Hz", "octave", "semitone", "dB/kHz"):
        assert abs(np.median(loud - soft)) <= 0.01 * np.abs(soft).max()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_unit_of_every_column(name: str) -> None:
    spec = spec_of(name)
    assert tuple(spec.units) == spec.columns
    unknown = {unit for unit in spec.units.values() if not unit}
    assert unknown == ({""} if name in WITHOUT else set())
    soft, loud = changes(spec)
    for k, unit in enumerate(spec.units.values()):
        assert unit in UNITS | unknown
        if name != "PriorNormalization":  # its prior doesn't get louder
            check(unit, soft[:, k], loud[:, k])


@pytest.mark.parametrize(
    ("feature", "unit"),
    [
        (serfast.LogMel(n_mels=2, log="db"), "dB"),
        (serfast.LogMel(n_mels=2, log="ln"), "neper"),
        (serfast.MFCC(n_mfcc=2, log="log10"), "bel"),
        (serfast.PowerSpectrum(n_fft=4, power=1.0), "amplitude"),
        (serfast.MelPower(n_mels=2, power=2.0), "amplitude^2"),
        (serfast.SpectralFlux(power=2.0), "amplitude^2"),
        (serfast.SpectralContrast(linear=True, power=1.0), "amplitude"),
        (serfast.Chroma(norm=None, power=2.0), "amplitude^2"),
    ],
)
def test_fields_that_change_the_unit(feature: serfast.features.base.Feature, unit: str) -> None:
    spec = serfast.FeatureSpec(features=[feature])
    assert set(spec.units.values()) == {unit}
    soft, loud = changes(spec)
    check(unit, soft[:, 0], loud[:, 0])


def test_tracks_have_the_units_of_their_features() -> None:
    f0 = serfast.YIN()
    features = [
        serfast.Delta(f0, order=2),
        serfast.MedianSmoothing(f0),
        serfast.RunningNormalization(f0),
        serfast.RunningNormalization(f0, deviation=True, name="z"),
    ]
    units = serfast.FeatureSpec(features=features).units
    assert units == {
        "delta2_f0": "Hz/row^2",
        "delta2_aperiodicity": "1/row^2",
        "median_f0": "Hz",
        "median_aperiodicity": "1",
        "normalized_f0": "Hz",
        "normalized_aperiodicity": "1",
        "z_f0": "1",
        "z_aperiodicity": "1",
    }


def test_a_feature_of_ones_own_says_its_unit_or_not() -> None:
    @serfast.feature_function
    def peak(frame, out):  # type: ignore[no-untyped-def]
        out[0] = max(frame)

    class Peak(peak):  # type: ignore[misc,valid-type]
        unit = "amplitude"

    assert serfast.FeatureSpec(features=[peak()]).units == {"peak": ""}
    assert serfast.FeatureSpec(features=[Peak()]).units == {"peak": "amplitude"}


def test_a_function_of_a_spectrum_has_not_its_unit() -> None:
    @serfast.feature_function
    def largest(log_mel, out):  # type: ignore[no-untyped-def]
        out[0] = max(log_mel)

    assert serfast.FeatureSpec(features=[largest()]).units == {"largest": ""}


def test_what_is_divided_by_its_deviation_has_no_unit() -> None:
    level = serfast.UtteranceNormalization(serfast.LogMel(n_mels=2))
    relative = serfast.UtteranceNormalization(serfast.LogMel(n_mels=2), deviation=True, name="z")
    units = serfast.FeatureSpec(features=[level, relative]).units
    assert list(units.values()) == ["dB", "dB", "1", "1"]

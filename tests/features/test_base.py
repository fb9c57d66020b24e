"""What every feature is: frozen and hashable, with columns named after it, and a frame or none."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest

import serfast
from serfast.errors import ParameterError
from serfast.features import FEATURES, Feature, Track


@pytest.mark.parametrize("cls", FEATURES.values())
def test_a_feature_is_frozen_hashable_and_keyword_only(cls: type[Feature]) -> None:
    feature = cls.example()
    assert feature == cls.example()
    assert hash(feature) == hash(cls.example())
    assert feature != replace(feature, name="other")
    with pytest.raises(dataclasses.FrozenInstanceError):
        feature.name = "other"
    if not issubclass(cls, Track):  # its first argument is the feature that it looks at
        # F0's first arguments are its range, as in F0(50, 500).
        with pytest.raises(ParameterError if cls is serfast.F0 else TypeError):
            cls("other")


@pytest.mark.parametrize(
    ("feature", "columns"),
    [
        (serfast.RMS(), ("rms",)),
        (serfast.ZeroCrossingRate(name="crossings"), ("crossings",)),
        (serfast.PowerSpectrum(n_fft=5), ("power_0", "power_1", "power_2")),
        (serfast.PowerSpectrum(n_fft=4), ("power_0", "power_1", "power_2")),
        (serfast.MelPower(n_mels=2), ("mel_0", "mel_1")),
        (serfast.LogMel(n_mels=2, name="band"), ("band_0", "band_1")),
        (serfast.MFCC(n_mfcc=2), ("mfcc_0", "mfcc_1")),
        (serfast.YIN(), ("f0", "aperiodicity")),
        (serfast.YIN(name="yin"), ("yin_f0", "yin_aperiodicity")),
    ],
)
def test_columns_are_named_after_the_feature(feature: Feature, columns: tuple[str, ...]) -> None:
    assert feature.columns == columns


@pytest.mark.parametrize(
    ("feature", "whole"),
    [
        (serfast.RMS(), False),
        (serfast.LogMel(), False),
        (serfast.LogMel(ref=2.0), False),
        (serfast.LogMel(ref="max"), True),
        (serfast.LogMel(top_db=0.0), True),
        (serfast.MFCC(), False),
        (serfast.MFCC(top_db=80), True),
    ],
)
def test_only_what_depends_on_the_recordings_peak_needs_the_whole_signal(
    feature: Feature, whole: bool
) -> None:
    assert feature.whole_signal is whole


def test_a_feature_without_a_frame_says_so() -> None:
    with pytest.raises(TypeError, match="Feature has no frame"):
        Feature().length  # noqa: B018

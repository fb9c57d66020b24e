"""What a spec's constants are, and what toolkits have otherwise."""

from __future__ import annotations

import dataclasses

import pytest

import serfast
from helpers.catalogue import EXAMPLES, spec_of
from serfast import presets
from serfast.errors import ParameterError
from serfast.presets.explanation import TOOLKITS, constants, differences

DEFAULTS = {
    "kaldi": presets.kaldi_mfcc,
    "librosa": presets.librosa,
    "torchaudio": presets.torchaudio_mfcc,
    "whisper": presets.whisper,
    "htk": presets.htk_mfcc,
    "nemo": presets.nemo_mel,
    "psf": presets.python_speech_features,
}


@pytest.mark.parametrize("like", TOOLKITS)
def test_a_toolkits_own_defaults_do_not_differ(like: str) -> None:
    assert differences(DEFAULTS[like](), like) == []


@pytest.mark.parametrize("like", TOOLKITS)
def test_what_is_changed_is_what_differs(like: str) -> None:
    """One field of the bands, and one of the rows."""
    spec = DEFAULTS[like]()
    features = [
        dataclasses.replace(f, fmin=123.0) if hasattr(f, "fmin") and hasattr(f, "htk") else f
        for f in spec.features
    ]
    other = dataclasses.replace(spec, hop_length=99, features=tuple(features))
    found = differences(other, like)
    assert {d.field for d in found} == {"hop_length", "fmin"}
    assert {d.value for d in found} == {99, 123.0}
    assert next(d.unit for d in found if d.field == "fmin") == "Hz"


def test_none_is_compared_as_what_it_stands_for() -> None:
    (band,) = presets.whisper().features
    explicit = dataclasses.replace(band, fmax=8000.0, win_length=400, pad_mode="reflect")
    spec = dataclasses.replace(presets.whisper(), features=(explicit,))
    assert differences(spec, "whisper") == []


def test_every_constant_of_every_feature_has_words_and_once() -> None:
    for name, feature in EXAMPLES.items():
        spec, cls = spec_of(name), type(feature)
        found = [c for c in constants(spec) if c.where.split()[0] == cls.__name__]
        names = [f.name for f in dataclasses.fields(feature) if f.init]
        assert [c.field for c in found if c.where == found[0].where][: len(names)] == names
        assert all(c.words for c in found)


def test_a_field_of_a_docstring_has_its_words_and_unit() -> None:
    spec = serfast.FeatureSpec(features=[serfast.YIN()])
    (threshold,) = [c for c in constants(spec) if c.field == "threshold"]
    assert "below" in threshold.words or "threshold" in threshold.words


@pytest.mark.parametrize(
    ("feature", "field", "unit", "words"),
    [
        (serfast.LogMel(), "fmin", "Hz", "lower edge of the first band"),
        (serfast.YIN(), "fmin", "Hz", "the range of F0"),
        (serfast.F0(75, 500), "fmax", "Hz", "the range of F0"),
        (serfast.AutocorrelationHNR(), "fmin", "Hz", "the range of F0"),  # as HNR's docstring says
        (serfast.AutocorrelationHNR(), "floor", "dB", "the smallest value"),
        (serfast.SpectralContrast(), "fmin", "Hz", "the upper edge of the first band"),
        (serfast.AlphaRatio(), "split", "Hz", "The bins with fmin <= f < split are summed"),
        (serfast.LogMel(top_db=80.0), "top_db", "dB", "so much below the recording's loudest"),
        (serfast.RelativeLevel(serfast.MelPower()), "top_db", "dB", ""),
    ],
)
def test_a_name_that_features_share_has_each_ones_words(
    feature: serfast.features.Feature, field: str, unit: str, words: str
) -> None:
    spec = serfast.FeatureSpec(features=(feature,))
    where = type(feature).__name__
    (constant,) = [c for c in constants(spec) if c.field == field and c.where == where]
    assert constant.unit == unit
    assert words in constant.words
    assert ("recording's" in constant.words) == (where == "LogMel" and field == "top_db")


def test_a_feature_that_a_toolkit_lacks() -> None:
    spec = serfast.FeatureSpec(features=[serfast.YIN()])
    assert [d.words for d in differences(spec, "kaldi") if not d.field] == [
        "kaldi has no such feature"
    ]


def test_bad_arguments() -> None:
    with pytest.raises(ParameterError, match=r"^like must be one of 'kaldi'"):
        differences(presets.speech(), "kalid")
    with pytest.raises(ParameterError, match=r"^spec must be a FeatureSpec"):
        constants("speech")  # type: ignore[arg-type]

"""The program shares what features have in common, and sharing changes no bit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import serfast
from helpers import signals
from serfast.backends import BACKENDS
from serfast.program.planner import program_of
from serfast.program.rows import Program


def program(*features: serfast.PowerSpectrum, **grid: object) -> Program:
    return program_of(serfast.FeatureSpec(**grid, features=features))


def test_log_mel_and_mfcc_share_everything() -> None:
    shared = program(serfast.LogMel(), serfast.MFCC(), serfast.MelPower(), serfast.PowerSpectrum())
    (spectrum,) = shared.spectra
    (mel,) = spectrum.mels
    (log,) = mel.logs
    (cepstrum,) = log.cepstra
    columns = (log.column, cepstrum.column, mel.column, spectrum.column)
    assert columns == (0, 40, 53, 93)
    assert shared.n_columns == 93 + 257


def test_the_order_of_features_changes_columns_only() -> None:
    (spectrum,) = program(serfast.PowerSpectrum(), serfast.MFCC(), serfast.LogMel()).spectra
    (mel,) = spectrum.mels
    (log,) = mel.logs
    assert (spectrum.column, mel.column, log.column) == (0, None, 270)
    assert log.cepstra[0].column == 257


@pytest.mark.parametrize(
    "other",
    [
        {"window": "hamming"},
        {"win_length": 400},
        {"n_fft": 400},
        {"pad_mode": "reflect"},
        {"preemphasis": 0.97},
        {"remove_dc": True},
        {"power": 1.0},
    ],
)
def test_another_spectrum_is_not_shared(other: dict[str, object]) -> None:
    assert len(program(serfast.LogMel(), serfast.LogMel(name="other", **other)).spectra) == 2


@pytest.mark.parametrize(
    "other", [{"n_mels": 41}, {"fmin": 20}, {"fmax": 7000}, {"htk": True}, {"mel_norm": None}]
)
def test_another_bank_shares_the_spectrum(other: dict[str, object]) -> None:
    (spectrum,) = program(serfast.LogMel(), serfast.LogMel(name="other", **other)).spectra
    assert len(spectrum.mels) == 2


@pytest.mark.parametrize(
    "other", [{"log": "ln"}, {"ref": "max"}, {"ref": 2.0}, {"amin": 1e-8}, {"top_db": 80.0}]
)
def test_another_logarithm_shares_the_bank(other: dict[str, object]) -> None:
    (spectrum,) = program(serfast.LogMel(), serfast.LogMel(name="other", **other)).spectra
    (mel,) = spectrum.mels
    assert len(mel.logs) == 2


FEATURES = [
    serfast.RMS(),
    serfast.ZeroCrossingRate(),
    serfast.PowerSpectrum(),
    serfast.MelPower(),
    serfast.LogMel(),
    serfast.LogMel(name="logmel_again"),
    serfast.LogMel(name="top", top_db=40.0),
    serfast.LogMel(name="relative", ref="max", log="ln"),
    serfast.MFCC(),
    serfast.MFCC(name="mfcc_again", n_mfcc=20, lifter=22),
    serfast.MFCC(name="other", n_mels=30, window="hamming", top_db=80.0),
    serfast.YIN(frame_length=512),
    serfast.YIN(name="pitch", frame_length=512, threshold=0.2),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("grid", [{}, {"center": False}, {"pad_mode": "reflect"}], ids=str)
def test_sharing_changes_no_bit(backend: str, grid: dict[str, object]) -> None:
    y = signals.voice(16000, 5000)
    apart = [
        serfast.Extractor(serfast.FeatureSpec(**grid, features=[feature]), backend=backend)(y)
        for feature in FEATURES
    ]
    spec = serfast.FeatureSpec(**grid, features=FEATURES)
    together = serfast.Extractor(spec, backend=backend)(y)
    np.testing.assert_array_equal(together, np.hstack(apart))


@pytest.mark.parametrize("backend", BACKENDS)
def test_frames_of_different_lengths_share_one_grid(backend: str) -> None:
    y = signals.voice(16000, 5000)
    features = [serfast.RMS(frame_length=200), serfast.YIN(), serfast.LogMel(n_fft=441)]
    spec = serfast.FeatureSpec(center=False, features=features)
    rows = serfast.Extractor(spec, backend=backend)(y)
    assert len(rows) == 1 + (5000 - 1024) // 160
    stops = np.cumsum([len(feature.columns) for feature in features])
    for feature, columns in zip(features, np.split(rows, stops[:-1], axis=1), strict=True):
        alone = serfast.FeatureSpec(center=False, features=[feature])
        longer = serfast.Extractor(alone, backend=backend)(y)
        np.testing.assert_array_equal(columns, longer[: len(rows)])


def test_warnings_go_where_the_caller_wants_them() -> None:
    narrow = serfast.LogMel(n_fft=256, n_mels=128)
    spec = serfast.FeatureSpec(features=[narrow, serfast.YIN(frame_length=400)])
    messages: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program_of(spec, messages.append)
    assert sorted(message.split(" must ")[0].split(" should ")[0] for message in messages) == [
        "frame_length",
        "n_mels",
    ]
    with pytest.warns(UserWarning, match="two periods"), pytest.warns(UserWarning, match="empty"):
        program_of(spec)

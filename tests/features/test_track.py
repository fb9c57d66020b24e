"""Tracks: their values, what is refused, and tracks that a package offers."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.custom_features import BACKENDS
from helpers.plugin_stub import install
from helpers.streams import assert_same_bits
from helpers.tracks import (
    HOP,
    Beside,
    Look,
    Smoothed,
    Switch,
    Y,
    every_backend,
    look_rows,
    loudness,
    smoothed_rows,
    spec_of,
    track_with,
    whole_path,
)
from serfast.errors import ParameterError
from serfast.features import Track

RATE = 16000


def columns(rows: np.ndarray, spec: serfast.FeatureSpec) -> dict[str, np.ndarray]:
    """The rows' columns as float64, by name."""
    return dict(zip(spec.columns, rows.T.astype(np.float64), strict=True))


# --- Values -------------------------------------------------------------------------------------


@every_backend
def test_a_smoother_keeps_a_state(backend: str) -> None:
    mel = serfast.LogMel(n_fft=128, n_mels=6)
    spec = spec_of(mel, Smoothed(mel), Smoothed(mel, share=0.5, name="half"))
    rows = serfast.Extractor(spec, backend)(Y)
    x = rows[:, :6].astype(np.float64)
    np.testing.assert_allclose(rows[:, 6:12], smoothed_rows(x), rtol=1e-6)
    np.testing.assert_allclose(rows[:, 12:], smoothed_rows(x, 0.5), rtol=1e-6)
    assert spec.columns[6::6] == ("smooth_logmel_0", "half_logmel_0")


@every_backend
@pytest.mark.parametrize(("back", "ahead"), [(0, 0), (2, 3), (0, 7), (5, 0), (400, 600)])
def test_a_window_of_rows(back: int, ahead: int, backend: str) -> None:
    """As far as there are rows; longer than the recording too."""
    spec = spec_of(loudness(), Look(loudness(), back=back, ahead=ahead))
    rows = serfast.Extractor(spec, backend)(Y)
    expected = look_rows(rows[:, :1].astype(np.float64), back, ahead)
    np.testing.assert_allclose(rows[:, 1:], expected, rtol=1e-6)


@every_backend
def test_a_viterbi_with_a_fixed_lag_is_that_of_the_whole_recording(backend: str) -> None:
    random = np.random.default_rng(8)
    y = signals.noise(8000, seed=8) * np.repeat(random.choice([0.5, 1.5], 80), 100)
    spec = spec_of(loudness(), Switch(loudness(), lag=40), Switch(loudness(), lag=0, name="hasty"))
    rows = serfast.Extractor(spec, backend)(y)
    expected = whole_path(rows[:, 0].astype(np.float64))
    late = (rows[:, 2] != expected).sum()
    print(f"Viterbi, {backend}: {np.abs(np.diff(expected)).sum()} changes; without a lag {late} "
          f"of {len(rows)} rows differ")  # fmt: skip
    np.testing.assert_array_equal(rows[:, 1], expected)
    assert np.abs(np.diff(expected)).sum() >= 10
    assert late >= 10


@every_backend
def test_a_track_of_a_track(backend: str) -> None:
    inner = Look(loudness(), back=1, ahead=2)
    outer = Look(inner, back=3, ahead=1, name="outer")
    last = Smoothed(outer, name="last")
    spec = spec_of(last, inner, outer)  # in any order
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    x = np.stack([rows["mean"]], axis=1)
    expected = look_rows(x, 3, 1)
    np.testing.assert_allclose(rows["outer_mean"], expected[:, 0], rtol=1e-6)
    np.testing.assert_allclose(rows["outer_n"], expected[:, 2], rtol=1e-6)
    outer_mean = rows["outer_mean"][:, np.newaxis]
    np.testing.assert_allclose(rows["last_outer_mean"], smoothed_rows(outer_mean)[:, 0], rtol=1e-6)


@every_backend
def test_the_delta_of_a_track_and_the_track_of_a_delta(backend: str) -> None:
    smooth = Smoothed(loudness(), name="s")
    delta = serfast.Delta(loudness(), width=5)
    spec = spec_of(smooth, serfast.Delta(smooth, width=5), delta, Smoothed(delta, name="t"))
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    weights = np.array([-2, -1, 0, 1, 2]) / 10
    windows = np.lib.stride_tricks.sliding_window_view(rows["s_rms"], 5)
    np.testing.assert_allclose(rows["delta_s_rms"][2:-2], windows @ weights, atol=1e-8)
    expected = smoothed_rows(rows["delta_rms"][:, np.newaxis])[:, 0]
    np.testing.assert_allclose(rows["t_delta_rms"], expected, atol=1e-8)


@every_backend
def test_several_sources_stand_side_by_side(backend: str) -> None:
    mel, zcr = serfast.MelPower(n_fft=128, n_mels=3), serfast.ZeroCrossingRate(frame_length=128)
    spec = spec_of(Beside(mel, other=zcr, first=3), Beside(zcr, other=mel, name="b"), mel, zcr)
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    loudest = np.max([rows[f"mel_{i}"] for i in range(3)], axis=0)
    for left, right, prefix in ((loudest, rows["zcr"], ""), (rows["zcr"], loudest, "b_")):
        np.testing.assert_array_equal(rows[f"{prefix}left"], left)
        np.testing.assert_array_equal(rows[f"{prefix}right"], right)
    assert (rows["width"] == 4).all()


@every_backend
def test_sources_need_not_stand_in_the_spec(backend: str) -> None:
    zcr = serfast.ZeroCrossingRate(frame_length=100)
    tracks = [Beside(loudness(), other=zcr), Switch(loudness()), Look(zcr, name="z")]
    hidden, beside = spec_of(*tracks), spec_of(*tracks, zcr, loudness())
    n = len(hidden.columns)
    assert_same_bits(
        serfast.Extractor(hidden, backend)(Y),
        np.ascontiguousarray(serfast.Extractor(beside, backend)(Y)[:, :n]),
    )


@every_backend
@pytest.mark.parametrize("lengths", [(64, 101), (101, 64), (63, 100)])
def test_hidden_sources_of_odd_and_even_frames_give_the_rows_of_both(
    lengths: tuple[int, int], backend: str
) -> None:
    """Odd frames have a row less where the recording ends with a row's moment."""
    first, other = (serfast.RMS(frame_length=length, name=str(length)) for length in lengths)
    track = Beside(first, other=other)
    hidden, beside = spec_of(track), spec_of(track, first, other)
    for n in (HOP * 20 - 1, HOP * 20, HOP * 20 + 1):
        assert hidden.frame_count(n) == beside.frame_count(n)
        rows = serfast.Extractor(hidden, backend)(Y[:n])
        expected = serfast.Extractor(beside, backend)(Y[:n])[:, :3]
        assert_same_bits(rows, np.ascontiguousarray(expected))


@every_backend
def test_a_feature_of_the_whole_signal_may_be_tracked_in_a_batch(backend: str) -> None:
    mel = serfast.LogMel(n_fft=128, n_mels=4, top_db=20.0)
    spec = spec_of(mel, Smoothed(mel, name="s"), Look(mel, name="l"))
    rows = serfast.Extractor(spec, backend)(Y)
    x = rows[:, :4].astype(np.float64)
    np.testing.assert_allclose(rows[:, 4:8], smoothed_rows(x), rtol=1e-6)
    np.testing.assert_allclose(rows[:, 8:], look_rows(x, 2, 3), rtol=1e-6)


def test_row_rate_is_of_rows() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Rate(Track):
        outputs = ("rate",)

        @staticmethod
        def compute(row_rate, out):
            out[0] = row_rate

    for backend in BACKENDS:
        spec = serfast.FeatureSpec(sample_rate=8000, hop_length=100, features=[Rate(serfast.RMS())])
        assert (serfast.Extractor(spec, backend)(Y) == 80).all()


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Look(loudness(), back=1001), "^back must be an int <= 1000, got 1001$"),
        (lambda: Look(loudness(), back=-1), "^back must be an int >= 0, got -1$"),
        (lambda: Look(loudness(), ahead=-1), "^ahead must be an int >= 0, got -1$"),
        (lambda: Look(loudness(), ahead=1.5), r"^ahead must be an int >= 0, got 1\.5$"),
        (
            lambda: Look(loudness(), back=501, ahead=500),
            r"^back \+ ahead must be an int <= 1000, got 1001$",
        ),
        (lambda: Switch(loudness(), lag=1001), "^ahead must be an int <= 1000, got 1001$"),
        (lambda: Look("rms"), "^feature must be a feature, got 'rms'$"),
        (lambda: Look(serfast.RMS), "^feature must be a feature, got <class "),
        (lambda: Beside(loudness(), other="rms"), "^other must be a feature, got 'rms'$"),
        (lambda: Beside(loudness(), other=None), "^other must be a feature, got None$"),
        (
            lambda: Look(loudness(), pad_mode="edge"),
            r"^pad_mode must be None \(padding is the feature's own\), got 'edge'$",
        ),
        (lambda: Smoothed(loudness(), share="all"), "^share must be a finite number, got 'all'$"),
    ],
)
def test_bad_tracks_are_refused(make, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"state_size": 65537}, "^state_size must be an int <= 65536, got 65537$"),
        ({"state_size": -1}, "^state_size must be an int >= 0, got -1$"),
        ({"outputs": ()}, "^outputs of Odd must be at least 1 name, got "),
        (
            {"compute": staticmethod(lambda frame, out: None)},
            "must be one of rows, place, state, row_rate, out, got 'frame'$",
        ),
        ({"compute": staticmethod(lambda rows: None)}, "^Odd.compute must have the argument out"),
        ({"compute": 3}, r"^compute of Odd must be a function \(a static method\), got 3$"),
    ],
)
def test_bad_classes_are_refused(body: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        track_with(**body)


# --- In packages --------------------------------------------------------------------------------

SOURCE = """
from dataclasses import dataclass
import serfast
from serfast.features import Feature, Track

@dataclass(frozen=True, kw_only=True)
class Peaks(Track):
    outputs = ("peak",)
    back: int = 4
    other: Feature = serfast.RMS()

    @staticmethod
    def compute(rows, out):
        out[0] = max(rows[0, 0], rows[0, 1])
        for i in range(len(rows)):
            out[0] = max(out[0], rows[i, 0], rows[i, 1])
"""


def test_a_track_that_a_package_offers_goes_through_json(tmp_path, monkeypatch) -> None:
    install(tmp_path, "offers_peaks", SOURCE, "serfast-peaks", "Peaks = offers_peaks:Peaks",
            "serfast.features")  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    peaks = serfast.features.installed.get("Peaks")
    zcr = serfast.ZeroCrossingRate()
    spec = serfast.FeatureSpec(features=[peaks(peaks(zcr, back=2), other=zcr, name="outer")])
    text = spec.to_json()
    [stored] = json.loads(text)["features"]
    assert (stored["type"], stored["package"], stored["back"]) == ("Peaks", "serfast-peaks", 4)
    assert stored["feature"]["package"] == "serfast-peaks"
    assert stored["feature"]["feature"]["type"] == stored["other"]["type"] == "ZeroCrossingRate"
    assert serfast.FeatureSpec.from_json(text) == spec
    assert serfast.FeatureSpec.from_json(text).to_json() == text
    expected = serfast.Extractor(spec, "reference")(Y)
    np.testing.assert_allclose(serfast.Extractor(spec, "native")(Y), expected, rtol=1e-5)


def test_a_track_of_a_script_cannot_be_stored() -> None:
    with pytest.raises(ParameterError, match=r"offered by an installed package .* Smoothed"):
        spec_of(Smoothed(loudness())).to_json()


def test_a_track_reads_no_columns_beside_those_of_its_features() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Reading(Smoothed):
        columns_read = ("zcr",)

    with pytest.raises(serfast.ParameterError, match="columns_read of Reading must be empty for a"):
        spec_of(loudness(), serfast.ZeroCrossingRate(), Reading(loudness()))

"""Utterance normalisation: moments of all rows, as Kaldi's apply-cmvn takes them, and no stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import kaldi_native_fbank
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast import UtteranceNormalization
from serfast.errors import ParameterError
from serfast.testing.checks import check_feature

MEL = serfast.LogMel(n_mels=5)


def extractor(*features: serfast.features.Feature, backend: str = "native") -> serfast.Extractor:
    """Give an extractor of these features."""
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=features)
    return serfast.Extractor(spec, backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n_samples", [1, HOP, 5 * HOP, len(spectral.Y)])
@pytest.mark.parametrize("deviation", [False, True])
def test_equals_the_moments_of_all_rows(deviation: bool, n_samples: int, backend: str) -> None:
    made = UtteranceNormalization(MEL, deviation=deviation, min_deviation=0.5)
    rows = extractor(MEL, made, backend=backend)(spectral.Y[:n_samples])
    x = rows[:, :5].astype(np.float64)
    expected = x - x.mean(axis=0)
    if deviation:
        expected /= np.maximum(x.std(axis=0), 0.5)
    np.testing.assert_allclose(rows[:, 5:], expected, atol=1e-4)


@pytest.mark.parametrize("norm_vars", [False, True])
def test_equals_kaldis_apply_cmvn(norm_vars: bool) -> None:
    made = UtteranceNormalization(MEL, deviation=norm_vars, min_deviation=1e-10)
    rows = extractor(MEL, made)(spectral.Y)
    given = np.ascontiguousarray(rows[:, :5])
    stats = kaldi_native_fbank.compute_cmvn_stats(given)
    options = kaldi_native_fbank.CmvnOptions(norm_vars=norm_vars)
    expected = kaldi_native_fbank.apply_cmvn(stats, options, given)
    np.testing.assert_allclose(rows[:, 5:], expected, atol=1e-4 if norm_vars else 2e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_tracks_stand_on_it_and_under_it(backend: str) -> None:
    """Derivatives take no notice of a mean, whichever side of the normalisation they stand on."""
    delta = serfast.Delta(MEL, width=5)
    after, before = (
        serfast.Delta(UtteranceNormalization(MEL), width=5),
        UtteranceNormalization(delta),
    )
    rows = extractor(delta, after, before, backend=backend)(spectral.Y)
    plain = rows[:, :5].astype(np.float64)
    np.testing.assert_allclose(rows[:, 5:10], plain, atol=1e-3)
    np.testing.assert_allclose(rows[:, 10:], plain - plain.mean(axis=0), atol=1e-3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_works_on_what_waits_for_the_loudest_band(backend: str) -> None:
    limited = serfast.LogMel(n_mels=5, ref="max", top_db=30)
    rows = extractor(UtteranceNormalization(limited), limited, backend=backend)(spectral.Y)
    x = rows[:, 5:].astype(np.float64)
    assert x.max() == 0
    np.testing.assert_allclose(rows[:, :5], x - x.mean(axis=0), atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_isnt_finite_counts_for_nothing(backend: str) -> None:
    f0 = serfast.F0(75, 500, unvoiced_nan=True)
    rows = extractor(f0, UtteranceNormalization(f0), backend=backend)(spectral.Y)
    x, made = rows[:, 0].astype(np.float64), rows[:, len(f0.columns)]
    voiced = np.isfinite(x)
    assert 10 < voiced.sum() < len(x) - 10
    np.testing.assert_allclose(made[voiced], (x - x[voiced].mean())[voiced], atol=1e-2)
    assert not made[~voiced].any()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_constant_column_is_zero(backend: str) -> None:
    silent = np.zeros(RATE, np.float32)
    made = UtteranceNormalization(MEL, deviation=True, min_deviation=1e-10)
    assert not extractor(made, backend=backend)(silent).any()


def test_a_stream_is_refused_with_the_reason_and_advice() -> None:
    made = extractor(serfast.Delta(UtteranceNormalization(MEL)))
    with pytest.raises(ParameterError, match=r"whole signal.*use SlidingNormalization, Prior"):
        made.stream()


def test_threads_give_the_same_bits() -> None:
    made = extractor(UtteranceNormalization(MEL, deviation=True))
    signals = [spectral.Y[: 1000 * n] for n in range(1, 30)]
    expected = [made(y).tobytes() for y in signals]
    assert [rows.tobytes() for rows in made.map(signals, threads=4)] == expected


def test_bad_fields_are_refused() -> None:
    with pytest.raises(ParameterError, match="min_deviation must be"):
        UtteranceNormalization(MEL, min_deviation=0)
    with pytest.raises(ParameterError, match="deviation must be"):
        UtteranceNormalization(MEL, deviation=1)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Share(serfast.Track):
    """It is the first column's share of the recording's sum, a track of two passes."""

    outputs: ClassVar[tuple[str, ...]] = ("share",)
    passes: ClassVar[int] = 2
    state_size: ClassVar[int] = 2

    @staticmethod
    def compute(rows: Any, place: int, state: Any, out: Any) -> None:
        if state[0] == 0.0:
            state[1] += abs(rows[place, 0])
            out[0] = 0.0
        else:
            out[0] = rows[place, 0] / max(state[1], 1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_track_of_ones_own_may_have_passes(backend: str) -> None:
    rms = serfast.RMS(frame_length=512)
    rows = extractor(rms, Share(rms), backend=backend)(spectral.Y)
    np.testing.assert_allclose(rows[:, 1], rows[:, 0] / rows[:, 0].sum(dtype=float), rtol=1e-5)


@dataclass(frozen=True, kw_only=True)
class NoRoom(Share):
    """Its state has no place for the number of the pass."""

    state_size: ClassVar[int] = 0


def test_passes_need_a_state() -> None:
    with pytest.raises(ParameterError, match="state_size must be an int >= 1"):
        NoRoom(serfast.RMS())


def test_a_packages_own_track_of_passes_keeps_the_contract() -> None:
    check_feature(UtteranceNormalization(MEL, name="own", deviation=True))

"""Kaldi's presets: kaldi-native-fbank on a grid, its refusals, streams, other back ends."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import kaldi_grid
from helpers.kaldi_grid import RATES, Case, random_case
from serfast import presets
from serfast.errors import ParameterError

LIMITS = {"fbank": 2e-4, "mfcc": 1e-3}
"""They bound the differences of natural logarithms; a lifter multiplies those of cepstra by 12."""


@pytest.mark.parametrize("kind", ["fbank", "mfcc"])
def test_equals_kaldi_native_fbank_on_a_grid(kind: str) -> None:
    rng = np.random.default_rng(18)
    errors = []
    for rate in RATES:
        for case in random_case(kind, rate, rng):
            try:
                expected = case.theirs()
            except ValueError:
                with pytest.raises(ParameterError):
                    case.spec()
                break
            assert len(expected) == case.spec().frame_count(len(case.signal))
            errors.append(case.errors().ravel())
    every = np.concatenate(errors)
    print(f"{kind}: worst {every.max():.2g}, median {np.median(every):.2g}, {every.size} values")
    assert every.max() < LIMITS[kind]
    assert np.median(every) < 1e-5


@pytest.mark.parametrize("snip_edges", [True, False])
@pytest.mark.parametrize("n", [0, 1, 79, 80, 81, 200, 399, 400, 401, 560, 1000])
def test_short_signals_give_the_toolkits_rows(n: int, snip_edges: bool) -> None:
    signal = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    case = Case("fbank", {"sample_rate": 16000.0, "snip_edges": snip_edges}, 1.0, signal)
    expected = case.theirs()
    extractor = serfast.Extractor(case.spec())
    assert case.spec().frame_count(n) == len(expected)
    if not len(expected):  # the toolkit gives no row, and a batch says why
        with pytest.raises(ParameterError, match="signal must be at least"):
            extractor(signal)
        return
    np.testing.assert_allclose(extractor(signal), expected, atol=1e-3)


@pytest.mark.parametrize("backend", ["native", "numba"])
@pytest.mark.parametrize("shift", [5.0, 10.0, 40.0])
def test_a_stream_with_mirrored_edges_has_the_same_bits(shift: float, backend: str) -> None:
    spec = presets.kaldi_mfcc(snip_edges=False, frame_shift_ms=shift, htk_compat=True)
    extractor = serfast.Extractor(spec, backend)
    rng = np.random.default_rng(2)
    for n in (400, 16320, 20001):
        y = rng.standard_normal(n).astype(np.float32)
        rows = extractor(y)
        stream, made, at = extractor.stream(), [], 0
        while at < n:
            step = int(rng.integers(1, 900))
            made.append(stream.accept(y[at : at + step]))
            at += step
        made.append(stream.flush())
        assert np.array_equal(np.concatenate(made), rows)


def test_a_stream_keeps_what_the_mirror_at_the_end_needs() -> None:
    """An odd frame whose middle is the signal's end looks at one sample before itself."""
    spec = presets.kaldi_fbank(22050, snip_edges=False)
    extractor = serfast.Extractor(spec)
    y = np.random.default_rng(0).standard_normal(220 * 60 + 110).astype(np.float32)
    for n in range(220 * 20 + 110, len(y) + 1, 220):
        stream = extractor.stream()
        made = [stream.accept(y[i : min(i + 10, n)]) for i in range(0, n, 10)]
        made.append(stream.flush())
        assert np.array_equal(np.concatenate(made), extractor(y[:n]))


@pytest.mark.parametrize("backend", ["numba", "reference"])
def test_back_ends_agree(backend: str) -> None:
    spec = presets.kaldi_fbank(use_energy=True, raw_energy=False, snip_edges=False)
    y = np.random.default_rng(5).standard_normal(8000).astype(np.float32) * 0.1
    expected = serfast.Extractor(spec)(y)
    np.testing.assert_allclose(serfast.Extractor(spec, backend)(y), expected, atol=2e-4)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"num_mel_bins": 200}, "num_mel_bins must be small enough for every band to hold a bin"),
        ({"num_mel_bins": 2}, "num_mel_bins must be an int >= 3"),
        ({"low_freq": 7900.0, "high_freq": -400.0}, "low_freq must be < 7600 Hz (high_freq)"),
        ({"high_freq": 9000.0}, "high_freq must be"),
        ({"window_type": "gauss"}, "window_type must be one of 'povey'"),
        (
            {"frame_length_ms": 25.0625, "round_to_power_of_two": False},
            "frame_length_ms must be even samples for round_to_power_of_two=False",
        ),
    ],
)
def test_a_refusal_says_what_kaldi_does(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        presets.kaldi_fbank(**fields)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    with pytest.raises(ValueError, match=r"\w"):
        kaldi_grid.theirs("fbank", fields, np.zeros(800, np.float32))


def test_the_spec_is_plain_data() -> None:
    spec = presets.kaldi_fbank(num_mel_bins=80, snip_edges=False, window_type="blackman")
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
    assert (spec.center_offset, spec.min_row_samples, spec.pad_mode) == (80, 80, "symmetric")
    assert spec.times(2) == [0.005, 0.015]
    assert serfast.Extractor(spec).stream().latency.samples == 80 + 200

"""F0 by sub-harmonics holds against a voice of known F0, and its path against all paths."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import serfast

RATE = 16000


def spec_of(**fields: Any) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(
        sample_rate=RATE, center=False, features=[serfast.SubharmonicF0(frame_length=960, **fields)]
    )


def voice(n_samples: int = 24000) -> tuple[Any, Any]:
    """Give a voice that glides from 110 to 180 Hz, with silence on both sides; and its F0."""
    t = np.arange(n_samples)
    f0 = 110 * (180 / 110) ** (t / n_samples)
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    signal = sum(np.sin(k * phase) / k for k in range(1, 20)) / 10
    signal[:4000] = signal[-4000:] = 0
    signal += np.random.default_rng(9).normal(0, 1e-5, n_samples)
    return signal.astype(np.float32), f0


def test_a_glide_is_followed_and_silence_is_unvoiced() -> None:
    signal, f0 = voice()
    rows = serfast.Extractor(spec_of())(signal)
    at = 160 * np.arange(len(rows)) + 480
    inside = (at > 4600) & (at < 19400)
    np.testing.assert_allclose(rows[inside, 0], f0[at[inside]], rtol=0.02)
    semitones = 12 * np.log2(rows[inside, 0].astype(float) / 27.5)
    np.testing.assert_allclose(rows[inside, 1], semitones, rtol=1e-6)
    outside = (at < 3400) | (at > 20600)
    assert not rows[outside, :5].any()
    assert (rows[outside, 5:] == -201).all()


def test_a_quiet_frame_is_unvoiced_by_its_level() -> None:
    signal, _ = voice()
    voiced = serfast.Extractor(spec_of(least_level=0.0))(signal / 1000)[:, 0] > 0
    assert voiced.sum() > 80
    assert not serfast.Extractor(spec_of())(signal / 1000)[:, 0].any()


def cost(path: Any, rows: Any) -> float:
    """Give what a path costs, by the formula: it has a candidate's number or 6 in each row."""
    total = 0.0
    for k, row in zip(path, rows, strict=True):
        f, v = (0.0, 0.0) if k == 6 else (row[k], row[6 + k])
        if k == 6:
            total += 8 * (row[0] > 0 and row[6] >= 0.7)
        elif not (f > 0 and v > 0):
            return np.inf
        else:
            above = (f - 350) / 250 if f <= 600 else 1.2
            total += -2 * np.log(v) + 8 * (v < 0.7) + (100 - f) / 100 * (f < 100)
            total += above * (f > 350)
    for (k, row), (j, next_row) in pairwise(zip(path, rows, strict=True)):
        if k == j == 6:
            total += 1
        elif 6 in (k, j):
            total += 10
        else:
            total += 10 * abs(np.log2(next_row[j] / row[k]))
            total += 5 * abs(np.log2(next_row[j] / row[0]))
    return total


def test_the_path_is_the_cheapest_of_all() -> None:
    compute = serfast.SubharmonicF0.compute
    generator = np.random.default_rng(10)
    for _ in range(8):
        rows = np.zeros((4, 55))
        rows[:, :3] = generator.uniform(80, 700, (4, 3))
        rows[:, 6:9] = generator.uniform(0.3, 1, (4, 3))
        rows[:, 12] = 1
        rows[:, 13:49] = np.arange(36)
        state, chosen = np.zeros(serfast.SubharmonicF0().state_size), []
        for t in range(4):
            out = np.zeros(8)
            compute(rows[t:], 0, state, 39, 0.001, out)
            hits = np.flatnonzero(rows[t, :3] == out[0])
            chosen.append(int(hits[0]) if len(hits) else 6)
            if len(hits):
                np.testing.assert_array_equal(out[2:], 6 * hits[0] + np.arange(6))
        every = [cost(path, rows) for path in product((0, 1, 2, 6), repeat=4)]
        assert cost(chosen, rows) == pytest.approx(min(every), rel=1e-9)


def test_a_shorter_lag_comes_sooner() -> None:
    assert serfast.Extractor(spec_of()).stream().latency.samples == 960 + 39 * 160
    assert serfast.Extractor(spec_of(lag=4)).stream().latency.samples == 960 + 4 * 160


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lag": -1}, "lag must be an int >= 0, got -1"),
        ({"least_level": -1.0}, "least_level must be a finite number >= 0, got -1.0"),
        ({"formants": serfast.RMS()}, "formants must be BandlimitedFormants without a name"),
    ],
)
def test_bad_fields_are_refused(fields: Any, message: str) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.SubharmonicF0(**fields)
    assert str(caught.value).startswith(message)


def test_json_holds_it() -> None:
    spec = spec_of(lag=5, formants=serfast.BandlimitedFormants(roots="negated"))
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec

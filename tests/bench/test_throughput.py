"""Throughput: each feature of a spec alone, then the whole row."""

from __future__ import annotations

import pytest

import serfast
from serfast.bench.settings import Settings
from serfast.bench.throughput import throughput, works

SPEC = serfast.FeatureSpec(
    hop_length=80,
    features=[
        serfast.RMS(frame_length=400),
        serfast.RMS(frame_length=400, name="again", pad_mode="edge"),
        serfast.LogMel(n_fft=256, n_mels=5),
    ],
)


def test_every_work_has_a_name_of_its_own() -> None:
    made = works(SPEC)
    assert list(made) == ["RMS, 400", "RMS, 400 (2)", "LogMel, 256, 5 columns", "whole row"]
    assert [len(spec.columns) for spec in made.values()] == [1, 1, 5, 7]
    assert {spec.hop_length for spec in made.values()} == {80}
    assert made["RMS, 400 (2)"].columns == ("again",)


def test_a_work_is_measured_over_the_rows_of_all_threads() -> None:
    settings = Settings(backend="native", threads=2, seconds=0.05, spec=SPEC)
    measured = throughput(settings, "whole row")
    assert measured["columns"] == 7
    per_second = SPEC.sample_rate / SPEC.hop_length  # rows that a second of sound has
    expected = 1e6 / (measured["us_per_row"] * per_second)
    assert measured["times_real_time"] == pytest.approx(expected, rel=0.01)

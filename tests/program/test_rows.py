"""The program of rows: what back ends ask it for."""

from __future__ import annotations

import pytest

import serfast
from helpers.tracks import Look, Smoothed, loudness, spec_of
from serfast.features.computed import FrameFeature
from serfast.program.planner import program_of
from serfast.program.rows import snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [("RMS", "rms"), ("SpectralFlux", "spectral_flux"), ("F0Range", "f0_range"), ("A", "a")],
)
def test_a_twin_is_called_after_the_class(name: str, expected: str) -> None:
    assert snake_case(name) == expected


def test_the_longest_frame_is_of_all_nodes() -> None:
    features = [serfast.RMS(frame_length=300), serfast.YIN(frame_length=700), serfast.MFCC()]
    assert program_of(serfast.FeatureSpec(features=features)).longest_frame == 700

    @serfast.feature_function
    def first(frame, out):
        out[0] = frame[0]

    assert isinstance(first(), FrameFeature)
    features.append(first(frame_length=900))
    assert program_of(serfast.FeatureSpec(features=features)).longest_frame == 900


def test_as_many_rows_are_kept_as_tracks_look_back_and_ahead() -> None:
    assert program_of(spec_of(loudness())).rows_kept == 1
    assert program_of(spec_of(Look(loudness(), back=4, ahead=3))).rows_kept == 4 + 3 + 1
    chain = Look(Look(loudness(), back=1, ahead=6), back=2, ahead=3)
    assert program_of(spec_of(chain)).rows_kept >= 2 + 6 + 3 + 1


def test_a_delta_needs_no_callback() -> None:
    program = program_of(spec_of(serfast.Delta(loudness(), width=3), Smoothed(loudness())))
    assert len(program.tracks) == 2
    assert [type(node.feature) for node in program.functions] == [Smoothed]


def test_columns_that_only_tracks_look_at_stand_behind() -> None:
    program = program_of(spec_of(Smoothed(serfast.LogMel(n_mels=5)), loudness()))
    assert (program.n_columns, program.row_size) == (6, 11)

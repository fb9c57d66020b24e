"""Examples: what a plugin is shown of every recording and of every altered copy."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.recordings import labelled_tones
from serfast.audio.augmentation import Speed
from serfast.corpora.recordings import Recording
from serfast.statistics.statistics import Statistics
from serfast.training.examples import check_made_with, examples_of, make_examples

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])
STATISTICS = Statistics(functionals=("mean", "p50"), deltas=1)


@pytest.fixture
def recordings(tmp_path):
    return labelled_tones(tmp_path)


def test_examples_are_the_statistics_of_the_extractors_rows(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=())
    extractor = serfast.Extractor(SPEC)
    for recording, x in zip(recordings, examples.inputs, strict=True):
        y, _ = serfast.load(recording.path)
        vector = STATISTICS(extractor(y), SPEC.columns)
        assert np.array_equal(x, vector.astype(np.float32))
    assert examples.names == STATISTICS.names(SPEC.columns)
    assert examples.labels.tolist() == ["calm", "calm", "loud", "loud"]
    assert examples.speakers.tolist() == ["a", "b", "a", "b"]
    assert examples.classes == ("calm", "loud")
    assert not examples.altered.any()


def test_copies_at_other_speeds_are_marked_and_shift_the_pitch(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=(Speed(0.8), Speed(1.25)))
    assert examples.altered.tolist() == [False] * 4 + [True] * 8
    assert examples.copies.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert examples.labels.tolist() == ["calm", "calm", "loud", "loud"] * 3
    f0 = examples.inputs[:, examples.names.index("f0.p50")]
    np.testing.assert_allclose(f0[:4], [100, 200, 300, 400], rtol=0.01)
    np.testing.assert_allclose(f0[4:8], [80, 160, 240, 320], rtol=0.01)
    np.testing.assert_allclose(f0[8:], [125, 250, 375, 500], rtol=0.01)


@pytest.mark.parametrize(("kind", "shape"), [("rows", (101, 3)), ("samples", (16000,))])
def test_other_kinds_of_input(recordings, kind, shape):
    examples = make_examples(recordings, SPEC, None, kind=kind, alterations=())
    assert [x.shape for x in examples.inputs] == [shape] * 4
    assert all(x.dtype == np.float32 for x in examples.inputs)
    assert examples.names == ()
    assert examples.spec == SPEC


def test_where_selects_everything_alike(recordings):
    for kind in ("vector", "rows"):
        examples = make_examples(recordings, SPEC, STATISTICS, kind=kind, alterations=(Speed(0.9),))
        part = examples.where(examples.speakers == "b")
        assert len(part) == len(part.inputs) == 4
        assert np.array_equal(part.inputs[0], examples.inputs[1])
        assert part.labels.tolist() == ["calm", "loud"] * 2
        assert part.altered.tolist() == [False, False, True, True]
        assert part.copies.tolist() == [0, 0, 1, 1]
        assert replace(examples, copies=None).where(examples.altered).copies is None
        assert part.names == examples.names


def test_copies_are_as_many_as_the_examples(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=())
    assert examples.copies.tolist() == [0] * 4
    with pytest.raises(serfast.ParameterError, match="copies must be one for each of 4 examples"):
        replace(examples, copies=np.zeros(3, int))


def test_progress_is_told(recordings):
    seen = []
    make_examples(recordings, SPEC, STATISTICS, alterations=(), progress=seen.append)
    assert seen == [recording.path for recording in recordings]


OTHER_SPEC = serfast.FeatureSpec(hop_length=80, features=SPEC.features)
OTHER_STATISTICS = Statistics(functionals=("mean", "p50"), deltas=1, delta_width=11)


def test_examples_made_by_hand_are_held_to_what_they_show(recordings):
    """Without their spec and statistics, the names and the number of dimensions tell."""
    vectors, rows = (
        replace(
            make_examples(recordings, SPEC, STATISTICS, kind=kind, alterations=()),
            spec=None,
            statistics=None,
        )
        for kind in ("vector", "rows")
    )
    check_made_with(vectors, OTHER_SPEC, OTHER_STATISTICS)  # the same names
    check_made_with(replace(vectors, names=()), SPEC, Statistics())
    check_made_with(rows, OTHER_SPEC, None)
    with pytest.raises(serfast.ParameterError, match=r"one of 3 columns.* got 1"):
        check_made_with(rows, serfast.FeatureSpec(features=[serfast.RMS()]), None)
    for examples, statistics in ((vectors, Statistics()), (vectors, None), (rows, STATISTICS)):
        with pytest.raises(serfast.ParameterError, match="statistics must be"):
            check_made_with(examples, SPEC, statistics)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"statistics": None}, "statistics must be given for kind 'vector'"),
        ({"recordings": []}, "recordings must be at least 1"),
    ],
)
def test_bad_arguments(recordings, arguments, message):
    settings = {"recordings": recordings, "spec": SPEC, "statistics": STATISTICS, **arguments}
    with pytest.raises(serfast.ParameterError, match=message):
        make_examples(**settings)


def test_unreadable_recording_is_named(recordings, tmp_path):
    missing = Recording(tmp_path / "gone.wav", "calm", "a")
    with pytest.raises(serfast.AudioError, match=r"gone\.wav"):
        make_examples([*recordings, missing], SPEC, STATISTICS, alterations=())


def test_a_part_that_ends_behind_its_file_is_told(recordings):
    y, rate = serfast.load(recordings[0].path)
    seconds = len(y) / rate
    parts = [
        replace(one, start=0.0, end=seconds + late)
        for one, late in zip(recordings, (0, 0.09), strict=False)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_examples(parts, SPEC, STATISTICS, alterations=())
    parts = [replace(recordings[0], start=0.05, end=seconds + 2)]
    told = rf"ends at {seconds:.2f} s, before its part does, at {seconds + 2:.2f} s"
    with pytest.warns(UserWarning, match=told):
        make_examples(parts, SPEC, STATISTICS, alterations=())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_recording_that_fails_leaves_no_place_empty(recordings, tmp_path, place):
    """The vectors of the others are those that they would be without it, each in its place."""
    broken = replace(recordings[0], path=tmp_path / "broken.wav")
    broken.path.write_bytes(b"RIFF")
    failed, speeds = [], (Speed(0.8), Speed(1.25))
    some = make_examples(
        [*recordings[:place], broken, *recordings[place:]],
        SPEC,
        STATISTICS,
        alterations=speeds,
        failed=lambda recording, error: failed.append(recording),
    )
    expected = make_examples(recordings, SPEC, STATISTICS, alterations=speeds)
    assert failed == [broken]
    assert np.array_equal(some.inputs, expected.inputs)
    assert some.labels.tolist() == expected.labels.tolist()
    assert some.altered.tolist() == expected.altered.tolist()


def test_more_signals_than_labels_are_refused():
    signals = [np.ones(1600, np.float32)] * 3
    with pytest.raises(serfast.ParameterError, match="labels must be one for each signal, got 2"):
        examples_of(signals, ["a", "b"], ["x", "y"], SPEC, STATISTICS)
    with pytest.raises(serfast.ParameterError, match="must be of one length"):
        examples_of(signals[:1], ["a", "b"], ["x", "y"], SPEC, STATISTICS)


def test_a_classifier_takes_vectors_of_float64(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=())
    assert examples.inputs.dtype == np.float32
    for x, taken in zip(examples.inputs, examples.predictable(), strict=True):
        assert taken.dtype == np.float64
        assert np.array_equal(taken, x)


def test_examples_do_not_depend_on_the_number_of_threads(recordings, tmp_path):
    """Drawn copies, babble of others, and one recording that fails: all as by one thread."""
    broken = replace(recordings[0], path=tmp_path / "broken.wav")
    broken.path.write_bytes(b"RIFF")
    several = [*recordings[:2], broken, *recordings[2:]]
    made, told = [], []
    for threads in (1, 3):
        failed, done = [], []
        made.append(
            make_examples(
                several,
                SPEC,
                STATISTICS,
                threads=threads,
                progress=done.append,
                failed=lambda recording, error, failed=failed: failed.append((recording, error)),
            )
        )
        told.append((done, [(recording, str(error)) for recording, error in failed]))
    assert np.array_equal(made[0].inputs, made[1].inputs)
    assert told[0] == told[1]
    assert told[0][0] == [recording.path for recording in several]
    with pytest.raises(serfast.AudioError, match="broken"):
        make_examples(several, SPEC, STATISTICS, threads=2)


@pytest.mark.parametrize("threads", [0, 1.5, True, "2"])
def test_a_number_of_threads_is_an_int_of_at_least_1(recordings, threads):
    with pytest.raises(serfast.ParameterError, match="threads must be an int >= 1"):
        make_examples(recordings, SPEC, STATISTICS, threads=threads)

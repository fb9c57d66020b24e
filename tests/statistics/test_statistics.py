"""Statistics of rows: which rows and columns count, how, and what they are called."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import serfast
from serfast import presets
from serfast.statistics.statistics import Statistics

SPEECH = presets.speech_statistics()
COLUMNS = presets.speech().columns


def test_a_column_named_twice_has_one_logarithm():
    rows = np.full((2, 2), 100.0)
    statistics = Statistics(functionals=("mean",), deltas=0, log=("mel", "mel_1"))
    assert statistics(rows, ["mel_0", "mel_1"]) == pytest.approx(np.log([100, 100]))


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 300])
def test_the_speech_preset_is_finite_for_any_length(n):
    rows = np.random.default_rng(n).uniform(0.01, 1, size=(n, len(COLUMNS)))
    vector = SPEECH(rows.astype(np.float32), COLUMNS)
    assert vector.dtype == np.float64
    assert vector.shape == (len(SPEECH.names(COLUMNS)),)
    assert np.isfinite(vector).all()


def test_names_stand_for_the_entries_in_their_order():
    rows = np.array([[1.0, 10.0], [2.0, 30.0], [3.0, 50.0]])
    statistics = Statistics(functionals=("mean", "max"), deltas=1)
    named = dict(zip(statistics.names(["a", "b"]), statistics(rows, ["a", "b"]), strict=True))
    assert named == pytest.approx(
        {
            "a.mean": 2,
            "a.max": 3,
            "b.mean": 30,
            "b.max": 50,
            "a.delta.mean": 1,
            "a.delta.max": 1,
            "b.delta.mean": 20,
            "b.delta.max": 20,
        }
    )


def test_names_are_all_different():
    names = SPEECH.names(COLUMNS)
    assert len(set(names)) == len(names)


def test_gain_changes_nothing_where_columns_are_relative():
    random = np.random.default_rng(3)
    rows = random.normal(size=(40, 4))
    columns = ["rms", "logmel_0", "logmel_1", "mfcc_0"]
    rows[:, 0] = np.exp(rows[:, 0])
    louder = rows + np.array([0, 2.5, 2.5, 7.0])
    louder[:, 0] *= 10
    statistics = Statistics(log=("rms",), relative=("rms", "logmel", "mfcc_0"))
    np.testing.assert_allclose(statistics(louder, columns), statistics(rows, columns), atol=1e-9)
    plain = Statistics(log=("rms",))
    assert not np.allclose(plain(louder, columns), plain(rows, columns), atol=1e-3)


def test_gain_changes_nothing_where_there_is_digital_silence_between_words():
    """A row of zeros has the floor's level, whatever the gain; without depths it gives it away."""
    random = np.random.default_rng(3)
    rows = np.log(random.uniform(0.1, 1, size=(40, 2)))
    louder = rows + 2.5
    rows[17], louder[17] = -41.4, -41.4
    columns = ["logmel_0", "logmel_1"]
    statistics = Statistics(relative=("logmel",), depths=(18.0,))
    np.testing.assert_allclose(statistics(louder, columns), statistics(rows, columns), atol=1e-9)
    endless = Statistics(relative=("logmel",))
    assert not np.allclose(endless(louder, columns), endless(rows, columns), atol=1e-3)


def test_pitch_is_in_semitones_and_of_voiced_rows_alone():
    rows = np.array([[200.0, 0.1], [555.0, 0.9], [400.0, 0.1], [77.0, 1.0]], np.float32)
    statistics = Statistics(functionals=("min", "max", "mean"), deltas=0, semitones=("f0",))
    columns = ["f0", "aperiodicity"]
    named = dict(zip(statistics.names(columns), statistics(rows, columns), strict=True))
    assert named["f0.min"] == pytest.approx(12)
    assert named["f0.max"] == pytest.approx(24)
    assert named["f0.mean"] == pytest.approx(18)
    assert named["voiced.share"] == 0.5


def test_voiced_entries_are_those_of_the_voiced_rows():
    random = np.random.default_rng(5)
    rows = np.column_stack([random.normal(size=50), random.uniform(size=50)])
    statistics = Statistics(deltas=0, voiced=("x",), max_aperiodicity=0.4)
    columns = ["x", "aperiodicity"]
    named = dict(zip(statistics.names(columns), statistics(rows, columns), strict=True))
    chosen = rows[rows[:, 1] <= 0.4, 0]
    assert named["x.voiced.mean"] == pytest.approx(chosen.mean())
    assert named["x.voiced.p25"] == pytest.approx(np.percentile(chosen, 25))
    assert named["x.mean"] == pytest.approx(rows[:, 0].mean())


def test_without_a_voiced_row_the_least_aperiodic_one_counts():
    rows = np.array([[100.0, 0.9], [200.0, 0.8], [400.0, 1.0]])
    statistics = Statistics(functionals=("mean",), deltas=0, semitones=("f0",))
    assert statistics(rows, ["f0", "aperiodicity"])[0] == pytest.approx(12)


def test_silence_around_the_speech_is_trimmed_and_pauses_stay():
    random = np.random.default_rng(4)
    rows = random.uniform(0.1, 1, size=(60, 2))
    rows[20:40] = 1e-6  # a pause
    silence = np.full((30, 2), 9e-5)
    columns = ["rms", "zcr"]
    padded = np.concatenate([silence, rows, silence[:7]])
    expected = Statistics()(rows, columns)
    peak = rows[:, 0].max()
    assert 20 * np.log10(9e-5 / peak) < -80
    assert np.array_equal(Statistics(trim_db=80)(padded, columns), expected)
    assert not np.array_equal(Statistics(trim_db=90)(padded, columns), expected)
    assert np.array_equal(Statistics(trim_db=80)(rows, columns), expected)


def test_trimming_silence_alone_leaves_all():
    rows = np.column_stack([np.zeros(20), np.arange(20.0)])
    columns = ["rms", "x"]
    assert np.array_equal(Statistics(trim_db=60)(rows, columns), Statistics()(rows, columns))


def test_silence_and_gain_hardly_change_the_speech_presets_vector():
    """On a synthetic voice: the padded, quieter signal has nearly the same statistics."""
    n = 16000
    t = np.arange(n) / 16000
    phase = 2 * np.pi * np.cumsum(140 + 30 * np.sin(2 * np.pi * 2 * t)) / 16000
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * (0.6 + 0.4 * np.sin(15 * t))
    voice = 0.2 * voice + np.random.default_rng(0).normal(size=n) * 0.002
    # a multiple of the hop, so that the frames fall on the same samples
    padded = np.concatenate([np.zeros(160 * 40), 0.25 * voice, np.zeros(160 * 50)])
    extractor = serfast.Extractor(presets.speech())
    one, two = (SPEECH(extractor(y), COLUMNS) for y in (voice, padded))
    plain = serfast.Statistics.from_dict({**SPEECH.to_dict(), "trim_db": None})
    three = plain(extractor(padded), COLUMNS)
    means = [i for i, name in enumerate(SPEECH.names(COLUMNS)) if name.endswith(".p50")]
    near = np.abs(one - two)[means].mean()
    far = np.abs(one - three)[means].mean()
    print(f"trimmed {near:.3f}, untrimmed {far:.3f}")
    assert near < far / 5


def test_rows_are_left_as_they_are():
    rows = np.random.default_rng(1).uniform(size=(20, len(COLUMNS))).astype(np.float32)
    copy = rows.copy()
    rows.flags.writeable = False
    SPEECH(rows, COLUMNS)
    assert np.array_equal(rows, copy)


def test_any_memory_order_gives_the_same_bits():
    rows = np.random.default_rng(1).uniform(size=(20, 6))
    columns = [f"c_{i}" for i in range(6)]
    first = Statistics()(rows, columns)
    wide = np.zeros((40, 12))
    wide[::2, ::2] = rows
    assert np.array_equal(Statistics()(np.asfortranarray(rows), columns), first)
    assert np.array_equal(Statistics()(wide[::2, ::2], columns), first)


def test_json_round_trip_and_hash():
    again = Statistics.from_dict(json.loads(json.dumps(SPEECH.to_dict())))
    assert again == SPEECH
    assert hash(again) == hash(SPEECH)
    assert {again: 1}[SPEECH] == 1


def test_it_runs_without_scipy():
    code = (
        "import sys, numpy; sys.modules['scipy'] = None\n"
        "from serfast.statistics import Statistics\n"
        "print(Statistics()(numpy.eye(20), [str(i) for i in range(20)]).sum() > 0)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True"

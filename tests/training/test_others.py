"""Others: recordings of the same speaker alone, or of strangers, each read when it is needed."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import serfast
from helpers.recordings import RATE, tone, wav
from serfast import ParameterError
from serfast.audio.augmentation import Babble
from serfast.corpora.recordings import Recording
from serfast.training import others
from serfast.training.examples import examples_of, make_examples
from serfast.training.others import (
    others_of_signals,
    recordings_of_others,
    recordings_of_speakers,
    signals_of_others,
)

SPEC = serfast.FeatureSpec(sample_rate=RATE, features=[serfast.RMS()])
SPEAKERS = ["a", "b", "a", "b", "a", "c"]


@pytest.fixture
def recordings(tmp_path):
    """Speaker a has tones below 1 kHz, speaker b above 2 kHz, and speaker c one alone."""
    made = []
    for k, speaker in enumerate(SPEAKERS):
        hertz = {"a": 400 + 50 * k, "b": 2500 + 50 * k, "c": 5000}[speaker]
        t = np.arange(4000 + k) / RATE
        path = wav(tmp_path / f"{k}.wav", (0.3 * np.sin(2 * np.pi * hertz * t)).astype("f"))
        made.append(Recording(path, label="calm" if k % 2 else "loud", speaker=speaker))
    return made


def lengths(sequence) -> list[int]:
    return [len(read()) - 4000 for read in sequence]


def test_they_are_the_speakers_other_recordings(recordings):
    of_index = recordings_of_speakers(recordings, RATE)
    assert [lengths(of_index(k)) for k in range(6)] == [[2, 4], [3], [0, 4], [1], [0, 2], []]
    assert [len(of_index(k)) for k in range(6)] == [2, 1, 2, 1, 2, 0]
    assert lengths(of_index(2)[1:]) == [4]
    assert lengths([of_index(2)[-1]]) == [4]
    with pytest.raises(IndexError):
        of_index(2)[2]


def test_those_of_other_speakers_are_all_that_these_said(recordings):
    of_index = recordings_of_others(recordings, RATE)
    assert [lengths(of_index(k)) for k in (0, 2, 3, 5)] == [
        [1, 3, 5],
        [1, 3, 5],
        [0, 2, 4, 5],
        [0, 1, 2, 3, 4],
    ]
    signals = [np.zeros(4000 + k, np.float32) for k in range(6)]
    in_memory = signals_of_others(signals, SPEAKERS)
    assert [lengths(in_memory(k)) for k in range(6)] == [lengths(of_index(k)) for k in range(6)]


def test_where_there_is_no_other_speaker_they_are_all_the_others(recordings):
    alone = [recording for recording in recordings if recording.speaker == "a"]
    assert lengths(recordings_of_others(alone, RATE)(1)) == [0, 4]
    assert list(recordings_of_others(alone[:1], RATE)(0)) == []


def test_they_are_read_when_they_are_called_and_once(recordings, monkeypatch):
    read = []
    load = others.samples_of
    monkeypatch.setattr(others, "samples_of", lambda *arguments: read.append(1) or load(*arguments))
    sequence = recordings_of_speakers(recordings, RATE)(0)
    chosen = sequence[0]
    assert read == []
    assert np.array_equal(chosen(), sequence[0]())
    assert len(read) == 1


def test_one_that_cant_be_read_has_no_sound(recordings):
    recordings[2].path.unlink()
    assert [len(read()) for read in recordings_of_speakers(recordings, RATE)(0)] == [0, 4004]


def test_babble_has_nothing_of_other_speakers(recordings):
    """So leaving out a speaker leaves out the voice, also from the noise of others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        examples = make_examples(
            recordings, SPEC, None, kind="samples", alterations=(Babble(0),), seed=1
        )
    for speaker, y in zip(examples.speakers, examples.inputs, strict=True):
        power = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2
        low, high = {"a": (300, 1000), "b": (2000, 3500), "c": (3000, 7500)}[str(speaker)]
        hertz = np.fft.rfftfreq(len(y), 1 / RATE)
        assert power[(hertz > low) & (hertz < high)].sum() > 0.99 * power.sum()


def test_babble_is_the_same_again(recordings):
    made = [
        make_examples(recordings, SPEC, None, kind="samples", alterations=(Babble(0),), seed=s)
        for s in (1, 1, 2)
    ]
    for k in range(6, 12):
        assert np.array_equal(made[0].inputs[k], made[1].inputs[k])
        assert not np.array_equal(made[0].inputs[k], made[2].inputs[k])


def test_signals_in_memory_have_others_too(recordings):
    signals = [serfast.load(recording.path)[0] for recording in recordings]
    labels = [recording.label for recording in recordings]
    settings = {"kind": "samples", "alterations": (Babble(0),), "seed": 1}
    read = make_examples(recordings, SPEC, None, **settings)
    listed = examples_of(signals, labels, SPEAKERS, SPEC, None, **settings)
    one_by_one = examples_of(iter(signals), labels, SPEAKERS, SPEC, None, **settings)
    assert all(map(np.array_equal, read.inputs, listed.inputs))
    assert not np.array_equal(read.inputs[6], one_by_one.inputs[6])
    assert np.array_equal(read.inputs[11], one_by_one.inputs[11])  # c has no others anyway


def test_signals_that_come_one_by_one_have_none():
    assert len(others_of_signals(iter([tone()]), ["a"])(0)) == 0
    assert len(others_of_signals([tone()], ["a", "b"])(0)) == 0


def test_a_folder_without_noises_is_refused_before_the_work(recordings, tmp_path):
    (tmp_path / "empty").mkdir()
    seen = []
    with pytest.raises(ParameterError, match=r"noises must be a folder .* has no recordings"):
        make_examples(
            recordings,
            SPEC,
            None,
            kind="rows",
            alterations=[serfast.audio.augmentation.RecordedNoise(tmp_path / "empty", 10)],
            failed=lambda recording, error: seen.append(recording),
        )
    assert seen == []

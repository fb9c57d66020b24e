"""What no speaker of any shipped model may be harmed by: silence, NaN, files of other models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.speaker import Speaker

__all__ = ["check_bad_hearing"]

RATE = 16000


def check_bad_hearing(name: str, other: str, recordings: Path, folder: Path) -> None:
    """Check that bad input leaves a speaker of the default model `name` as he was.

    `other` is another plugin whose default model has the same classes; `recordings` is a folder
    of EmoDB's.
    """
    recognizer = serfast.Recognizer(name)
    paths = sorted(recordings.glob("03*.wav"))[:4]
    y = np.concatenate([serfast.load(path, RATE)[0] for path in paths])
    speaker = recognizer.speaker()
    for path in paths:
        assert speaker.enrol(path)
    _check_what_is_heard(speaker, y)
    _check_files(recognizer, speaker, serfast.Recognizer(other), folder)
    _check_stream(recognizer, y)


def _check_what_is_heard(speaker: Speaker, y: np.ndarray) -> None:
    before, n = speaker.state.moments, speaker.n
    answer = speaker.predict(y, RATE)
    speaker.state.moments = before  # that one was heard
    with pytest.warns(UserWarning, match="no sample above"):
        assert not speaker.enrol(np.zeros(RATE), RATE)
    with pytest.warns(UserWarning, match="no sample above"):
        silent = speaker.predict(np.zeros(RATE), RATE)
    assert np.isfinite(list(silent.probabilities.values())).all()
    broken = y.copy()
    broken[len(y) // 2] = np.nan
    for bad in (broken, np.full(RATE, np.inf), np.zeros(0), y[:, np.newaxis, np.newaxis]):
        for hear in (speaker.predict, speaker.enrol):
            with pytest.raises(serfast.ParameterError):
                hear(bad, RATE)
    with pytest.raises(serfast.ParameterError, match="label must be one of"):
        speaker.enrol(y, RATE, label="nutral")
    assert speaker.state.moments is before
    assert speaker.n == n
    assert speaker.predict(y, RATE) == answer
    speaker.state.moments = before


def _check_files(
    recognizer: serfast.Recognizer, speaker: Speaker, other: serfast.Recognizer, folder: Path
) -> None:
    before = speaker.state.moments
    mine, stranger = speaker.save(folder / "mine.json"), other.speaker().save(folder / "other.json")
    with pytest.raises(serfast.ModelError, match="speaker must be of the model in use"):
        speaker.load(stranger)
    with pytest.raises(serfast.ModelError, match="speaker must be of the model in use"):
        other.speaker().load(mine)
    whole = mine.read_bytes()
    (folder / "cut.json").write_bytes(whole[: len(whole) // 2])
    fields = json.loads(whole)
    (folder / "nan.json").write_text(
        json.dumps(fields | {"mean": dict.fromkeys(fields["mean"], np.nan)})
    )
    (folder / "empty.json").write_bytes(b"")
    for name in ("cut", "nan", "empty", "gone"):
        with pytest.raises(serfast.ModelError, match="speaker"):
            speaker.load(folder / f"{name}.json")
    assert speaker.state.moments is before
    again = recognizer.speaker().load(mine)
    assert np.array_equal(again.state.moments.mean, before.mean)


def _check_stream(recognizer: serfast.Recognizer, y: np.ndarray) -> None:
    """A bad chunk is as if it had not come, and silence teaches a stream's speaker nothing."""
    speaker = recognizer.speaker()
    with recognizer.stream(adapt=speaker, gate_db=None, hop=1.0) as stream:
        stream.accept(np.zeros(4 * RATE, np.float32))
        assert speaker.n == 0
        stream.reset()
        stream.accept(y[: 3 * RATE + RATE // 2])
        before = speaker.state.moments
        with pytest.raises(serfast.ParameterError):
            stream.accept(np.full(RATE, np.nan, np.float32))
        assert speaker.state.moments is before
        stream.accept(y[3 * RATE + RATE // 2 :])
        heard = speaker.state.moments
    whole = recognizer.speaker()
    with recognizer.stream(adapt=whole, gate_db=None, hop=1.0) as stream:
        stream.accept(y)
        assert whole.n == speaker.n > 0
    assert np.array_equal(heard.mean, whole.state.moments.mean)

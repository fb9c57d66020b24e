"""A test set of its own: nobody and nothing of it is trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError
from serfast.training import beside_test_set


def recordings(folder: str, speakers: str, labels: tuple[str, ...]) -> list[Recording]:
    return [
        Recording(Path(folder, f"{who}{k}.wav"), label, who)
        for who in speakers
        for k, label in enumerate(labels)
    ]


TRAINING = recordings("train", "abc", ("joy", "rage"))


def test_the_test_set_alone_is_predicted() -> None:
    every, folds = beside_test_set(TRAINING, recordings("test", "de", ("rage", "joy")))
    [(name, out)] = folds.split([r.speaker for r in every], [r.label for r in every])
    assert name == "test"
    assert [r.path.parent.name for r in np.array(every)[out]] == ["test"] * 4
    assert [r.fold for r in every] == ["train"] * 6 + ["test"] * 4


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (recordings("test", "cd", ("joy",)), "speakers of --test must be others .* got c in both"),
        (TRAINING[:1], "recordings of --test must be others than the training's: a0.wav"),
        (
            recordings("test", "d", ("joy", "fear")),
            "classes of --test must be among the training's, joy, rage, got fear",
        ),
    ],
)
def test_what_is_in_both_is_named(test: list[Recording], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        beside_test_set(TRAINING, test)


def test_unknown_speakers_are_a_reason_to_warn() -> None:
    sets = [
        [Recording(Path(folder, f"{k}.wav"), label, "unknown") for k, label in enumerate("xyxy")]
        for folder in ("train", "test")
    ]
    with pytest.warns(UserWarning, match="a voice may be in both"):
        every, folds = beside_test_set(*sets)
    [(_, out)] = folds.split([r.speaker for r in every], [r.label for r in every])
    assert out.tolist() == [False] * 4 + [True] * 4


def test_parts_of_one_file_are_different_recordings() -> None:
    parts = [
        Recording(Path("long.wav"), "joy", who, start=s) for who, s in (("x", 0.0), ("y", 1.0))
    ]
    every, _ = beside_test_set([*TRAINING, parts[0]], [parts[1]])
    assert len(every) == 8

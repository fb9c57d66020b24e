"""Folds of several speakers: groups, and those that a table gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError
from serfast.training.wanted_folds import folds_from

SPEAKERS = [name for name, count in (("a", 6), ("b", 3), ("c", 3), ("d", 2)) for _ in range(count)]
LABELS = [("joy", "rage")[k % 2] for k in range(len(SPEAKERS))]


def recordings(folds: dict[str, str | None]) -> list[Recording]:
    return [
        Recording(Path(f"{k}.wav"), label, who, fold=folds[who])
        for k, (who, label) in enumerate(zip(SPEAKERS, LABELS, strict=True))
    ]


def test_groups_are_of_equal_size_and_share_no_speaker() -> None:
    folds = folds_from("2", []).split(SPEAKERS, LABELS)
    assert [name for name, _ in folds] == ["a, d", "b, c"]
    masks = [mask for _, mask in folds]
    assert (masks[0] ^ masks[1]).all()
    assert abs(int(masks[0].sum()) - int(masks[1].sum())) <= 2


def test_as_many_groups_as_speakers_is_leave_one_speaker_out() -> None:
    groups = dict(folds_from("4", []).split(SPEAKERS, LABELS))
    single = dict(folds_from("speakers", []).split(SPEAKERS, LABELS))
    assert groups.keys() == single.keys()
    assert all((groups[name] == single[name]).all() for name in groups)
    with pytest.raises(ParameterError, match="n_groups must be at most 4, the number of speakers"):
        folds_from("5", []).split(SPEAKERS, LABELS)


def test_given_folds() -> None:
    given = recordings({"a": "1", "b": "2", "c": "2", "d": "1"})
    (one, first), (two, second) = folds_from("given", given).split(SPEAKERS, LABELS)
    assert (one, two) == ("1", "2")
    assert {who for who, out in zip(SPEAKERS, first, strict=True) if out} == {"a", "d"}
    assert (first ^ second).all()


def test_a_given_test_set() -> None:
    given = recordings({"a": "train", "b": "train", "c": "test", "d": "dev"})
    [(name, mask)] = folds_from("given:test", given).split(SPEAKERS, LABELS)
    assert name == "test"
    assert {who for who, out in zip(SPEAKERS, mask, strict=True) if out} == {"c"}

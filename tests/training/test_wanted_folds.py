"""Folds as a user writes them, and what they ask of the recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError
from serfast.training.folds import SpeakerFolds
from serfast.training.text_folds import TextFolds
from serfast.training.wanted_folds import default_folds, folds_from

SPEAKERS = [name for name, count in (("a", 6), ("b", 3), ("c", 3), ("d", 2)) for _ in range(count)]
LABELS = [("joy", "rage")[k % 2] for k in range(len(SPEAKERS))]


def recordings(folds: dict[str, str | None]) -> list[Recording]:
    return [
        Recording(Path(f"{k}.wav"), label, who, fold=folds[who])
        for k, (who, label) in enumerate(zip(SPEAKERS, LABELS, strict=True))
    ]


def test_a_speaker_in_two_folds_is_named() -> None:
    given = recordings({"a": "1", "b": "2", "c": "2", "d": "1"})
    given.append(Recording(Path("x.wav"), "joy", "b", fold="1"))
    with pytest.raises(ParameterError, match="different speakers, got b in several: b in 1, 2"):
        folds_from("given", given)


@pytest.mark.parametrize(
    ("text", "folds", "message"),
    [
        ("given", {"a": None}, "folds must be given for every recording .* got none for 0.wav"),
        ("given", {}, "folds must be at least 2 to leave one out, got \\['1'\\]"),
        ("given:nil", {"a": "2"}, "fold must be one of 1, 2, got 'nil'"),
        ("given:", {}, "folds must be speakers, a number of groups"),
        ("session", {}, "folds must be speakers, a number of groups"),
        ("texts:", {}, "folds must be speakers, a number of groups"),
        ("texts:x", {}, "folds must be speakers, a number of groups"),
        ("texts:1", {}, "text must be known of every recording .* got none for 0.wav"),
        ("9" * 5000, {}, "folds must be a number of groups of at most 9 digits, got '999"),
        ("1", {}, "n_groups must be an int >= 2, got 1"),
    ],
)
def test_bad_folds(text: str, folds: dict[str, str | None], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        folds_from(text, recordings({**dict.fromkeys("abcd", "1"), **folds}))


def said(texts: list[str | None], speaker: str = "anna") -> list[Recording]:
    return [
        Recording(Path(f"{k}.wav"), ("joy", "rage")[k % 2], speaker, text)
        for k, text in enumerate(texts)
    ]


def test_one_speaker_alone_gets_folds_by_text_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="one speaker alone: .* says nothing of strangers"):
        folds = default_folds(said(["a", "a", "b", "b"]))
    assert isinstance(folds, TextFolds)
    assert isinstance(default_folds(recordings(dict.fromkeys("abcd", None))), SpeakerFolds)
    assert isinstance(default_folds([]), SpeakerFolds)


def test_one_speaker_without_known_texts_is_refused() -> None:
    rule = "speakers must be at least 2 to leave one out, got anna alone; and text must be known"
    with pytest.raises(ParameterError, match=f"{rule} .* got none for 2.wav"):
        default_folds(said(["a", "b", None, None]))


def test_texts_by_name_and_number_warn_too() -> None:
    for word, n_groups in (("texts", None), ("texts:3", 3)):
        with pytest.warns(UserWarning, match="other sentences by voices that the model knows"):
            folds = folds_from(word, said(["a", "b", "c"]))
        assert isinstance(folds, TextFolds)
        assert folds.n_groups == n_groups

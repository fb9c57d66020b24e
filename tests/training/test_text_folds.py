"""Folds by what is said: every text out once, never on both sides, copies with their recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers.cli_corpus import RATE
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe, TextFolds
from serfast.training.folds import splits_of

TEXTS = [f"t{k:02}" for k in range(25) for _ in range(1 + k % 3)]
LABELS = [("joy", "rage")[k % 2] for k in range(len(TEXTS))]
SPEAKERS = ["anna"] * len(TEXTS)


@pytest.mark.parametrize(("n_groups", "expected"), [(None, 10), (4, 4), (25, 25)])
def test_groups_of_texts_are_left_out_once_each(n_groups: int | None, expected: int) -> None:
    splits = splits_of(TextFolds(n_groups), SPEAKERS, LABELS, TEXTS)
    assert len(splits) == expected
    assert (np.sum([mask for _, mask in splits], axis=0) == 1).all()
    array = np.array(TEXTS)
    for _, mask in splits:
        assert not set(array[mask]) & set(array[~mask])
    sizes = [int(mask.sum()) for _, mask in splits]
    assert expected == 25 or max(sizes) - min(sizes) <= 2


def test_few_texts_are_left_out_one_by_one() -> None:
    texts = ["b", "a", "b", "c", "a", "c"]
    splits = splits_of(TextFolds(), SPEAKERS[:6], LABELS[:6], texts)
    assert [name for name, _ in splits] == ["a", "b", "c"]


def test_a_copy_goes_where_its_recording_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_nearest(tmp_path, monkeypatch)
    shown = []
    train = NearestPlugin.train
    monkeypatch.setattr(
        NearestPlugin, "train", lambda self, x, **more: shown.append(x) or train(self, x, **more)
    )
    recordings = []
    for k, (text, label) in enumerate(zip("aabbcc", LABELS, strict=False)):
        y = np.random.default_rng(k).normal(0, (0.3, 0.02)[k % 2], RATE // 2)
        path = tmp_path / f"{k}.wav"
        soundfile.write(path, y, RATE)
        recordings.append(Recording(path, label, "anna", text))
    mean = Statistics(functionals=("mean",), deltas=0)
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    recipe = Recipe("nearest", spec=spec, statistics=mean, alterations=("gain=3",))
    evaluation = recipe.evaluate(recordings, TextFolds())
    assert [fold.speaker for fold in evaluation.folds] == ["a", "b", "c"]
    assert [sorted(set(training.texts)) for training in shown] == [
        ["b", "c"],
        ["a", "c"],
        ["a", "b"],
    ]
    assert all(len(training) == 8 for training in shown)  # four recordings, each with a copy
    card = evaluation.card()
    assert card["intervals"]["over"] == "3 texts"
    assert "voices are known" in card["protocol"]


@pytest.mark.parametrize(
    ("texts", "n_groups", "message"),
    [
        (["a"] * 4, None, "texts must be at least 2 to leave one out, got a"),
        (["a", "b", "a", "b"], 3, "texts must be at least 3 to leave one out, got a, b"),
    ],
)
def test_too_few_texts(texts: list[str], n_groups: int | None, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        splits_of(TextFolds(n_groups), SPEAKERS[:4], LABELS[:4], texts)


def test_texts_that_are_not_known_are_missed() -> None:
    with pytest.raises(ParameterError, match="texts must be known to leave them out"):
        splits_of(TextFolds(), SPEAKERS, LABELS)
    with pytest.raises(ParameterError, match="n_groups must be an int >= 2, got 1"):
        TextFolds(1)

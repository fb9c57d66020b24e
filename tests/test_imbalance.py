"""The benchmark of rare emotions: its long tail, and that nobody is asked about a known voice."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from helpers.benching import ROOT
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.models.plugin import Examples
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe

sys.path.append(str(ROOT))

from benchmarks import imbalance  # it is no installed package

LABELS = ["joy"] * 100 + ["rage"] * 80 + ["fear"] * 20


def test_the_tail_falls_exponentially_and_takes_no_more_than_there_are() -> None:
    stays = imbalance.long_tail(LABELS, 0)
    counts = Counter(np.array(LABELS)[stays].tolist())
    assert counts == {"joy": 100, "rage": round(100 / np.sqrt(10)), "fear": 10}
    assert np.array_equal(stays, imbalance.long_tail(LABELS, 0))
    assert not np.array_equal(stays, imbalance.long_tail(LABELS, 1))
    few = imbalance.long_tail(["joy"] * 100 + ["fear"] * 4, 0)
    assert few.all()


def test_every_speaker_is_answered_by_a_model_of_the_others_tail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_nearest(tmp_path, monkeypatch)
    shown: list[Examples] = []
    train = NearestPlugin.train
    monkeypatch.setattr(
        NearestPlugin, "train", lambda self, x, **more: shown.append(x) or train(self, x, **more)
    )
    random = np.random.default_rng(0)
    signals = [random.normal(0, 0.1 * (1 + len(name)), 2000).astype(np.float32) for name in LABELS]
    speakers = [("anna", "bert", "cleo")[k % 3] for k in range(len(LABELS))]
    mean = Statistics(functionals=("mean",), deltas=0)
    plain = Recipe("nearest", statistics=mean, alterations=())
    examples = plain.examples_of(signals, LABELS, speakers)
    evaluation = imbalance.evaluation_of(plain, examples, 2)
    assert [fold.speaker for fold in evaluation.folds] == ["anna", "bert", "cleo"] * 2
    assert int(evaluation.matrix.sum()) == 2 * len(LABELS)
    for k, training in enumerate(shown):
        assert set(training.speakers) == {"anna", "bert", "cleo"} - {evaluation.folds[k].speaker}
        assert 60 < len(training) < 110  # two thirds of the 142 that stay
    figures = imbalance.figures_of(evaluation, ["joy", "rage", "fear"])
    assert set(figures["uar_by_speaker"]) == {"anna", "bert", "cleo"}
    assert figures["rarest"] == pytest.approx(np.mean(list(figures["recall"].values())))


def test_every_method_is_one_that_the_classifier_has() -> None:
    for name, methods in imbalance.METHODS.items():
        made = [Recipe(name, options=values).load_plugin() for values in methods.values()]
        assert len({str(plugin) for plugin in made}) == len(methods)

"""Hooks: who offers them gets what it asked for, who doesn't gets what everybody gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import NearestPlugin
from serfast.audio.augmentation import COPIES, Noise
from serfast.models import plugin as hooks
from serfast.models.plugin import Examples, Run
from serfast.training.evaluation import leave_one_speaker_out

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


class Demanding(NearestPlugin):
    """Offers every hook; notes the circumstances of its trainings."""

    def __init__(self, level=1):
        super().__init__()
        self.level = level
        self.runs = []

    def default_spec(self):
        return SPEC

    def default_alterations(self):
        return (Noise(20),)

    def training_options(self):
        return {"level": self.level}

    def with_training_options(self, values):
        if set(values) - {"level"}:
            raise serfast.ParameterError(f"option must be level, got {sorted(values)}")
        return Demanding(int(values["level"]))

    def train_run(self, examples, run):
        self.runs.append(run)
        run.tell(0.5, "half")
        return self.train(examples, seed=run.seed)


def examples() -> Examples:
    return Examples(
        inputs=np.arange(12.0).reshape(12, 1),
        labels=np.array(["calm", "loud"] * 6),
        speakers=np.repeat(["a", "b/c", "d"], 4),
        altered=np.zeros(12, bool),
    )


def test_a_plain_plugin_gets_what_everybody_gets():
    plugin = NearestPlugin()
    preset = serfast.presets
    assert hooks.features_for(plugin) == (preset.speech(), preset.speech_statistics())
    assert hooks.alterations_for(plugin) == COPIES
    assert hooks.options_of(plugin) == {}
    assert hooks.with_options("nearest", plugin, {}) is plugin
    weights = hooks.fit(plugin, examples(), Run(seed=4))
    assert weights.card == {"seed": 4}


def test_a_demanding_one_gets_its_own():
    plugin = Demanding()
    assert hooks.features_for(plugin)[0] == SPEC
    assert hooks.alterations_for(plugin) == (Noise(20),)
    other = hooks.with_options("demanding", plugin, {"level": "7"})
    assert hooks.options_of(other) == {"level": 7}
    assert hooks.options_of(plugin) == {"level": 1}


def test_options_of_a_plugin_without_any():
    with pytest.raises(serfast.ParameterError, match="plugin 'nearest' has none, got 'epochs'"):
        hooks.with_options("nearest", NearestPlugin(), {"epochs": "3"})


def test_each_fold_has_a_folder_and_a_share_of_its_own(tmp_path):
    plugin, told = Demanding(), []
    statistics = serfast.statistics.Statistics(functionals=("mean",), deltas=0)
    run = Run(seed=5, folder=tmp_path, tell=lambda share, text: told.append((share, text)))
    leave_one_speaker_out("demanding", plugin, examples(), SPEC, statistics, run=run)
    assert [r.seed for r in plugin.runs] == [5, 5, 5]
    folders = [r.folder for r in plugin.runs]
    assert len(set(folders)) == 3
    assert all(isinstance(f, Path) and f.is_dir() and f.parent == tmp_path for f in folders)
    assert told == [
        (0, "looking for folds that are kept"),
        (0.5 / 3, "without a: half"),
        (1.5 / 3, "without b/c: half"),
        (2.5 / 3, "without d: half"),
    ]


def test_examples_of_different_lengths_are_refused():
    with pytest.raises(serfast.ParameterError, match=r"one length, got \[2, 1, 1, 1\]"):
        Examples(
            inputs=np.zeros((2, 1)),
            labels=np.array(["a"]),
            speakers=np.array(["a"]),
            altered=np.array([False]),
        )

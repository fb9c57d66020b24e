"""Training: what the bundle says, and that it has the features of the examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import NearestPlugin
from helpers.recordings import labelled_tones
from serfast.audio.augmentation import Speed
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Run, Weights
from serfast.statistics.statistics import Statistics
from serfast.training.evaluation import leave_one_speaker_out
from serfast.training.examples import make_examples
from serfast.training.training import bundle_of, train

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])
STATISTICS = Statistics(functionals=("mean", "p50"), deltas=1)


def bundled(name, plugin, examples, spec, statistics):
    """Bundle weights, with the arguments of a training."""
    return bundle_of(name, Weights(arrays={}), examples, spec, statistics, {})


@pytest.fixture
def recordings(tmp_path):
    return labelled_tones(tmp_path)


def test_bundle_says_what_it_was_trained_on(recordings, tmp_path):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=(Speed(0.9),))
    settings = ("nearest", NearestPlugin(), examples, SPEC, STATISTICS)
    bundle = train(*settings, run=Run(seed=7), card={"x": 1})
    found = Bundle.load(bundle.save(tmp_path / "model.zip"))
    assert found.plugin == "nearest"
    assert found.classes == ("calm", "loud")
    assert found.spec == SPEC
    assert found.statistics == STATISTICS
    assert found.card == {
        "training": {
            "recordings": 4,
            "altered_copies": 4,
            "speakers": ["a", "b"],
            "seed": 7,
            "chosen": {"seed": 7},
        },
        "x": 1,
    }


class BoundPlugin(NearestPlugin):
    """It keeps the bound that an evaluation gave, and the sharpness."""

    def with_sharpness(self, weights, sharpness):
        return replace(weights, arrays={**weights.arrays, "sharpness": np.array(sharpness)})

    def with_bound(self, weights, bound):
        return replace(weights, arrays={**weights.arrays, "bound": np.array(bound)})


def test_the_bound_of_an_evaluation_goes_to_a_plugin_that_takes_it(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=())
    settings = (examples, SPEC, STATISTICS)
    bundle = train("nearest", BoundPlugin(), *settings, certain_above=0.75)
    assert bundle.arrays["bound"] == 0.75
    assert "bound" not in train("nearest", BoundPlugin(), *settings).arrays
    told = {"certain_above": 0.75, "sharpness": 1.5}
    assert train("nearest", BoundPlugin(), *settings, **told).arrays["sharpness"] == 1.5
    plain = train("nearest", NearestPlugin(), *settings, **told).arrays
    assert not {"bound", "sharpness"} & set(plain)
    assert "sharpness" not in bundle.arrays


def test_an_evaluation_of_such_a_plugin_marks_its_answers_and_no_other_does(recordings):
    examples = make_examples(recordings, SPEC, STATISTICS, alterations=())
    settings = (examples, SPEC, STATISTICS)
    evaluation = leave_one_speaker_out("nearest", BoundPlugin(), *settings)
    assert evaluation.certain_above is not None
    assert all(fold.certain is not None for fold in evaluation.folds)
    plain = leave_one_speaker_out("nearest", NearestPlugin(), *settings)
    assert plain.certain_above is plain.sharpness is None
    assert evaluation.sharpness > 0
    assert all(fold.certain is None for fold in plain.folds)


OTHER_SPEC = serfast.FeatureSpec(hop_length=80, features=SPEC.features)
OTHER_STATISTICS = Statistics(functionals=("mean", "p50"), deltas=1, delta_width=11)


@pytest.mark.parametrize("call", [train, leave_one_speaker_out, bundled])
@pytest.mark.parametrize(
    ("kind", "spec", "statistics", "message"),
    [
        ("vector", OTHER_SPEC, STATISTICS, "spec must be that of the examples"),
        ("vector", SPEC, OTHER_STATISTICS, "statistics must be those of the examples"),
        ("vector", SPEC, Statistics(), "statistics must be those"),
        ("vector", SPEC, None, "statistics must be those .* got None"),
        ("rows", OTHER_SPEC, None, "spec must be that of the examples"),
        ("rows", SPEC, STATISTICS, "statistics must be None for examples that are no vectors"),
        ("samples", SPEC, STATISTICS, "statistics must be None for examples that are no vectors"),
    ],
)
def test_nothing_is_trained_with_other_features(recordings, call, kind, spec, statistics, message):
    plugin = NearestPlugin()
    examples = make_examples(recordings, SPEC, STATISTICS, kind=kind, alterations=())
    with pytest.raises(serfast.ParameterError, match=message):
        call("nearest", plugin, examples, spec, statistics)
    assert plugin.shown == []

"""Training on real speech, and what becomes of the model that comes with the plugin in int8."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from serfast.corpora.finding import find_recordings
from serfast.models.bundle.bundle import Bundle
from serfast.testing.checks import check_plugin
from serfast.training.examples import make_examples
from serfast.training.training import train
from serfast_onnx import PLUGIN
from serfast_onnx.train.quantise import quantised
from serfast_onnx.train.runner import Runner


def test_contract(tmp_path):
    check_plugin("onnx", tmp_path)


def test_a_few_epochs_on_real_speech_are_exported_within_1e_5_on_100_recordings(emodb):
    """Training itself compares up to 100 recordings, and fails beyond 1e-5."""
    chosen = find_recordings(emodb, "emodb")[::4]
    plugin = PLUGIN.with_training_options({"epochs": "3"})
    spec = plugin.default_spec()
    examples = make_examples(chosen, spec, None, kind="rows", alterations=())
    assert len(examples) >= 100
    bundle = train("onnx", plugin, examples, spec, None)
    difference = bundle.card["training"]["chosen"]["float32_graphs_to_torch"]
    print(f"worst difference to torch {difference:.1e}")
    assert difference < 1e-5


def test_int8_is_as_sure_as_float32_on_real_speech(emodb):
    """The recurrent network: nearly always the same label, two fifths of the bytes."""
    chosen = find_recordings(emodb, "emodb")[::4]
    options = {"network": "recurrent", "epochs": "8", "validation": "0", "mixup": "0"}
    plugin = PLUGIN.with_training_options(options)
    spec = plugin.default_spec()
    examples = make_examples(chosen, spec, None, kind="rows", alterations=())
    model = train("onnx", plugin, examples, spec, None)
    rows = list(examples.inputs)
    small = quantised(model.files, rows[::2])
    for name in ("model.onnx", "step.onnx"):
        assert len(small[name]) <= 0.4 * len(model.files[name])
    before, after = Runner(model.files), Runner(small)
    same = [before.whole(x).argmax() == after.whole(x).argmax() for x in rows[1::2]]
    print(f"{np.mean(same):.1%} the same label")
    assert np.mean(same) > 0.9


def test_the_model_that_comes_along_is_refused_in_int8(emodb):
    """Hardly a weight of it could be quantised, and scales would make it larger."""
    model = Bundle.load(PLUGIN.default_model())
    extractor = serfast.Extractor(model.spec)
    rows = [extractor(serfast.load(path, 16000)[0]) for path in sorted(emodb.glob("*.wav"))[::60]]
    with pytest.raises(serfast.ModelError, match="must be smaller in int8 than its"):
        quantised(model.files, rows)

"""The model that comes with the plugin, and training on real speech."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.bundle import Bundle
from serfast.cli.main import main
from serfast.corpus import find_recordings
from serfast.testing import check_plugin
from serfast.training import make_examples, train
from serfast_onnx import PLUGIN


@pytest.fixture(scope="module")
def model() -> Bundle:
    return Bundle.load(PLUGIN.default_model())


def test_contract(tmp_path):
    check_plugin("onnx", tmp_path)


def test_it_says_how_it_was_made_and_measured(model):
    assert model.plugin == "onnx"
    assert len(model.classes) == 7
    assert model.spec == PLUGIN.default_spec()
    training, measured = model.card["training"], model.card["measured"]
    assert training["recordings"] == measured["recordings"] == 418
    assert len(training["speakers"]) == 8
    assert training["chosen"]["parameters"] <= 300_000
    assert training["chosen"]["float32_graphs_to_torch"] < 1e-5
    assert training["options"] == measured["setup"]["options"]
    matrix = np.array(measured["confusion_matrix"])
    assert measured["uar"] == pytest.approx(
        (matrix.diagonal() / matrix.sum(axis=1)).mean(), abs=1e-4
    )
    assert measured["uar"] >= 0.66
    assert PLUGIN.default_model().stat().st_size < 1_000_000


def test_it_knows_its_training_recordings(emodb, capsys):
    files = sorted(map(str, emodb.glob("*.wav")))[::20]
    assert main(["predict", *files, "--classifier", "onnx", "--json"]) == 0
    found = {Path(a["file"]).name: a["label"] for a in json.loads(capsys.readouterr().out)}
    truth = {r.path.name: r.label for r in find_recordings(emodb, "emodb")}
    assert np.mean([label == truth[name] for name, label in found.items()]) > 0.8


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


def test_int8_is_as_sure_as_float32_on_real_speech(emodb, model):
    """The default model in int8: nearly always the same label, two fifths of the bytes."""
    from serfast_onnx.train.quantise import quantised
    from serfast_onnx.train.runner import Runner

    recordings = find_recordings(emodb, "emodb")
    extractor = serfast.Extractor(model.spec)
    rows = [extractor(serfast.load(r.path, 16000)[0]) for r in recordings[::3]]
    small = quantised(model.files, rows[::2])
    for name in ("model.onnx", "step.onnx"):
        assert len(small[name]) <= 0.4 * len(model.files[name])
    before, after = Runner(model.files), Runner(small)
    same = [before.whole(x).argmax() == after.whole(x).argmax() for x in rows[1::2]]
    print(f"{np.mean(same):.1%} the same label")
    assert np.mean(same) > 0.97


def test_files_of_measurements_say_what_the_readme_says(model):
    folder = Path(__file__).parents[1]
    measured = json.loads((folder / "measured.json").read_text())
    assert model.card["measured"] == measured

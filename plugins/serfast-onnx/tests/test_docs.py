"""The examples of docs/onnx.md and BUNDLE.md run, and do what they say."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest

import serfast
from helpers.pages import ROOT, examples
from onnx_networks import ConvGru
from serfast.models.bundle.bundle import Bundle
from serfast_onnx import Card, plugin

SPEC = serfast.presets.speech()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with the sample, and a small network as the default model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "speech.flac", tmp_path / "examples")
    network = ConvGru(len(SPEC.columns), 2, (8, 8), 8)
    bundle = Bundle(plugin="onnx", classes=("a", "b"), spec=SPEC, files=network.files())
    monkeypatch.setattr(plugin, "MODEL", bundle.save(tmp_path / "default.zip"))
    return tmp_path


def test_the_page(here, capsys):
    names: dict[str, object] = {}
    for block in examples("docs/onnx.md"):
        exec(compile(block, "docs/onnx.md", "exec"), names)
    said = capsys.readouterr().out
    assert len(re.findall(r"^\d\.\d\d-\d\.\d\d s [ab]$", said, re.MULTILINE)) > 5
    assert "2 (50, 2)" in said
    pipeline, statistics, extractor = (names[n] for n in ("pipeline", "statistics", "extractor"))
    recognizer = serfast.Recognizer(here / "calm.zip")
    worst = 0.0
    for label in ["calm", "excited"] * 10:
        y = names["recording"](label)
        found = recognizer.predict(y, 16000)
        assert found.label == label
        (expected,) = pipeline.predict_proba(statistics(extractor(y), SPEC.columns)[None])
        worst = max(worst, np.abs(np.array(list(found.probabilities.values())) - expected).max())
    print(f"worst difference from scikit-learn: {worst:.1e}")
    assert worst < 1e-5


def test_the_bundles_page():
    names: dict[str, object] = {}
    (block,) = examples("plugins/serfast-onnx/BUNDLE.md")
    exec(compile(block, "BUNDLE.md", "exec"), names)
    page = (ROOT / "plugins/serfast-onnx/BUNDLE.md").read_text("utf-8")
    (text,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert Card.from_bytes(text.encode()) == names["card"]

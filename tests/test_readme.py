"""The README's examples run as they stand, from the repository's root."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from helpers import pages
from serfast.models.plugin import Examples

BLOCKS = pages.examples("README.md")


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pages.ROOT)


def run(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(block, "README.md", "exec"), names)
    return names


def test_there_are_four() -> None:
    assert len(BLOCKS) == 4


def test_nothing_is_left_to_fill_in() -> None:
    assert "@@" not in (pages.ROOT / "README.md").read_text("utf-8")


def test_streaming_example() -> None:
    names = run(BLOCKS[1])
    assert names["stream"].n_emitted == 101
    assert names["rows"].shape[1] == 26


def test_features_example(capsys: pytest.CaptureFixture[str]) -> None:
    names = run(BLOCKS[0])
    rows = names["rows"]
    assert rows.shape == (1 + len(names["y"]) // 160, 57)
    assert all(np.array_equal(a, b) for a, b in zip(names["both"], [rows], strict=False))
    assert "('f0', 'aperiodicity')" in capsys.readouterr().out


def test_prediction_example(capsys: pytest.CaptureFixture[str]) -> None:
    names = run(BLOCKS[2])
    printed = capsys.readouterr().out
    assert names["result"].label == printed.split()[0]
    assert sum(names["result"].probabilities.values()) == pytest.approx(1)


def test_plugin_example() -> None:
    names = run(BLOCKS[3])
    plugin = names["PLUGIN"]
    labels = np.array(["low", "high", "low", "high"])
    examples = Examples(
        inputs=np.array([[0.0, 0.1], [5.0, 5.1], [0.2, 0.0], [5.2, 5.0]]),
        labels=labels,
        speakers=np.array(["a", "a", "b", "b"]),
        altered=np.zeros(4, bool),
    )
    weights = plugin.train(examples)

    class Bundle:
        classes, spec, arrays = examples.classes, serfast.presets.speech(), weights.arrays

    model = plugin.load(Bundle())
    shares = dict(zip(model.classes, model.predict_proba(np.array([0.1, 0.1])), strict=True))
    near, far = np.hypot(0, 0.05), np.hypot(5.0, 4.95)  # from the classes' means
    assert shares["low"] == pytest.approx(np.exp(-near) / (np.exp(-near) + np.exp(-far)))

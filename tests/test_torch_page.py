"""The examples of docs/python.md that need PyTorch run: PyTorch's own, and Keras on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.pages import at_examples, run_section

os.environ.setdefault("KERAS_BACKEND", "torch")  # what the tests have installed


@pytest.fixture(autouse=True)
def at_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with what the examples read."""
    at_examples(tmp_path)
    monkeypatch.chdir(tmp_path)


def test_pytorch(capsys: pytest.CaptureFixture[str]) -> None:
    names = run_section("docs/python.md", "PyTorch")
    assert len(names["training"]) == len(names["test"]) == 12
    assert names["training"].classes == names["test"].classes == ("anger", "sadness")
    assert names["right"] >= 10
    assert capsys.readouterr().out == f"{names['right']} of 12 right\n"


def test_keras() -> None:
    names = run_section("docs/python.md", "Keras")
    x, y = names["training"][0]
    assert x.shape == (12, 61, 40)
    assert y.tolist() == [1, 1, 1, 0, 0, 0] * 2  # T, sadness, before W, anger
    assert names["model"].evaluate(names["test"], verbose=0, return_dict=True)["accuracy"] >= 0.8

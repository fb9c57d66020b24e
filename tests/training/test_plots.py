"""Pictures of confusion matrices, looked at as far as a program can."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.training import plots

CLASSES = ["anger", "boredom", "fear", "neutral"]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.ones((2, 3), int), r"matrix must be square, got shape \(2, 3\)"),
        (np.ones((2, 2)), "matrix must be counts"),
        ([[1, -1], [0, 1]], "matrix must be counts"),
        (np.zeros((2, 2), int), "matrix must be counts >= 0, not all of them 0"),
    ],
)
def test_bad_matrices_are_not_drawn(tmp_path: Path, matrix: object, message: str) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(ParameterError, match=message):
        plots.plot_confusion(matrix, ["a", "b"], path)
    assert not path.exists()


@pytest.fixture
def matrix() -> np.ndarray:
    return np.array([[30, 0, 2, 1], [1, 12, 0, 0], [4, 4, 4, 4], [0, 0, 0, 25]])


def test_picture_shows_counts_shares_and_names(tmp_path: Path, matrix: np.ndarray) -> None:
    path = tmp_path / "confusion.svg"
    plots.plot_confusion(matrix, CLASSES, path, title="EmoDB")
    drawn = path.read_text()  # matplotlib notes each piece of text in a comment of the SVG
    for text in [*CLASSES, "EmoDB", "30", "91 %", "12", "92 %", "25", "100 %", "predicted", "true"]:
        assert f"<!-- {text} -->" in drawn, text


def test_nothing_is_cut_off(tmp_path: Path, matrix: np.ndarray) -> None:
    from matplotlib.image import imread

    names = ["a name that is longer than any emotion", *CLASSES[1:]]
    path = tmp_path / "confusion.png"
    plots.plot_confusion(matrix, names, path, title="a long title " * 8)
    picture = imread(path)[..., :3]
    edges = [picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]]
    assert all((edge == 1).all() for edge in edges)
    assert (picture < 0.5).any()


def test_drawing_leaves_pyplot_alone(tmp_path: Path, matrix: np.ndarray) -> None:
    plots.plot_confusion(matrix, CLASSES, str(tmp_path / "a.png"))
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        assert pyplot.get_fignums() == []


def test_a_picture_of_an_unknown_kind(tmp_path: Path, matrix: np.ndarray) -> None:
    with pytest.raises(ParameterError, match=r"path must end in \.png, \.svg or \.pdf: .*'xyz'"):
        plots.plot_confusion(matrix, CLASSES, tmp_path / "a.xyz")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, matrix: np.ndarray) -> None:
    for name in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"drawing needs matplotlib: pip install matplotlib"):
        plots.plot_confusion(matrix, CLASSES, "never.png")

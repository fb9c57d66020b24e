"""Pictures of confusion matrices and conditions, looked at as far as a program can."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.training import ConditionFigures, plots

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


@pytest.fixture
def figures() -> list[ConditionFigures]:
    """Clean, two of one group with another one in between, of which the training saw one."""
    parts = [
        ("clean", "clean", True, 0.8),
        ("noise, 20 dB", "noise", True, 0.7),
        ("room, 0.4 s", "room", False, 0.6),
        ("noise, 10 dB", "noise", False, 0.5),
    ]
    return [
        ConditionFigures(
            name=name,
            group=group,
            alter=None,
            trained=trained,
            recordings=10,
            uar=uar,
            interval=(uar - 0.1, uar + 0.05),
            recall={},
            ece=0.1,
        )
        for name, group, trained, uar in parts
    ]


def test_picture_of_conditions_names_all_of_them_by_group(
    tmp_path: Path, figures: list[ConditionFigures]
) -> None:
    path = tmp_path / "conditions.svg"
    plots.plot_conditions(figures, path, chance=0.25, title="EmoDB")
    drawn = path.read_text()
    texts = ["EmoDB", "80", "70", "60", "50", "clean", "chance", "trained on", "never trained on"]
    for text in texts:
        assert f"<!-- {text} -->" in drawn, text
    names = ["clean", "noise, 20 dB", "noise, 10 dB", "room, 0.4 s"]
    places = [drawn.index(f"<!-- {name} -->") for name in names]
    assert places == sorted(places)
    assert drawn.count("fill: url(#") >= 2  # what wasn't trained on is hatched


def test_picture_of_conditions_has_the_interval_of_each(
    monkeypatch: pytest.MonkeyPatch, figures: list[ConditionFigures]
) -> None:
    pages = []
    monkeypatch.setattr(plots, "save", lambda page, path: pages.append(page))
    plots.plot_conditions(figures, "never.png", chance=0.25)
    axes = pages[0].axes[0]
    bars = {round(bar.get_width(), 6): bar for bar in axes.patches}
    assert set(bars) == {80, 70, 60, 50}
    ends = sorted(
        tuple(round(x, 6) for x in segment[:, 0])
        for collection in axes.collections
        for segment in collection.get_segments()
    )
    assert ends == [(40, 55), (50, 65), (60, 75), (70, 85)]
    trained = {width for width, bar in bars.items() if bar.get_hatch() is None}
    assert trained == {80, 70}
    lines = {
        line.get_label(): line.get_xdata()[0] for line in axes.lines if line.get_label()[0] != "_"
    }
    assert lines == {"clean": 80, "chance": 25}


def test_picture_of_conditions_cuts_nothing_off(
    tmp_path: Path, figures: list[ConditionFigures]
) -> None:
    from matplotlib.image import imread

    path = tmp_path / "conditions.png"
    plots.plot_conditions(figures, path)
    picture = imread(path)[..., :3]
    edges = [picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]]
    assert all((edge == 1).all() for edge in edges)
    assert (picture < 0.5).any()


def test_no_conditions_are_not_drawn(tmp_path: Path, figures: list[ConditionFigures]) -> None:
    with pytest.raises(ParameterError, match="figures must be at least 1, got none"):
        plots.plot_conditions([], tmp_path / "a.png")
    with pytest.raises(ParameterError, match=r"path must end in \.png, \.svg or \.pdf"):
        plots.plot_conditions(figures, tmp_path / "a.xyz")

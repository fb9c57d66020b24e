"""The picture of corpora against each other, looked at as far as a program can."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.training import cross_plot, plot_cross

UAR = [[0.847, 0.31], [0.402, 0.629]]
INTERVALS = [[(0.78, 0.9), None], [(0.3, 0.5), (0.5, 0.7)]]


def test_numbers_stand_in_the_cells(tmp_path: Path) -> None:
    path = tmp_path / "cross.svg"
    plot_cross(["emodb", "ravdess"], UAR, path, intervals=INTERVALS, chance=0.25)
    drawn = path.read_text()
    for text in ("84.7", "31.0", "40.2", "62.9", "78 to 90", "emodb", "ravdess", "(chance 25 %)"):
        assert text in drawn, text


def test_numbers_and_cells_differ_in_lightness(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import colormaps

    pages = []
    monkeypatch.setattr(cross_plot, "save", lambda page, path: pages.append(page))
    shares = np.linspace(0, 1, 25).reshape(5, 5)
    plot_cross(list("abcde"), shares, "never.png")
    axes = pages[0].axes[0]
    luminance = np.array([0.2126, 0.7152, 0.0722])
    for text, share in zip(axes.texts, shares.ravel(), strict=True):
        colour = np.array(colormaps[axes.images[0].get_cmap().name](share)[:3])
        cell = ((colour + 0.055) / 1.055) ** 2.4 @ luminance
        ink = {"black": 0.0, "white": 1.0}[text.get_color()]
        light, dark = max(cell, ink), min(cell, ink)
        assert (light + 0.05) / (dark + 0.05) > 3  # WCAG's contrast of large text
    assert len(axes.patches) == 5


def test_nothing_is_cut_off(tmp_path: Path) -> None:
    from matplotlib.image import imread

    path = tmp_path / "cross.png"
    plot_cross(["a corpus with a rather long name", "b"], UAR, path, intervals=INTERVALS)
    picture = imread(path)[..., :3]
    edges = [picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]]
    assert all((edge == 1).all() for edge in edges)
    assert (picture < 0.5).any()


@pytest.mark.parametrize("uar", [[[0.5]], [[0.5, 1.2], [0, 0]], [[np.nan, 0], [0, 0]]])
def test_what_is_not_drawn(tmp_path: Path, uar: list) -> None:
    with pytest.raises(ParameterError, match="uar must be 2 rows of 2 numbers from 0 to 1"):
        plot_cross(["a", "b"], uar, tmp_path / "a.png")

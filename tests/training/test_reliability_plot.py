"""The reliability diagram, looked at as far as a program can."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.training import plot_reliability, reliability_curve, reliability_plot
from serfast.training.calibration import ReliabilityCurve

CURVE = reliability_curve([0.95, 0.9, 0.85, 0.4], [True, True, False, False], bins=5)


def test_bars_are_the_shares_and_the_numbers_of_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    monkeypatch.setattr(reliability_plot, "save", lambda page, path: pages.append(page))
    plot_reliability(CURVE, "never.png")
    above, below = pages[0].axes
    assert [bar.get_height() for bar in above.patches] == pytest.approx([0, 200 / 3])
    assert [bar.get_height() for bar in below.patches] == [1, 3]
    assert [text.get_text() for text in below.texts] == ["1", "3"]
    assert above.lines[0].get_xdata() == pytest.approx([40, 90])


def test_the_title_has_the_error_and_nothing_is_cut_off(tmp_path: Path) -> None:
    from matplotlib.image import imread

    plot_reliability(CURVE, tmp_path / "a.svg")
    # one answer of 0.4 is wrong, three of 0.9 on average are right in two cases of three
    error = (0.4 + 3 * (0.9 - 2 / 3)) / 4
    assert (
        f"<!-- Calibration error (ECE) {error:.3f}, 4 answers -->"
        in (tmp_path / "a.svg").read_text()
    )
    plot_reliability(CURVE, tmp_path / "a.png", title="a model")
    picture = imread(tmp_path / "a.png")[..., :3]
    edges = [picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]]
    assert all((edge == 1).all() for edge in edges)
    assert (picture < 0.5).any()


def test_what_is_not_drawn(tmp_path: Path) -> None:
    none = ReliabilityCurve(np.zeros(3, int), np.zeros(3), np.zeros(3))
    with pytest.raises(ParameterError, match="curve must have at least 1 answer, got none"):
        plot_reliability(none, tmp_path / "a.png")
    with pytest.raises(ParameterError, match=r"path must end in \.png, \.svg or \.pdf"):
        plot_reliability(CURVE, tmp_path / "a.xyz")

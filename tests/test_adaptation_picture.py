"""The picture of adaptation draws each recall where the report has it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.benching import ROOT

sys.path.append(str(ROOT))

from benchmarks import adaptation_picture  # it is no installed package

CURVES = {
    name: {
        "alone": {"1": 0.7 - drop, "2 to 5": 0.71 - drop, "all": 0.1},
        "prior 10": {"1": 0.7 - drop, "2 to 5": 0.75 - drop, "all": 0.1},
    }
    for name, drop in (("clean", 0.0), ("telephone", 0.125))
}


def test_lines_are_the_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[Any] = []
    made = adaptation_picture.figure

    def kept(width: float, height: float) -> Any:
        pages.append(made(width, height))
        return pages[-1]

    monkeypatch.setattr(adaptation_picture, "figure", kept)
    adaptation_picture.draw(CURVES, tmp_path / "curves.png")
    (axes,) = pages[0].axes
    lines = {line.get_label(): line for line in axes.lines}
    assert len(lines) == 4
    assert list(lines["telephone"].get_ydata()) == pytest.approx([57.5, 62.5])
    assert list(lines["telephone, not adapted"].get_ydata()) == pytest.approx([57.5, 58.5])
    assert {lines[name].get_linestyle() for name in CURVES} == {"-"}
    assert lines["clean, not adapted"].get_linestyle() == "--"
    assert lines["clean"].get_color() != lines["telephone"].get_color()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2 to 5"]
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_more_conditions_than_styles_are_refused(tmp_path: Path) -> None:
    many = {str(k): CURVES["clean"] for k in range(5)}
    with pytest.raises(ValueError, match="conditions must be at most 4, got 5"):
        adaptation_picture.draw(many, tmp_path / "curves.png")
    assert not list(tmp_path.iterdir())

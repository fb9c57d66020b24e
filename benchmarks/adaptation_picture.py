"""A picture of what a recognizer gains while it hears a speaker.

    python -m benchmarks.adaptation_picture [--classifier svm] [--out docs/adaptation.png]

It draws the last results of `benchmarks.adaptation` of a classifier; nothing is measured again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from serfast.training.plots import figure

from . import RESULTS, ROOT
from .left_out import result_name

__all__ = ["draw"]

STYLES = (("#0072b2", "o"), ("#e69f00", "s"), ("#009e73", "^"), ("#cc79a7", "D"))
"""Colours that people with any colour vision tell apart (Okabe and Ito, 2008), and marks."""

DRAWN = ("clean", "pink noise 10 dB", "telephone", "room 0.5 s")
"""These conditions of the report stand in the page's picture."""

ALONE, ADAPTED = "alone", "prior 10"

Curves = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Of each condition and way of hearing: the recall at each place, and of all places together."""


def draw(curves: Curves, path: Path) -> None:
    """Write the picture: adapted solid, unadapted dashed, a colour and a mark for each condition.

    Parameters
    ----------
    curves : mapping
        It is `curves` of the report of `benchmarks.adaptation`, of at most four conditions.
    path : path
        The suffix chooses the format.

    Raises
    ------
    ValueError
        If there are more conditions than styles.
    """
    if len(curves) > len(STYLES):
        raise ValueError(f"conditions must be at most {len(STYLES)}, got {len(curves)}")
    page = figure(7.0, 4.4)
    axes = page.add_subplot()
    places: list[str] = []
    for (condition, ways), (colour, mark) in zip(curves.items(), STYLES, strict=False):
        places = [place for place in ways[ALONE] if place != "all"]
        for way, line, fill in ((ADAPTED, "-", colour), (ALONE, "--", "white")):
            recalls = [100 * ways[way][place] for place in places]
            label = condition if way == ADAPTED else f"{condition}, not adapted"
            axes.plot(range(len(places)), recalls, line, color=colour, marker=mark, label=label)
            axes.lines[-1].set_markerfacecolor(fill)
    axes.set_xticks(range(len(places)), places)
    axes.set(xlabel="utterances heard, the present one included", ylabel="UAR %")
    axes.grid(axis="y", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    page.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    page.savefig(path, dpi=150)


def main() -> None:
    """Draw the last results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--classifier", default="svm", help="the plugin (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "adaptation.png")
    arguments = parser.parse_args()
    name = result_name("adaptation", arguments.classifier)
    report = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    curves = {name: report["curves"][name] for name in DRAWN}
    draw(curves, arguments.out)


if __name__ == "__main__":
    main()

"""The last results, put into the pages that show them.

    python -m benchmarks.publish [--check]

Between `<!-- results: NAME -->` and `<!-- end -->` a page has the table of that name (`PARTS`),
made from a file in benchmarks/results/, and nothing else; `--check` writes nothing and fails if a
page shows other results.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from serfast.features import FEATURES, Feature

from . import (
    RESULTS,
    ROOT,
    adaptation,
    augmentation,
    budget,
    encoders,
    formats,
    imbalance,
    pitch,
    robustness,
    steadiness,
    strangers,
    tables,
)
from .conformance_table import conformance_table
from .operations import FORMULAS

PAGES = (
    "README.md",
    *(
        f"docs/{name}.md"
        for name in (
            "adaptation",
            "augmentation",
            "roofline",
            "backends",
            "conformance",
            "custom-features",
            "embedded",
            "embeddings",
            "features",
            "formats",
            "robustness",
            "training",
        )
    ),
)
PART = re.compile(r"(<!-- results: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def load(name: str) -> Any:
    """Give the last results of that name."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def formulas() -> str:
    """Give the table that says how operations and bytes were counted."""
    return tables.markdown(["stage", "operations", "bytes"], FORMULAS)


def features() -> str:
    """Give the table of the built-in features, from the catalogue."""
    rows = [
        [
            f"`{name}`",
            columns_of(cls.example()),
            (cls.__doc__ or "").partition("\n")[0].replace("|", r"\|"),
        ]
        for name, cls in FEATURES.items()
    ]
    return tables.markdown(["feature", "columns", "what it is"], rows, text=3)


def columns_of(feature: Feature) -> str:
    """Name a feature's columns, or the first and the last one of many."""
    names = [f"`{name}`" for name in feature.columns]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


PARTS: Mapping[str, Callable[[], str]] = {
    "summary": lambda: tables.peers_summary(load("peers")),
    "peers": lambda: tables.peers_table(load("peers")),
    "roofline": lambda: tables.stages_table(load("roofline"), load("instructions")),
    "voice": lambda: tables.voice_table(load("instructions")),
    "long": lambda: tables.long_table(load("long")),
    "start": lambda: tables.start_table(load("start")),
    "threads": lambda: tables.threads_table(load("threads")),
    "backends": lambda: tables.backends_table(load("backends")),
    "custom": lambda: tables.custom_table(load("custom")),
    "budget": lambda: budget.tables(load("budget")),
    "conformance": lambda: conformance_table(load("conformance")),
    "formulas": formulas,
    "features": features,
    "formats": lambda: formats.table(load("formats")),
    "conditions": robustness.conditions,
    "robustness": robustness.table,
    "adaptation": lambda: adaptation.table(load("adaptation")),
    "adaptation_onnx": lambda: adaptation.table(load("adaptation_onnx")),
    "adaptation_whisper": lambda: adaptation.table(load("adaptation_whisper")),
    "adaptation_whisper_campplus": lambda: adaptation.table(load("adaptation_whisper_campplus")),
    "imbalance": lambda: imbalance.table(
        {name: load(f"imbalance_{name}") for name in imbalance.METHODS}
    ),
    "steadiness": lambda: steadiness.table(load("steadiness")),
    "encoders": lambda: encoders.table(load("encoders")),
    "student": lambda: tables.student_table(load("student")),
    "strangers": lambda: strangers.table(load("strangers")),
    "strangers_onnx": lambda: strangers.table(load("strangers_onnx")),
    "augmentation": lambda: augmentation.table(load("augmentation")),
    "pitch": lambda: pitch.table(load("pitch")),
}
"""What makes the text of each part.

"summary" is that of peers.json, and the figures of "robustness" are the plugins'; "formulas",
"features" and "conditions" have no file.
"""


def published(page: str) -> str:
    """Give the page with every part made again."""

    def part(match: re.Match[str]) -> str:
        return f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[3]}"

    return PART.sub(part, page)


def main() -> None:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="fail if a page shows other results")
    arguments = parser.parse_args()
    stale = []
    for name in PAGES:
        page = (ROOT / name).read_text("utf-8")
        if (text := published(page)) != page:
            stale.append(name)
            if not arguments.check:
                (ROOT / name).write_text(text, encoding="utf-8")
    if arguments.check and stale:
        sys.exit(f"{', '.join(stale)} must show the last results: python -m benchmarks.publish")


if __name__ == "__main__":
    main()

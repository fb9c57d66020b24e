"""The table of docs/conformance.md, from the figures that benchmarks/conformance.py measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import tables

__all__ = ["conformance_table"]


def conformance_table(results: Mapping[str, Any]) -> str:
    """Give the table of docs/conformance.md."""
    rows = []
    for one in results["conventions"]:
        toolkit = f"{one['toolkit']} {one['version']}" if one["toolkit"] else "its formula, float64"
        unit = "of the row's largest" if one["relative"] else "in the feature's unit"
        figures = [
            f"{one[key]:.0e}" for key in ("worst", "worst_held", "median", "worst_reference")
        ]
        cells = [f"`{name}`" if i == 0 else name for i, name in enumerate(one["name"].split(", "))]
        last = [unit, one["why"], one["left_out"]]
        rows.append([", ".join(cells), toolkit, f"{one['cases']}", *figures, *last])
    head = ["preset", "compared with", "specs", "worst", "worst within 40 dB", "median"]
    return tables.markdown(
        [*head, "worst, float64", "errors", "why not zero", "not reproduced"], rows, text=2
    )

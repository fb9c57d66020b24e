"""A benchmark beside an older one: ratios."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from .report import columns, digits, of

__all__ = ["Figure", "figures", "text"]

Result = dict[str, Any]

SAME = 0.05
"""Differences up to this share are what two runs of the same thing have."""


class Figure(NamedTuple):
    """A number, and which way is better."""

    value: float
    more_is_better: bool = False


def figures(result: Result) -> dict[str, Figure]:
    """List the figures that can be compared, by name and unit."""
    found: dict[str, Figure] = {}
    for row in result["throughput"]:
        found[f"{row['work']} [µs a row]"] = Figure(row["us_per_row"])
    for name, us in result["latency"].get("us", {}).items():
        found[f"latency {name} [µs]"] = Figure(us)
    for row in result["predictions"]:
        if "error" not in row:
            found[f"prediction of {row['classifier']} [ms]"] = Figure(row["ms"])
    for name, taken in result["startup"]["seconds"].items():
        found[f"start-up, {name} [ms]"] = Figure(1000 * taken)
    for name, n_bytes in result["startup"]["memory"]["serfast"].items():
        found[f"memory, {name} [MiB]"] = Figure(n_bytes / 2**20)
    for row in result["live"]:
        if "error" not in row:
            found[f"live streams, {of(row['classifier'])}"] = Figure(row["shown"], True)
    return found


def text(new: Result, old: Result) -> str:
    """Lay the figures of both out beside each other.

    A ratio above 1 is better: 2.00 is twice as fast, half the memory, twice the streams.
    """
    before, after = figures(old), figures(new)
    rows: list[tuple[str, ...]] = [("Compared", "before", "now", "ratio", "")]
    for name in [*after, *(name for name in before if name not in after)]:
        a, b = before.get(name), after.get(name)
        rows.append((name, _shown(a), _shown(b), *_ratio(a, b)))
    return "\n".join([*columns(rows), *_differences(new, old)])


def _ratio(before: Figure | None, after: Figure | None) -> tuple[str, str]:
    if before is None or after is None or not before.value or not after.value:
        return "–", ""
    ratio = after.value / before.value
    ratio = ratio if after.more_is_better else 1 / ratio
    mark = "" if abs(ratio - 1) <= SAME else ("better" if ratio > 1 else "worse")
    return f"{ratio:.2f}", mark


def _shown(figure: Figure | None) -> str:
    return "–" if figure is None else digits(figure.value)


def _differences(new: Result, old: Result) -> list[str]:
    """Say what else was different: then a ratio isn't the change's alone."""
    a, b = _circumstances(old), _circumstances(new)
    return [f"Different: {name} was {a[name]}, now {b[name]}" for name in a if a[name] != b[name]]


def _circumstances(result: Result) -> dict[str, Any]:
    machine, engine, settings = result["machine"], result["engine"], result["settings"]
    return {
        "processor": machine["cpu"],
        "processors": machine["processors"],
        "back end": settings["backend"],
        "instruction set": engine["isa"],
        "threads": settings["threads"],
        "chunk [ms]": settings["chunk_ms"],
        "seconds": settings["seconds"],
        "features": _short(settings["spec"]),
        "serfast": engine["serfast"],
        "Python": engine["python"],
        "NumPy": engine["numpy"],
    }


def _short(spec: dict[str, Any]) -> str:
    """Tell one spec from another in a few characters."""
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return f"spec {digest[:8]}"

"""The figures of a benchmark beside those of an older one, with their ratios."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from .report import columns, digits, stream_name

__all__ = ["Figure", "figures", "text"]

Result = dict[str, Any]

SAME = 0.05
"""Two runs of the same thing differ by up to this share."""


class Figure(NamedTuple):
    """A number, and whether a larger one is better."""

    value: float
    more_is_better: bool = False


def figures(result: Result) -> dict[str, Figure]:
    """List the figures that can be compared, by name and unit."""
    by_name: dict[str, Figure] = {}
    for row in result["throughput"]:
        by_name[f"{row['work']} [µs a row]"] = Figure(row["us_per_row"])
    for name, us in result["latency"].get("us", {}).items():
        by_name[f"latency {name} [µs]"] = Figure(us)
    for row in result["predictions"]:
        if "error" not in row:
            by_name[f"prediction of {row['classifier']} [ms]"] = Figure(row["ms"])
    for name, taken in result["startup"]["seconds"].items():
        by_name[f"start-up, {name} [ms]"] = Figure(1000 * taken)
    for name, n_bytes in result["startup"]["memory"]["serfast"].items():
        by_name[f"memory, {name} [MiB]"] = Figure(n_bytes / 2**20)
    for row in result["live"]:
        if "error" not in row:
            by_name[f"live streams, {stream_name(row['classifier'])}"] = Figure(row["shown"], True)
    return by_name


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
    """Give a line for what else was different, since the ratios come from that as well."""
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
    """Give a few characters that are different for another spec."""
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    return f"spec {digest[:8]}"

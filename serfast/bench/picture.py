"""A benchmark as a picture: throughput, latency, live streams; beside an older one if given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ParameterError
from .report import digits, of

__all__ = ["SUFFIXES", "plot"]

Result = dict[str, Any]

Run = tuple[Result, str, str]
"""What was measured, its colour, its name in the legend."""

SUFFIXES = (".png", ".svg", ".pdf")
NOW, BEFORE = "#1f5fa8", "#b9c4d0"


def plot(result: Result, path: Path, old: Result | None = None) -> None:
    """Draw a benchmark.

    Parameters
    ----------
    result : dict
        As from :func:`serfast.bench.suite.run`.
    path : Path
        Picture to write; the suffix chooses the format.
    old : dict, optional
        Another one, drawn behind it in grey.

    Raises
    ------
    ParameterError
        matplotlib can't write a file of that suffix.
    ImportError
        matplotlib is missing; the message says what to install.
    """
    from ..training.plots import figure

    runs = [(result, NOW, "now"), *([(old, BEFORE, "before")] if old else [])]
    page = figure(width=9.0, height=8.5)
    page.get_layout_engine().set(h_pad=0.12, hspace=0.04)
    page.suptitle(_title(result), fontsize=12)
    upper, middle, lower = page.subplots(3, 1, height_ratios=(1.2, 1.2, 0.7))
    _throughput(upper, runs)
    _latency(middle, runs)
    _live(lower, runs)
    try:
        page.savefig(path, dpi=150)
    except ValueError as error:
        raise ParameterError(f"path must end in {', '.join(SUFFIXES)}: {error}") from error


def _title(result: Result) -> str:
    machine, engine, threads = result["machine"], result["engine"], result["settings"]["threads"]
    parts = [machine["board"] or machine["cpu"], f"serfast {engine['serfast']}"]
    parts += [result["settings"]["backend"], engine["isa"]]
    parts += [f"{threads} thread" + "s" * (threads > 1)]
    return ", ".join(filter(None, parts))


def _throughput(axes: Any, runs: list[Run]) -> None:
    works = [row["work"] for row in runs[0][0]["throughput"]]
    for result, colour, name in runs:
        found = {row["work"]: row for row in result["throughput"]}
        costs = [found[work]["us_per_row"] if work in found else 0 for work in works]
        texts = [
            f"{digits(found[work]['us_per_row'])} µs, {found[work]['times_real_time']:,.0f} ×"
            if work in found
            else ""
            for work in works
        ]
        _bars(axes, works, costs, texts, colour, name, len(runs))
    _finish(axes, "Recordings: time of a row, and times real time", "µs", runs)


def _latency(axes: Any, runs: list[Run]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    said = []
    for result, colour, name in reversed(runs):
        found = result["latency"]
        if "error" in found:
            said.append(f"{name}: {found['error']}")
            continue
        edges, counts = found["histogram"]["edges"], found["histogram"]["counts"]
        shares = [100 * count / found["chunks"] for count in counts]
        axes.stairs(shares, edges, color=colour, fill=colour == BEFORE, linewidth=2, label=name)
        said.append(", ".join(f"{label} {digits(us)}" for label, us in found["us"].items()) + " µs")
    if not axes.patches:
        _empty(axes, said[-1])
        return
    axes.set(xscale="log", yscale="log", ylabel="% of the chunks")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.spines[["top", "right"]].set_visible(False)
    chunk = runs[0][0]["settings"]["chunk_ms"]
    _finish(axes, f"Latency of a chunk of {chunk:g} ms, whole row: {said[-1]}", "µs", runs)


def _live(axes: Any, runs: list[Run]) -> None:
    works = [of(row["classifier"]) for row in runs[0][0]["live"]]
    for result, colour, name in runs:
        found = {of(row["classifier"]): row for row in result["live"]}
        rows = [found.get(work, {"error": "not measured"}) for work in works]
        values = [row.get("shown", 0) for row in rows]
        texts = [f"{row['shown']:,}" if "shown" in row else _short(row["error"]) for row in rows]
        _bars(axes, works, values, texts, colour, name, len(runs))
    _finish(axes, "Live streams served in time", "streams", runs)


def _bars(
    axes: Any,
    works: list[str],
    values: list[float],
    texts: list[str],
    colour: str,
    name: str,
    n_runs: int,
) -> None:
    """Draw one run's bars, the first work on top, its numbers beside them."""
    height = 0.8 / n_runs
    shift = 0.0 if n_runs == 1 else (-height / 2 if colour == NOW else height / 2)
    places = [i + shift for i in range(len(works))]
    drawn = axes.barh(places, values, height=0.9 * height, color=colour, label=name)
    axes.bar_label(drawn, texts, padding=3, fontsize=8)
    axes.set_yticks(range(len(works)), works)
    axes.set_ylim(len(works) - 0.5, -0.5)
    axes.margins(x=0.16)
    axes.spines[["top", "right"]].set_visible(False)


def _finish(axes: Any, title: str, unit: str, runs: list[Run]) -> None:
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel(unit)
    if len(runs) > 1 and not axes.get_subplotspec().rowspan.start:  # once is enough
        axes.legend(loc="best", frameon=False)


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _empty(axes: Any, reason: str) -> None:
    axes.text(0.5, 0.5, reason, ha="center", transform=axes.transAxes)
    axes.set_axis_off()

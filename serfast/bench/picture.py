"""A picture of a benchmark, and of an older one behind it: throughput, latency, live streams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ParameterError
from .report import digits, stream_name

__all__ = ["SUFFIXES", "plot"]

Result = dict[str, Any]

Run = tuple[Result, str, str]
"""What was measured, its colour, and its name in the legend."""

SUFFIXES = (".png", ".svg", ".pdf")
NOW, BEFORE = "#1f5fa8", "#b9c4d0"


def plot(result: Result, path: Path, old: Result | None = None) -> None:
    """Draw a benchmark.

    Parameters
    ----------
    result : dict
        As from :func:`serfast.bench.suite.run`.
    path : Path
        Picture to write. The suffix chooses the format.
    old : dict, optional
        Another one, drawn behind it in grey.

    Raises
    ------
    ParameterError
        matplotlib can't write a file of that suffix.
    ImportError
        matplotlib is missing; the message says what to install.
    """
    from ..training.plots import figure  # heavy: it brings what reads and scores corpora

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
        by_work = {row["work"]: row for row in result["throughput"]}
        rows = [by_work.get(work) for work in works]
        costs = [0 if row is None else row["us_per_row"] for row in rows]
        texts = [
            ""
            if row is None
            else f"{digits(row['us_per_row'])} µs, {row['times_real_time']:,.0f} ×"
            for row in rows
        ]
        _bars(axes, works, costs, texts, colour, name, len(runs))
    _finish(axes, "Recordings: time of a row, and times real time", "µs", runs)


def _latency(axes: Any, runs: list[Run]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # optional: an extra

    texts = []
    for result, colour, name in reversed(runs):
        figures = result["latency"]
        if "error" in figures:
            texts.append(f"{name}: {figures['error']}")
            continue
        edges, counts = figures["histogram"]["edges"], figures["histogram"]["counts"]
        shares = [100 * count / figures["chunks"] for count in counts]
        axes.stairs(shares, edges, color=colour, fill=colour == BEFORE, linewidth=2, label=name)
        quantiles = [f"{label} {digits(us)}" for label, us in figures["us"].items()]
        texts.append(f"{', '.join(quantiles)} µs")
    if not axes.patches:
        _empty(axes, texts[-1])
        return
    axes.set(xscale="log", yscale="log", ylabel="% of the chunks")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.spines[["top", "right"]].set_visible(False)
    chunk = runs[0][0]["settings"]["chunk_ms"]
    _finish(axes, f"Latency of a chunk of {chunk:g} ms, whole row: {texts[-1]}", "µs", runs)


def _live(axes: Any, runs: list[Run]) -> None:
    works = [stream_name(row["classifier"]) for row in runs[0][0]["live"]]
    for result, colour, name in runs:
        by_work = {stream_name(row["classifier"]): row for row in result["live"]}
        rows = [by_work.get(work, {"error": "not measured"}) for work in works]
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
    """Draw the bars of one run with numbers beside them; the first work is on top."""
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
    if len(runs) > 1 and not axes.get_subplotspec().rowspan.start:  # one legend is enough
        axes.legend(loc="best", frameon=False)


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _empty(axes: Any, reason: str) -> None:
    axes.text(0.5, 0.5, reason, ha="center", transform=axes.transAxes)
    axes.set_axis_off()

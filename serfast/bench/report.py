"""The page of text that shows a benchmark."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..models.registry import how_to_install
from .histogram import bars

__all__ = ["columns", "digits", "stream_name", "text"]

Result = dict[str, Any]

WIDTH = 76
"""Characters of a line of the histogram in a terminal that is wide enough."""

WITHOUT_BREAK = "\xa0"
"""A space at which no line ends: a number and its unit stay together."""


def text(result: Result, width: int = WIDTH) -> str:
    """Lay a benchmark out as a page.

    Parameters
    ----------
    result : dict
        As from :func:`serfast.bench.suite.run`.
    width : int
        Characters that a line has room for. Bars become shorter then, but texts don't.

    Returns
    -------
    str
        Lines without a final newline.
    """
    latency = partial(_latency, width=width)
    parts = (_head, _throughput, latency, _predictions, _startup, _live, _warnings)
    return "\n\n".join(part for make in parts if (part := make(result)))


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Align cells in columns: the first `left` ones to the left, the others to the right.

    Examples
    --------
    >>> columns([("rms", "9"), ("mfcc", "10")])
    ['rms    9', 'mfcc  10']
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [f"{c:{w}}" if i < left else f"{c:>{w}}" for i, (c, w) in _numbered(row, widths)]
        lines.append("  ".join(cells).rstrip())
    return lines


def digits(value: float) -> str:
    """Give a number with three digits, or with all of those before the point if they are more.

    Examples
    --------
    >>> digits(0.12345), digits(12.345), digits(12345.6)
    ('0.123', '12.3', '12346')
    """
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def stream_name(classifier: str | None) -> str:
    """Name what a live stream gives."""
    return "rows" if classifier is None else f"events of {classifier}"


def _numbered(row: Sequence[str], widths: list[int]) -> list[tuple[int, tuple[str, int]]]:
    """Give each cell with its number and its column's width."""
    return list(enumerate(zip(row, widths, strict=True)))


def _head(result: Result) -> str:
    """Name the software, the machine, its state and the settings, a line for each."""
    engine, machine, settings = result["engine"], result["machine"], result["settings"]
    states = result["noise"]["states"]
    software = [f"serfast {engine['serfast']}", settings["backend"], engine["isa"]]
    software += [f"Python {engine['python']}", f"NumPy {engine['numpy']}"]
    hardware = [machine["board"], machine["cpu"], _count(machine["processors"], "processor")]
    hardware += [f"{machine['memory'] / 2**30:.1f} GiB" if machine["memory"] else None]
    hardware += [f"{machine['system']} {machine['architecture']}"]
    governors = ", ".join(states[0]["governors"]) or "not told"
    clock = [f"governor {governors}", _clocks(states), _temperatures(states)]
    chosen = [_count(settings["threads"], "thread"), f"chunks of {settings['chunk_ms']:g} ms"]
    chosen += [f"{settings['seconds']:g} s for each measurement"]
    return "\n".join(", ".join(filter(None, p)) for p in (software, hardware, clock, chosen))


def _clocks(states: list[dict[str, Any]]) -> str:
    clocks = [mhz for state in states for mhz in state["mhz"]]
    return f"{min(clocks)} to {max(clocks)} MHz" if clocks else "clock not told"


def _temperatures(states: list[dict[str, Any]]) -> str:
    before, after = (state["celsius"] for state in states)
    if before is None or after is None:
        return "temperature not told"
    return f"{before:.0f} °C before, {after:.0f} °C after"


def _throughput(result: Result) -> str:
    rows = [("Throughput", "µs per row", "times real time")]
    for row in result["throughput"]:
        rows.append((row["work"], digits(row["us_per_row"]), digits(row["times_real_time"])))
    return "\n".join(columns(rows))


def _latency(result: Result, width: int) -> str:
    figures = result["latency"]
    if "error" in figures:
        return f"Latency: {figures['error']}"
    head = (
        f"Latency of a chunk of {result['settings']['chunk_ms']:g} ms, whole row: "
        f"{_quantiles(figures['us'])}; {figures['chunks']} chunks"
    )
    return "\n".join([head, *(f"  {line}" for line in bars(figures["histogram"], width - 2))])


def _predictions(result: Result) -> str:
    head = ("Predictions of 3 s", "a second", "ms each", "ms to load")
    rows: list[tuple[str, ...]] = [head]
    problems = []
    for row in result["predictions"]:
        if "error" in row:
            problems.append(f"{row['classifier']}: {row['error']}")
            continue
        times = [digits(row[name]) for name in ("per_second", "ms", "load_ms")]
        rows.append((row["classifier"], *times))
    if not result["predictions"]:
        return f"Predictions: no classifier is installed; {how_to_install('svm')}"
    return "\n".join([*columns(rows), *problems])


def _startup(result: Result) -> str:
    seconds = result["startup"]["seconds"]
    words = {"python": "Python", "numpy": "with NumPy", "serfast": "with serfast"}
    parts = [f"{words.get(name, name)} {1000 * taken:.0f} ms" for name, taken in seconds.items()]
    lines = [f"Start-up: {', '.join(parts)}"]
    work = "recording" if "error" in result["latency"] else "stream"
    lines.append(_memory(result["startup"]["memory"], work))
    if peaks := [_peak(row) for row in result["predictions"] if row.get("peak")]:
        text = f"Peak memory with a classifier: {', '.join(peaks)}"
        kept = text.replace(" MiB", f"{WITHOUT_BREAK}MiB")
        wrapped = textwrap.wrap(kept, WIDTH, subsequent_indent="  ")
        lines += [line.replace(WITHOUT_BREAK, " ") for line in wrapped]
    return "\n".join(lines)


def _peak(figures: dict[str, Any]) -> str:
    """Give a classifier's memory; without its own in results of former versions."""
    whole = f"{figures['classifier']} {_mb(figures['peak'])}"
    private = figures.get("private")
    return f"{whole} ({_mb(private)} not of libraries' files)" if private else whole


def _memory(programs: dict[str, dict[str, float]], work: str) -> str:
    if "peak" not in programs["serfast"]:
        return "Memory: this system doesn't tell"
    kind = "now" if "now" in programs["serfast"] else "peak"
    numpy, serfast = programs["numpy"][kind], programs["serfast"][kind]
    return (
        f"Memory with one {work}: {_mb(serfast)}, at the peak {_mb(programs['serfast']['peak'])}; "
        f"{_mb(serfast - numpy)} above NumPy's {_mb(numpy)}"
    )


def _live(result: Result) -> str:
    """Give a line for each run, and a sentence for each kind of stream."""
    head = ("Live streams", "µs a chunk", "run", "in time", "busy", "p50", "p99", "p99.9", "max")
    rows: list[tuple[str, ...]] = [head]
    sentences = []
    for row in result["live"]:
        name = stream_name(row["classifier"])
        if "error" in row:
            sentences.append(f"Live streams of {name}: {row['error']}")
            continue
        for run in row["runs"]:
            shares = (f"{100 * run['in_time']:.2f} %", f"{100 * run['busy']:.0f} %")
            delays = [f"{us / 1000:.2f}" for us in run["us"].values()]
            rows.append((name, digits(row["cost_us"]), str(run["streams"]), *shares, *delays))
        sentences.append(_verdict(name, row))
    if len(rows) == 1:
        return "\n".join(sentences)
    limits = sorted({run["deadline_ms"] for row in result["live"] for run in row.get("runs", ())})
    note = (
        "  delays [ms] from the moment a chunk is due; in time: within "
        f"{' or '.join(f'{limit:.4g}' for limit in limits)} ms; events: one each 0.5 s, of 3 s"
    )
    return "\n".join([*columns(rows), note, *sentences])


def _verdict(name: str, row: dict[str, Any]) -> str:
    computed, shown = row["computed"], row["shown"]
    if shown:
        how = "computed and shown" if shown == computed else f"shown; {computed} computed"
        return f"This machine carries {_count(shown, 'live stream')} of {name} ({how})."
    tried = f", down to {row['runs'][-1]['streams']} tried" if row["runs"] else ""
    return f"This machine carries no live stream of {name} ({computed} computed{tried})."


def _warnings(result: Result) -> str:
    return "\n".join(f"Warning: {warning}" for warning in result["warnings"])


def _quantiles(us: dict[str, float]) -> str:
    return ", ".join(f"{name} {digits(value)} µs" for name, value in us.items())


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _mb(n_bytes: float) -> str:
    return f"{n_bytes / 2**20:.1f} MiB"

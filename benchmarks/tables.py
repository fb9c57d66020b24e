"""Reports as markdown. Nothing is measured here: the same report gives the same text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .conditions import sentence

Report = Mapping[str, Any]


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; all columns but the first two are numbers."""
    rule = "|".join("---" if i < 2 else "---:" for i in range(len(header)))
    lines = [f"| {' | '.join(header)} |", f"|{rule}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def number(value: float) -> str:
    """Three significant digits, never as a power of ten."""
    if value >= 99.95:
        return f"{value:.0f}"
    return (
        f"{value:.1f}" if value >= 9.995 else f"{value:.2f}" if value >= 0.9995 else f"{value:.3f}"
    )


def peers_table(report: Report) -> str:
    """The report of `benchmarks.peers`."""
    rows = [row for work in report["works"] for row in _work_rows(work)]
    conditions = (
        f"{report['signal']['seconds']:g} s of speech ({report['signal']['from']}); "
        f"{sentence(report['machine'])}. One thread on one core, packages in turn, medians of "
        f"{report['repeat']}."
    )
    table = markdown(["work", "package", "time", "serfast's lead", "error, median / largest"], rows)
    wins = _wins(report)
    verdict = f"A peer is faster in: {'; '.join(wins)}." if wins else "No peer is faster."
    return "\n\n".join([conditions, table, verdict])


def _work_rows(work: Report) -> Iterable[list[str]]:
    """One line for each package."""
    own = {line["isa"]: line for line in work["results"] if line["package"] == "serfast"}
    for i, line in enumerate(work["results"]):
        name = f"{line['package']} {line.get('version', '')}".strip()
        if line["subject"].startswith("aubio_"):
            name += f", {line['subject'].removeprefix('aubio_')}"
        first = [work["title"] if i == 0 else "", f"{name}, {line['isa']}" if line["isa"] else name]
        if "trouble" in line:
            yield [*first, line["trouble"], "", ""]
            continue
        lead = "" if line["package"] == "serfast" else _lead(line["ms"], own)
        yield [*first, f"{number(line['ms'])} ms", lead, _error(line["error"])]


def _lead(ms: float, own: Mapping[str | None, Report]) -> str:
    """How many times serfast's time a peer takes, in brackets with other instruction sets."""
    ratios = {isa: ms / line["ms"] for isa, line in own.items() if "ms" in line}
    if not ratios:
        return ""
    first = ratios.pop(None)
    text = f"{number(first)} ×" if first >= 1 else f"**{number(first)} ×**"
    others = ", ".join(f"{number(ratio)} {isa}" for isa, ratio in ratios.items())
    return f"{text} ({others})" if others else text


def _error(error: Report) -> str:
    if "none" in error:
        return str(error["none"])
    return f"{error['median']:.0e} / {error['largest']:.0e} {error['unit']}".rstrip()


def _wins(report: Report) -> list[str]:
    """Every (work, peer) in which the peer is faster."""
    found = []
    for work in report["works"]:
        times = {line["subject"]: line["ms"] for line in reversed(work["results"]) if "ms" in line}
        own = times.pop("serfast", 0.0)
        found += [f"{work['title']}: {peer}" for peer, ms in times.items() if ms < own]
    return found


def stages_table(report: Report, instructions: Report | None = None) -> str:
    """The report of `benchmarks.roofline`, and the counts of `benchmarks.instructions`."""
    isas: Mapping[str, Report] = report["isas"]
    counts: Mapping[str, Mapping[str, int]] = (instructions or {}).get("instructions", {})
    best = list(isas)[-1]
    rows = []
    for stage in report["stages"]:
        name, cost = stage["name"], (stage["operations"], stage["bytes"])
        times = [isas[isa]["us"][name] for isa in isas]
        rows.append(
            [
                name,
                *(f"{value}" for value in cost),
                *(f"{counts[isa].get(name, '')}" for isa in counts),
                *(number(us) for us in times),
                f"{100 * least_time(stage, isas[best]) / times[-1]:.0f} %",
                _beside_neighbour(stage, report),
            ]
        )
    header = ["stage", "operations", "bytes", *(f"instructions, {isa}" for isa in counts)]
    header += [*(f"µs, {isa}" for isa in isas), "of the peak", "cost of a sample"]
    peaks = "; ".join(
        f"{isa} {number(isas[isa]['operations_per_s'] / 1e9)} G operations, "
        f"{number(isas[isa]['bytes_per_s'] / 1e9)} GB"
        for isa in isas
    )
    about = f"{sentence(report['machine'])}. One thread on one core. Peak in a second: {peaks}."
    if instructions:
        about += f" Instructions: {instructions['compiler']}, {instructions['valgrind']}."
    return f"{about}\n\n{markdown(header, rows)}"


def least_time(stage: Report, isa: Report) -> float:
    """Microseconds that a row would take at the machine's peak."""
    arithmetic = stage["operations"] / isa["operations_per_s"]
    return float(1e6 * max(arithmetic, stage["bytes"] / isa["bytes_per_s"]))


def _beside_neighbour(stage: Report, report: Report) -> str:
    """Cost of a sample of the frame, in that of the stage nearby, for every instruction set."""
    if stage["near"] is None:
        return ""
    near = next(other for other in report["stages"] if other["name"] == stage["near"])
    samples = stage["frame_length"] / near["frame_length"]
    ratios = [isa["us"][stage["name"]] / isa["us"][near["name"]] for isa in report["isas"].values()]
    each = ", ".join(number(ratio / samples) for ratio in ratios)
    return f"{each} × {near['name'].split()[-1]}'s"


def long_table(report: Report) -> str:
    """The report of `benchmarks.long`."""
    rows = []
    for length in report["lengths"]:
        for way in ("blocks", "at once"):
            if way in length:
                found = length[way]
                per_row = 1e6 * found["taken_s"] / found["rows"]
                figures = [f"{found['taken_s']:.3g} s", f"{per_row:.2f}"]
                rows.append(
                    [_duration(length["seconds"]), way, *figures, f"{found['peak_mb']:.0f}"]
                )
    header = ["recording", "read", "time", "µs a row", "most memory [MiB]"]
    return f"{sentence(report['machine'])}. One thread on one core.\n\n{markdown(header, rows)}"


def _duration(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def start_table(report: Report) -> str:
    """The report of `benchmarks.start`."""
    rows = [[name, f"{ms:.3f}"] for name, ms in report["ms"].items()]
    conditions = f"{sentence(report['machine'])}. Medians of {report['repeat']} fresh processes."
    return f"{conditions}\n\n{markdown(['what', 'ms'], rows)}"


def threads_table(report: Report) -> str:
    """The report of `benchmarks.threads`."""
    one, two = report["s"]["1"], report["s"]["2"]
    equal = "bit for bit the same rows" if report["equal"] else "ROWS THAT DIFFER"
    return (
        f"{sentence(report['machine'])}. {report['count']} recordings, {report['seconds']:.0f} s "
        f"together; medians of {report['repeat']} in turn: one thread "
        f"{1e3 * one:.1f} ms, two {1e3 * two:.1f} ms, {one / two:.2f} × as fast, {equal}."
    )

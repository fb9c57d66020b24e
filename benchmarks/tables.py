"""Reports as markdown. Nothing is measured here: the same report gives the same text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any

from .conditions import sentence

Report = Mapping[str, Any]


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], text: int = 2) -> str:
    """Give a table; all columns but the first ones, `text` of them, are numbers."""
    rule = "|".join("---" if i < text else "---:" for i in range(len(header)))
    lines = [f"| {' | '.join(header)} |", f"|{rule}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def number(value: float) -> str:
    """Give a number with three significant digits, never as a power of ten."""
    if value >= 99.95:
        return f"{value:.0f}"
    return (
        f"{value:.1f}" if value >= 9.995 else f"{value:.2f}" if value >= 0.9995 else f"{value:.3f}"
    )


def peers_table(report: Report) -> str:
    """Show the report of `benchmarks.peers`, with a line for each work and package."""
    rows = [row for work in report["works"] for row in _work_rows(work)]
    header = ["work", "package", "time", "serfast's lead", "error, median / largest"]
    return "\n\n".join([_peers_conditions(report), markdown(header, rows), _verdict(report)])


def peers_summary(report: Report) -> str:
    """Show the report of `benchmarks.peers` with one line for each work."""
    rows = []
    for work in report["works"]:
        ours, peers = _parted(work)
        times = [number(line["ms"]) for line in ours.values() if "ms" in line]
        leads = [f"{_name(line)} {_lead(line, ours)}" for line in peers]
        errors = [_largest(line) for line in [ours[None], *peers]]
        time = f"{times[0]} ms" + (f" ({', '.join(times[1:])})" if times[1:] else "")
        rows.append([work["title"], time, ", ".join(leads), ", ".join(filter(None, errors))])
    isas = [line["isa"] for line in report["works"][0]["results"] if line["isa"]]
    brackets = f" (with {', '.join(isas)})" if isas else ""
    header = ["work", f"serfast{brackets}", f"how many times as fast{brackets}", "largest error"]
    table = markdown(header, rows, text=4)
    return "\n\n".join([_peers_conditions(report), table, _verdict(report)])


def _peers_conditions(report: Report) -> str:
    lines = [line for work in report["works"] for line in work["results"] if "version" in line]
    versions = dict.fromkeys(
        f"{line['package']} {line['version']}" for line in lines if line["package"] != "serfast"
    )
    return (
        f"{report['signal']['seconds']:g} s of speech ({report['signal']['from']}); "
        f"{sentence(report['machine'])}; {', '.join(versions)}. One thread on one core, packages "
        f"in turn, medians of {report['repeat']}."
    )


def _verdict(report: Report) -> str:
    """Name every work in which a peer is faster."""
    faster = []
    for work in report["works"]:
        ours, peers = _parted(work)
        wins = [_name(line) for line in peers if line.get("ms", inf) < ours[None].get("ms", 0)]
        faster += [f"{work['title']}: {', '.join(wins)}"] if wins else []
    return f"A peer is faster in: {'; '.join(faster)}." if faster else "No peer is faster."


def _parted(work: Report) -> tuple[dict[str | None, Report], list[Report]]:
    """Give the lines of serfast by instruction set (None is the one in use), and of the peers."""
    ours = {line["isa"]: line for line in work["results"] if line["package"] == "serfast"}
    return ours, [line for line in work["results"] if line["package"] != "serfast"]


def _name(line: Report) -> str:
    """Name the package, and for aubio the method too."""
    method = line["subject"].partition("aubio_")[2]
    return f"{line['package']} {method}" if method else str(line["package"])


def _largest(line: Report) -> str:
    """Give the largest error, if there is one."""
    error = line.get("error", {"none": ""})
    if "none" in error:
        return ""
    if line["package"] == "serfast":
        return f"{error['largest']:.0e} {error['unit']}".rstrip()
    return f"{_name(line)} {error['largest']:.0e}"


def _work_rows(work: Report) -> Iterable[list[str]]:
    """Give one line for each package."""
    ours, _ = _parted(work)
    for i, line in enumerate(work["results"]):
        name = f"{_name(line)}, {line['isa']}" if line["isa"] else _name(line)
        first = [work["title"] if i == 0 else "", name]
        if "trouble" in line:
            yield [*first, line["trouble"], "", ""]
        else:
            lead = "" if line["package"] == "serfast" else _lead(line, ours)
            yield [*first, f"{number(line['ms'])} ms", lead, _error(line["error"])]


def _lead(line: Report, ours: Mapping[str | None, Report]) -> str:
    """Say how many times serfast's time a peer takes, in brackets for other instruction sets."""
    if "trouble" in line:
        return f"({line['trouble']})"
    ratios = {isa: line["ms"] / mine["ms"] for isa, mine in ours.items() if "ms" in mine}
    if not ratios:
        return ""
    first = ratios.pop(None)
    text = f"{number(first)} ×" if first >= 1 else f"**{number(first)} ×**"
    return f"{text} ({', '.join(map(number, ratios.values()))})" if ratios else text


def _error(error: Report) -> str:
    if "none" in error:
        return str(error["none"])
    return f"{error['median']:.0e} / {error['largest']:.0e} {error['unit']}".rstrip()


def stages_table(report: Report, instructions: Report | None = None) -> str:
    """Show the report of `benchmarks.roofline`, and the counts of `benchmarks.instructions`."""
    isas: Mapping[str, Report] = report["isas"]
    counts: Mapping[str, Mapping[str, int]] = (instructions or {}).get("instructions", {})
    best = list(isas)[-1]
    rows = []
    for stage in report["stages"]:
        name, known = stage["name"], stage["operations"] is not None
        times = [isas[isa]["us"][name] for isa in isas]
        rows.append(
            [
                name,
                *(f"{stage[cost]}" if known else "" for cost in ("operations", "bytes")),
                *(f"{counts[isa].get(name, '')}" for isa in counts),
                *(number(us) for us in times),
                share_of_peak(stage, isas[best], times[-1]) if known else "",
                _beside_neighbour(stage, report),
            ]
        )
    header = ["stage", "operations", "bytes", *(f"instructions, {isa}" for isa in counts)]
    header += [*(f"µs, {isa}" for isa in isas), "of the peak", "cost of a sample"]
    peaks = "; ".join(f"{isa} {peak(isas[isa])}" for isa in isas)
    about = f"{sentence(report['machine'])}. One thread on one core. Peak in a second: {peaks}."
    if instructions:
        about += f" Instructions: {instructions['compiler']}, {instructions['valgrind']}."
    return f"{about}\n\n{markdown(header, rows)}"


VOICE = ("YIN 1024", "F0", "Formants", "HNR", "AutocorrelationHNR", "CPP", "Jitter", "Shimmer")
"""The stages of a voice that are shown together, and those behind them."""


def voice_table(instructions: Report) -> str:
    """Show the instructions of a row of the voice's features, and what they are beside YIN's."""
    counts: Mapping[str, Mapping[str, int]] = instructions["instructions"]
    rows = []
    for name in (*VOICE, "HarmonicDifferences", "voice row"):
        if all(name in recorded for recorded in counts.values()):
            each = [recorded[name] for recorded in counts.values()]
            last = list(counts.values())[-1]
            rows.append([name, *map(str, each), f"{last[name] / last['YIN 1024']:.2f}"])
    header = ["row", *(f"instructions, {isa}" for isa in counts), "× YIN's"]
    about = f"{instructions['compiler']}, {instructions['valgrind']}"
    return f"{about}.\n\n{markdown(header, rows, text=1)}"


def peak(isa: Report) -> str:
    """Give the peak of one instruction set; operations are None where they weren't measured."""
    operations = isa["operations_per_s"]
    known = operations is not None
    counted = f"{number(operations / 1e9)} G operations" if known else "operations not measured"
    return f"{counted}, {number(isa['bytes_per_s'] / 1e9)} GB"


def share_of_peak(stage: Report, isa: Report, us: float) -> str:
    """Give the time that a row would take at the machine's peak, as a share of what it takes."""
    if isa["operations_per_s"] is None:
        return ""
    arithmetic = stage["operations"] / isa["operations_per_s"]
    least = 1e6 * max(arithmetic, stage["bytes"] / isa["bytes_per_s"])
    return f"{100 * least / us:.0f} %"


def _beside_neighbour(stage: Report, report: Report) -> str:
    """Give the cost of a sample beside that of the stage nearby, for every instruction set."""
    if stage["near"] is None:
        return ""
    near = next(other for other in report["stages"] if other["name"] == stage["near"])
    samples = stage["frame_length"] / near["frame_length"]
    ratios = [isa["us"][stage["name"]] / isa["us"][near["name"]] for isa in report["isas"].values()]
    each = ", ".join(number(ratio / samples) for ratio in ratios)
    return f"{each} × {near['name'].split()[-1]}'s"


def long_table(report: Report) -> str:
    """Show the report of `benchmarks.long`."""
    rows = []
    for length in report["lengths"]:
        for way in ("blocks", "at once"):
            if way in length:
                measured = length[way]
                per_row = 1e6 * measured["taken_s"] / measured["rows"]
                figures = [f"{measured['taken_s']:.3g} s", f"{per_row:.2f}"]
                figures.append(f"{measured['peak_mb']:.0f}")
                rows.append([_duration(length["seconds"]), way, *figures])
    header = ["recording", "read", "time", "µs a row", "most memory [MiB]"]
    return f"{sentence(report['machine'])}. One thread on one core.\n\n{markdown(header, rows)}"


def _duration(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def start_table(report: Report) -> str:
    """Show the report of `benchmarks.start`."""
    rows = [[name, f"{ms:.3f}"] for name, ms in report["ms"].items()]
    conditions = f"{sentence(report['machine'])}. Medians of {report['repeat']} fresh processes."
    return f"{conditions}\n\n{markdown(['what', 'ms'], rows, text=1)}"


def backends_table(report: Report) -> str:
    """Show the report of `benchmarks.backends`: a table of the back ends, and one of the rows."""
    about = f"{_with_numba(report)}; medians of {report['repeat']}."
    cold, warm, late = report["cold"], report["warm"], report["stream_us"]
    backends = list(warm)
    lines: dict[str, Callable[[str], str]] = {
        "`import serfast`, after NumPy": lambda b: f"{1e3 * warm[b]['import']:.0f} ms",
        "first extractor, nothing kept from before": lambda b: f"{cold[b]['extractor']:.2g} s",
        "first extractor, compiled code kept": lambda b: f"{1e3 * warm[b]['extractor']:.0f} ms",
        "first call, a second of signal": lambda b: f"{1e3 * warm[b]['call']:.1f} ms",
        "memory of the process after it": lambda b: f"{warm[b]['memory']:.0f} MB",
        "the same, if it compiled": lambda b: f"{cold[b]['memory']:.0f} MB",
        "a row from a stream, median / 99 %": lambda b: (
            f"{late[b][0]:.1f} / {late[b][1]:.1f} µs" if b in late else "no streams"
        ),
        "installed": lambda b: _sizes(report["mb"][b]),
    }
    starts = [[name, *map(show, backends)] for name, show in lines.items()]
    rows, ratios = [], []
    for name, by in report["rows"].items():
        native, numba, reference = by["native"], by["numba"], by["reference"]
        ratios.append(numba["us"] / native["us"])
        times = [f"{native['us']:.2f}", f"{numba['us']:.2f}", f"{ratios[-1]:.2f}"]
        off = f"{native['off']:.2g}, {numba['off']:.2g}"
        rows.append([name, *times, f"{reference['us']:.0f}", off])
    header = ["µs a row", "native", "numba", "numba / native", "reference", "off: native, numba"]
    stream = late["numba"][0] / late["native"][0]
    verdict = (
        f"Numba takes at most {max(ratios):.2f} × native's time for a row of a recording, and "
        f"{stream:.1f} × for a row from a stream."
    )
    first = markdown(["presets.speech()", *backends], starts, text=4)
    return "\n\n".join([about, first, markdown(header, rows, text=1), verdict])


def _with_numba(report: Report) -> str:
    return f"{sentence(report['machine'])}; Numba {report['numba']}"


def _sizes(megabytes: Mapping[str, float]) -> str:
    parts = [f"{mb:.{1 if mb < 10 else 0}f} {name}" for name, mb in megabytes.items()]
    return f"{sum(megabytes.values()):.0f} MB ({', '.join(parts)})"


def custom_table(report: Report) -> str:
    """Show the report of `benchmarks.custom`."""
    rows = [
        [name, f"{us['added']:.2f}", f"{us['own']:.2f}", f"{us['added'] - us['own']:.2f}"]
        for name, us in report["us"].items()
    ]
    added = f"added to MFCC's {report['mfcc_us']:.2f}"
    header = [f"{report['features']} features, µs a row", added, "own arithmetic", "beyond it"]
    about = (
        f"{_with_numba(report)}. One thread, {report['rows']} rows of {report['frame_length']} "
        f"samples, medians of {report['repeat']} in turn."
    )
    last = (
        f"Without checks of bounds, crest's own arithmetic takes {report['unchecked_us']:.2f} µs."
    )
    return "\n\n".join([about, markdown(header, rows, text=1), last])


def threads_table(report: Report) -> str:
    """Show the report of `benchmarks.threads`."""
    one, two = report["s"]["1"], report["s"]["2"]
    equal = "bit for bit the same rows" if report["equal"] else "ROWS THAT DIFFER"
    return (
        f"{sentence(report['machine'])}. {report['count']} recordings, {report['seconds']:.0f} s "
        f"together; medians of {report['repeat']} in turn: one thread "
        f"{1e3 * one:.1f} ms, two {1e3 * two:.1f} ms, {one / two:.2f} × as fast, {equal}."
    )


def student_table(report: Report) -> str:
    """Show the recalls of `benchmarks.student` in each condition."""
    recalls = report["uar"]
    header = ["UAR %", *recalls["teacher"]]
    rows = [[who, *map(str, by_condition.values())] for who, by_condition in recalls.items()]
    return markdown(header, rows, text=1)

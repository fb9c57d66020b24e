"""Latency of a live stream: 160 samples in, one row out, called from Python, beside its peers.

    python -m benchmarks.latency [--chunks 100000] [--peers PYTHON] [--save]
    python -m benchmarks.latency --day

Each subject runs in a process of its own, on one core, one after the other; every call is timed
by itself. The peers are kaldi-native-fbank and aubio (`pip install kaldi-native-fbank aubio`; the
second may have to be compiled), in this environment or in that of the interpreter `--peers`. A
peer that isn't there has a line that says so. It shows what a caller waits for a row. It doesn't
show throughput on recordings, nor whether the features agree: each library has its own MFCC.

`--day` sends 24 hours through one stream, chunk by chunk, and shows memory and the last row.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from serfast.bench.histogram import quantiles

from . import RESULTS
from .conditions import machine, sentence
from .day import day
from .latency_subjects import HOP, SUBJECTS, WARM_UP
from .process import in_child
from .reports import write
from .tables import markdown

REPORT = RESULTS / "latency.json"
QUANTILES = ("p50", "p99", "p99.9", "max")


def measured(index: int, n_chunks: int, peers: str) -> dict[str, Any]:
    """Measure a subject in a process of its own, with the peers' interpreter if it is a peer."""
    interpreter = sys.executable if SUBJECTS[index].package == "serfast" else peers
    result: dict[str, Any] = in_child(
        "latency_subjects.measure", index, n_chunks, interpreter=interpreter
    )
    if "ns" not in result:
        return result
    us = quantiles(np.array(result.pop("ns")) / 1000)
    return {**result, **{name: round(us[name], 3) for name in QUANTILES}}


def report_text(report: dict[str, Any]) -> str:
    """Give the report as markdown."""
    rows = []
    for subject, result in zip(SUBJECTS, report["results"], strict=True):
        name = f"{subject.package} {result.get('version', '')}".strip()
        missing = [result.get("missing", ""), *[""] * (len(QUANTILES) - 1)]
        figures = missing if "missing" in result else [f"{result[q]:.2f}" for q in QUANTILES]
        rows.append([name, subject.work, *figures])
    used = {f"Python {r['python']}, NumPy {r['numpy']}" for r in report["results"] if "p50" in r}
    conditions = (
        f"{sentence(report['machine'])}. One thread on one core; {report['chunks']} chunks of "
        f"{HOP} samples after {WARM_UP}. [µs]"
    )
    table = markdown(["package", "work", *QUANTILES], rows)
    return "\n\n".join([conditions, table, "; ".join(sorted(used)) + "."])


def main() -> None:
    """Print the table; with --save, write the JSON as well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--peers", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--save", action="store_true", help=f"write {REPORT.name}")
    parser.add_argument("--day", action="store_true", help="24 hours through one stream")
    arguments = parser.parse_args()
    if arguments.day:
        sys.exit(not day())
    report: dict[str, Any] = {"machine": machine(), "chunks": arguments.chunks}
    subjects = range(len(SUBJECTS))
    report["results"] = [measured(i, arguments.chunks, arguments.peers) for i in subjects]
    print(report_text(report))
    works = [{"package": s.package, "work": s.work} for s in SUBJECTS]
    merged = [{**a, **b} for a, b in zip(works, report["results"], strict=True)]
    write(REPORT if arguments.save else None, {**report, "results": merged})


if __name__ == "__main__":
    main()

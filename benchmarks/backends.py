"""The back ends side by side: start-up, first call, throughput, latency, memory, installed size.

    python -m benchmarks.backends [--seconds 60] [--repeat 9] [--isa avx2] [--json FILE]

Times are the processor's: those of a machine with nothing else to do, as far as others don't take
its caches. Start-up and streams have a process of their own for each back end, one after the other
(medians of three for what compiles); rows of recordings are timed in one process, in turn, medians
of `--repeat`. All have one thread. The first extractor is shown twice: with an empty cache of
compiled code, as after installing, and with a full one. `--isa` names the instruction set of the
native back end; Numba compiles for the processor as it is. "off" is how far rows are from the
reference's, in units of the tolerances between back ends (serfast.models.bundle.agreement).
The table doesn't
show many threads, other processors, or what other programs on the machine cost.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .child import from_child
from .conditions import machine
from .recordings import speech_like
from .tables import backends_table

BACKENDS = ("native", "numba", "reference")
PACKAGES = {
    "native": ("numpy",),
    "numba": ("numpy", "numba", "llvmlite"),
    "reference": ("numpy",),
}
RATE = 16000


def works() -> dict[str, Any]:
    """What is measured per row, by name: one spec for each stage, and all together."""
    import serfast as s

    return {
        "RMS 512": s.RMS(frame_length=512),
        "zero-crossing rate 512": s.ZeroCrossingRate(frame_length=512),
        "power spectrum 512": s.PowerSpectrum(n_fft=512),
        "power spectrum 2048": s.PowerSpectrum(n_fft=2048),
        "mel power 400, 80 bands": s.MelPower(n_fft=400, n_mels=80),
        "log-mel 512, 40 bands": s.LogMel(n_fft=512, n_mels=40),
        "MFCC 512, 40 bands, 13": s.MFCC(n_fft=512, n_mels=40, n_mfcc=13),
        "MFCC 2048, 128 bands, 20": s.MFCC(n_fft=2048, n_mels=128, n_mfcc=20),
        "YIN 1024, 65-600 Hz": s.YIN(frame_length=1024, fmin=65, fmax=600),
        "delta of MFCC 512": s.Delta(s.MFCC(n_fft=512, n_mels=40, n_mfcc=13)),
    }


def specs() -> dict[str, Any]:
    """`works` as specs, and presets.speech()."""
    import serfast

    made = {name: serfast.FeatureSpec(features=(f,)) for name, f in works().items()}
    return {**made, "presets.speech(), 81 columns": serfast.presets.speech()}


# --- In the child -------------------------------------------------------------------------------


def first_call(backend: str) -> dict[str, float]:
    """Processor's seconds to the first extractor and through its first call; memory [MB]."""
    y = speech_like(1.0, RATE)
    begin = time.process_time()
    import serfast

    imported = time.process_time()
    extractor = serfast.Extractor(serfast.presets.speech(), backend=backend)
    made = time.process_time()
    extractor(y)
    called = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "import": imported - begin,
        "extractor": made - imported,
        "call": called - made,
        "memory": peak,
    }


def row_costs(arguments: argparse.Namespace) -> dict[str, dict[str, dict[str, float]]]:
    """By work and back end: processor's microseconds a row, and how far off the rows are."""
    y = speech_like(arguments.seconds, RATE)
    signals = {"native": y, "numba": y, "reference": y[: 5 * RATE]}
    return {name: _row_cost(spec, signals, arguments.repeat) for name, spec in specs().items()}


def _row_cost(spec: Any, signals: dict[str, Any], repeat: int) -> dict[str, dict[str, float]]:
    """Of one work: medians of laps that take turns."""
    import serfast

    extractors = {b: serfast.Extractor(spec, backend=b) for b in signals}
    short = signals["reference"]
    expected = extractors["reference"](short)
    found, laps = {}, {b: np.empty(repeat) for b in signals}
    for backend, extractor in extractors.items():
        n_rows = len(extractor(signals[backend]))
        found[backend] = {"rows": n_rows, "off": _off(spec, extractor(short), expected)}
    for lap in range(repeat):
        for backend, extractor in extractors.items():
            start = time.thread_time()
            extractor(signals[backend])
            laps[backend][lap] = time.thread_time() - start
    return {
        b: {"us": 1e6 * float(np.median(laps[b])) / one["rows"], "off": one["off"]}
        for b, one in found.items()
    }


def _off(spec: Any, rows: Any, expected: Any) -> float:
    """How far rows are from the reference's, in units of the tolerances."""
    from serfast.models.bundle.agreement import disagreement, excess

    assert disagreement(spec, rows, expected) is None
    begin, worst = 0, 0.0
    for feature in spec.features:
        columns = slice(begin, begin + len(feature.columns))
        wide = (rows[:, columns].astype(float), expected[:, columns].astype(float))
        worst, begin = max(worst, excess(feature, *wide)), columns.stop
    return worst


def latency(backend: str) -> list[float]:
    """Microseconds of `accept` for 10 ms, with out=: median and 99th percentile."""
    import serfast

    extractor = serfast.Extractor(serfast.presets.speech(), backend=backend)
    stream = extractor.stream()
    chunk, laps = speech_like(0.01, RATE), []
    out = np.empty((2, len(extractor.columns)), np.float32)
    for _ in range(12000):
        start = time.perf_counter_ns()
        stream.accept(chunk, out)
        laps.append(time.perf_counter_ns() - start)
    return [float(q) / 1e3 for q in np.percentile(laps[2000:], [50, 99])]


# --- In the parent ------------------------------------------------------------------------------


def in_child(what: str, backend: str, arguments: argparse.Namespace, cache: str) -> Any:
    """One measurement in a process of its own, with its own cache of compiled code."""
    settings = ["--child", what, "--backend", backend]
    settings += ["--seconds", str(arguments.seconds), "--repeat", str(arguments.repeat)]
    environment = {"NUMBA_CACHE_DIR": cache}
    if arguments.isa:
        environment["SERFAST_ISA"] = arguments.isa
    return from_child("benchmarks.backends", *settings, **environment)


def starts(backend: str, arguments: argparse.Namespace, cold: bool) -> dict[str, float]:
    """Medians of `first_call`, with an empty cache of compiled code or a full one."""
    laps = []
    with tempfile.TemporaryDirectory() as kept:
        if not cold:
            in_child("first", backend, arguments, kept)
        for _ in range(3):
            with tempfile.TemporaryDirectory() as empty:
                laps.append(in_child("first", backend, arguments, empty if cold else kept))
    return {key: median(lap[key] for lap in laps) for key in laps[0]}


def installed(package: str) -> float:
    """Megabytes of an installed distribution."""
    listed = files(package) or []
    paths = {Path(str(path.locate())) for path in listed}
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def own_size() -> dict[str, float]:
    """Megabytes of serfast's own files, with the native module and without."""
    import serfast

    folder = Path(serfast.__file__).parent
    kept = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    native = sum(p.stat().st_size for p in kept if p.suffix in (".so", ".pyd"))
    whole = sum(p.stat().st_size for p in kept)
    return {
        "native": whole / 1e6,
        "numba": (whole - native) / 1e6,
        "reference": (whole - native) / 1e6,
    }


def sizes() -> dict[str, dict[str, float]]:
    """Megabytes of serfast and of what each back end needs, by package."""
    own, found = own_size(), {}
    for backend in BACKENDS:
        found[backend] = {"serfast": own[backend]}
        for package in PACKAGES[backend]:
            with suppress(PackageNotFoundError):
                found[backend][package] = installed(package)
    return found


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """The report: conditions, start-up and so on by back end, and each row's cost and error."""
    about = {"machine": machine(), "numba": version("numba"), "repeat": arguments.repeat}
    cold = {b: starts(b, arguments, cold=True) for b in BACKENDS}
    warm = {b: starts(b, arguments, cold=False) for b in BACKENDS}
    with tempfile.TemporaryDirectory() as cache:
        late = {b: in_child("latency", b, arguments, cache) for b in BACKENDS[:2]}
        rows = in_child("rows", "all", arguments, cache)
    return {**about, "cold": cold, "warm": warm, "stream_us": late, "mb": sizes(), "rows": rows}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--isa", default="")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--child", choices=["first", "rows", "latency"], help=argparse.SUPPRESS)
    parser.add_argument("--backend", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        work: dict[str, Callable[[], Any]] = {
            "first": lambda: first_call(arguments.backend),
            "rows": lambda: row_costs(arguments),
            "latency": lambda: latency(arguments.backend),
        }
        print(json.dumps(work[arguments.child]()))
        return
    if arguments.isa:
        os.environ["SERFAST_ISA"] = arguments.isa
    report = measured(arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(backends_table(report))


if __name__ == "__main__":
    main()

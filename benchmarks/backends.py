"""The back ends side by side: start-up, first call, throughput, latency, memory, installed size.

    python -m benchmarks.backends [--seconds 60] [--repeat 9] [--isa avx2]

Each figure comes from a process of its own, with one thread, one after the other; medians of
`--repeat` (of three for what compiles). The first call is shown twice: with an empty cache of
compiled code, as after installing, and with a full one. `--isa` names the instruction set of the
native back end; Numba compiles for the processor as it is. "of reference" is how far rows are from
the reference's, in units of the tolerances between back ends (serfast.agreement). The table doesn't
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
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .child import from_child
from .conditions import machine, sentence
from .recordings import speech_like

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
    """Seconds from nothing to the first extractor, and through its first call; memory [MB]."""
    y = speech_like(1.0, RATE)
    begin = time.perf_counter()
    import serfast

    imported = time.perf_counter()
    extractor = serfast.Extractor(serfast.presets.speech(), backend=backend)
    made = time.perf_counter()
    extractor(y)
    called = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "import": imported - begin,
        "extractor": made - imported,
        "call": called - made,
        "memory": peak,
    }


def rows_per_second(backend: str, arguments: argparse.Namespace) -> dict[str, list[float]]:
    """By work: microseconds a row, and how far rows are from the reference's."""
    import serfast
    from serfast.agreement import disagreement, excess

    y = speech_like(arguments.seconds if backend != "reference" else 5.0, RATE)
    found = {}
    for name, spec in specs().items():
        extractor = serfast.Extractor(spec, backend=backend)
        n_rows, laps = len(extractor(y)), []
        for _ in range(arguments.repeat if backend != "reference" else 3):
            start = time.perf_counter()
            extractor(y)
            laps.append(time.perf_counter() - start)
        short = y[: 5 * RATE]
        rows = extractor(short)
        expected = serfast.Extractor(spec, backend="reference")(short)
        begin, worst = 0, 0.0
        for feature in spec.features:
            columns = slice(begin, begin + len(feature.columns))
            wide = (rows[:, columns].astype(float), expected[:, columns].astype(float))
            worst, begin = max(worst, excess(feature, *wide)), columns.stop
        assert disagreement(spec, rows, expected) is None
        found[name] = [median(laps) / n_rows * 1e6, worst]
    return found


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


def size(backend: str, own: float) -> str:
    """Megabytes of serfast and of what the back end needs, each."""
    parts = [f"{own:.1f} serfast"]
    total = own
    for package in PACKAGES[backend]:
        try:
            megabytes = installed(package)
        except PackageNotFoundError:
            continue
        total += megabytes
        parts.append(f"{megabytes:.0f} {package}")
    return f"{total:.0f} MB ({', '.join(parts)})"


def print_starts(arguments: argparse.Namespace) -> None:
    """Start-up, first call, memory, size, latency: one column a back end."""
    cold = {b: starts(b, arguments, cold=True) for b in BACKENDS}
    warm = {b: starts(b, arguments, cold=False) for b in BACKENDS}
    own = own_size()
    with tempfile.TemporaryDirectory() as cache:
        late = {b: in_child("latency", b, arguments, cache) for b in BACKENDS[:2]}
    lines: dict[str, Callable[[str], str]] = {
        "`import serfast`, after NumPy": lambda b: f"{warm[b]['import'] * 1e3:.0f} ms",
        "first extractor, nothing kept from before": lambda b: f"{cold[b]['extractor']:.2g} s",
        "first extractor, compiled code kept": lambda b: f"{warm[b]['extractor'] * 1e3:.0f} ms",
        "first call, a second of signal": lambda b: f"{warm[b]['call'] * 1e3:.1f} ms",
        "memory of the process after it": lambda b: f"{warm[b]['memory']:.0f} MB",
        "the same, if it compiled": lambda b: f"{cold[b]['memory']:.0f} MB",
        "a row from a stream, median / 99 %": lambda b: (
            f"{late[b][0]:.1f} / {late[b][1]:.1f} µs" if b in late else "no streams"
        ),
        "installed": lambda b: size(b, own[b]),
    }
    print("| presets.speech() | " + " | ".join(BACKENDS) + " |")
    print("|---" * (1 + len(BACKENDS)) + "|")
    for name, show in lines.items():
        print(f"| {name} | " + " | ".join(show(b) for b in BACKENDS) + " |")


def print_rows(arguments: argparse.Namespace) -> None:
    """Microseconds a row, stage by stage."""
    with tempfile.TemporaryDirectory() as cache:
        in_child("first", "numba", arguments, cache)
        found = {b: in_child("rows", b, arguments, cache) for b in BACKENDS}
    print("| µs a row | native | numba | numba / native | reference | native, numba of reference |")
    print("|---" * 6 + "|")
    for name in specs():
        (a, off_a), (b, off_b), (c, _) = (found[backend][name] for backend in BACKENDS)
        print(f"| {name} | {a:.2f} | {b:.2f} | {b / a:.2f} | {c:.0f} | {off_a:.2g}, {off_b:.2g} |")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--isa", default="")
    parser.add_argument("--only", choices=["starts", "rows"])
    parser.add_argument("--child", choices=["first", "rows", "latency"], help=argparse.SUPPRESS)
    parser.add_argument("--backend", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        work: dict[str, Callable[[], Any]] = {
            "first": lambda: first_call(arguments.backend),
            "rows": lambda: rows_per_second(arguments.backend, arguments),
            "latency": lambda: latency(arguments.backend),
        }
        print(json.dumps(work[arguments.child]()))
        return
    if arguments.isa:
        os.environ["SERFAST_ISA"] = arguments.isa
    print(f"{sentence(machine())}; Numba {version('numba')}; medians of {arguments.repeat}.\n")
    if arguments.only != "rows":
        print_starts(arguments)
        print()
    if arguments.only != "starts":
        print_rows(arguments)


if __name__ == "__main__":
    main()

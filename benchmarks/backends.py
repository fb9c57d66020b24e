"""The back ends side by side: start-up, first call, throughput, latency, memory, installed size.

    python -m benchmarks.backends [--seconds 60] [--repeat 9] [--isa avx2] [--json FILE]

Times are the processor's: those of a machine with nothing else to do, as far as others don't take
its caches. Start-up and streams have a process of their own for each back end, one after the other
(medians of three for what compiles); rows of recordings are timed in one process, in turn, medians
of `--repeat`. All have one thread. The first extractor is shown twice: with an empty cache of
compiled code, as after installing, and with a full one. `--isa` names the instruction set of the
native back end; Numba compiles for the processor as it is. "off" is how far rows are from the
reference's, in units of the tolerances between back ends (serfast.models.bundle.agreement).
The table doesn't show many threads, other processors, or what other programs on the machine cost.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import serfast
from serfast.bench.laps import call_times
from serfast.models.bundle.agreement import disagreement, excess

from .catalogue import others
from .conditions import machine
from .process import in_child
from .recordings import speech_like
from .reports import write
from .tables import backends_table
from .timing import in_turn

BACKENDS = ("native", "numba", "reference")
PACKAGES = {
    "native": ("numpy",),
    "numba": ("numpy", "numba", "llvmlite"),
    "reference": ("numpy",),
}
RATE = 16000


def specs() -> dict[str, serfast.FeatureSpec]:
    """Give what is measured per row by name: a spec for each stage, and presets.speech()."""
    mfcc = serfast.MFCC(n_fft=512, n_mels=40, n_mfcc=13)
    works: dict[str, serfast.Feature] = {
        "RMS 512": serfast.RMS(frame_length=512),
        "zero-crossing rate 512": serfast.ZeroCrossingRate(frame_length=512),
        "power spectrum 512": serfast.PowerSpectrum(n_fft=512),
        "power spectrum 2048": serfast.PowerSpectrum(n_fft=2048),
        "mel power 400, 80 bands": serfast.MelPower(n_fft=400, n_mels=80),
        "log-mel 512, 40 bands": serfast.LogMel(n_fft=512, n_mels=40),
        "MFCC 512, 40 bands, 13": mfcc,
        "MFCC 2048, 128 bands, 20": serfast.MFCC(n_fft=2048, n_mels=128, n_mfcc=20),
        "YIN 1024, 65-600 Hz": serfast.YIN(frame_length=1024, fmin=65, fmax=600),
        "delta of MFCC 512": serfast.Delta(mfcc),
    }
    alone: dict[str, tuple[serfast.Feature, ...]] = {
        name: (feature,) for name, feature in works.items()
    }
    alone |= others(works.values())
    made = {name: serfast.FeatureSpec(features=features) for name, features in alone.items()}
    return {**made, "presets.speech(), 81 columns": serfast.presets.speech()}


# --- In the child -------------------------------------------------------------------------------


def row_costs(seconds: float, repeat: int) -> dict[str, dict[str, dict[str, float]]]:
    """Give, by work and back end, the processor's microseconds a row, and how far off rows are."""
    y = speech_like(seconds, RATE)
    signals = {"native": y, "numba": y, "reference": y[: 5 * RATE]}
    return {name: _row_cost(spec, signals, repeat) for name, spec in specs().items()}


def _row_cost(
    spec: serfast.FeatureSpec, signals: dict[str, Any], repeat: int
) -> dict[str, dict[str, float]]:
    """Give the costs of one work; the back ends take turns."""
    extractors = {b: serfast.Extractor(spec, backend=b) for b in signals}
    short = signals["reference"]
    expected = extractors["reference"](short)
    off = {b: _off(spec, extractor(short), expected) for b, extractor in extractors.items()}
    calls = {b: partial(extractor, signals[b]) for b, extractor in extractors.items()}
    n_rows = {b: len(call()) for b, call in calls.items()}
    times = in_turn(calls, repeat, time.thread_time)
    return {b: {"us": 1e6 * median(times[b]) / n_rows[b], "off": off[b]} for b in signals}


def _off(spec: serfast.FeatureSpec, rows: Any, expected: Any) -> float:
    """Say how far rows are from the reference's, in units of the tolerances."""
    assert disagreement(spec, rows, expected) is None
    begin, worst = 0, 0.0
    for feature in spec.features:
        columns = slice(begin, begin + len(feature.columns))
        wide = (rows[:, columns].astype(float), expected[:, columns].astype(float))
        worst, begin = max(worst, excess(feature, *wide)), columns.stop
    return worst


def latency(backend: str) -> list[float]:
    """Give the microseconds of `accept` for 10 ms, with out=: median and 99th percentile."""
    extractor = serfast.Extractor(serfast.presets.speech(), backend=backend)
    out = np.empty((2, len(extractor.columns)), np.float32)
    accept = partial(extractor.stream().accept, out=out)
    chunk = speech_like(0.01, RATE)
    times, _ = call_times(accept, [chunk], warm_up=2000, calls=10_000)
    return [float(q) / 1e3 for q in np.percentile(times, [50, 99])]


# --- In the parent ------------------------------------------------------------------------------


def with_cache(cache: str, isa: str) -> dict[str, str]:
    """Give the environment of a child with a folder for compiled code and an instruction set."""
    return {"NUMBA_CACHE_DIR": cache, **({"SERFAST_ISA": isa} if isa else {})}


def starts(backend: str, isa: str, cold: bool) -> dict[str, float]:
    """Give medians of `back_end_start`, with an empty cache of compiled code or with a full one."""
    laps = []
    with tempfile.TemporaryDirectory() as kept:
        if not cold:
            in_child("fresh.back_end_start", backend, **with_cache(kept, isa))
        for _ in range(3):
            with tempfile.TemporaryDirectory() as empty:
                environment = with_cache(empty if cold else kept, isa)
                laps.append(in_child("fresh.back_end_start", backend, **environment))
    return {key: median(lap[key] for lap in laps) for key in laps[0]}


def installed_size(package: str) -> float:
    """Give the megabytes of an installed distribution."""
    paths = {Path(str(path.locate())) for path in files(package) or []}
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def serfast_sizes() -> dict[str, float]:
    """Give the megabytes of serfast's files by back end; only one needs the native module."""
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
    """Give the megabytes of serfast and of what each back end needs, by package."""
    serfast_alone = serfast_sizes()
    by_backend: dict[str, dict[str, float]] = {}
    for backend in BACKENDS:
        by_backend[backend] = {"serfast": serfast_alone[backend]}
        for package in PACKAGES[backend]:
            with suppress(PackageNotFoundError):
                by_backend[backend][package] = installed_size(package)
    return by_backend


def measured(seconds: float, repeat: int, isa: str) -> dict[str, Any]:
    """Give the report: conditions, start-up and so on by back end, each row's cost and error."""
    about = {"machine": machine(), "numba": version("numba"), "repeat": repeat}
    cold = {b: starts(b, isa, cold=True) for b in BACKENDS}
    warm = {b: starts(b, isa, cold=False) for b in BACKENDS}
    with tempfile.TemporaryDirectory() as cache:
        environment = with_cache(cache, isa)
        late = {b: in_child("backends.latency", b, **environment) for b in BACKENDS[:2]}
        rows = in_child("backends.row_costs", seconds, repeat, **environment)
    return {**about, "cold": cold, "warm": warm, "stream_us": late, "mb": sizes(), "rows": rows}


def main() -> None:
    """Print both tables; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--isa", default="")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    if arguments.isa:
        os.environ["SERFAST_ISA"] = arguments.isa
    report = measured(arguments.seconds, arguments.repeat, arguments.isa)
    write(arguments.json, report)
    print(backends_table(report))


if __name__ == "__main__":
    main()

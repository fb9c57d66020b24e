"""A network on onnxruntime: how long it takes, how much of that onnxruntime takes, and its memory.

    python -m benchmarks.onnx [BUNDLE] [--calls 3000] [--save]
    python -m benchmarks.onnx [BUNDLE] --memory [--predictions 100000]

BUNDLE is a model of the plugin `onnx` with a step (default: the one that comes with it). The first
form times, on one core and one thread: a 3 s utterance, features and network; a live stream, 10 ms
a call, with an event after every step; the loading of the model. Each is divided into what serfast
and what onnxruntime takes, in the same run: "onnxruntime" is a call of it alone, on inputs that are
ready.

The second sends recordings of 0.5 to 6 s, each of another length than the one before, through one
recognizer, and as many hops through one stream, and shows the resident memory on the way.

It doesn't show accuracy, more than one thread, or how other processes use the caches.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.bench.histogram import quantiles
from serfast.bench.laps import call_times
from serfast.bench.memory import memory

from . import RESULTS
from .child import on_one_core
from .conditions import machine, sentence
from .latency_subjects import HOP, RATE
from .process import in_child
from .recordings import speech_like
from .reports import write
from .tables import markdown

REPORT = RESULTS / "onnx.json"
SECONDS = 3.0
LOADS = 15
QUANTILES = ("p50", "p99", "max")

Array = np.ndarray[Any, Any]


def times_us(call: Callable[[Any], Any], arguments: Sequence[Any], n: int) -> Array:
    """Give the time of each of n calls [µs], after a tenth as many that don't count."""
    times, _ = call_times(call, arguments, warm_up=n // 10, calls=n)
    return np.array(times) / 1000


def rounded(us: Array) -> dict[str, float]:
    """Give the quantiles of the table [µs]."""
    values = quantiles(us)
    return {name: round(values[name], 1) for name in QUANTILES}


# --- In the child -------------------------------------------------------------------------------


def timed(bundle: str, n: int) -> dict[str, Any]:
    """Give the quantiles of every part."""
    loads = load_times(bundle)
    recognizer = serfast.Recognizer(bundle)
    on_one_core()
    return {
        "3 s utterance": utterance(recognizer, n),
        "10 ms hop": hops(recognizer, 10 * n),
        "load": loads,
    }


def load_times(bundle: str) -> dict[str, Any]:
    """Give the milliseconds of importing onnxruntime, once, and of loading the model then."""
    (imported,), _ = call_times(importlib.import_module, ["onnxruntime"], warm_up=0, calls=1)
    loads, _ = call_times(serfast.Recognizer, [bundle], warm_up=0, calls=LOADS)
    figures = {
        "import onnxruntime": imported,
        "first": loads[0],
        "median": statistics.median(loads),
        "max": max(loads),
    }
    return {name: round(ns / 1e6, 1) for name, ns in figures.items()}


def utterance(recognizer: Any, n: int) -> dict[str, Any]:
    """Give the times of `predict` for 3 s, and of its parts."""
    from serfast_onnx.inference import laid_out  # optional: a plugin

    y = speech_like(60, RATE)
    size = int(SECONDS * RATE)
    starts = np.random.default_rng(0).integers(0, len(y) - size, 64).tolist()
    pieces = [y[start : start + size].astype(np.float32) for start in starts]
    extractor = serfast.Extractor(recognizer.spec)
    rows = [extractor(piece) for piece in pieces]
    classifier = recognizer.classifier
    model, session = classifier.card.model, classifier.session
    inputs = [{model.input: laid_out(x, model.layout)} for x in rows]
    return {
        "predict": rounded(times_us(lambda piece: recognizer.predict(piece, RATE), pieces, n)),
        "features": rounded(times_us(extractor, pieces, n)),
        "network": rounded(times_us(classifier.predict_proba, rows, n)),
        "onnxruntime": rounded(times_us(lambda fed: session.run([model.output], fed), inputs, n)),
    }


def hops(recognizer: Any, n: int) -> dict[str, Any]:
    """Give the times of `accept` for 10 ms with an event after every step, and of its parts."""
    y = speech_like(60, RATE).astype(np.float32)
    chunks = [chunk.copy() for chunk in y[: len(y) // HOP * HOP].reshape(-1, HOP)]
    classifier = recognizer.classifier
    stride = classifier.stride
    seconds = stride * recognizer.spec.hop_length / recognizer.spec.sample_rate
    stream = recognizer.stream(window=None, hop=seconds, gate_db=None)
    gave: list[bool] = []
    every = times_us(lambda chunk: gave.append(bool(stream.accept(chunk))), chunks, n)
    with_event = np.array(gave[-n:])
    alone = serfast.Extractor(recognizer.spec).stream()
    step = serfast.Extractor(recognizer.spec)(y[: 20 * HOP * stride])[:stride]
    state = classifier.new_state()
    binding = classifier.new_state().binding
    return {
        "rows a step": stride,
        "accept": rounded(every),
        "accept, with a step": rounded(every[with_event]),
        "features": rounded(times_us(alone.accept, chunks, n)),
        "step": rounded(times_us(lambda rows: classifier.step(rows, state), [step], n)),
        "onnxruntime": rounded(times_us(classifier.stepper.run_with_iobinding, [binding], n)),
    }


def remembered(bundle: str, n: int) -> dict[str, Any]:
    """Give the resident memory [KiB] of what is loaded, and after more and more predictions."""

    def resident() -> int:
        return memory()["now"] // 1024

    kib = {"Python, NumPy, serfast": resident()}
    importlib.import_module("onnxruntime")
    kib["and onnxruntime"] = resident()
    recognizer = serfast.Recognizer(bundle)
    kib["and the model"] = resident()
    y = speech_like(60, RATE).astype(np.float32)
    stream = recognizer.stream(window=None, hop=0.1, gate_db=None)
    random = np.random.default_rng(0)
    for i in range(1, n + 1):
        size = int(random.integers(RATE // 2, 6 * RATE))
        start = int(random.integers(0, len(y) - size))
        recognizer.predict(y[start : start + size], RATE)
        stream.accept(y[start : start + HOP])
        if i in {n // 100, n // 10, n // 2, n}:
            kib[f"after {i} predictions and hops"] = resident()
    return kib


# --- In the parent ------------------------------------------------------------------------------


def table(report: dict[str, Any]) -> str:
    """Give the report as markdown."""
    model = f"{report['versions']}; {Path(report['bundle']).name}"
    conditions = f"One thread on one core; {sentence(report['machine'])}; {model}. [µs]"
    rows = [
        [f"{part}: {name}", *(f"{figures[q]:.1f}" for q in QUANTILES)]
        for part in ("3 s utterance", "10 ms hop")
        for name, figures in report[part].items()
        if isinstance(figures, dict)
    ]
    lines = "\n".join(sentences(report))
    return "\n\n".join([conditions, markdown(["what", *QUANTILES], rows, text=1), lines])


def sentences(report: dict[str, Any]) -> list[str]:
    """Say what the table doesn't hold."""
    whole, hop, load = report["3 s utterance"], report["10 ms hop"], report["load"]
    shares = [
        100 * part["onnxruntime"]["p50"] / part[name]["p50"]
        for part, name in ((whole, "predict"), (hop, "accept, with a step"))
    ]
    percent = f"{shares[0]:.0f} % of an utterance, {shares[1]:.0f} % of a hop with a step"
    times = f"{load['median']} ms (first {load['first']}, longest {load['max']})"
    before = f"{load['import onnxruntime']} ms"
    return [
        f"A step takes {hop['rows a step']} rows. onnxruntime's share of the time: {percent}.",
        f"Loading the model: {times}; importing onnxruntime before that: {before}.",
    ]


def memory_table(resident: dict[str, int]) -> str:
    """Give the resident memory as markdown."""
    rows = [[name, f"{kib / 1024:.1f}"] for name, kib in resident.items()]
    return markdown(["resident memory", "MiB"], rows, text=1)


def main() -> None:
    """Print the table; with --save, write the JSON as well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "bundle", nargs="?", default="onnx", help="model bundle, or a plugin's name"
    )
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--memory", action="store_true", help="many predictions; memory alone")
    parser.add_argument("--predictions", type=int, default=100_000)
    parser.add_argument("--save", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    bundle = arguments.bundle
    bundle = str(Path(bundle).resolve()) if Path(bundle).exists() else bundle
    packages = ("serfast", "serfast-onnx", "onnxruntime", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    if arguments.memory:
        figures = {"memory": in_child("onnx.remembered", bundle, arguments.predictions)}
    else:
        figures = in_child("onnx.timed", bundle, arguments.calls)
    report: dict[str, Any] = {"machine": machine(), "versions": versions, "bundle": bundle}
    report |= figures
    print(memory_table(figures["memory"]) if arguments.memory else table(report))
    if arguments.save:
        before = json.loads(REPORT.read_text("utf-8")) if REPORT.exists() else {}
        write(REPORT, {**before, **report})


if __name__ == "__main__":
    main()

"""A network on onnxruntime: how long it takes, what of that is onnxruntime's, and its memory.

    python -m benchmarks.onnx [BUNDLE] [--calls 3000] [--save]
    python -m benchmarks.onnx [BUNDLE] --memory [--predictions 100000]

BUNDLE is a model of the plugin `onnx` with a step (default: the one that comes with it). The first
form times, on one core and one thread: a 3 s utterance, features and network; a live stream, 10 ms
a call, with an event after every step; the loading of the model. Each is divided into what serfast
and what onnxruntime takes, in the same run: "onnxruntime" is its own call, on inputs that are
ready.

The second sends recordings of 0.5 to 6 s, each of another length than the one before, through one
recognizer, and as many hops through one stream, and shows the resident memory on the way.

It doesn't show accuracy, more than one thread, or what other processes do to the caches.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from .child import from_child
from .conditions import machine, on_one_core, sentence
from .latency import HOP, RATE, resident
from .recordings import speech_like

RESULTS = Path(__file__).with_name("results") / "onnx.json"
SECONDS = 3.0
LOADS = 15
QUANTILES = {"p50": 50.0, "p99": 99.0, "max": 100.0}

Call = Callable[[int], Any]


def laps(call: Call, n: int) -> np.ndarray[Any, Any]:
    """Time of each of n calls [µs], after a tenth as many that don't count."""
    found = np.zeros(n)
    for i in range(-n // 10, n):
        begin = perf_counter_ns()
        call(i)
        end = perf_counter_ns()
        found[max(i, 0)] = (end - begin) / 1000
    return found


def quantiles(found: np.ndarray[Any, Any]) -> dict[str, float]:
    """Quantiles [µs] of the laps."""
    values = np.percentile(found, list(QUANTILES.values())).round(1).tolist()
    return dict(zip(QUANTILES, values, strict=True))


# --- In the child -------------------------------------------------------------------------------


def timed(bundle: str, n: int) -> dict[str, Any]:
    """Every part's quantiles."""
    import serfast

    loads = load_times(bundle)
    recognizer = serfast.Recognizer(bundle)
    on_one_core()
    return {
        "3 s utterance": utterance(recognizer, n),
        "10 ms hop": hops(recognizer, 10 * n),
        "load": loads,
    }


def load_times(bundle: str) -> dict[str, Any]:
    """Milliseconds of importing onnxruntime, once, and of loading the model afterwards."""
    import serfast

    begin = perf_counter_ns()
    import onnxruntime  # noqa: F401

    imported = (perf_counter_ns() - begin) / 1e6
    found = []
    for _ in range(LOADS):
        begin = perf_counter_ns()
        serfast.Recognizer(bundle)
        found.append((perf_counter_ns() - begin) / 1e6)
    return {
        "import onnxruntime": round(imported, 1),
        "first": round(found[0], 1),
        "median": round(statistics.median(found), 1),
        "max": round(max(found), 1),
    }


def utterance(recognizer: Any, n: int) -> dict[str, Any]:
    """`predict` of 3 s, and its parts."""
    import serfast
    from serfast_onnx.inference import laid_out

    y = speech_like(60, RATE)
    size = int(SECONDS * RATE)
    starts = np.random.default_rng(0).integers(0, len(y) - size, 64).tolist()
    pieces = [y[start : start + size].astype(np.float32) for start in starts]
    extractor = serfast.Extractor(recognizer.spec)
    rows = [extractor(piece) for piece in pieces]
    classifier = recognizer.classifier
    model, session = classifier.card.model, classifier.session
    fed = [{model.input: laid_out(x, model.layout)} for x in rows]
    return {
        "predict": quantiles(laps(lambda i: recognizer.predict(pieces[i % 64], RATE), n)),
        "features": quantiles(laps(lambda i: extractor(pieces[i % 64]), n)),
        "network": quantiles(laps(lambda i: classifier.predict_proba(rows[i % 64]), n)),
        "onnxruntime": quantiles(laps(lambda i: session.run([model.output], fed[i % 64]), n)),
    }


def hops(recognizer: Any, n: int) -> dict[str, Any]:
    """`accept` of 10 ms with an event after every step, and its parts."""
    import serfast

    y = speech_like(60, RATE).astype(np.float32)
    chunks = [chunk.copy() for chunk in y[: len(y) // HOP * HOP].reshape(-1, HOP)]
    classifier = recognizer.classifier
    stride = classifier.stride
    seconds = stride * recognizer.spec.hop_length / recognizer.spec.sample_rate
    stream = recognizer.stream(window=None, hop=seconds, gate_db=None)
    events = np.zeros(n, dtype=bool)

    def accept(i: int) -> None:
        events[max(i, 0)] = bool(stream.accept(chunks[i % len(chunks)]))

    every = laps(accept, n)
    alone = serfast.Extractor(recognizer.spec).stream()
    rows = serfast.Extractor(recognizer.spec)(y[: 20 * HOP * stride])[: 20 * stride]
    state = classifier.new_state()
    binding = classifier.new_state().binding
    return {
        "rows a step": stride,
        "accept": quantiles(every),
        "accept, with a step": quantiles(every[events]),
        "features": quantiles(laps(lambda i: alone.accept(chunks[i % len(chunks)]), n)),
        "step": quantiles(laps(lambda i: classifier.step(rows[:stride], state), n)),
        "onnxruntime": quantiles(laps(lambda i: classifier.stepper.run_with_iobinding(binding), n)),
    }


def remembered(bundle: str, n: int) -> dict[str, Any]:
    """Resident memory [KiB]: of what is loaded, and after ever more predictions and hops."""
    import serfast

    found = {"Python, NumPy, serfast": resident()}
    import onnxruntime  # noqa: F401

    found["and onnxruntime"] = resident()
    recognizer = serfast.Recognizer(bundle)
    found["and the model"] = resident()
    y = speech_like(60, RATE).astype(np.float32)
    stream = recognizer.stream(window=None, hop=0.1, gate_db=None)
    random = np.random.default_rng(0)
    for i in range(1, n + 1):
        size = int(random.integers(RATE // 2, 6 * RATE))
        start = int(random.integers(0, len(y) - size))
        recognizer.predict(y[start : start + size], RATE)
        stream.accept(y[start : start + HOP])
        if i in {n // 100, n // 10, n // 2, n}:
            found[f"after {i} predictions and hops"] = resident()
    return found


# --- In the parent ------------------------------------------------------------------------------


def in_child(bundle: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own."""
    wanted = ["--memory"] if arguments.memory else []
    numbers = ["--calls", str(arguments.calls), "--predictions", str(arguments.predictions)]
    found: dict[str, Any] = from_child("benchmarks.onnx", bundle, "--child", *wanted, *numbers)
    return found


def table(report: dict[str, Any]) -> str:
    """The report as markdown."""
    about = report["machine"]
    of = f"{report['versions']}; {Path(report['bundle']).name}"
    lines = [f"One thread on one core; {sentence(about)}; {of}. [µs]", ""]
    lines += [f"| what | {' | '.join(QUANTILES)} |", f"|---|{'---:|' * len(QUANTILES)}"]
    for part in ("3 s utterance", "10 ms hop"):
        for name, found in report[part].items():
            if isinstance(found, dict):
                figures = " | ".join(f"{found[q]:.1f}" for q in QUANTILES)
                lines.append(f"| {part}: {name} | {figures} |")
    return "\n".join([*lines, "", *sentences(report)])


def sentences(report: dict[str, Any]) -> list[str]:
    """What the table doesn't hold."""
    whole, hop, load = report["3 s utterance"], report["10 ms hop"], report["load"]
    shares = [
        100 * own["onnxruntime"]["p50"] / own[name]["p50"]
        for own, name in ((whole, "predict"), (hop, "accept, with a step"))
    ]
    said = f"{shares[0]:.0f} % of an utterance, {shares[1]:.0f} % of a hop with a step"
    times = f"{load['median']} ms (first {load['first']}, longest {load['max']})"
    before = f"{load['import onnxruntime']} ms"
    return [
        f"A step takes {hop['rows a step']} rows. onnxruntime's share of the time: {said}.",
        f"Loading the model: {times}; importing onnxruntime before that: {before}.",
    ]


def memory_table(found: dict[str, Any]) -> str:
    """Resident memory as markdown."""
    rows = [f"| {name} | {kib / 1024:.1f} |" for name, kib in found.items()]
    return "\n".join(["| resident memory | MiB |", "|---|---:|", *rows])


def main() -> None:
    """Print the table; with --save, write the JSON as well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "bundle", nargs="?", default="onnx", help="model bundle, or a plugin's name"
    )
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--memory", action="store_true", help="many predictions; memory alone")
    parser.add_argument("--predictions", type=int, default=100_000)
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    bundle = arguments.bundle
    bundle = str(Path(bundle).resolve()) if Path(bundle).exists() else bundle
    if arguments.child:
        n = arguments.predictions if arguments.memory else arguments.calls
        print(json.dumps((remembered if arguments.memory else timed)(bundle, n)))
        return
    packages = ("serfast", "serfast-onnx", "onnxruntime", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    found = in_child(bundle, arguments)
    report: dict[str, Any] = {"machine": machine(), "versions": versions, "bundle": bundle}
    report |= {"memory": found} if arguments.memory else found
    print(memory_table(found) if arguments.memory else table(report))
    if arguments.save:
        RESULTS.parent.mkdir(exist_ok=True)
        before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps({**before, **report}, indent=1) + "\n")


if __name__ == "__main__":
    main()

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
import json
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

from . import RESULTS
from .child import from_child
from .conditions import installed, machine, on_one_core, sentence
from .recordings import speech_like
from .tables import markdown

RATE, HOP, WARM_UP = 16000, 160, 10_000
REPORT = RESULTS / "latency.json"
QUANTILES = {"p50": 50.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}

Chunk = Any
Call = Callable[[Chunk], Any]
"""Takes the next 160 samples and gives the next row."""


class Subject(NamedTuple):
    """What is measured: a package, what of it, and how to make the call."""

    package: str
    work: str
    make: Callable[[], Call]
    as_list: bool = False


# --- serfast ------------------------------------------------------------------------------------


def mfcc_spec() -> Any:
    """MFCC 512/160, 40 mels, 13."""
    import serfast

    return serfast.FeatureSpec(features=(serfast.MFCC(n_fft=512, n_mels=40, n_mfcc=13),))


def yin_spec() -> Any:
    """YIN 1024/160, 65 to 600 Hz."""
    import serfast

    return serfast.FeatureSpec(features=(serfast.YIN(frame_length=1024, fmin=65, fmax=600),))


def whole_row_spec() -> Any:
    """RMS, zero-crossing rate, 40 log-mel bands, 13 MFCC (512) and YIN (1024): 57 columns."""
    import serfast

    energies = (serfast.RMS(frame_length=512), serfast.ZeroCrossingRate(frame_length=512))
    logmel = serfast.LogMel(n_fft=512, n_mels=40)
    return serfast.FeatureSpec(
        features=(*energies, logmel, *mfcc_spec().features, *yin_spec().features)
    )


def new_rows(spec: Callable[[], Any]) -> Callable[[], Call]:
    """`accept` as it is: each row in an array of its own."""

    def make() -> Call:
        import serfast

        call: Call = serfast.Extractor(spec()).stream().accept
        return call

    return make


def into_out(spec: Callable[[], Any]) -> Callable[[], Call]:
    """`accept` with out=: each row into the same array."""

    def make() -> Call:
        import serfast

        extractor = serfast.Extractor(spec())
        accept = extractor.stream().accept
        out = np.empty((1, len(extractor.columns)), dtype=np.float32)
        return partial(accept, out=out)

    return make


# --- Peers --------------------------------------------------------------------------------------


def kaldi_mfcc() -> Call:
    """Make the call of OnlineMfcc with the same frame, hop, bands and coefficients, no extras."""
    import kaldi_native_fbank as kaldi

    options = kaldi.MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.frame_length_ms = 32
    options.frame_opts.frame_shift_ms = 10
    options.frame_opts.window_type = "hanning"
    options.frame_opts.dither = 0
    options.frame_opts.preemph_coeff = 0
    options.frame_opts.remove_dc_offset = False
    options.mel_opts.num_bins = 40
    options.num_ceps = 13
    options.use_energy = False
    online = kaldi.OnlineMfcc(options)

    def call(chunk: Chunk) -> Any:
        online.accept_waveform(RATE, chunk)
        ready = online.num_frames_ready
        return online.get_frame(ready - 1) if ready else None

    return call


def aubio_mfcc() -> Call:
    """Make the call of aubio's phase vocoder and MFCC of its spectrum."""
    import aubio

    vocoder, mfcc = aubio.pvoc(512, HOP), aubio.mfcc(512, 40, 13, RATE)
    return lambda chunk: mfcc(vocoder(chunk))


def aubio_pitch() -> Call:
    """Make the call of aubio's yinfft, alone."""
    import aubio

    call: Call = aubio.pitch("yinfft", 1024, HOP, RATE)
    return call


SUBJECTS = (
    Subject("serfast", "MFCC 512/160/40/13", new_rows(mfcc_spec)),
    Subject("serfast", "MFCC 512/160/40/13, out=", into_out(mfcc_spec)),
    Subject("kaldi-native-fbank", "OnlineMfcc 512/160/40/13, chunk an array", kaldi_mfcc),
    Subject("kaldi-native-fbank", "OnlineMfcc 512/160/40/13, chunk a list", kaldi_mfcc, True),
    Subject("aubio", "pvoc + mfcc 512/160/40/13", aubio_mfcc),
    Subject("serfast", "whole row with YIN", new_rows(whole_row_spec)),
    Subject("serfast", "whole row with YIN, out=", into_out(whole_row_spec)),
    Subject("serfast", "YIN 1024/160 alone, out=", into_out(yin_spec)),
    Subject("aubio", "pitch yinfft 1024/160 alone", aubio_pitch),
)


# --- In the child -------------------------------------------------------------------------------


def measure(subject: Subject, n_chunks: int) -> dict[str, Any]:
    """Quantiles [µs] of the time of a call, after the warm-up."""
    found = installed(subject.package)
    if found is None:
        return {"missing": f"not installed: pip install {subject.package}"}
    call = subject.make()
    samples = speech_like(60, RATE).reshape(-1, HOP)
    chunks = samples.tolist() if subject.as_list else [chunk.copy() for chunk in samples]
    on_one_core()
    laps = np.zeros(n_chunks, dtype=np.int64)
    for i in range(-WARM_UP, n_chunks):
        chunk = chunks[i % len(chunks)]
        begin = perf_counter_ns()
        row = call(chunk)
        end = perf_counter_ns()
        laps[max(i, 0)] = end - begin
    if not (row if isinstance(row, int) else np.size(row) if row is not None else 0):
        raise RuntimeError(f"{subject.package}, {subject.work}: the last chunk gave no row")
    quantiles = np.percentile(laps, list(QUANTILES.values())) / 1000
    return {
        "version": found,
        "numpy": np.__version__,
        "python": platform.python_version(),
        **dict(zip(QUANTILES, quantiles.round(3).tolist(), strict=True)),
    }


# --- In the parent ------------------------------------------------------------------------------


def in_child(index: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """`measure` in a process of its own, of the peers' interpreter if it is a peer."""
    own = SUBJECTS[index].package == "serfast"
    interpreter = sys.executable if own else arguments.peers
    settings = ["--child", str(index), "--chunks", str(arguments.chunks)]
    found: dict[str, Any] = from_child("benchmarks.latency", *settings, interpreter=interpreter)
    return found


def report_text(report: dict[str, Any]) -> str:
    """The report as markdown."""
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


# --- A day --------------------------------------------------------------------------------------


def resident() -> int:
    """KiB of memory that this process has at the moment."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def day() -> bool:
    """Send 24 hours through one stream of the whole row with YIN, 160 samples at a time."""
    import serfast

    last, around = 24 * 3600 * RATE // HOP, 8  # hops on either side of a row: more than its frames
    extractor = serfast.Extractor(whole_row_spec())
    stream, out = extractor.stream(), np.empty((1, len(extractor.columns)), dtype=np.float32)
    period = 60 * RATE + 7  # not a whole number of hops, so that no row comes again for a while
    samples = np.resize(speech_like(61, RATE)[:period], period + HOP)
    begun, before, row = perf_counter(), 0, out
    for i in range(last + around):
        at = i * HOP % period
        if stream.accept(samples[at : at + HOP], out) and stream.n_emitted == last + 1:
            row = out.copy()
        if i == 100_000:
            before = resident()
    grown, seconds = resident() - before, perf_counter() - begun
    alone = np.arange((last - around) * HOP, (last + around) * HOP) % period
    same: bool = row.tobytes() == extractor(samples[alone])[around].tobytes()
    print(f"{stream.n_seen / RATE / 3600:.3f} h in {seconds:.0f} s, {stream.n_emitted} rows")
    print(f"row {last} has {'the' if same else 'NOT the'} bits of a batch around it")
    print(f"resident memory: {before} KiB after 100000 chunks, {grown:+d} KiB since")
    return same


def main() -> None:
    """Print the table; with --save, write the JSON as well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--peers", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--save", action="store_true", help=f"write {REPORT.name}")
    parser.add_argument("--day", action="store_true", help="24 hours through one stream")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.day:
        sys.exit(not day())
    elif arguments.child is not None:
        print(json.dumps(measure(SUBJECTS[arguments.child], arguments.chunks)))
    else:
        report: dict[str, Any] = {"machine": machine(), "chunks": arguments.chunks}
        report["results"] = [in_child(i, arguments) for i in range(len(SUBJECTS))]
        print(report_text(report))
        if arguments.save:
            works = [{"package": s.package, "work": s.work} for s in SUBJECTS]
            merged = [{**a, **b} for a, b in zip(works, report["results"], strict=True)]
            REPORT.write_text(json.dumps({**report, "results": merged}, indent=1) + "\n")


if __name__ == "__main__":
    main()

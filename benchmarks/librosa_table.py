"""serfast beside librosa: time and largest difference for the same work on the same signal.

    python -m benchmarks.librosa_table [--seconds 60] [--repeat 9] [RECORDING]

Each library runs in a process of its own, with one thread; the median of the repetitions is
quoted, after one call that isn't timed (librosa compiles some functions in its first). It shows
throughput on whole recordings. It doesn't show latency per chunk, start-up or memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float32]]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
MFCC_16 = {"n_fft": 512, "hop_length": 160, "n_mels": 40, "n_mfcc": 13}
MFCC_22 = {"n_fft": 2048, "hop_length": 512, "n_mels": 128, "n_mfcc": 20}
WHISPER = {"n_fft": 400, "hop_length": 160, "n_mels": 80}
YIN = {"fmin": 65, "fmax": 600, "frame_length": 1024, "hop_length": 160}
FRAMES = {"frame_length": 512, "hop_length": 160}
WORK: dict[str, tuple[int, Callable[[Any, Array, int], Any]]] = {
    "MFCC 512/160, 40 mels, 13": (16000, lambda m, y, sr: m.feature.mfcc(y=y, sr=sr, **MFCC_16)),
    "MFCC 2048/512, 128 mels, 20": (22050, lambda m, y, sr: m.feature.mfcc(y=y, sr=sr, **MFCC_22)),
    "mel power 400/160, 80 mels": (
        16000,
        lambda m, y, sr: m.feature.melspectrogram(y=y, sr=sr, **WHISPER),
    ),
    "RMS 512/160": (16000, lambda m, y, sr: m.feature.rms(y=y, **FRAMES)),
    "zero-crossing rate 512/160": (
        16000,
        lambda m, y, sr: m.feature.zero_crossing_rate(y, **FRAMES),
    ),
    "YIN 1024/160, 65-600 Hz": (16000, lambda m, y, sr: m.yin(y, sr=sr, **YIN)),
}
MODULES = {"librosa": "librosa", "serfast": "serfast.compat.librosa"}


def speech_like(seconds: float, sample_rate: int) -> Array:
    """A voice-like signal: pulses of a gliding pitch through noise, in syllables."""
    t = np.arange(int(seconds * sample_rate)) / sample_rate
    pitch = 120 + 40 * np.sin(2 * np.pi * 0.4 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 20))
    noise = np.random.default_rng(0).standard_normal(len(t))
    syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, None)
    return (0.1 * syllables * voice + 0.003 * noise).astype(np.float32)


def signal(recording: str | None, seconds: float, sample_rate: int) -> Array:
    """The recording, repeated to the length; without one, `speech_like`."""
    if recording is None:
        return speech_like(seconds, sample_rate)
    import serfast

    y, _ = serfast.load(recording, sample_rate=sample_rate)
    return np.resize(y, int(seconds * sample_rate))


def measure(library: str, arguments: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Median time [s] of each work; the results go to `folder`. Runs in the child process."""
    module = __import__(MODULES[library], fromlist=["feature"])
    times = {}
    for i, (work, (sample_rate, run)) in enumerate(WORK.items()):
        y = signal(arguments.recording, arguments.seconds, sample_rate)
        np.save(folder / f"{library}-{i}.npy", run(module, y, sample_rate))
        laps = []
        for _ in range(arguments.repeat):
            start = time.perf_counter()
            run(module, y, sample_rate)
            laps.append(time.perf_counter() - start)
        times[work] = median(laps)
    return times


def in_child(library: str, folder: Path) -> dict[str, float]:
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.librosa_table", *sys.argv[1:]]
    command += ["--child", library, "--folder", str(folder)]
    done = subprocess.run(
        command, env={**os.environ, **ONE_THREAD}, check=True, capture_output=True, text=True
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def difference(work: int, folder: Path) -> str:
    """How far serfast's result is from librosa's: median and largest, in its own unit."""
    ours, theirs = (np.load(folder / f"{name}-{work}.npy") for name in ("serfast", "librosa"))
    gap = np.abs(ours.astype(np.float64) - theirs)
    return f"{np.median(gap):.0e} / {gap.max():.0e}"


def cpu_name() -> str:
    """The processor's name."""
    for line in Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else ():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.processor() or platform.machine()


def machine() -> str:
    """Processor, instruction set and versions, for the line above the table."""
    import librosa

    import serfast

    return (
        f"{cpu_name()}, {serfast.native_info()['in_use']}, one thread; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"serfast {serfast.__version__}, librosa {librosa.__version__}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.child:
        print(json.dumps(measure(arguments.child, arguments, arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times = {library: in_child(library, folder) for library in MODULES}
        print(f"{arguments.seconds:g} s of signal; {machine()}; medians of {arguments.repeat}.\n")
        print("| work | librosa | serfast | ratio | difference (median / largest) |")
        print("|---|---|---|---|---|")
        for i, work in enumerate(WORK):
            slow, fast = times["librosa"][work] * 1e3, times["serfast"][work] * 1e3
            row = f"| {work} | {slow:.1f} ms | {fast:.2f} ms | {slow / fast:.1f} × |"
            print(f"{row} {difference(i, folder)} |")


if __name__ == "__main__":
    main()

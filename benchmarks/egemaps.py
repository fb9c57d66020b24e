"""How closely our openSMILE preset agrees with openSMILE, on a user's recordings.

``python -m benchmarks.egemaps DATA [--files 50]``

It runs openSMILE only if the user has opensmile-python, under openSMILE's licence; without it, it
says so and stops. Nothing that openSMILE computes is kept: figures of agreement are printed. Where
afx-audio is installed, another permissive package with the 88 numbers, it is measured beside ours.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from serfast.compat.opensmile import FeatureLevel, Smile
from serfast.compat.opensmile.recordings import read

F0 = "F0semitoneFrom27.5Hz_sma3nz"
CENTS_20 = 0.2
"""Of a semitone: two values of F0 that are nearer to each other count as equal."""

CLOSE = 1e-3

GROUPS = {
    "loudness, flux, MFCC, level": (
        *("loudness_sma3_amean", "loudness_sma3_percentile", "loudness_sma3_stddevNorm"),
        *("spectralFlux_sma3", "mfcc1_sma3", "mfcc2_sma3", "mfcc3_sma3", "mfcc4_sma3"),
        "equivalentSoundLevel",
    ),
    "spectrum of voiced and unvoiced rows": (
        "V_sma3nz_amean",
        "V0-500_sma3nz_a",
        "V500-1500_sma3nz_a",
    ),
    "F0": (f"{F0}_amean", f"{F0}_percentile"),
    "HNR, harmonics, means": (
        *("HNRdBACF_sma3nz_amean", "logRelF0-H1-H2_sma3nz_amean", "logRelF0-H1-A3_sma3nz_amean"),
    ),
    "formants, means": tuple(
        f"F{i}{name}_sma3nz_amean"
        for i in (1, 2, 3)
        for name in ("frequency", "bandwidth", "amplitudeLogRelF0")
    ),
    "slopes": ("loudness_sma3_mean", f"{F0}_mean"),
    "peaks and segments": ("loudnessPeaks", "VoicedSeg", "MeanVoiced", "MeanUnvoiced"),
    "jitter, shimmer (of other periods)": ("jitter", "shimmer"),
}


def opensmile() -> Any:
    """Give the module opensmile, or stop and say that the user doesn't have it."""
    try:
        return importlib.import_module("opensmile")
    except ImportError as error:
        raise SystemExit(
            f"openSMILE isn't installed, so there is nothing to compare with ({error}). If its "
            "licence, which forbids products, allows your use: pip install opensmile"
        ) from error


def theirs(level: str) -> Callable[[Any, int], Any]:
    """Give openSMILE's function of a signal and its rate, for functionals or descriptors."""
    module = opensmile()
    smile = module.Smile(
        feature_set=module.FeatureSet.eGeMAPSv02, feature_level=module.FeatureLevel(level)
    )
    return lambda signal, rate: smile(signal, rate)[0]


def afx(names: list[str]) -> Callable[[Any, int], Any] | None:
    """Give afx-audio's function of a signal and its rate, or None if it isn't installed."""
    try:
        module = importlib.import_module("afx_audio")
    except ImportError:
        return None

    def compute(signal: Any, rate: int) -> Any:
        values = module.egemaps(np.asarray(signal, float), rate)
        return np.array([float(np.ravel(values[name])[0]) for name in names])

    return compute


def timed(compute: Callable[[Any, int], Any], signal: Any, rate: int, repeats: int = 5) -> float:
    """Give the shortest processor time of some [s]."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        compute(signal, rate)
        times.append(time.process_time() - begin)
    return min(times)


def agreement(a: Any, b: Any, names: list[str]) -> list[str]:
    """Give a line for each group of functionals: correlation over recordings, and equal values."""
    lines = []
    for group, starts in GROUPS.items():
        places = [i for i, name in enumerate(names) if any(one in name for one in starts)]
        varied = [i for i in places if a[:, i].std() > 0 and b[:, i].std() > 0]
        r = [float(np.corrcoef(a[:, i], b[:, i])[0, 1]) for i in varied] or [float("nan")]
        equal = np.mean(np.abs(a[:, places] - b[:, places]) <= CLOSE * np.abs(a[:, places]))
        lines.append(
            f"{group:36s} {len(places):3d} values, r {min(r):.4f} … {np.median(r):.4f} (median), "
            f"{100 * equal:5.1f} % equal to {CLOSE:g}"
        )
    return lines


def voicing(a: Any, b: Any) -> tuple[Any, Any]:
    """Give where two contours agree on the voice, and where voiced ones are within 20 cents."""
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    both = (a > 0) & (b > 0)
    return (a > 0) == (b > 0), np.abs(a[both] - b[both]) < CENTS_20


def main(arguments: list[str] | None = None) -> None:
    """Compare both on the recordings of a folder, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--files", type=int, default=50)
    given = parser.parse_args(arguments)
    paths = sorted(given.data.rglob("*.wav"))
    paths = paths[:: max(1, len(paths) // given.files)][: given.files]
    functionals, rows = (
        Smile("eGeMAPSv02"),
        Smile("eGeMAPSv02", feature_level=FeatureLevel.LowLevelDescriptors),
    )
    their_functionals, their_rows = theirs("func"), theirs("lld")
    third, thirds = afx(functionals.feature_names), []
    ours, others, agree, near, signals = [], [], [], [], []
    place = rows.feature_names.index(F0)
    for path in paths:
        signal, rate = read(path)
        signals.append(signal[0])
        ours.append(functionals(signal, rate)[0, :, 0])
        others.append(their_functionals(signal[0], rate)[:, 0])
        if third is not None:
            thirds.append(third(signal[0], rate))
        same, close = voicing(their_rows(signal[0], rate)[place], rows(signal, rate)[0, place])
        agree.append(same)
        near.append(close)
    print(f"{len(paths)} recordings, openSMILE {opensmile().__version__}")
    print(*agreement(np.array(others), np.array(ours), functionals.feature_names), sep="\n")
    if thirds:
        print("afx-audio in place of ours:")
        print(*agreement(np.array(others), np.array(thirds), functionals.feature_names), sep="\n")
    print(f"voiced or not: equal in {100 * np.mean(np.concatenate(agree)):.2f} % of rows")
    print(f"F0 within 20 cents: {100 * np.mean(np.concatenate(near)):.2f} % of voiced rows")
    signal = np.resize(np.concatenate(signals), 60 * rate)
    for length in (1, 3, 60):
        part = signal[: length * rate]
        a, b = timed(their_functionals, part, rate), timed(functionals, part, rate)
        print(f"{length:2d} s: {1000 * a:7.1f} and {1000 * b:7.2f} ms, {a / b:.1f} times as fast")
        if third is not None:
            c = timed(third, part, rate, repeats=2)
            print(f"      afx-audio {1000 * c:7.1f} ms, {c / b:.1f} times as long")


if __name__ == "__main__":
    main()

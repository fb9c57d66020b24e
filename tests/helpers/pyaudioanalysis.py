"""pyAudioAnalysis' definitions, written frame by frame in float64, and signals to compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import serfast
from helpers.pages import ROOT

EPS = np.finfo(float).eps
SPEECH: Path = ROOT / "examples" / "speech.flac"


def entropy_of_tenths(power: Any) -> float:
    size = len(power) // 10
    total = power.sum() + EPS
    shares = [power[i * size : (i + 1) * size].sum() / total for i in range(10)]
    return float(-sum(p * np.log2(p + EPS) for p in shares))


def bands_of(magnitude: Any, rate: float) -> list[float]:
    """The edges are Slaney's; the bin k is taken for the frequency k · rate / len(magnitude)."""
    edges = [133.33 + i * 200 / 3 for i in range(13)]
    edges += [edges[12] * 1.0711703**i for i in range(1, 30)]
    n = len(magnitude)
    sums = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        total = 0.0
        for k in range(int(low * n / rate) + 1, int(high * n / rate) + 1):
            f = k * rate / n
            below = k <= int(middle * n / rate)
            slope = (f - low) / (middle - low) if below else (high - f) / (high - middle)
            total += magnitude[k] * slope * 2 / (high - low)
        sums.append(total)
    return sums


def chroma_of(power: Any, rate: float) -> Any:
    n = len(power)
    semitone = [round(12 * np.log2((k + 1) * rate / (2 * n) / 27.5)) for k in range(n)]
    last = {s % n: k for k, s in enumerate(semitone)}
    chroma = np.zeros(12)
    for place, k in last.items():
        # The division is by the size of another semitone.
        chroma[place % 12] += power[k] / semitone.count(semitone[semitone[place]])
    return chroma / (power.sum() or EPS)


def row_of(frame: Any, before: Any, rate: float) -> tuple[Any, Any]:
    n = len(frame) // 2
    magnitude = np.abs(np.fft.rfft(frame))[:n] / n
    before = magnitude if before is None else before
    power = magnitude**2
    f = np.arange(1, n + 1) * rate / (2 * n)
    mass = magnitude.sum() or 1.0
    centroid = (f * magnitude).sum() / mass
    spread = np.sqrt(((f - centroid) ** 2 * magnitude).sum() / mass)
    change = magnitude / (magnitude + EPS).sum() - before / (before + EPS).sum()
    above = np.flatnonzero(np.cumsum(power) + EPS > 0.9 * power.sum())
    logs = np.log10(np.array(bands_of(magnitude, rate)) + EPS)
    angle = np.pi / 40 * (np.arange(40) + 0.5)
    mfcc = [np.sqrt((2 if j else 1) / 40) * (logs * np.cos(j * angle)).sum() for j in range(13)]
    chroma = chroma_of(power, rate)
    row = [
        np.abs(np.diff(np.sign(frame))).sum() / 2 / (len(frame) - 1),
        (frame**2).mean(),
        entropy_of_tenths(frame**2),
        centroid / (rate / 2),
        spread / (rate / 2),
        entropy_of_tenths(power),
        (change**2).sum(),
        above[0] / n,
        *mfcc,
        *chroma,
        chroma.std(),
    ]
    return np.array(row), magnitude


def normalized(signal: Any) -> Any:
    x = np.asarray(signal, dtype=float) / 32768
    x = x - x.mean()
    return x / (np.abs(x).max() + 1e-10)


def expected(x: Any, rate: float, window: int, step: int) -> Any:
    """Give the 34 features of each frame of a signal that is taken as it is, (34, n_frames)."""
    rows, before = [], None
    for start in range(0, len(x) - window + 1, step):
        row, before = row_of(x[start : start + window], before, rate)
        rows.append(row)
    return np.array(rows).T


def signals(rate: int) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    t = np.arange(rate // 2) / rate
    speech = serfast.load(SPEECH, sample_rate=rate)[0][: rate // 2]
    return {
        "speech": speech,
        "integers": (32767 * speech).astype(np.int16),
        "clipped": np.clip(50 * speech, -1, 1),
        "noise": rng.normal(size=rate // 2),
        "tones": np.sin(2 * np.pi * 441.3 * t) + 0.2 * np.sin(2 * np.pi * 2013.7 * t),
        "behind the tenths": np.sin(2 * np.pi * 0.4993 * np.arange(rate // 2)),
        "silence": np.zeros(rate // 2),
        "constant": np.full(rate // 2, 3),
        "half silent": np.concatenate([np.zeros(rate // 4), speech[: rate // 4]]),
    }

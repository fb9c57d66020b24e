"""The tests share these users' features; each has its formula in NumPy beside it."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

import serfast
from serfast.features.custom import NativeFunction
from serfast.features.framing import pad

BACKENDS = ("native", "numba", "reference")
"""These back ends run users' features."""

COMPILED = ("native", "numba")
"""These back ends call them in compiled code, and have streams."""

Y = np.random.default_rng(7).uniform(-0.5, 0.5, 4000).astype(np.float32)
LOUD = np.concatenate([Y[:2000], np.full(100, 5, np.float32), Y[2100:]])
"""The same, but beyond anything that a trial shows in row 20 of `spec_of`, by frames of 100."""


def spec_of(*features: serfast.features.Feature) -> serfast.FeatureSpec:
    """Left-aligned frames, a row every 100 samples."""
    return serfast.FeatureSpec(features=features, hop_length=100, center=False)


def frames_of(
    y: np.ndarray, spec: serfast.FeatureSpec, feature: serfast.features.Feature
) -> np.ndarray:
    """Give the frames of a signal that a feature sees, as a matrix of float64."""
    mode = feature.pad_mode or spec.pad_mode
    padded = pad(y.astype(np.float64) * spec.sample_scale, feature.length, mode, spec.center)
    windows = np.lib.stride_tricks.sliding_window_view(padded, feature.length)[:: spec.hop_length]
    return windows[: spec.frame_count(len(y))]


@njit
def poke(values, index):
    """Write without a check of bounds, as a careless helper may."""
    values[index] = 1.0


# ---- of the frame --------------------------------------------------------------------------------


@serfast.feature_function
def crest(frame, out, floor=1e-6):
    """Peak over RMS."""
    peak, power = 0.0, 0.0
    for x in frame:
        peak = max(peak, abs(x))
        power += x * x
    out[0] = peak / max(math.sqrt(power / len(frame)), floor)


def crest_rows(frames: np.ndarray, floor: float = 1e-6) -> np.ndarray:
    rms = np.sqrt((frames**2).mean(axis=1))
    return (np.abs(frames).max(axis=1) / np.maximum(rms, floor))[:, np.newaxis]


@dataclass(frozen=True, kw_only=True)
class Powers(serfast.FrameFeature):
    """Power of each of `parts` equal parts of a frame: as many columns."""

    parts: int = 3
    root: bool = False

    @property
    def columns(self):
        return tuple(f"{self.name or 'part'}_{i}" for i in range(self.parts))

    @staticmethod
    def compute(frame, parts, root, sample_rate, out):
        size = len(frame) // parts
        for i in range(parts):
            power = 0.0
            for j in range(i * size, (i + 1) * size):
                power += frame[j] ** 2
            out[i] = math.sqrt(power / sample_rate) if root else power / sample_rate


def powers_rows(frames: np.ndarray, parts: int, root: bool, rate: float) -> np.ndarray:
    size = frames.shape[1] // parts
    sums = (frames[:, : parts * size].reshape(len(frames), parts, size) ** 2).sum(axis=2) / rate
    return np.sqrt(sums) if root else sums


# ---- of the spectrum -----------------------------------------------------------------------------


@serfast.feature_function(columns=("rise", "tilt"))
def motion(spectrum, previous_spectrum, frequencies, out):
    """Rises of power since the row before; mean frequency."""
    rise, total, moment = 0.0, 1e-9, 0.0
    for k in range(len(spectrum)):
        rise += max(spectrum[k] - previous_spectrum[k], 0.0)
        total += spectrum[k]
        moment += spectrum[k] * frequencies[k]
    out[0] = rise
    out[1] = moment / total


def motion_rows(frames: np.ndarray, rate: float) -> np.ndarray:
    n_fft = frames.shape[1]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    before = np.concatenate([power[:1], power[:-1]])
    rise = np.maximum(power - before, 0).sum(axis=1)
    tilt = (power @ (np.arange(power.shape[1]) * rate / n_fft)) / (power.sum(axis=1) + 1e-9)
    return np.stack([rise, tilt], axis=1)


# ---- from elsewhere ------------------------------------------------------------------------------

FLOATS = ctypes.POINTER(ctypes.c_float)
C_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int, FLOATS, ctypes.c_ssize_t, FLOATS, FLOATS, FLOATS, ctypes.c_ssize_t,
    ctypes.c_double, ctypes.POINTER(ctypes.c_double), FLOATS, ctypes.c_ssize_t,
)  # fmt: skip


def from_c(function) -> serfast.FrameFeature:
    """Give a feature of one column that a Python function computes behind a C pointer."""
    callback = C_FUNCTION(function)

    class Foreign(serfast.FrameFeature):
        outputs = ("foreign",)
        compute = NativeFunction(ctypes.cast(callback, ctypes.c_void_p).value, callback)

    return Foreign(frame_length=100)

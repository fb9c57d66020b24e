"""The engine against the installed librosa, over a grid of rates, frames, hops, windows, signals.

One test is one cell: all signals and both windows, so that one spec computes everything at once.
A failure lists signal, measure and value; the parity report shows the worst of all cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import librosa
import numpy as np
import pytest

import serfast
from helpers import signals, yin_noise
from helpers import tolerances as tol
from helpers.parity_report import Measured
from serfast.features.framing import pad
from serfast.features.pitch import lag_range

RATES = (8000, 16000, 22050, 44100, 48000)
SIZES = (256, 400, 512, 1024, 2048, 441, 1103)
WINDOWS = ("hann", "hamming")
N_MFCC = 20
THRESHOLD = 0.1

GRID = [
    (rate, n_fft, hop, center)
    for rate, n_fft in product(RATES, SIZES)
    for hop in sorted({n_fft // 4, 160, 512})
    for center in (True, False)
]

pytestmark = [
    pytest.mark.filterwarnings("ignore:n_fft=.* is too large for input signal"),
    pytest.mark.filterwarnings("ignore:Empty filters detected"),
    pytest.mark.filterwarnings("ignore:n_mels must be small enough"),
]


def grid_signals(folder: Path, rate: int, n_fft: int) -> dict[str, np.ndarray]:
    return {**signals.speech(folder, rate), **signals.synthetic(rate, n_fft)}


def bands(n_fft: int) -> int:
    """librosa's default for its own default frame, fewer where the bins are few."""
    return 128 if n_fft >= 1024 else 40


def relative(difference: np.ndarray, to: np.ndarray) -> float:
    """Largest |difference| / to, where 0 / 0 is 0 and x / 0 is infinity."""
    size = np.abs(difference)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.max(np.where(size == 0, 0, size / to)))


class Cell:
    """Collects the measures of one cell, and which of them are beyond their tolerance."""

    def __init__(self, measured: Measured, name: str) -> None:
        self.measured, self.name = measured, name
        self.failures: list[str] = []

    def check(self, tolerance: tol.Tolerance, value: float, where: str) -> None:
        self.measured.add(tolerance, value, f"{self.name} {where}")
        if not value <= tolerance.limit:
            self.failures.append(f"{where}: {tolerance.what} {value:.3g} > {tolerance.limit:g}")

    def finish(self) -> None:
        assert not self.failures, f"{self.name}\n" + "\n".join(self.failures)


def spectral_features(n_fft: int, window: str) -> list[serfast.PowerSpectrum]:
    common = {"n_fft": n_fft, "window": window, "n_mels": bands(n_fft)}
    return [
        serfast.MelPower(name=f"mel_{window}", **common),
        serfast.LogMel(name=f"logmel_{window}", **common),
        serfast.MFCC(name=f"mfcc_{window}", n_mfcc=N_MFCC, top_db=80.0, **common),
    ]


def split(rows: np.ndarray, *widths: int) -> Iterator[np.ndarray]:
    """The rows' columns in groups of these widths."""
    return iter(np.split(rows, np.cumsum(widths)[:-1], axis=1))


@pytest.mark.parametrize(("rate", "n_fft", "hop", "center"), GRID)
def test_energy_and_spectrum(
    rate: int, n_fft: int, hop: int, center: bool, emodb: Path, measured: Measured
) -> None:
    features = [
        serfast.RMS(frame_length=n_fft),
        serfast.ZeroCrossingRate(frame_length=n_fft),
    ]
    for window in WINDOWS:
        features += spectral_features(n_fft, window)
    spec = serfast.FeatureSpec(sample_rate=rate, hop_length=hop, center=center, features=features)
    extractor = serfast.Extractor(spec)
    cell = Cell(measured, f"{rate} n_fft={n_fft} hop={hop} center={center}")
    for name, y in grid_signals(emodb, rate, n_fft).items():
        if not center and len(y) < n_fft:
            continue
        groups = split(extractor(y), 1, 1, *[bands(n_fft), bands(n_fft), N_MFCC] * 2)
        check_energy(cell, name, y, next(groups), next(groups), n_fft, hop, center)
        for window in WINDOWS:
            power = librosa.feature.melspectrogram(
                y=y, sr=rate, n_fft=n_fft, hop_length=hop, center=center, window=window,
                n_mels=bands(n_fft),
            )  # fmt: skip
            ours = (next(groups), next(groups), next(groups))
            check_spectrum(cell, name, f"{name} {window}", power.T, *ours)
    cell.finish()


def check_energy(
    cell: Cell,
    name: str,
    y: np.ndarray,
    rms: np.ndarray,
    zcr: np.ndarray,
    n_fft: int,
    hop: int,
    center: bool,
) -> None:
    frames = {"frame_length": n_fft, "hop_length": hop, "center": center}
    expected = librosa.feature.rms(y=y, **frames).T
    cell.check(tol.RMS, relative(rms - expected, expected), name)
    expected = librosa.feature.zero_crossing_rate(y, **frames).T.astype(np.float32)
    cell.check(tol.ZCR, float(np.abs(zcr - expected).max()), name)


def check_spectrum(
    cell: Cell,
    name: str,
    where: str,
    power: np.ndarray,
    mel: np.ndarray,
    logmel: np.ndarray,
    mfcc: np.ndarray,
) -> None:
    cell.check(tol.MEL_POWER, relative(mel - power, power.max(axis=1, keepdims=True)), where)
    level = librosa.power_to_db(power, top_db=None)
    loud = level >= level.max() - tol.LOG_MEL_RANGE
    cell.check(tol.LOG_MEL, float(np.abs(logmel - level)[loud].max()), where)
    expected = librosa.feature.mfcc(S=librosa.power_to_db(power).T, n_mfcc=N_MFCC).T
    error = np.abs(mfcc - expected)
    cell.check(tol.MFCC, float(error.max()), where)
    if name in signals.SPEECH:
        cell.check(tol.MFCC_SPEECH_MEDIAN, float(np.median(error)), where)


def pitch_range(rate: int, frame_length: int) -> tuple[float, float]:
    """F0 [Hz] of speech, as far as a frame holds two of its periods."""
    fmin = max(65.0, 2.02 * rate / frame_length)
    return fmin, max(600.0, 4 * fmin)


@pytest.mark.parametrize(("rate", "n_fft"), list(product(RATES, SIZES)))
def test_pitch(rate: int, n_fft: int, emodb: Path, measured: Measured) -> None:
    fmin, fmax = pitch_range(rate, n_fft)
    pitch = serfast.YIN(frame_length=n_fft, fmin=fmin, fmax=fmax, threshold=THRESHOLD)
    cell = Cell(measured, f"{rate} frame_length={n_fft}")
    n_frames = n_outside = n_tied = 0
    for hop, center in product(sorted({n_fft // 4, 160, 512}), (True, False)):
        spec = serfast.FeatureSpec(
            sample_rate=rate, hop_length=hop, center=center, features=[pitch]
        )
        extractor = serfast.Extractor(spec)
        for name, y in grid_signals(emodb, rate, n_fft).items():
            if not center and len(y) < n_fft:
                continue
            f0 = extractor(y)[:, 0]
            expected = librosa.yin(
                y, sr=rate, fmin=fmin, fmax=fmax, frame_length=n_fft, hop_length=hop,
                center=center, trough_threshold=THRESHOLD,
            )  # fmt: skip
            frames = librosa.util.frame(
                pad(y, n_fft, "constant", center),
                frame_length=n_fft,
                hop_length=hop,
                axis=0,
            )
            where = f"{name} hop={hop} center={center}"
            tied, outside = check_pitch(cell, where, spec, f0, expected, frames)
            n_frames += len(f0) - tied
            n_outside += outside
            n_tied += tied
    where = f"{n_outside} of {n_frames}, not counting {n_tied} ties"
    cell.check(tol.YIN_SHARE_OUTSIDE, n_outside / n_frames, where)
    cell.finish()


def check_pitch(
    cell: Cell,
    where: str,
    spec: serfast.FeatureSpec,
    f0: np.ndarray,
    expected: np.ndarray,
    frames: np.ndarray,
) -> tuple[int, int]:
    """How many frames beyond the tolerance are exact ties, and how many more there are."""
    assert f0.shape == expected.shape == frames.shape[:1]
    (pitch,) = spec.features
    assert isinstance(pitch, serfast.YIN)
    rate = float(spec.sample_rate)
    lags = lag_range(
        sample_rate=rate,
        fmin=pitch.fmin,
        fmax=pitch.fmax,
        frame_length=pitch.frame_length,
    )
    error = np.abs(f0 - expected) / expected
    outside = np.flatnonzero(error > tol.YIN.limit)
    inside = np.delete(error, outside)
    cell.check(tol.YIN, float(inside.max(initial=0)), where)
    tied = 0
    for t in outside:
        answers = (rate / f0[t], rate / expected[t])
        units = yin_noise.needed(frames[t], lags, answers, THRESHOLD)
        if units == yin_noise.TIE:
            tied += 1
        else:
            cell.check(
                tol.YIN_NOISE,
                units,
                f"{where} row {t}: {f0[t]:.3f} Hz, librosa {expected[t]:.3f}",
            )
    return tied, len(outside) - tied


@pytest.mark.parametrize("n_fft", SIZES)
def test_a_signal_shorter_than_a_left_aligned_frame_is_refused_by_both(
    n_fft: int,
) -> None:
    y = signals.noise(n_fft - 1)
    spec = serfast.FeatureSpec(center=False, features=[serfast.MelPower(n_fft=n_fft)])
    with pytest.raises(serfast.ParameterError, match=f"signal must be at least {n_fft} samples"):
        serfast.Extractor(spec)(y)
    with pytest.raises(librosa.ParameterError):
        librosa.feature.melspectrogram(y=y, n_fft=n_fft, center=False)

"""NeMo's and HTK's features in float64, written down again from their documentation.

Neither can be installed beside the other packages. Nothing here uses serfast: frames, windows,
triangles and transforms are made in another way than there, one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["htk_mfcc", "nemo_mel", "torchaudio_mel"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def nemo_mel(
    signal: Array, sample_rate: int, features: int, window_ms: float, guard: str = "add"
) -> Array:
    """Give NeMo's log-mel rows: FilterbankFeatures with normalize=None and dither=0."""
    y = np.concatenate([signal[:1], signal[1:] - 0.97 * signal[:-1]])
    length, hop = int(window_ms / 1000 * sample_rate), int(0.01 * sample_rate)
    n_fft = 2 ** int(np.ceil(np.log2(length)))
    window = np.zeros(n_fft)
    left = (n_fft - length) // 2
    window[left : left + length] = np.hanning(length)
    padded = np.concatenate([np.zeros(n_fft // 2), y, np.zeros(n_fft // 2)])
    bank = slaney_bank(sample_rate, n_fft, features)
    rows = []
    for t in range(len(y) // hop):
        power = np.abs(np.fft.rfft(padded[t * hop : t * hop + n_fft] * window)) ** 2
        bands = bank @ power
        rows.append(np.log(bands + 2**-24 if guard == "add" else np.maximum(bands, 2**-24)))
    return np.array(rows)


def slaney_bank(sample_rate: int, n_fft: int, n_bands: int) -> Array:
    """Give triangles of the same area on Slaney's scale, band by band and bin by bin."""

    def hertz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    top = sample_rate / 2
    highest = top * 3 / 200 if top < 1000 else 15 + 27 * np.log(top / 1000) / np.log(6.4)
    edges = [hertz(highest * i / (n_bands + 1)) for i in range(n_bands + 2)]
    bank = np.zeros((n_bands, n_fft // 2 + 1))
    for m in range(n_bands):
        low, middle, high = edges[m : m + 3]
        for k in range(n_fft // 2 + 1):
            f = k * sample_rate / n_fft
            if low < f <= middle:
                bank[m, k] = (f - low) / (middle - low)
            elif middle < f < high:
                bank[m, k] = (high - f) / (high - middle)
        bank[m] *= 2 / (high - low)
    return bank


def htk_mfcc(
    signal: Array,
    sample_rate: int,
    *,
    kind: str = "MFCC_0",
    n_ceps: int = 12,
    n_chans: int = 20,
    use_power: bool = False,
    z_mean: bool = False,
    limits: tuple[float, float] | None = None,
) -> Array:
    """Give the rows of HCopy with CEPLIFTER=22, PREEMCOEF=0.97, USEHAMMING=T, ENORMALISE=F."""
    samples = np.asarray(signal, np.float64) * 32768
    length, hop = int(0.025 * sample_rate), int(0.01 * sample_rate)
    n_fft = 2
    while n_fft < length:
        n_fft *= 2
    chans, weights = htk_channels(sample_rate, n_fft, n_chans, limits)
    rows = []
    for begin in range(0, len(samples) - length + 1, hop):
        frame = samples[begin : begin + length].copy()
        if z_mean:
            frame -= frame.mean()
        energy = np.log(np.sum(frame**2)) if np.any(frame) else -87.3
        frame[1:] -= 0.97 * frame[:-1].copy()
        frame[0] *= 1 - 0.97
        frame *= 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(length) / (length - 1))
        size = np.abs(np.fft.rfft(frame, n_fft))
        if use_power:
            size = size**2
        bands = np.zeros(n_chans + 2)
        for k in range(1, n_fft // 2):
            if chans[k] >= 0:
                share = weights[k] * size[k]
                bands[chans[k]] += share
                bands[chans[k] + 1] += size[k] - share
        logs = np.log(np.maximum(bands[1 : n_chans + 1], 1.0))
        j = np.arange(1, n_chans + 1) - 0.5
        scale = np.sqrt(2 / n_chans)
        row = []
        for n in range(1, n_ceps + 1):
            c = scale * np.sum(logs * np.cos(np.pi * n / n_chans * j))
            row.append((1 + 11 * np.sin(np.pi * n / 22)) * c)
        row += {"MFCC": [], "MFCC_0": [scale * logs.sum()], "MFCC_E": [energy]}[kind]
        rows.append(row)
    return np.array(rows)


def htk_channels(
    sample_rate: int, n_fft: int, n_chans: int, limits: tuple[float, float] | None
) -> tuple[list[int], Array]:
    """Give for each bin the band below it (-1: it counts in none), and its share of it."""
    low, high, first, last = 0.0, sample_rate / 2, 2, n_fft // 2
    if limits is not None:
        low, high = limits
        first = max(2, int(low * n_fft / sample_rate + 2.5))
        last = min(last, int(high * n_fft / sample_rate + 0.5))
    least, most = 1127 * np.log(1 + low / 700), 1127 * np.log(1 + high / 700)
    centres = [least + (most - least) * i / (n_chans + 1) for i in range(n_chans + 2)]
    mels = 1127 * np.log(1 + np.arange(n_fft // 2) * sample_rate / n_fft / 700)
    chans, weights = [-1] * (n_fft // 2), np.zeros(n_fft // 2)
    for k in range(n_fft // 2):
        if first <= k + 1 <= last:  # HTK counts bins from 1
            band = max(i for i in range(n_chans + 2) if centres[i] <= mels[k])
            band = min(band, n_chans)
            chans[k] = band
            weights[k] = (centres[band + 1] - mels[k]) / (centres[band + 1] - centres[band])
    return chans, weights


def torchaudio_mel(
    signal: Array, sample_rate: int, n_fft: int, n_mels: int, center: bool = True
) -> Array:
    """Give the rows of torchaudio.transforms.MelSpectrogram with its defaults."""
    hop, half = n_fft // 2, n_fft // 2
    y = np.asarray(signal, np.float64)
    if center:
        y = np.concatenate([y[half:0:-1], y, y[-2 : -half - 2 : -1]])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    top = 2595 * np.log10(1 + sample_rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, n_mels + 2) / 2595) - 1)
    f = np.linspace(0, sample_rate / 2, n_fft // 2 + 1)
    bank = [np.interp(f, edges[m : m + 3], [0, 1, 0]) for m in range(n_mels)]
    frames = [y[i : i + n_fft] * window for i in range(0, len(y) - n_fft + 1, hop)]
    return np.asarray(np.abs(np.fft.rfft(frames)) ** 2 @ np.array(bank).T)

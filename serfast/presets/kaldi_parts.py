"""Kaldi's presets, and the drop-in for kaldi-native-fbank, are made of these parts."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from .. import _checks as checks
from ..features.base import Feature
from ..features.catalogue import MFCC, LogEnergy, LogMel, MelPower
from ..features.mel import MAX_MELS, filter_bank
from ..features.spec import FeatureSpec
from ..features.spectrum import Window

__all__ = [
    "INT16",
    "WINDOWS",
    "KaldiWindow",
    "band_edges",
    "fbank_features",
    "kaldi_bands",
    "kaldi_samples",
    "kaldi_spec",
    "kaldi_spectrum",
    "mfcc_features",
]

KaldiWindow: TypeAlias = Literal[
    "povey", "hanning", "hamming", "blackman", "rectangular", "sine", "hann"
]
WINDOWS: tuple[KaldiWindow, ...] = (
    *("povey", "hanning", "hamming", "blackman", "rectangular", "sine", "hann"),
)
"""All are symmetric but "hann", a periodic window, which kaldi-native-fbank adds to Kaldi's."""

EPSILON = 2.0**-23
"""Kaldi raises smaller powers to it before it takes the logarithm (C's FLT_EPSILON)."""

INT16 = 32768.0
"""Kaldi takes 16-bit integers as they are, and serfast divides them by this."""


def kaldi_samples(sample_rate: float, ms: float) -> int:
    """Give the number of samples in some milliseconds as Kaldi does: in float32, rounded down.

    Examples
    --------
    >>> kaldi_samples(44100, 25)
    1102
    """
    return int(np.float32(sample_rate) * np.float32(0.001) * np.float32(ms))


def fbank_features(
    spectrum: dict[str, Any],
    bands: dict[str, Any],
    *,
    use_energy: bool,
    raw_energy: bool,
    energy_floor: float,
    htk_compat: bool,
    use_log_fbank: bool,
    use_power: bool,
) -> list[Feature]:
    """Give the features of filter banks: fields of a spectrum and a mel bank, Kaldi's options."""
    power = 2.0 if checks.boolean("use_power", use_power) else 1.0
    fields: dict[str, Any] = {**spectrum, "power": power, **bands}
    fbank: Feature
    if checks.boolean("use_log_fbank", use_log_fbank):
        fbank = LogMel(**{"log": "ln", "amin": EPSILON, **fields})
    else:
        fbank = MelPower(**fields)
    if not checks.boolean("use_energy", use_energy):
        return [fbank]
    energy = _energy(spectrum, raw_energy, energy_floor)
    return [fbank, energy] if checks.boolean("htk_compat", htk_compat) else [energy, fbank]


def mfcc_features(
    spectrum: dict[str, Any],
    bands: dict[str, Any],
    *,
    num_ceps: int,
    cepstral_lifter: float,
    use_energy: bool,
    raw_energy: bool,
    energy_floor: float,
    htk_compat: bool,
) -> list[Feature]:
    """Give the features of cepstral coefficients, in the same way."""
    lifter: dict[str, Any] = {"lifter": cepstral_lifter, "lifter_start": 0.0}
    shared: dict[str, Any] = {"log": "ln", "amin": EPSILON, **spectrum, **bands, **lifter}
    checks.integer("num_ceps", num_ceps, 1, bands["n_mels"])
    last = checks.boolean("htk_compat", htk_compat)
    first: Feature
    rest: list[Feature] = []
    if num_ceps > 1:
        rest = [MFCC(**shared, n_mfcc=num_ceps - 1, first_mfcc=1)]
    if checks.boolean("use_energy", use_energy):
        first = _energy(spectrum, raw_energy, energy_floor)
    elif last:
        first = MFCC(**shared, n_mfcc=1, dct_norm="htk")
    else:
        first, rest = MFCC(**shared, n_mfcc=num_ceps), []
    return [*rest, first] if last else [first, *rest]


def kaldi_spectrum(
    sample_rate: float,
    frame_length_ms: float,
    preemph_coeff: float,
    remove_dc_offset: bool,
    window_type: KaldiWindow,
    blackman_coeff: float,
    round_to_power_of_two: bool,
) -> dict[str, Any]:
    """Give the fields of Kaldi's spectrum by name."""
    checks.number("sample_rate", sample_rate, above=0)
    checks.number("frame_length_ms", frame_length_ms, above=0, maximum=1e9)
    length = kaldi_samples(sample_rate, frame_length_ms)
    n_fft = checks.integer("frame_length_ms in samples", length, 2)
    if checks.boolean("round_to_power_of_two", round_to_power_of_two):
        n_fft = 1 << (length - 1).bit_length()
    elif n_fft % 2:
        rule = "even samples for round_to_power_of_two=False (Kaldi's FFT needs it)"
        checks.refuse("frame_length_ms", rule, f"{length}")
    return {
        "n_fft": n_fft,
        "frame_length": length,
        "window": _window(window_type, blackman_coeff),
        "window_periodic": window_type == "hann",
        "preemphasis": preemph_coeff,
        "remove_dc": remove_dc_offset,
    }


def _window(window_type: KaldiWindow, blackman_coeff: float) -> Window:
    """Give the spec's window; two have another name there."""
    checks.choice("window_type", window_type, WINDOWS)
    if window_type == "blackman":
        mean = checks.number("blackman_coeff", blackman_coeff, minimum=0, maximum=1)
        return "blackman" if mean == 0.42 else ("general_cosine", (mean, 0.5, 0.5 - mean))
    names = {"hanning": "hann", "rectangular": "boxcar"}
    return names.get(window_type, window_type)


def band_edges(sample_rate: float, low_freq: float, high_freq: float) -> tuple[float, float]:
    """Give the lower edge of the first band and the upper one of the last [Hz]."""
    nyquist = sample_rate / 2
    checks.number("low_freq", low_freq, minimum=0)
    checks.number("high_freq", high_freq, above=-nyquist, maximum=nyquist)
    top = high_freq if high_freq > 0 else nyquist + high_freq
    if low_freq >= top:
        checks.fail("low_freq", f"< {top:g} Hz (high_freq)", low_freq)
    return low_freq, top


def kaldi_bands(
    sample_rate: float, n_fft: int, num_mel_bins: int, edges: tuple[float, float], **fields: Any
) -> dict[str, Any]:
    """Give the fields of Kaldi's mel bank by name; `fields` stand for some that differ from it."""
    bands: dict[str, Any] = {
        "n_mels": checks.integer("num_mel_bins", num_mel_bins, 3, MAX_MELS),
        "fmin": edges[0],
        "fmax": edges[1],
        "htk": True,
        "mel_norm": None,
        "triangle_axis": "mel",
        **fields,
    }
    weights = filter_bank(sample_rate=sample_rate, n_fft=n_fft, **bands, warn=lambda message: None)
    if not weights.any(axis=1).all():
        rule = "small enough for every band to hold a bin (Kaldi refuses it too)"
        checks.refuse("num_mel_bins", rule, f"{num_mel_bins} at {n_fft} samples a transform")
    return bands


def _energy(spectrum: dict[str, Any], raw_energy: bool, energy_floor: float) -> LogEnergy:
    """Give the energy of a frame, raw or as it is transformed."""
    checks.number("energy_floor", energy_floor, minimum=0, maximum=1e30)
    fields = {k: spectrum[k] for k in ("frame_length", "remove_dc")}
    if not checks.boolean("raw_energy", raw_energy):
        fields |= {k: spectrum[k] for k in ("window", "window_periodic", "preemphasis")}
    return LogEnergy(**fields, amin=max(EPSILON, energy_floor))


def kaldi_spec(
    sample_rate: float,
    frame_shift_ms: float,
    snip_edges: bool,
    sample_scale: float,
    features: list[Feature],
) -> FeatureSpec:
    """Give the spec of features on Kaldi's grid of rows."""
    checks.number("frame_shift_ms", frame_shift_ms, above=0, maximum=1e9)
    hop = checks.integer("frame_shift_ms in samples", kaldi_samples(sample_rate, frame_shift_ms))
    grid: dict[str, Any] = {"center": False}
    if not checks.boolean("snip_edges", snip_edges):
        grid = {"center_offset": hop // 2, "min_row_samples": hop - hop // 2}
        grid["pad_mode"] = "symmetric"
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=hop,
        sample_scale=sample_scale,
        features=tuple(features),
        **grid,
    )

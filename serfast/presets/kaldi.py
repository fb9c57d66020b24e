"""Kaldi's filter banks and MFCC as FeatureSpecs, with Kaldi's own parameters."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from .. import _checks as checks
from ..features.base import Feature
from ..features.catalogue import MFCC, LogEnergy, LogMel, MelPower
from ..features.mel import MAX_MELS, filter_bank
from ..features.spec import FeatureSpec
from ..features.spectrum import Window

__all__ = ["WINDOWS", "KaldiWindow", "kaldi_fbank", "kaldi_mfcc", "kaldi_samples"]

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


def kaldi_fbank(
    sample_rate: float = 16000,
    *,
    num_mel_bins: int = 23,
    low_freq: float = 20.0,
    high_freq: float = 0.0,
    frame_length_ms: float = 25.0,
    frame_shift_ms: float = 10.0,
    snip_edges: bool = True,
    preemph_coeff: float = 0.97,
    remove_dc_offset: bool = True,
    window_type: KaldiWindow = "povey",
    blackman_coeff: float = 0.42,
    round_to_power_of_two: bool = True,
    use_energy: bool = False,
    raw_energy: bool = True,
    energy_floor: float = 0.0,
    htk_compat: bool = False,
    use_log_fbank: bool = True,
    use_power: bool = True,
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take the filter banks of Kaldi's compute-fbank-feats, without dither.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    num_mel_bins : int
        There are this many bands.
    low_freq, high_freq : float
        They are the lower edge of the first band and the upper edge of the last one [Hz]. If
        high_freq <= 0, it is relative to half the sample rate.
    frame_length_ms, frame_shift_ms : float
        A frame is this long, and the next one begins so much later [ms].
    snip_edges : bool
        If True, only frames that lie in the signal make a row. If False, there is a row for each
        shift, frames lie around its middle, and the signal is mirrored at both ends.
    preemph_coeff : float
        The pre-emphasis within a frame, 0 to 1.
    remove_dc_offset : bool
        If True, the mean of each frame is subtracted first.
    window_type : {"povey", "hanning", "hamming", "blackman", "rectangular", "sine", "hann"}
        All are symmetric but "hann".
    blackman_coeff : float
        It is the mean of the window "blackman".
    round_to_power_of_two : bool
        If True, zeros complete the frame to a power of two before it is transformed.
    use_energy : bool
        If True, there is a column more, the logarithm of the frame's energy.
    raw_energy : bool
        If True, that is the energy before pre-emphasis and window.
    energy_floor : float
        A smaller energy is raised to it, >= 0.
    htk_compat : bool
        If True, the energy comes last; else it comes first.
    use_log_fbank : bool
        If True, the bands are natural logarithms.
    use_power : bool
        If True, the bands hold power; else magnitude.
    sample_scale : float
        The samples are multiplied by it: 32768 gives the integers that Kaldi takes. Programs that
        give samples in [-1, 1) to kaldi-native-fbank or torchaudio need 1.

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If a parameter breaks its rule; Kaldi ends the program then.

    Notes
    -----
    It agrees with kaldi-native-fbank 1.23 to 1e-4 (natural logarithm): docs/conformance.md has the
    figures. Kaldi adds noise to the samples (dither); nobody can reproduce that, so compare with
    ``dither=0``.

    Examples
    --------
    >>> spec = kaldi_fbank(num_mel_bins=80)
    >>> len(spec.columns), spec.hop_length, spec.frame_lengths
    (80, 160, (400,))
    """
    spectrum = _spectrum(
        sample_rate,
        frame_length_ms,
        preemph_coeff,
        remove_dc_offset,
        window_type,
        blackman_coeff,
        round_to_power_of_two,
    )
    bands = _bands(sample_rate, spectrum["n_fft"], num_mel_bins, low_freq, high_freq)
    power = 2.0 if checks.boolean("use_power", use_power) else 1.0
    fbank: Feature
    if checks.boolean("use_log_fbank", use_log_fbank):
        fbank = LogMel(**spectrum, **bands, power=power, log="ln", amin=EPSILON)
    else:
        fbank = MelPower(**spectrum, **bands, power=power)
    features: list[Feature] = [fbank]
    if checks.boolean("use_energy", use_energy):
        energy = _energy(spectrum, raw_energy, energy_floor)
        features = [fbank, energy] if checks.boolean("htk_compat", htk_compat) else [energy, fbank]
    return _spec(sample_rate, frame_shift_ms, snip_edges, sample_scale, features)


def kaldi_mfcc(
    sample_rate: float = 16000,
    *,
    num_ceps: int = 13,
    cepstral_lifter: float = 22.0,
    num_mel_bins: int = 23,
    low_freq: float = 20.0,
    high_freq: float = 0.0,
    frame_length_ms: float = 25.0,
    frame_shift_ms: float = 10.0,
    snip_edges: bool = True,
    preemph_coeff: float = 0.97,
    remove_dc_offset: bool = True,
    window_type: KaldiWindow = "povey",
    blackman_coeff: float = 0.42,
    round_to_power_of_two: bool = True,
    use_energy: bool = True,
    raw_energy: bool = True,
    energy_floor: float = 0.0,
    htk_compat: bool = False,
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take the coefficients of Kaldi's compute-mfcc-feats, without dither.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    num_ceps : int
        There are this many columns, 1 to num_mel_bins.
    cepstral_lifter : float
        L > 0 multiplies coefficient n by 1 + L/2 · sin(π n / L); 0 changes nothing.
    num_mel_bins, low_freq, high_freq, frame_length_ms, frame_shift_ms, snip_edges, preemph_coeff
        They mean the same as in :func:`kaldi_fbank`.
    remove_dc_offset, window_type, blackman_coeff, round_to_power_of_two, raw_energy, energy_floor
        They mean the same as in :func:`kaldi_fbank`.
    use_energy : bool
        If True, the logarithm of the frame's energy takes the place of coefficient 0.
    htk_compat : bool
        If True, the energy or coefficient 0 comes last, and coefficient 0 is sqrt(2) times as
        large.
    sample_scale : float
        It means the same as in :func:`kaldi_fbank`.

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If a parameter breaks its rule; Kaldi ends the program then.

    Notes
    -----
    It agrees with kaldi-native-fbank 1.23: docs/conformance.md has the figures.

    Examples
    --------
    >>> kaldi_mfcc(num_ceps=3).columns
    ('log_energy', 'mfcc_1', 'mfcc_2')
    >>> kaldi_mfcc(num_ceps=3, use_energy=False, htk_compat=True).columns
    ('mfcc_1', 'mfcc_2', 'mfcc_0')
    """
    spectrum = _spectrum(
        sample_rate,
        frame_length_ms,
        preemph_coeff,
        remove_dc_offset,
        window_type,
        blackman_coeff,
        round_to_power_of_two,
    )
    shared: dict[str, Any] = {
        **spectrum,
        **_bands(sample_rate, spectrum["n_fft"], num_mel_bins, low_freq, high_freq),
        "log": "ln",
        "amin": EPSILON,
        "lifter": cepstral_lifter,
        "lifter_start": 0.0,
    }
    checks.integer("num_ceps", num_ceps, 1, num_mel_bins)
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
    features = [*rest, first] if last else [first, *rest]
    return _spec(sample_rate, frame_shift_ms, snip_edges, sample_scale, features)


def _spectrum(
    sample_rate: float,
    frame_length_ms: float,
    preemph_coeff: float,
    remove_dc_offset: bool,
    window_type: KaldiWindow,
    blackman_coeff: float,
    round_to_power_of_two: bool,
) -> dict[str, Any]:
    """Give the fields of a spectrum by name."""
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


def _bands(
    sample_rate: float, n_fft: int, num_mel_bins: int, low_freq: float, high_freq: float
) -> dict[str, Any]:
    """Give the fields of a mel bank by name."""
    nyquist = sample_rate / 2
    checks.number("low_freq", low_freq, minimum=0)
    checks.number("high_freq", high_freq, above=-nyquist, maximum=nyquist)
    top = high_freq if high_freq > 0 else nyquist + high_freq
    if low_freq >= top:
        checks.fail("low_freq", f"< {top:g} Hz (high_freq)", low_freq)
    bands: dict[str, Any] = {
        "n_mels": checks.integer("num_mel_bins", num_mel_bins, 3, MAX_MELS),
        "fmin": low_freq,
        "fmax": top,
        "htk": True,
        "mel_norm": None,
        "triangle_axis": "mel",
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


def _spec(
    sample_rate: float,
    frame_shift_ms: float,
    snip_edges: bool,
    sample_scale: float,
    features: list[Feature],
) -> FeatureSpec:
    """Give the spec with its grid of rows."""
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

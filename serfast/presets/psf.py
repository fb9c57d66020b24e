"""python_speech_features' MFCC and log bands as FeatureSpecs, with its own parameters."""

from __future__ import annotations

import math
import sys
from typing import Any

from .. import _checks as checks
from ..features.base import Feature
from ..features.catalogue import MFCC, LogMel, LogSpectralEnergy
from ..features.spec import FeatureSpec
from ..features.spectrum import Window

__all__ = ["python_speech_features"]

INT16 = 32768.0
"""Programs give it 16-bit integers as they are, and serfast divides them by this."""

EPSILON = sys.float_info.epsilon
"""python_speech_features puts it in the place of a power of 0 before it takes the logarithm."""


def python_speech_features(
    sample_rate: float = 16000,
    *,
    numcep: int | None = 13,
    nfilt: int = 26,
    nfft: int = 512,
    winlen: float = 0.025,
    winstep: float = 0.01,
    lowfreq: float = 0.0,
    highfreq: float | None = None,
    preemph: float = 0.97,
    ceplifter: float = 22.0,
    append_energy: bool = True,
    window: Window = "boxcar",
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take python_speech_features' mfcc, or its logfbank with ``numcep=None``.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    numcep : int or None
        There are this many coefficients, 1 to nfilt; None takes the nfilt log bands themselves.
    nfilt, nfft : int
        Mel bands, and samples of the transform.
    winlen, winstep : float
        The length of a frame and the time from row to row [s].
    lowfreq, highfreq : float
        The edges of the bands [Hz]; None is half the sample rate. Edges between bands lie on whole
        bins.
    preemph : float
        The pre-emphasis of the whole signal, 0 to 1.
    ceplifter : float
        L > 0 multiplies coefficient n by 1 + L/2 · sin(π n / L); 0 changes nothing.
    append_energy : bool
        If True, the logarithm of the frame's energy takes the place of coefficient 0.
    window : str or tuple
        ``winfunc=numpy.hamming`` is "hamming", symmetric; "boxcar" is none.
    sample_scale : float
        32768 gives the 16-bit integers that programs give it; take 1 for those that give samples in
        [-1, 1).

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If the frame is longer than nfft, of which python_speech_features drops the end, or shorter
        than the hop.

    Notes
    -----
    It agrees with python_speech_features 0.6: docs/conformance.md has the figures. A recording that
    is shorter than a frame has one row. Of no samples at all, which python_speech_features can't
    frame either, an extractor refuses to make one.

    Examples
    --------
    >>> python_speech_features(numcep=3).columns
    ('log_spectral_energy', 'mfcc_1', 'mfcc_2')
    """
    rate = checks.number("sample_rate", sample_rate, above=0)
    length = _samples("winlen", winlen, rate, least=1)
    hop = _samples("winstep", winstep, rate, least=1)
    checks.integer("nfft", nfft, 2)
    if length > nfft:
        rule = f"<= nfft ({nfft}) in samples: python_speech_features drops what is behind"
        checks.refuse("winlen", rule, f"{length}")
    if hop > length:
        checks.refuse("winstep", f"<= winlen ({length}) in samples", f"{hop}")
    spectrum: dict[str, Any] = {
        "n_fft": nfft,
        "frame_length": length,
        "window": window,
        "window_periodic": False,
    }
    bands: dict[str, Any] = {
        **spectrum,
        "n_mels": nfilt,
        "fmin": lowfreq,
        "fmax": highfreq,
        "htk": True,
        "mel_norm": None,
        "edge_rounding": "lower_bin",
        "log": "ln",
        "ref": float(nfft),
        "amin": EPSILON * nfft,
    }
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=hop,
        center=False,
        min_row_samples=length - hop + 1,
        first_row_samples=1,
        sample_scale=sample_scale,
        signal_preemphasis=preemph,
        features=_features(spectrum, bands, numcep, ceplifter, append_energy),
    )


def _features(
    spectrum: dict[str, Any],
    bands: dict[str, Any],
    numcep: int | None,
    ceplifter: float,
    append_energy: bool,
) -> tuple[Feature, ...]:
    """Give the log bands, or the coefficients with or without the energy."""
    if numcep is None:
        return (LogMel(**bands),)
    checks.integer("numcep", numcep, 1, bands["n_mels"])
    cepstrum = {**bands, "lifter": ceplifter, "lifter_start": 0.0}
    if not checks.boolean("append_energy", append_energy):
        return (MFCC(**cepstrum, n_mfcc=numcep),)
    gain = 1 / bands["n_fft"]
    energy = LogSpectralEnergy(**spectrum, energy_gain=gain, amin=EPSILON)
    if numcep == 1:
        return (energy,)
    return (energy, MFCC(**cepstrum, n_mfcc=numcep - 1, first_mfcc=1))


def _samples(name: str, seconds: float, rate: float, least: int) -> int:
    """Give the number of samples in some seconds, rounded to the nearest, halves upwards."""
    checks.number(name, seconds, above=0, maximum=1e6)
    return checks.integer(f"{name} in samples", math.floor(seconds * rate + 0.5), least)

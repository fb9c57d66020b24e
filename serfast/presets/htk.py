"""HTK's MFCC as a FeatureSpec, with HTK's own parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from .. import _checks as checks
from ..features.base import Feature
from ..features.catalogue import MFCC, LogEnergy
from ..features.spec import FeatureSpec

__all__ = ["htk_mfcc"]

INT16 = 32768.0
"""HTK takes 16-bit integers as they are, and serfast divides them by this."""

MEL_FLOOR = 1.0
"""HTK raises smaller bands to it before it takes the logarithm (MELFLOOR)."""

LEAST_ENERGY = 1.2e-38
"""HTK gives -1e10 for an energy of 0; here it is the logarithm of this value, -87.3."""


def htk_mfcc(
    sample_rate: float = 16000,
    *,
    target_kind: Literal["MFCC", "MFCC_0", "MFCC_E"] = "MFCC_0",
    num_ceps: int = 12,
    num_chans: int = 20,
    cep_lifter: float = 22.0,
    window_size_ms: float = 25.0,
    target_rate_ms: float = 10.0,
    lo_freq: float | None = None,
    hi_freq: float | None = None,
    pre_em_coef: float = 0.97,
    use_hamming: bool = True,
    use_power: bool = False,
    z_mean_source: bool = False,
    raw_energy: bool = True,
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take the coefficients that HTK's HCopy writes, without energy normalisation.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    target_kind : {"MFCC", "MFCC_0", "MFCC_E"}
        Coefficients 1 to num_ceps; after them comes coefficient 0 ("_0") or the logarithm of the
        frame's energy ("_E", as with ENORMALISE=F: HTK's default subtracts the recording's
        largest).
    num_ceps, num_chans : int
        Coefficients, 1 to num_chans - 1, and mel bands.
    cep_lifter : float
        L > 0 multiplies coefficient n by 1 + L/2 · sin(π n / L); 0 changes nothing.
    window_size_ms, target_rate_ms : float
        The length of a frame and the time from row to row [ms]; the transform has the next power
        of two.
    lo_freq, hi_freq : float or None
        The edges of the bands [Hz]; None is 0 and half the sample rate. HTK leaves out bins next to
        an edge that is given, and so does this.
    pre_em_coef : float
        The pre-emphasis within a frame, 0 to 1.
    use_hamming : bool
        A Hamming window, or none.
    use_power : bool
        If True, bands sum power; else magnitude.
    z_mean_source : bool
        If True, the mean of each frame is subtracted first.
    raw_energy : bool
        If True, the energy is that before pre-emphasis and window.
    sample_scale : float
        32768 gives the integers that HTK takes.

    Returns
    -------
    FeatureSpec

    Notes
    -----
    HTK can't be installed by a package manager: the test compares with an independent reading of
    The HTK Book, chapter 5, and of HTK 3.4.1's source; docs/conformance.md has the figures. HTK's
    files have float32 numbers.

    Examples
    --------
    >>> htk_mfcc(num_ceps=2).columns
    ('mfcc_1', 'mfcc_2', 'mfcc_0')
    """
    checks.choice("target_kind", target_kind, ("MFCC", "MFCC_0", "MFCC_E"))
    rate = checks.number("sample_rate", sample_rate, above=0)
    length = _samples("window_size_ms", window_size_ms, rate, least=2)
    hop = _samples("target_rate_ms", target_rate_ms, rate, least=1)
    n_fft = 1 << (length - 1).bit_length()
    checks.integer("num_chans", num_chans, 2)
    checks.integer("num_ceps", num_ceps, 1, num_chans - 1)
    first, last = _bins(rate, n_fft, lo_freq, hi_freq)
    window = "hamming" if checks.boolean("use_hamming", use_hamming) else "boxcar"
    frame: dict[str, Any] = {"frame_length": length, "remove_dc": z_mean_source}
    conditioned: dict[str, Any] = {
        "window": window,
        "window_periodic": False,
        "preemphasis": pre_em_coef,
    }
    bands = MFCC(
        **frame,
        **conditioned,
        n_fft=n_fft,
        power=2.0 if checks.boolean("use_power", use_power) else 1.0,
        n_mels=num_chans,
        fmin=0.0 if lo_freq is None else lo_freq,
        fmax=hi_freq,
        htk=True,
        mel_norm=None,
        triangle_axis="mel",
        first_bin=first,
        last_bin=last,
        log="ln",
        amin=MEL_FLOOR,
        n_mfcc=num_ceps,
        first_mfcc=1,
        dct_norm="htk",
        lifter=cep_lifter,
        lifter_start=0.0,
    )
    features: list[Feature] = [bands]
    if target_kind == "MFCC_0":
        features.append(replace(bands, n_mfcc=1, first_mfcc=0))
    if target_kind == "MFCC_E":
        raw: dict[str, Any] = {} if checks.boolean("raw_energy", raw_energy) else conditioned
        features.append(LogEnergy(**frame, **raw, amin=LEAST_ENERGY))
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=hop,
        center=False,
        sample_scale=sample_scale,
        features=tuple(features),
    )


def _samples(name: str, ms: float, rate: float, least: int) -> int:
    """Give the number of samples in some milliseconds, rounded down as in HTK."""
    checks.number(name, ms, above=0, maximum=1e9)
    return checks.integer(f"{name} in samples", int(ms * rate / 1000 + 1e-9), least)


def _bins(rate: float, n_fft: int, lo_freq: float | None, hi_freq: float | None) -> tuple[int, int]:
    """Give the first and the last bin that HTK's bands see: never bin 0, nor the last one."""
    first, last = 1, n_fft // 2 - 1
    if lo_freq is not None:
        checks.number("lo_freq", lo_freq, minimum=0, maximum=rate / 2)
        first = max(first, int(lo_freq / rate * n_fft + 2.5) - 1)
    if hi_freq is not None:
        checks.number("hi_freq", hi_freq, above=0, maximum=rate / 2)
        last = min(last, int(hi_freq / rate * n_fft + 0.5) - 1)
    if first > last:
        checks.fail("lo_freq", "lower than hi_freq by some bins", lo_freq)
    return first, last

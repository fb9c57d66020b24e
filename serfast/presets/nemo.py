"""NeMo's log-mel as a FeatureSpec, with NeMo's own parameters."""

from __future__ import annotations

from typing import Any, Literal

from .. import _checks as checks
from ..features.catalogue import LogMel, MelPower
from ..features.framing import PadMode
from ..features.spec import FeatureSpec

__all__ = ["nemo_mel"]

GUARD = 2.0**-24
"""NeMo adds it to a band's power, or raises a smaller power to it."""

SMALLEST = 1.2e-38
"""No power is below this with a guard that is added."""


def nemo_mel(
    sample_rate: float = 16000,
    *,
    features: int = 64,
    window_size_ms: float = 20.0,
    window_stride_ms: float = 10.0,
    window: Literal["hann", "hamming", "blackman"] | None = "hann",
    n_fft: int | None = None,
    preemph: float | None = 0.97,
    lowfreq: float = 0.0,
    highfreq: float | None = None,
    log: bool = True,
    log_zero_guard_type: Literal["add", "clamp"] = "add",
    log_zero_guard_value: float = GUARD,
    mag_power: float = 2.0,
    mel_norm: Literal["slaney"] | None = "slaney",
    pad_mode: PadMode = "constant",
) -> FeatureSpec:
    """Take the bands of NeMo's AudioToMelSpectrogramPreprocessor, with normalize=None, dither=0.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    features : int
        There are this many columns; many models have 80 or 128.
    window_size_ms, window_stride_ms : float
        The length of the window and the time from row to row [ms]; many models have 25 ms.
    window : {"hann", "hamming", "blackman", None}
        A symmetric window; None is no window.
    n_fft : int or None
        Samples of the transform; None is the next power of two.
    preemph : float or None
        The pre-emphasis of the whole signal; None is none.
    lowfreq, highfreq : float
        The edges of the bands [Hz]; None is half the sample rate.
    log : bool
        If True, the bands are natural logarithms.
    log_zero_guard_type, log_zero_guard_value
        The value is added to the power ("add"), or a smaller power is raised to it ("clamp").
    mag_power : {1.0, 2.0}
        The exponent of the magnitude.
    mel_norm : {"slaney", None}
        The scale of the triangles; the mel scale is Slaney's.
    pad_mode : {"constant", "reflect"}
        NeMo 2 pads with zeros; NeMo before 1.23 mirrors the signal, which streams can't.

    Returns
    -------
    FeatureSpec
        Only rows that NeMo counts as valid: n_samples // hop_length. NeMo adds rows of zeros up to
        a multiple of 16 (pad_to), and most models normalise each column over the recording
        (normalize="per_feature"), which is a step after these rows.

    Notes
    -----
    The test compares with an independent NumPy computation of NeMo's documented formula:
    docs/conformance.md has the figures.

    Examples
    --------
    >>> spec = nemo_mel(features=80, window_size_ms=25)
    >>> spec.frame_count(16000), len(spec.columns)
    (100, 80)
    """
    rate = checks.number("sample_rate", sample_rate, above=0)
    checks.choice("window", window, ("hann", "hamming", "blackman", None))
    checks.choice("log_zero_guard_type", log_zero_guard_type, ("add", "clamp"))
    checks.choice("pad_mode", pad_mode, ("constant", "reflect"))
    length = _samples("window_size_ms", window_size_ms, rate, least=2)
    hop = _samples("window_stride_ms", window_stride_ms, rate, least=1)
    fields: dict[str, Any] = {
        "n_fft": 1 << (length - 1).bit_length() if n_fft is None else n_fft,
        "win_length": length,
        "window": window or "boxcar",
        "window_periodic": False,
        "power": mag_power,
        "n_mels": features,
        "fmin": lowfreq,
        "fmax": highfreq,
        "mel_norm": mel_norm,
    }
    bands: MelPower = MelPower(**fields)
    if checks.boolean("log", log):
        value = checks.number("log_zero_guard_value", log_zero_guard_value, above=0, maximum=1e30)
        added, amin = (value, SMALLEST) if log_zero_guard_type == "add" else (0.0, value)
        bands = LogMel(**fields, log="ln", amin=amin, power_offset=added)
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=hop,
        min_row_samples=hop,
        pad_mode=pad_mode,
        signal_preemphasis=preemph or 0.0,
        features=(bands,),
    )


def _samples(name: str, ms: float, rate: float, least: int) -> int:
    """Give the number of samples in some milliseconds, rounded down as NeMo does."""
    checks.number(name, ms, above=0, maximum=1e9)
    return checks.integer(f"{name} in samples", int(ms / 1000 * rate), least)

"""torchaudio's MelSpectrogram and MFCC as FeatureSpecs, with torchaudio's own parameters."""

from __future__ import annotations

from typing import Any, Literal

from .. import _checks as checks
from ..features.catalogue import MFCC, LogMel, MelPower
from ..features.framing import PadMode
from ..features.spec import FeatureSpec
from ..features.spectrum import Window

__all__ = ["torchaudio_mel", "torchaudio_mfcc"]

LOG_OFFSET = 1e-6
"""With log_mels=True torchaudio adds it to the power of each band."""


def torchaudio_mel(
    sample_rate: float = 16000,
    *,
    n_fft: int = 400,
    win_length: int | None = None,
    hop_length: int | None = None,
    f_min: float = 0.0,
    f_max: float | None = None,
    n_mels: int = 128,
    window: Window = "hann",
    power: float = 2.0,
    center: bool = True,
    pad_mode: PadMode = "reflect",
    norm: Literal["slaney"] | None = None,
    mel_scale: Literal["htk", "slaney"] = "htk",
) -> FeatureSpec:
    """Take the bands of torchaudio.transforms.MelSpectrogram.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    n_fft, win_length, hop_length : int
        Samples of the transform, of the window (None: n_fft), and from row to row (None: half the
        window).
    f_min, f_max : float
        The edges of the bands [Hz]; None is half the sample rate.
    n_mels : int
        There are this many columns.
    window : str or tuple
        torchaudio's ``window_fn=torch.hann_window`` is "hann".
    power : {1.0, 2.0}
        The exponent of the magnitude.
    center : bool
        If True, frames are centred and the signal is padded at both ends.
    pad_mode : {"reflect", "constant"}
        What torch.stft pads with. Streams can't mirror the end: take ``center=False`` or
        "constant" for them.
    norm : {None, "slaney"}
        "slaney" gives every triangle the same area.
    mel_scale : {"htk", "slaney"}
        The mel scale.

    Returns
    -------
    FeatureSpec

    Notes
    -----
    It agrees with torchaudio 2.11 to 1e-4 of a row's largest band: docs/conformance.md. Recordings
    of at most n_fft // 2 samples can't be mirrored with "reflect", and recordings of less than
    n_fft samples have no frame with ``center=False``: torchaudio raises an error for both, and so
    does an extractor. A band that holds no bin is 0, with a warning, as in torchaudio.

    Examples
    --------
    >>> torchaudio_mel(n_mels=64).hop_length
    200
    """
    fields = _fields(n_fft, win_length, f_min, f_max, n_mels, window, power, norm, mel_scale)
    feature = MelPower(**fields)
    return _spec(sample_rate, hop_length, center, pad_mode, feature)


def torchaudio_mfcc(
    sample_rate: float = 16000,
    *,
    n_mfcc: int = 40,
    norm: Literal["ortho"] | None = "ortho",
    log_mels: bool = False,
    top_db: float | None = 80.0,
    n_fft: int = 400,
    win_length: int | None = None,
    hop_length: int | None = None,
    f_min: float = 0.0,
    f_max: float | None = None,
    n_mels: int = 128,
    window: Window = "hann",
    power: float = 2.0,
    center: bool = True,
    pad_mode: PadMode = "reflect",
    mel_norm: Literal["slaney"] | None = None,
    mel_scale: Literal["htk", "slaney"] = "htk",
) -> FeatureSpec:
    """Take the coefficients of torchaudio.transforms.MFCC.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    n_mfcc : int
        There are this many columns, 1 to n_mels.
    norm : {"ortho", None}
        The scale of the cosine transform.
    log_mels : bool
        If True, they are of ln(S + 1e-6); else of decibels.
    top_db : float or None
        Decibels are raised to that far below the recording's loudest band: 80 in torchaudio. It
        needs the whole recording, so streams need None.
    n_fft, win_length, hop_length, f_min, f_max, n_mels, window, power, center, pad_mode, mel_scale
        They mean the same as in :func:`torchaudio_mel`.
    mel_norm : {None, "slaney"}
        It is `norm` in :func:`torchaudio_mel`.

    Returns
    -------
    FeatureSpec

    Notes
    -----
    It agrees with torchaudio 2.11: docs/conformance.md has the figures.

    Examples
    --------
    >>> torchaudio_mfcc(top_db=None, center=False).whole_signal
    ()
    """
    fields = _fields(n_fft, win_length, f_min, f_max, n_mels, window, power, mel_norm, mel_scale)
    if checks.boolean("log_mels", log_mels):
        fields |= {"log": "ln", "power_offset": LOG_OFFSET, "amin": 1e-37}
    else:
        fields |= {"log": "db", "amin": 1e-10, "top_db": top_db}
    feature = MFCC(**fields, n_mfcc=n_mfcc, dct_norm=norm)
    return _spec(sample_rate, hop_length, center, pad_mode, feature)


def _fields(
    n_fft: int,
    win_length: int | None,
    f_min: float,
    f_max: float | None,
    n_mels: int,
    window: Window,
    power: float,
    norm: Literal["slaney"] | None,
    mel_scale: Literal["htk", "slaney"],
) -> dict[str, Any]:
    """Give the fields of a mel spectrum by name."""
    checks.choice("mel_scale", mel_scale, ("htk", "slaney"))
    return {
        "n_fft": n_fft,
        "win_length": win_length,
        "window": window,
        "power": power,
        "n_mels": n_mels,
        "fmin": f_min,
        "fmax": f_max,
        "htk": mel_scale == "htk",
        "mel_norm": norm,
    }


def _spec(
    sample_rate: float,
    hop_length: int | None,
    center: bool,
    pad_mode: PadMode,
    feature: LogMel | MelPower,
) -> FeatureSpec:
    """Give the spec with its grid of rows."""
    checks.choice("pad_mode", pad_mode, ("reflect", "constant"))
    half = (feature.win_length or feature.n_fft) // 2
    mirrored = checks.boolean("center", center) and pad_mode == "reflect"
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=half if hop_length is None else hop_length,
        center=center,
        first_row_samples=feature.n_fft // 2 + 1 if mirrored else None,
        pad_mode=pad_mode,
        features=(feature,),
    )

"""Mel spectrogram and MFCC, as librosa calls them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from .... import _checks as checks
from ....features import MFCC, MelPower, PowerSpectrum
from ....features.mfcc import cepstrum_matrix
from .. import _engine as engine
from .._installed import BEFORE_1
from ..core.spectrum import power_to_db
from ..filters import MelBank
from .source import given_spectrogram
from .transform import AnyWindow, Transform

__all__ = ["melspectrogram", "mfcc"]

Array = np.ndarray[Any, Any]

TOP_DB = 80.0  # of mfcc's logarithm, as power_to_db's default


def melspectrogram(
    *,
    y: Array | None = None,
    sr: float = 22050,
    S: Array | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: AnyWindow = "hann",
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    power: float = 2.0,
    **kwargs: Any,
) -> Array:
    """Spectrogram in mel bands, from samples or from a spectrogram.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels.
    sr : float
        Sample rate [Hz].
    S : ndarray, shape (..., n_fft // 2 + 1, n_frames)
        A spectrogram; taken if y is given too.
    n_fft : int
        Samples per frame.
    hop_length : int
        Samples between frames; None is ``win_length // 4``.
    win_length : int or None
        Samples under the window, in the middle of the frame; None is n_fft.
    window : str, tuple, number, callable or array_like
        A name or (name, parameter) tuple for ``scipy.signal.get_window``, kaiser's beta, a
        function of win_length, or the win_length weights.
    center : bool
        Whether frame t is centred on sample ``t * hop_length``, rather than beginning there.
    pad_mode : str or callable
        What centred frames find beyond the signal's ends: a mode of :func:`numpy.pad` but wrap,
        maximum, mean, median and minimum.
    power : float
        Exponent of the magnitude.
    **kwargs
        ``n_mels``, ``fmin``, ``fmax``, ``htk``, ``norm``, ``dtype``: see ``filters.mel``.

    Returns
    -------
    ndarray, shape (..., n_mels, n_frames)
        float64 if y or dtype is, with float32's precision if computed from y.

    Raises
    ------
    ParameterError
        If neither y nor S is given, or an argument breaks its rule.
    TypeError
        If there is no such keyword.

    Examples
    --------
    >>> melspectrogram(y=np.zeros(22050, dtype=np.float32), n_mels=64).shape
    (64, 44)
    """
    if S is not None:
        return _mel_of_spectrogram(S, sr, n_fft, kwargs)
    transform = Transform(
        n_fft=n_fft,
        hop_length=hop_length,
        win_length=win_length,
        window=window,
        center=center,
        pad_mode=pad_mode,
        power=power,
    )
    bank = MelBank(sr=sr, n_fft=n_fft, **kwargs)
    return _mel_of_signal(_checked(y, transform, bank), transform, bank)


def _mel_of_spectrogram(S: Any, sr: float, n_fft: int | None, bank: dict[str, Any]) -> Array:
    """Give the bank times a spectrogram; if n_fft doesn't fit S, the one that fits is taken."""
    S, n_fft = given_spectrogram(S, n_fft)
    checked = MelBank(sr=sr, n_fft=n_fft, **bank)
    checked.warn_if_empty()
    return np.asarray(checked.weights() @ S)


def _checked(y: Array | None, transform: Transform, bank: MelBank) -> Array:
    """Give y if it is audio; give the warnings that the caller must see."""
    y = transform.checked(y)
    bank.warn_if_empty()
    return y


def _engine_bank(transform: Transform, bank: MelBank) -> dict[str, Any] | None:
    """Give the arguments of a mel feature, or None if the engine has no such bands."""
    if not bank.native or transform.power not in (1, 2):
        return None
    return {
        **transform.frames(),
        "power": transform.power,
        "n_mels": bank.n_mels,
        "fmin": bank.fmin,
        "fmax": bank.fmax,
        "htk": bank.htk,
        "mel_norm": bank.norm,
    }


def _result_dtype(y: Array, bank: MelBank) -> np.dtype[Any]:
    """Give librosa's dtype: the wider one of y's and the bank's, and at least float32."""
    return np.result_type(y.dtype, bank.dtype, np.float32)


def _mel_of_signal(y: Array, transform: Transform, bank: MelBank) -> Array:
    """Give the engine's mel power, or its power spectrum times a bank that it doesn't have."""
    arguments = _engine_bank(transform, bank)
    if arguments is not None:
        rows = transform.rows(y, engine.feature(MelPower, **arguments), bank.sr)
    else:
        power = transform.rows(y, engine.feature(PowerSpectrum, **transform.frames()), bank.sr)
        rows = power ** (transform.power / 2) @ bank.weights().T
    return np.swapaxes(rows, -1, -2).astype(_result_dtype(y, bank), copy=False)


def mfcc(
    *,
    y: Array | None = None,
    sr: float = 22050,
    S: Array | None = None,
    n_mfcc: int = 20,
    dct_type: int = 2,
    norm: str | None = "ortho",
    lifter: float = 0,
    mel_norm: str | float | None = "slaney",
    **kwargs: Any,
) -> Array:
    """Mel-frequency cepstral coefficients, from samples or from a log-mel spectrogram.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels. The floor of the logarithm is 80 dB below each
        channel's largest band, with librosa 0.11 installed below that of all channels together.
    sr : float
        Sample rate [Hz].
    S : ndarray, shape (..., n_mels, n_frames)
        A log-mel spectrogram; taken if y is given too, and kwargs are then without effect.
    n_mfcc : int
        Coefficients; at most n_mels come out.
    dct_type : {1, 2, 3}
        Type of the cosine transform.
    norm : {"ortho", None, "backward"}
        Orthonormal, or plain sums (both others).
    lifter : float
        L > 0 multiplies coefficient n (from 0) by 1 + L/2 · sin(π (n + 1) / L); 0 doesn't.
    mel_norm : {"slaney", None} or number
        ``norm`` of the mel bank.
    **kwargs
        Arguments of :func:`melspectrogram`.

    Returns
    -------
    ndarray, shape (..., n_mfcc, n_frames)
        float64 if y or S is, with float32's precision if computed from y.

    Raises
    ------
    ParameterError
        If neither y nor S is given, or an argument breaks its rule.
    TypeError
        If there is no such keyword.

    Examples
    --------
    >>> mfcc(S=np.zeros((128, 10))).shape
    (20, 10)
    """
    checks.integer("n_mfcc", n_mfcc)
    cepstrum = {
        "dct_type": checks.choice("dct_type", checks.integer("dct_type", dct_type), (1, 2, 3)),
        "dct_norm": _dct_norm(norm),
        "lifter": checks.number("lifter", lifter, minimum=0),
    }
    if S is not None:
        return _cepstra(np.asarray(S), n_mfcc, cepstrum)
    before = {field.name for field in fields(Transform)}
    transform = Transform(**{name: kwargs[name] for name in before & kwargs.keys()})
    rest = {name: kwargs[name] for name in kwargs.keys() - before}
    bank = MelBank(sr=sr, n_fft=transform.n_fft, norm=mel_norm, **rest)
    y = _checked(y, transform, bank)
    arguments = _engine_bank(transform, bank)
    if arguments is None or (BEFORE_1 and y.ndim > 1):
        levels = power_to_db(_mel_of_signal(y, transform, bank), top_db=TOP_DB)
        return _cepstra(levels, n_mfcc, cepstrum)
    n_mfcc = _at_most(n_mfcc, bank.n_mels, lifter)
    cepstra = engine.feature(MFCC, n_mfcc=n_mfcc, top_db=TOP_DB, **cepstrum, **arguments)
    rows = transform.rows(y, cepstra, bank.sr)
    return np.swapaxes(rows, -1, -2).astype(_result_dtype(y, bank), copy=False)


def _dct_norm(norm: Any) -> Any:
    """Give the norm as serfast names it; "backward" is SciPy's word for None."""
    return checks.choice("norm", None if norm == "backward" else norm, ("ortho", None))


def _at_most(n_mfcc: int, n_mels: int, lifter: float) -> int:
    """Give the number of coefficients, at most one a band as in librosa; check the lifter."""
    if n_mfcc > n_mels and lifter > 0:
        checks.fail("n_mfcc", f"<= n_mels ({n_mels}) when there is a lifter", n_mfcc)
    return min(n_mfcc, n_mels)


def _cepstra(S: Array, n_mfcc: int, cepstrum: dict[str, Any]) -> Array:
    """Give the cosine transform of a log-mel spectrogram along its bands."""
    if S.ndim < 2 or S.shape[-2] < 1 or S.dtype.kind not in "biuf":
        rule = "real numbers of shape (..., n_mels, n_frames)"
        checks.refuse("S", rule, f"dtype {S.dtype}, shape {S.shape}")
    n_mels = S.shape[-2]
    n_mfcc = _at_most(n_mfcc, n_mels, cepstrum["lifter"])
    checked = MFCC(n_mels=n_mels, n_mfcc=n_mfcc, **cepstrum)
    matrix = cepstrum_matrix(n_mfcc, n_mels, checked.dct_type, checked.dct_norm, checked.lifter)
    dtype = np.result_type(S.dtype, np.float32) if S.dtype.kind == "f" else np.dtype(np.float64)
    return (matrix @ S).astype(dtype, copy=False)

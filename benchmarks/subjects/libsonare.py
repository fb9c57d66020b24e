"""libsonare: librosa's functions in C++, whose results are lists of Python's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "libsonare"
INSTALL = "pip install libsonare"


def _frames(work: Work) -> dict[str, Any]:
    return {"sample_rate": work.sample_rate, "hop_length": work.hop_length}


def mel(work: Work, y: Array) -> Call:
    """Make the call of `mel_spectrogram`."""
    import libsonare  # optional: a peer

    settings = {**_frames(work), "n_fft": work.frame_length, "n_mels": work.n_mels}
    return lambda: libsonare.mel_spectrogram(y, **settings)


def mfcc(work: Work, y: Array) -> Call:
    """Make the call of `mfcc`."""
    import libsonare  # optional: a peer

    settings = {**_frames(work), "n_fft": work.frame_length, "n_mels": work.n_mels}
    return lambda: libsonare.mfcc(y, n_mfcc=work.n_mfcc, **settings)


def yin(work: Work, y: Array) -> Call:
    """Make the call of `pitch_yin`."""
    import libsonare  # optional: a peer

    settings = {**_frames(work), "frame_length": work.frame_length}
    return lambda: libsonare.pitch_yin(y, fmin=work.fmin, fmax=work.fmax, **settings)


def pyin(work: Work, y: Array) -> Call:
    """Make the call of `pitch_pyin`."""
    import libsonare  # optional: a peer

    settings = {**_frames(work), "frame_length": work.frame_length}
    return lambda: libsonare.pitch_pyin(y, fmin=work.fmin, fmax=work.fmax, **settings)


def exact(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give the spec of the work, whose parameters are librosa's."""
    return spec(work)


def other(work: Work, y: Array) -> str:
    """Say why there is no exact result."""
    return "other candidates: not the same frames are taken for voiced"


def _columns(values: list[float], n_frames: int) -> Array:
    """Give rows of what is stored column after column."""
    return np.asarray(values, np.float32).reshape(-1, n_frames).T


MAKE = {"mel": mel, "mfcc": mfcc, "yin": yin, "pyin": pyin}
EXACT = {"mel": exact, "mfcc": exact, "yin": other, "pyin": other}
ROWS = {
    "mel": lambda result: _columns(result.power, result.n_frames),
    "mfcc": lambda result: _columns(result.coefficients, result.n_frames),
    "yin": lambda result: _columns(result.f0, result.n_frames),
    "pyin": lambda result: _columns(result.f0, result.n_frames),
}

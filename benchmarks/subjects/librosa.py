"""librosa: a function for each work, one after the other for a whole row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..works import YIN_LENGTH, Work, spec
from . import LIBROSAS, SEPARATELY, Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "librosa"
INSTALL = "pip install 'librosa==0.11.*'"


def _mel(work: Work) -> dict[str, Any]:
    return {
        "sr": work.sample_rate,
        "n_fft": work.frame_length,
        "hop_length": work.hop_length,
        "n_mels": work.n_mels,
    }


def _frames(work: Work) -> dict[str, Any]:
    return {"frame_length": work.frame_length, "hop_length": work.hop_length}


def mfcc(work: Work, y: Array) -> Call:
    """Make the call of `librosa.feature.mfcc`."""
    import librosa  # optional: a peer

    return lambda: librosa.feature.mfcc(y=y, n_mfcc=work.n_mfcc, **_mel(work))


def logmel(work: Work, y: Array) -> Call:
    """Make the call of `power_to_db(melspectrogram())`."""
    import librosa  # optional: a peer

    mel = librosa.feature.melspectrogram
    return lambda: librosa.power_to_db(mel(y=y, **_mel(work)))


def mel(work: Work, y: Array) -> Call:
    """Make the call of `librosa.feature.melspectrogram`."""
    import librosa  # optional: a peer

    return lambda: librosa.feature.melspectrogram(y=y, **_mel(work))


def rms(work: Work, y: Array) -> Call:
    """Make the call of `librosa.feature.rms`."""
    import librosa  # optional: a peer

    return lambda: librosa.feature.rms(y=y, **_frames(work))


def zcr(work: Work, y: Array) -> Call:
    """Make the call of `librosa.feature.zero_crossing_rate`."""
    import librosa  # optional: a peer

    return lambda: librosa.feature.zero_crossing_rate(y, **_frames(work))


def yin(work: Work, y: Array) -> Call:
    """Make the call of `librosa.yin`."""
    import librosa  # optional: a peer

    settings = {**_frames(work), "frame_length": YIN_LENGTH}
    return lambda: librosa.yin(y, sr=work.sample_rate, fmin=work.fmin, fmax=work.fmax, **settings)


def pyin(work: Work, y: Array) -> Call:
    """Make the call of `librosa.pyin`."""
    import librosa  # optional: a peer

    settings: dict[str, Any] = {
        **_frames(work),
        "sr": work.sample_rate,
        "fmin": work.fmin,
        "fmax": work.fmax,
        "fill_na": None,
    }
    return lambda: librosa.pyin(y, **settings)


def row(work: Work, y: Array) -> Call:
    """Make the call of all functions in turn; the MFCC take the log-mel that is already there."""
    import librosa  # optional: a peer

    parts = [make(work, y) for make in (rms, zcr, logmel, yin)]

    def call() -> list[Any]:
        done = [part() for part in parts]
        return [*done, librosa.feature.mfcc(S=done[2], n_mfcc=work.n_mfcc)]

    return call


def exact(work: Work, y: Array) -> serfast.FeatureSpec | str:
    """Give the spec of the work, whose parameters are those of librosa."""
    if work.kind == "pyin":
        return LIBROSAS
    return SEPARATELY if work.kind == "row" else spec(work)


MAKE = {
    "mfcc": mfcc,
    "logmel": logmel,
    "mel": mel,
    "rms": rms,
    "zcr": zcr,
    "yin": yin,
    "pyin": pyin,
    "row": row,
}
EXACT = dict.fromkeys(MAKE, exact)
ROWS = {kind: lambda result: result.reshape(-1, result.shape[-1]).T for kind in MAKE}
ROWS["row"] = lambda result: np.vstack(result).T
ROWS["pyin"] = lambda result: result[0][:, np.newaxis]

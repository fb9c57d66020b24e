"""serfast: one extractor for each work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..works import Work, spec
from . import LIBROSAS, SEPARATELY, Array, Call
from .kaldi_native_fbank import online_fbank

if TYPE_CHECKING:
    import serfast  # heavy: only the process of this package needs it

DISTRIBUTION = "serfast"
INSTALL = "pip install ."
KINDS = ("mfcc", "logmel", "whisper", "kaldi", "mel", "rms", "zcr", "yin", "row", "spectrum")


def rows(work: Work, y: Array) -> Call:
    """Make the call that gives all rows, in a new array each time."""
    import serfast  # heavy: only the process of this package needs it

    extractor = serfast.Extractor(spec(work))
    return lambda: extractor(y)


def rows_in_place(work: Work, y: Array) -> Call:
    """Make the call that writes all rows into the same array, as other packages' transforms do."""
    import serfast  # heavy: only the process of this package needs it

    extractor = serfast.Extractor(spec(work))
    out = np.empty((extractor.spec.frame_count(len(y)), len(extractor.columns)), np.float32)
    return lambda: extractor(y, out=out)


def pyin(work: Work, y: Array) -> Call:
    """Make the call of librosa's function by serfast; it has no feature, since it sees the end."""
    import serfast.compat.librosa as librosa  # heavy: only the process of this package needs it

    settings: dict[str, Any] = {
        "frame_length": work.frame_length,
        "hop_length": work.hop_length,
        "sr": work.sample_rate,
        "fmin": work.fmin,
        "fmax": work.fmax,
        "fill_na": None,
    }
    return lambda: librosa.pyin(y, **settings)


def drop_in(work: Work, y: Array) -> Call:
    """Make the call of kaldi-native-fbank's class by serfast, which gives each frame alone."""
    import serfast.compat.kaldi_native_fbank as kaldi  # heavy: only this package's process needs it

    return online_fbank(kaldi, work, y)


def exact(work: Work, y: Array) -> serfast.FeatureSpec | str:
    """Give the same spec; the columns of a row have the bits that they have alone."""
    if work.kind == "pyin":
        return LIBROSAS
    return SEPARATELY if work.kind == "row" else spec(work)


MAKE = {**dict.fromkeys(KINDS, rows), "spectrum": rows_in_place, "pyin": pyin}
MAKE["kaldi_online"] = drop_in
EXACT = dict.fromkeys(MAKE, exact)
ROWS = {
    "yin": lambda result: result[:, :1],
    "pyin": lambda result: result[0][:, np.newaxis],
}

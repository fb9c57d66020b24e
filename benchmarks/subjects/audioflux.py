"""audioFlux: left-aligned frames, HTK's mel scale, decimal logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "audioflux"
INSTALL = "pip install audioflux"
FLOOR = 1e-8
"""Power below which it takes no logarithm, as a comparison of results shows."""


def mfcc(work: Work, y: Array) -> Call:
    """Make the call of `BFT` and `XXCC`, which is five times faster than its function `mfcc`."""
    import audioflux  # optional: a peer
    from audioflux import type as kinds  # optional: a peer

    transform = audioflux.BFT(
        num=work.n_mels,
        radix2_exp=work.frame_length.bit_length() - 1,
        samplate=work.sample_rate,
        low_fre=0.0,
        high_fre=work.sample_rate / 2,
        window_type=kinds.WindowType.HANN,
        slide_length=work.hop_length,
        scale_type=kinds.SpectralFilterBankScaleType.MEL,
        style_type=kinds.SpectralFilterBankStyleType.SLANEY,
        normal_type=kinds.SpectralFilterBankNormalType.BAND_WIDTH,
        data_type=kinds.SpectralDataType.POWER,
    )
    cepstrum = audioflux.XXCC(work.n_mels)
    cepstrum.set_time_length(transform.cal_time_length(len(y)))
    return lambda: cepstrum.xxcc(transform.bft(y, result_type=1), work.n_mfcc)


def yin(work: Work, y: Array) -> Call:
    """Make the call of `PitchYIN`, with as many products as the frame holds at the longest lag."""
    import audioflux  # optional: a peer

    pitch = audioflux.PitchYIN(
        samplate=work.sample_rate,
        low_fre=work.fmin,
        high_fre=work.fmax,
        radix2_exp=work.frame_length.bit_length() - 1,
        slide_length=work.hop_length,
        auto_length=work.frame_length - int(work.sample_rate / work.fmin),
    )
    return lambda: pitch.pitch(y)


def exact_mfcc(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give its conventions as fields of a spec."""
    return spec(work, center=False, htk=True, amin=FLOOR, top_db=None)


def exact_yin(work: Work, y: Array) -> str:
    """Say why there is no exact result."""
    return "sums a fixed number of products at every lag, gives 0 for unvoiced frames"


MAKE = {"mfcc": mfcc, "yin": yin}
EXACT = {"mfcc": exact_mfcc, "yin": exact_yin}
ROWS = {"mfcc": lambda result: result.T * 10, "yin": lambda result: result[0][:, None]}

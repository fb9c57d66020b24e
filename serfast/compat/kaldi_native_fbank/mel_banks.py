"""MelBanks gives the weights of mel bands, and the power in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _checks as checks
from ...features.mel import filter_bank, hz_to_mel, mel_to_hz
from .options import FrameExtractionOptions, MelBanksOptions
from .specs import HTK_FLOOR, bank_fields, transform_length
from .vocal_tract import warped_bank

__all__ = ["MelBanks"]

HTK_TO_KALDI = 1127 * np.log(10) / 2595
"""Kaldi's mel is this multiple of HTK's, which has another rounding of the same constant."""


class MelBanks:
    """They are triangular bands on Kaldi's mel scale, or as librosa has them.

    Parameters
    ----------
    opts : MelBanksOptions, optional
    frame_opts : FrameExtractionOptions, optional
        The sample rate and the length of the transform count.
    vtln_warp_factor : float
        The edges of the bands are moved for a speaker's vocal tract (VTLN): between vtln_low and
        vtln_high frequencies are divided by it, > 0. Bands as in librosa aren't moved.

    Raises
    ------
    ParameterError
        If an option breaks its rule, or vtln_low and vtln_high, a negative one of which is relative
        to half the sample rate, don't lie between the lowest and the highest edge.
    """

    __slots__ = ("_floor", "_weights")

    def __init__(
        self,
        opts: MelBanksOptions | None = None,
        frame_opts: FrameExtractionOptions | None = None,
        vtln_warp_factor: float = 1.0,
    ) -> None:
        bands, frames = opts or MelBanksOptions(), frame_opts or FrameExtractionOptions()
        rate = frames.samp_freq
        fields, n_fft = bank_fields(frames, bands), transform_length(frames)
        checks.number("vtln_warp_factor", vtln_warp_factor, above=0, maximum=100)
        if vtln_warp_factor == 1 or bands.is_librosa:
            weights = filter_bank(sample_rate=rate, n_fft=n_fft, **fields)
        else:
            top = bands.vtln_high + (rate / 2 if bands.vtln_high < 0 else 0)
            vtln = bands.vtln_low, top
            weights = warped_bank(rate, n_fft, fields, vtln, vtln_warp_factor)
        self._weights = weights.astype(np.float32)
        self._floor = HTK_FLOOR if bands.htk_mode else 0.0

    @property
    def dim(self) -> int:
        """Give the number of bands."""
        return len(self._weights)

    def get_matrix(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Give the weights, shape (dim, bins)."""
        return self._weights.copy()

    def compute(self, fft_energies: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Give the power in the bands of a power spectrum, shape (dim,)."""
        power = np.asarray(fft_energies, dtype=np.float32)
        sums = self._weights @ power[: self._weights.shape[1]]
        return np.asarray(np.maximum(sums, np.float32(self._floor)))

    @staticmethod
    def mel_scale(hz: float) -> float:
        """Give a frequency [Hz] in mel: 1127 ln(1 + f / 700)."""
        return float(HTK_TO_KALDI * hz_to_mel(hz, htk=True))

    @staticmethod
    def inverse_mel_scale(mel: float) -> float:
        """Give the frequency [Hz] of a mel value."""
        return float(mel_to_hz(mel / HTK_TO_KALDI, htk=True))

    @staticmethod
    def mel_scale_slaney(hz: float) -> float:
        """Give a frequency [Hz] on Slaney's mel scale."""
        return float(hz_to_mel(hz))

    @staticmethod
    def inverse_mel_scale_slaney(mel: float) -> float:
        """Give the frequency [Hz] of a value on Slaney's mel scale."""
        return float(mel_to_hz(mel))

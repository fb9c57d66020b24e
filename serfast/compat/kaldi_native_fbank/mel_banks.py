"""MelBanks gives the weights of mel bands, and the power in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _checks as checks
from ...features import MelPower
from ...features.mel import filter_bank, hz_to_mel, mel_to_hz
from .options import FbankOptions, FrameExtractionOptions, MelBanksOptions
from .specs import fbank_spec

__all__ = ["MelBanks"]

HTK_TO_KALDI = 1127 * np.log(10) / 2595
"""Kaldi's mel is this multiple of HTK's, which has another rounding of the same constant."""


class MelBanks:
    """They are triangular bands on Kaldi's mel scale.

    Parameters
    ----------
    opts : MelBanksOptions, optional
    frame_opts : FrameExtractionOptions, optional
        The sample rate and the length of the transform count.
    vtln_warp_factor : float
        It must be 1: nothing is warped.
    """

    __slots__ = ("_weights",)

    def __init__(
        self,
        opts: MelBanksOptions | None = None,
        frame_opts: FrameExtractionOptions | None = None,
        vtln_warp_factor: float = 1.0,
    ) -> None:
        if vtln_warp_factor != 1:
            checks.fail("vtln_warp_factor", "1 (bands aren't warped)", vtln_warp_factor)
        frames = (frame_opts or FrameExtractionOptions()).as_dict()
        quiet = FrameExtractionOptions.from_dict({**frames, "dither": 0.0})
        spec = fbank_spec(FbankOptions(quiet, opts or MelBanksOptions()))
        (bands,) = (one for one in spec.features if isinstance(one, MelPower))
        weights = filter_bank(
            sample_rate=spec.sample_rate,
            n_fft=bands.n_fft,
            n_mels=bands.n_mels,
            fmin=bands.fmin,
            fmax=bands.fmax,
            htk=bands.htk,
            mel_norm=bands.mel_norm,
            triangle_axis=bands.triangle_axis,
        )
        self._weights = weights.astype(np.float32)

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
        return np.asarray(self._weights @ power[: self._weights.shape[1]])

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

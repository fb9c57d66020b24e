"""kaldi-native-fbank's classes over serfast's engine: change the import, keep the program.

``OnlineFbank``, ``OnlineMfcc`` and ``OnlineWhisperFbank`` are covered, with their option classes,
and ``MelBanks``; the names, defaults and errors are those of kaldi-native-fbank 1.23. The numbers
agree to 1e-4 (natural logarithm); docs/conformance.md has the figures. Kaldi adds noise to the
samples (``dither``). The rows here are those without noise, and a warning says so once. An option
whose formula isn't here raises ParameterError, a ValueError. kaldi-native-fbank isn't imported.

Examples
--------
>>> import numpy as np
>>> import serfast.compat.kaldi_native_fbank as knf
>>> opts = knf.FbankOptions()
>>> opts.frame_opts.dither = 0
>>> opts.mel_opts.num_bins = 80
>>> fbank = knf.OnlineFbank(opts)
>>> fbank.accept_waveform(16000, np.zeros(16000, np.float32))
>>> fbank.num_frames_ready, fbank.get_frame(0).shape
(98, (80,))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import suggesting
from .mel_banks import MelBanks
from .online import OnlineFbank, OnlineMfcc, OnlineWhisperFbank
from .options import (
    FbankOptions,
    FrameExtractionOptions,
    MelBanksOptions,
    MfccOptions,
    WhisperFeatureOptions,
)

__all__ = [
    "FbankOptions",
    "FrameExtractionOptions",
    "MelBanks",
    "MelBanksOptions",
    "MfccOptions",
    "OnlineFbank",
    "OnlineMfcc",
    "OnlineWhisperFbank",
    "WhisperFeatureOptions",
]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

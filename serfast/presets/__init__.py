"""Ready-made FeatureSpecs: another toolkit's conventions, or what our own models use."""

from typing import TYPE_CHECKING

from .._lazy import suggesting
from .egemaps import egemaps, egemaps_statistics, gemaps, gemaps_statistics
from .egemaps_opensmile import egemaps_opensmile
from .kaldi import kaldi_fbank, kaldi_mfcc
from .levels import levels
from .librosa import librosa
from .opensmile_statistics import egemaps_opensmile_statistics, gemaps_opensmile_statistics
from .speech import speech, speech_statistics

__all__ = [
    "egemaps",
    "egemaps_opensmile",
    "egemaps_opensmile_statistics",
    "egemaps_statistics",
    "gemaps",
    "gemaps_opensmile_statistics",
    "gemaps_statistics",
    "kaldi_fbank",
    "kaldi_mfcc",
    "levels",
    "librosa",
    "speech",
    "speech_statistics",
]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

"""Ready-made FeatureSpecs: another toolkit's conventions, or what our own models use."""

from typing import TYPE_CHECKING

from .._lazy import suggesting
from .egemaps import egemaps, egemaps_statistics, gemaps, gemaps_statistics
from .egemaps_opensmile import egemaps_opensmile, gemaps_opensmile
from .htk import htk_mfcc
from .kaldi import kaldi_fbank, kaldi_mfcc
from .levels import levels
from .librosa import librosa, librosa_1
from .nemo import nemo_mel
from .opensmile_statistics import egemaps_opensmile_statistics, gemaps_opensmile_statistics
from .psf import python_speech_features
from .pyaudioanalysis import pyaudioanalysis, pyaudioanalysis_statistics
from .speech import speech, speech_statistics
from .torchaudio import torchaudio_mel, torchaudio_mfcc
from .usual_statistics import usual_statistics
from .whisper import whisper

__all__ = [
    "egemaps",
    "egemaps_opensmile",
    "egemaps_opensmile_statistics",
    "egemaps_statistics",
    "gemaps",
    "gemaps_opensmile",
    "gemaps_opensmile_statistics",
    "gemaps_statistics",
    "htk_mfcc",
    "kaldi_fbank",
    "kaldi_mfcc",
    "levels",
    "librosa",
    "librosa_1",
    "nemo_mel",
    "pyaudioanalysis",
    "pyaudioanalysis_statistics",
    "python_speech_features",
    "speech",
    "speech_statistics",
    "torchaudio_mel",
    "torchaudio_mfcc",
    "usual_statistics",
    "whisper",
]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

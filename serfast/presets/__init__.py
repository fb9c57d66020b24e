"""Ready-made FeatureSpecs: another toolkit's conventions, or what our own models use."""

from .librosa import librosa
from .speech import speech, speech_statistics

__all__ = ["librosa", "speech", "speech_statistics"]

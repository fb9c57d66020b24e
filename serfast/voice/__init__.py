"""A voice is measured period by period here: jitter, shimmer, harmonics-to-noise ratio.

``marks`` finds the periods in the samples, ``perturbation`` measures how they differ, and
``report`` gives one number a recording of each measure.
"""

from .marks import period_marks
from .perturbation import jitter, peak_amplitudes, shimmer
from .report import VoiceReport, voice_report

__all__ = ["VoiceReport", "jitter", "peak_amplitudes", "period_marks", "shimmer", "voice_report"]

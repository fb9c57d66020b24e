"""pyAudioAnalysis' short-term and mid-term features: change the import, keep the program.

``ShortTermFeatures.feature_extraction`` and ``MidTermFeatures.mid_feature_extraction`` have the
arguments, results, names and order of pyAudioAnalysis 0.3.14, and numbers that agree to 1e-9. Its
conventions are those of no other toolkit: docs/pyaudioanalysis.md lists them. They are computed
here in float64 with NumPy, many frames at once, because serfast's engine has other definitions and
float32. pyAudioAnalysis isn't imported.

Examples
--------
>>> import numpy as np
>>> from serfast.compat.pyaudioanalysis import ShortTermFeatures
>>> signal = np.random.default_rng(0).normal(0, 1000, 16000)
>>> features, names = ShortTermFeatures.feature_extraction(signal, 16000, 800, 400)
>>> features.shape, names[:3]
((68, 39), ['zcr', 'energy', 'energy_entropy'])
"""

from __future__ import annotations

from . import MidTermFeatures, ShortTermFeatures

__all__ = ["MidTermFeatures", "ShortTermFeatures"]

"""librosa's feature functions over serfast's engine: change the import, keep the program.

Covered, with the signatures, defaults, shapes and errors of the installed librosa, 0.11 or 1.0, and
of 1.0 without one: ``feature.rms``,
``feature.zero_crossing_rate``, ``feature.melspectrogram``, ``feature.mfcc``,
``feature.spectral_centroid``, ``feature.spectral_bandwidth``, ``feature.spectral_rolloff``,
``feature.spectral_flatness``, ``feature.spectral_contrast``, ``feature.chroma_stft``, ``yin``,
``pyin``, ``filters.mel``, ``util.frame``, ``util.valid_audio``, ``power_to_db`` and ``pcen``. How
closely the numbers agree, and what raises, is in docs/librosa.md. Neither librosa nor SciPy nor
Numba is imported.

Examples
--------
>>> import numpy as np
>>> import serfast.compat.librosa as librosa
>>> y = np.sin(2 * np.pi * 440 / 22050 * np.arange(22050), dtype=np.float32)
>>> librosa.feature.mfcc(y=y, sr=22050, n_mfcc=13).shape
(13, 44)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import suggesting
from . import core, feature, filters, util
from .core import pcen, power_to_db, pyin, yin
from .util.exceptions import LibrosaError, ParameterError

__all__ = [
    "LibrosaError",
    "ParameterError",
    "core",
    "feature",
    "filters",
    "pcen",
    "power_to_db",
    "pyin",
    "util",
    "yin",
]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

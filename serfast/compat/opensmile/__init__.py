"""opensmile-python's interface over serfast's engine: change the import, keep the program.

It has :class:`Smile`, :class:`FeatureSet` and :class:`FeatureLevel` for GeMAPSv01b, eGeMAPSv01b and
eGeMAPSv02: low-level descriptors and functionals with openSMILE's names, order and shapes. The
parameters are implemented independently, after Eyben et al., IEEE Trans. Affective Computing 7
(2016), 190–202, and openSMILE's output; docs/opensmile.md says how closely they agree. Tables need
pandas; ``Smile(…)(signal, rate)`` gives arrays without it.

Examples
--------
>>> import numpy as np
>>> import serfast.compat.opensmile as opensmile
>>> smile = opensmile.Smile(feature_set=opensmile.FeatureSet.eGeMAPSv02)
>>> smile(np.zeros(16000, dtype=np.float32), 16000).shape
(1, 88, 1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import suggesting
from ..._version import __version__ as __version__
from .sets import FeatureLevel, FeatureSet
from .smile import Smile

__all__ = ["FeatureLevel", "FeatureSet", "Smile"]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)

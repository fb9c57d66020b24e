"""The fingerprint of a spec: a hash of the rows it gives for a built-in signal.

A model stores it, and loading the model computes it again: rows of the native back end are
bit-equal on every instruction set, so a different fingerprint means that inference wouldn't see
the features of training. For other back ends, which only come close, the model stores some rows.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np

from ...backends import chosen
from ...extractor import Extractor
from ...features.spec import FeatureSpec

__all__ = ["SAMPLES", "fingerprint", "sample", "signal"]

LENGTH = 16384
"""Samples of the test signal, at least; long frames get four of theirs."""

SAMPLES = 16
"""Rows that a model keeps, to be compared with those of other back ends."""


def signal(n_samples: int = LENGTH) -> np.ndarray[Any, np.dtype[np.int16]]:
    """The test signal: a rising triangle wave under noise, swelling, with a silence in it.

    Made of integers alone, so that no machine's arithmetic can change it.

    Parameters
    ----------
    n_samples : int
        Samples, >= 1.

    Returns
    -------
    ndarray of int16, shape (n_samples,)

    Examples
    --------
    >>> signal(4).dtype
    dtype('int16')
    """
    i = np.arange(n_samples, dtype=np.int64)
    phase = (i * 400 + i * i // 64) % 65536  # a fundamental that rises
    triangle = np.abs(phase - 32768) - 16384
    mixed = (i * 2654435761 + 40503) % 2**32  # Knuth's multiplicative hash of the index
    mixed ^= mixed >> 15
    noise = (mixed * 2246822519 % 2**32 >> 18) - 8192
    swell = (i * 7 // 16) % 2048
    samples = (triangle + noise // 4) * swell // 2048
    samples[(i // 512) % 8 == 5] = 0
    return np.asarray(samples, dtype=np.int16)


@lru_cache(maxsize=32)
def _taken(spec: FeatureSpec, backend: str) -> tuple[str, bytes]:
    """The SHA-256 of the rows, and some of them, from the beginning to the end."""
    extractor = Extractor(spec, backend)
    rows = extractor(signal(max(LENGTH, 4 * max(spec.frame_lengths)))).astype("<f4", copy=False)
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), SAMPLES)).round().astype(int)
    return hashlib.sha256(rows.tobytes()).hexdigest(), rows[chosen].tobytes()


def fingerprint(spec: FeatureSpec, backend: str | None = None) -> str:
    """SHA-256 of the rows that the spec gives for the test signal.

    Parameters
    ----------
    spec : FeatureSpec
    backend : str or None
        What computes them; None: the default, as for :class:`serfast.Extractor`.

    Returns
    -------
    str
        64 hexadecimal digits; of the native back end, the same on every instruction set.

    Examples
    --------
    >>> import serfast
    >>> len(fingerprint(serfast.presets.speech()))
    64
    """
    return _taken(spec, chosen(backend))[0]


def sample(spec: FeatureSpec, backend: str | None = None) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Some rows of the test signal, by which another back end can be compared.

    Returns
    -------
    ndarray of float32, shape (at most 16, n_columns)

    Examples
    --------
    >>> import serfast
    >>> sample(serfast.presets.speech()).shape
    (16, 81)
    """
    rows = np.frombuffer(_taken(spec, chosen(backend))[1], "<f4")
    return rows.reshape(-1, len(spec.columns))

"""A noise is added to a recording at a ratio of signal to noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from .alteration import Samples, finite
from .chances import Value, check_value

__all__ = ["check_ratio", "mixed", "power_of"]

LOWEST, HIGHEST = -20, 100
"""Ratios of signal to noise have these bounds [dB]."""


def check_ratio(name: str, snr_db: Value) -> None:
    """Check a ratio of signal to noise [dB], or both ends of its range."""
    check_value(name, snr_db, LOWEST, HIGHEST)


def power_of(samples: np.ndarray[Any, Any]) -> float:
    """Give the mean square of samples."""
    return float(np.square(samples, dtype=np.float64).mean())


def mixed(samples: Samples, noise: np.ndarray[Any, Any], snr_db: float) -> Samples:
    """Add a noise of the same length, scaled so that the ratio of mean powers is `snr_db` [dB].

    To silence nothing is added, and neither is a noise that is silent itself.
    """
    power = power_of(samples) * 10 ** (-snr_db / 10)
    scale = np.sqrt(power / max(power_of(noise), 1e-300))
    return finite(samples + scale * noise)

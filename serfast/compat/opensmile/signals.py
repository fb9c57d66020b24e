"""Signals with channels: which of them are taken, and at which rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ... import _checks as checks
from ...audio.resampling import resampled
from ...audio.samples import as_array

__all__ = ["Wanted", "with_channels"]


class Wanted:
    """It is what a Smile takes of a signal: channels, their mean, and a sample rate."""

    def __init__(
        self,
        channels: int | Sequence[int],
        mixdown: bool,
        sampling_rate: int | None,
        resample: bool,
    ) -> None:
        given = list(channels) if isinstance(channels, Iterable) else [channels]
        if not given:
            checks.fail("channels", "at least 1", channels)
        self.channels = [checks.integer("channels", one, -(2**15)) for one in given]
        self.given = self.channels if isinstance(channels, Iterable) else self.channels[0]
        self.mixdown = checks.boolean("mixdown", mixdown)
        self.resample = checks.boolean("resample", resample)
        if sampling_rate is not None:
            sampling_rate = checks.integer("sampling_rate", sampling_rate)
        elif resample:
            checks.fail("sampling_rate", "given for resample=True", None)
        self.sampling_rate = sampling_rate

    def mono(self, samples: Any, rate: float) -> list[tuple[Any, float]]:
        """Give each channel that is wanted, at the rate that is wanted."""
        n = len(samples)
        for one in self.channels:
            if not -n <= one < n:
                rule = f"below {n}, the number of channels" if one >= 0 else f">= {-n}"
                checks.refuse("channels", rule, f"{one}")
        chosen = samples[self.channels]
        if self.mixdown:
            full_scale = 32768.0 if chosen.dtype == np.int16 else 1.0
            chosen = chosen.mean(axis=0, keepdims=True, dtype=np.float64) / full_scale
        wanted = self.sampling_rate
        if wanted is None or rate == wanted:
            return [(one, rate) for one in chosen]
        if not self.resample:
            checks.fail("sampling_rate", f"{wanted} Hz, or resample=True given", rate)
        return [(resampled(one, rate, wanted), wanted) for one in chosen]


def with_channels(signal: Any) -> Any:
    """Give a signal as float32 or int16 of shape (n_channels, n_samples)."""
    samples = np.atleast_2d(as_array(signal))
    if samples.ndim != 2 or samples.dtype.kind not in "fiu":
        checks.fail("signal", "samples of shape (n,) or (channels, n)", signal)
    if samples.dtype.kind != "f" and samples.dtype != np.int16:  # their full scale isn't known
        checks.refuse("signal", "of a float type or int16", f"{samples.dtype}")
    return samples if samples.dtype == np.int16 else samples.astype(np.float32)

"""What a benchmark is of: chosen on the command line, sent to every process that measures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks as checks
from ..features.spec import FeatureSpec
from ..models.bundle.fingerprint import signal
from .machine import processors

__all__ = ["Settings", "chunk_length", "sound", "whole_row"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

RECORDING = 10.0
"""Seconds of signal in one recording."""

PROCESSES = 4
"""Threads for each processor at most; live streams have a process, of 30 MB, for each."""


def whole_row() -> FeatureSpec:
    """RMS, zero-crossing rate, 40 log-mel bands, 13 MFCC and YIN at 16 kHz, a row every 10 ms.

    Examples
    --------
    >>> len(whole_row().columns)
    57
    """
    from ..features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate

    return FeatureSpec(
        features=(
            RMS(frame_length=512),
            ZeroCrossingRate(frame_length=512),
            LogMel(n_fft=512, n_mels=40),
            MFCC(n_fft=512, n_mels=40, n_mfcc=13),
            YIN(frame_length=1024, fmin=65, fmax=600),
        )
    )


def sound(seconds: float, sample_rate: float) -> Samples:
    """Make a signal of this length: a rising tone under noise, with silences.

    Examples
    --------
    >>> sound(0.5, 8000).shape
    (4000,)
    """
    return np.asarray(signal(round(seconds * sample_rate)) / np.float32(32768), dtype=np.float32)


def chunk_length(chunk_ms: float, sample_rate: float) -> int:
    """Samples of a chunk.

    Examples
    --------
    >>> chunk_length(10, 22050), chunk_length(0.1, 4000)
    (220, 1)
    """
    return max(1, round(chunk_ms / 1000 * sample_rate))


@dataclass(frozen=True)
class Settings:
    """What a benchmark is of.

    Parameters
    ----------
    backend : str
        What computes the features.
    isa : str or None
        Instruction set of the native back end; None: what SERFAST_ISA names, or the best that the
        processor has. Other back ends have none.
    threads : int
        Recordings at a time; for live streams processes, since Python has one lock a process.
    chunk_ms : float
        Length of a live stream's chunks [ms].
    seconds : float
        How long each measurement lasts [s].
    spec : FeatureSpec
        The whole row.
    """

    backend: str = "native"
    isa: str | None = None
    threads: int = 1
    chunk_ms: float = 10.0
    seconds: float = 2.0
    spec: FeatureSpec = dataclasses.field(default_factory=whole_row)

    def __post_init__(self) -> None:
        if self.isa is not None and self.backend != "native":
            rule = f"None unless backend is 'native' (it is {self.backend!r})"
            checks.fail("isa", rule, self.isa)
        if checks.integer("threads", self.threads) > PROCESSES * processors():
            rule = f"an int <= {PROCESSES * processors()}, {PROCESSES} for each processor here"
            checks.fail("threads", rule, self.threads)
        checks.number("chunk_ms", self.chunk_ms, minimum=0.1, maximum=10_000)
        checks.number("seconds", self.seconds, minimum=0.05, maximum=3600)

    @property
    def chunk(self) -> int:
        """Samples of a chunk of the whole row's stream."""
        return chunk_length(self.chunk_ms, self.spec.sample_rate)

    def recording(self) -> Samples:
        """Make ten seconds of signal for the whole row, or four frames if those are longer."""
        rate = self.spec.sample_rate
        return sound(max(RECORDING, 4 * max(self.spec.frame_lengths) / rate), rate)

    def to_dict(self) -> dict[str, Any]:
        """Give the settings as JSON can hold them."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {**plain, "spec": self.spec.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """Make them from what `to_dict` gave."""
        return cls(**{**data, "spec": FeatureSpec.from_dict(data["spec"])})

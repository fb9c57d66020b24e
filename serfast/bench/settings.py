"""What a benchmark measures: chosen on the command line, sent to every process that measures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks as checks
from ..features.energy import RMS, ZeroCrossingRate
from ..features.mel import LogMel
from ..features.mfcc import MFCC
from ..features.pitch import YIN
from ..features.spec import FeatureSpec
from ..models.bundle.fingerprint import signal
from .machine import processors

__all__ = ["Settings", "chunk_length", "cut", "sound", "whole_row"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

RECORDING = 10.0
"""Seconds of signal in one recording."""

PROCESSES = 4
"""Threads for each processor at most. For live streams each is a process, and takes 30 MB."""


def whole_row() -> FeatureSpec:
    """Give a spec of RMS, zero crossings, 40 log-mel bands, 13 MFCC and YIN, each 10 ms at 16 kHz.

    Examples
    --------
    >>> len(whole_row().columns)
    57
    """
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
    """Count the samples of a chunk, at least one.

    Examples
    --------
    >>> chunk_length(10, 22050), chunk_length(0.1, 4000)
    (220, 1)
    """
    return max(1, round(chunk_ms / 1000 * sample_rate))


def cut(recording: Samples, size: int) -> list[Samples]:
    """Cut a signal into chunks of one size; what is left at its end is dropped.

    Examples
    --------
    >>> [len(chunk) for chunk in cut(np.zeros(7, np.float32), 3)]
    [3, 3]
    """
    starts = range(0, max(1, len(recording) - size + 1), size)
    return [recording[start : start + size].copy() for start in starts]


@dataclass(frozen=True)
class Settings:
    """What a benchmark measures, and how.

    Parameters
    ----------
    backend : str
        What computes the features.
    isa : str or None
        Instruction set of the native back end; None takes what SERFAST_ISA names, or the best that
        the processor has. Other back ends have none.
    threads : int
        How many recordings are computed at a time. For live streams it is the number of processes,
        since Python has one lock in each.
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
        """Tell how many samples a chunk of the whole row's stream has."""
        return chunk_length(self.chunk_ms, self.spec.sample_rate)

    def recording(self) -> Samples:
        """Make ten seconds of signal for the whole row, or four frames if those are longer."""
        rate = self.spec.sample_rate
        return sound(max(RECORDING, 4 * max(self.spec.frame_lengths) / rate), rate)

    def rows_of_a_chunk(self) -> Samples:
        """Make an array with room for all rows that one chunk can complete."""
        waiting = max(self.spec.lookahead, self.spec.first_rows)
        n_rows = self.chunk // self.spec.hop_length + 2 + waiting
        return np.empty((n_rows, len(self.spec.columns)), np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Give the settings as a dictionary that JSON can hold."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {**plain, "spec": self.spec.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """Make the settings from the dictionary that `to_dict` gave."""
        return cls(**{**data, "spec": FeatureSpec.from_dict(data["spec"])})

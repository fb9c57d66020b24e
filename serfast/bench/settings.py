"""What a benchmark is of: chosen on the command line, sent to every process that measures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _checks as checks
from ..fingerprint import signal
from ..spec import FeatureSpec

__all__ = ["Settings", "whole_row"]


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


@dataclass(frozen=True)
class Settings:
    """What a benchmark is of.

    Parameters
    ----------
    backend : str
        What computes the features.
    isa : str or None
        Instruction set of the native back end; None: the best that the processor has.
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
        checks.integer("threads", self.threads, maximum=1024)
        checks.number("chunk_ms", self.chunk_ms, minimum=0.1, maximum=10_000)
        checks.number("seconds", self.seconds, minimum=0.05, maximum=3600)

    @property
    def chunk(self) -> int:
        """Samples of a chunk."""
        return max(1, round(self.chunk_ms / 1000 * self.spec.sample_rate))

    @property
    def period(self) -> float:
        """Seconds from one chunk of a live stream to its next."""
        return self.chunk / self.spec.sample_rate

    def sound(self, seconds: float) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Make a signal of this length: a rising tone under noise, with silences."""
        n = max(round(seconds * self.spec.sample_rate), 4 * max(self.spec.frame_lengths))
        return np.asarray(signal(n) / np.float32(32768), dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Give the settings as JSON can hold them."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {**plain, "spec": self.spec.to_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """Make them from what `to_dict` gave."""
        return cls(**{**data, "spec": FeatureSpec.from_dict(data["spec"])})

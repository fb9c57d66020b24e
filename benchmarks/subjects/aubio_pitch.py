"""aubio's pitch, hop by hop, as it takes a signal."""

from __future__ import annotations

from ..works import Work
from . import Array, Call, Make

DISTRIBUTION = "aubio"
INSTALL = "pip install aubio (compiles)"


def pitch(method: str) -> Make:
    """Give the function that makes the call of one of its methods."""

    def make(work: Work, y: Array) -> Call:
        import aubio  # optional: a peer

        hop = work.hop_length
        hops = [y[i : i + hop] for i in range(0, len(y) - hop + 1, hop)]

        def call() -> list[Array]:
            detector = aubio.pitch(method, work.frame_length, hop, work.sample_rate)
            return [detector(samples).copy() for samples in hops]

        return call

    return make

"""A day of audio through one stream: what memory it takes, and whether the last row is right."""

from __future__ import annotations

from time import perf_counter

import numpy as np

import serfast
from serfast.bench.memory import memory
from serfast.bench.settings import whole_row

from .latency_subjects import HOP, RATE
from .recordings import speech_like

__all__ = ["day"]


def day() -> bool:
    """Send 24 hours through one stream of the whole row, 160 samples at a time.

    Returns
    -------
    bool
        Whether the row at the end has the bits of a batch around it.
    """
    last, around = (
        24 * 3600 * RATE // HOP,
        8,
    )  # the frames of a row reach over fewer hops than these on either side
    extractor = serfast.Extractor(whole_row())
    stream, out = extractor.stream(), np.empty((1, len(extractor.columns)), dtype=np.float32)
    period = 60 * RATE + 7  # it is no whole number of hops, so that no row comes again for a while
    samples = np.resize(speech_like(61, RATE)[:period], period + HOP)
    begun, before, row = perf_counter(), 0, out
    for i in range(last + around):
        at = i * HOP % period
        if stream.accept(samples[at : at + HOP], out) and stream.n_emitted == last + 1:
            row = out.copy()
        if i == 100_000:
            before = memory()["now"]
    grown, seconds = memory()["now"] - before, perf_counter() - begun
    alone = np.arange((last - around) * HOP, (last + around) * HOP) % period
    same: bool = row.tobytes() == extractor(samples[alone])[around].tobytes()
    print(f"{stream.n_seen / RATE / 3600:.3f} h in {seconds:.0f} s, {stream.n_emitted} rows")
    print(f"row {last} has {'the' if same else 'NOT the'} bits of a batch around it")
    print(
        f"resident memory: {before // 1024} KiB after 100000 chunks, {grown // 1024:+d} KiB since"
    )
    return same

"""Which windows slide over rows, by the definition."""

from __future__ import annotations


def windows(n: int, window: int, hop: int) -> list[tuple[int, int]]:
    """By the definition: every hop, and the end if more than half a hop has had none."""
    starts = range(0, n - window + 1, hop)
    spans = [(start, start + window) for start in starts]
    if n and (not spans or 2 * (n - spans[-1][1]) > hop):
        spans.append((max(0, n - window), n))
    return spans

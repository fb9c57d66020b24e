"""How many live streams: computed from what a chunk costs, then shown by running that many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .histogram import quantiles
from .process import measure_all
from .settings import Settings

__all__ = ["HEADROOM", "IN_TIME", "capacity", "computed"]

HEADROOM = 0.8
"""Share of the processors' time that live streams may take; the rest is the system's."""

IN_TIME = 0.999
"""Share of the chunks whose rows must be there before the stream's next chunk is."""

PROBE = 16
"""Streams, in each process, from whose cost the number is guessed that the cost is taken from."""

TRIES = 5
SMALLER = 0.8


def computed(settings: Settings, cost_us: float) -> int:
    """Streams that a chunk's cost [µs] leaves room for, 0 if not even one.

    Examples
    --------
    >>> computed(Settings(chunk_ms=10, threads=2), 80)
    200
    """
    return int(HEADROOM * settings.period * 1e6 / cost_us) * settings.threads


def capacity(
    settings: Settings, classifier: str | None, step: Callable[[str], object]
) -> dict[str, Any]:
    """Find how many streams this machine carries, in ``settings.threads`` processes.

    If not all chunks that must be are in time, a fifth fewer streams are tried, and so on.

    Parameters
    ----------
    settings : Settings
    classifier : str or None
        A plugin; None: rows only.
    step : function
        Called with a text before every run.

    Returns
    -------
    dict
        ``cost_us``: of a chunk; ``computed``: streams; ``shown``: streams that were served in
        time, 0 if none were; ``runs``: every try.
    """
    step("cost of a chunk")
    guess = computed(settings, _cost(settings, classifier, PROBE * settings.threads))
    cost = _cost(settings, classifier, max(guess, settings.threads))
    wanted = first = computed(settings, cost)
    runs: list[dict[str, Any]] = []
    while wanted >= 1 and len(runs) < TRIES:
        step(f"{wanted} streams")
        runs.append(_run(settings, classifier, wanted))
        if runs[-1]["in_time"] >= IN_TIME:
            break
        wanted = int(SMALLER * wanted)
    carried = bool(runs) and runs[-1]["in_time"] >= IN_TIME
    shown = runs[-1]["streams"] if carried else 0
    return {"cost_us": cost, "computed": first, "shown": shown, "runs": runs}


def _cost(settings: Settings, classifier: str | None, streams: int) -> float:
    """Measure a chunk [µs] while so many streams take turns: caches hold some of them only."""
    answers = measure_all("live", settings, _shares(settings, classifier, streams, False), True)
    return float(np.mean([answer["us"] for answer in answers]))


def _run(settings: Settings, classifier: str | None, streams: int) -> dict[str, Any]:
    """Serve so many streams in real time."""
    answers = measure_all("live", settings, _shares(settings, classifier, streams, True), True)
    delays = np.concatenate([answer["delays"] for answer in answers])
    return {
        "streams": streams,
        "in_time": float(np.mean(delays <= 1e6 * settings.period)),
        "busy": float(np.mean([answer["busy"] for answer in answers])),
        "us": quantiles(delays),
    }


def _shares(
    settings: Settings, classifier: str | None, streams: int, paced: bool
) -> list[dict[str, Any]]:
    """Divide streams among the processes."""
    each, more = divmod(streams, settings.threads)
    counts = [each + (i < more) for i in range(settings.threads)]
    return [{"classifier": classifier, "streams": n, "paced": paced} for n in counts if n]

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

NEARLY = 0.98
"""Share from which on a fifth fewer streams are tried next, instead of half as many."""

PROBE = 16
"""Streams, in each process, from whose cost the number is guessed that the cost is taken from."""

SMALL_STEPS = 4
SMALLER = 0.8


def computed(period: float, cost_us: float, threads: int) -> int:
    """Streams that a chunk's cost [µs] leaves room for in its period [s], 0 if not even one.

    Examples
    --------
    >>> computed(0.010, 80, threads=2)
    200
    """
    return int(HEADROOM * period * 1e6 / cost_us) * threads


def capacity(
    settings: Settings, classifier: str | None, step: Callable[[str], object]
) -> dict[str, Any]:
    """Find how many streams this machine carries, in ``settings.threads`` processes.

    If not all chunks that must be are in time, fewer streams are tried, down to one.

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
        ``cost_us``: processor time of a chunk; ``period_ms``: from one chunk of a stream to its
        next; ``computed``: streams; ``shown``: streams that were served in time, 0 if none were;
        ``runs``: every try; ``waited``: the largest share of a process's time without a processor.
    """
    step("cost of a chunk")
    period, cost, _ = _cost(settings, classifier, PROBE * settings.threads)
    guess = computed(period, cost, settings.threads)
    period, cost, waited = _cost(settings, classifier, max(guess, settings.threads))
    wanted = first = computed(period, cost, settings.threads)
    runs: list[dict[str, Any]] = []
    shown = 0
    while wanted and not shown:
        step(f"{wanted} streams")
        runs.append(_run(settings, classifier, wanted))
        shown = wanted if runs[-1]["in_time"] >= IN_TIME else 0
        wanted = _fewer(runs)
    return {
        "cost_us": cost,
        "period_ms": 1000 * period,
        "computed": first,
        "shown": shown,
        "runs": runs,
        "waited": max(waited, *(run["waited"] for run in runs)) if runs else waited,
    }


def _fewer(runs: list[dict[str, Any]]) -> int:
    """Streams to try next, 0 after one: a bit fewer if that may be enough, else half as many."""
    near = runs[-1]["in_time"] >= NEARLY and len(runs) <= SMALL_STEPS
    return int((SMALLER if near else 0.5) * runs[-1]["streams"])


def _cost(settings: Settings, classifier: str | None, streams: int) -> tuple[float, float, float]:
    """Measure a chunk while so many streams take turns: caches hold some of them only.

    Gives its period [s], its processor time [µs], and the share that the process had to wait.
    """
    answers = measure_all("live", settings, _shares(settings, classifier, streams, False), True)
    cost = float(np.mean([answer["us"] for answer in answers]))
    return answers[0]["period"], cost, max(answer["waited"] for answer in answers)


def _run(settings: Settings, classifier: str | None, streams: int) -> dict[str, Any]:
    """Serve so many streams in real time."""
    answers = measure_all("live", settings, _shares(settings, classifier, streams, True), True)
    delays = np.concatenate([answer["delays"] for answer in answers])
    return {
        "streams": streams,
        "in_time": float(np.mean(delays <= 1e6 * answers[0]["period"])),
        "busy": float(np.mean([answer["busy"] for answer in answers])),
        "waited": max(answer["waited"] for answer in answers),
        "us": quantiles(delays),
    }


def _shares(
    settings: Settings, classifier: str | None, streams: int, paced: bool
) -> list[dict[str, Any]]:
    """Divide streams among the processes."""
    each, more = divmod(streams, settings.threads)
    counts = [each + (i < more) for i in range(settings.threads)]
    return [{"classifier": classifier, "streams": n, "paced": paced} for n in counts if n]

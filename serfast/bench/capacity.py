"""How many live streams a machine carries: computed from a chunk's cost, then shown by a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .histogram import quantiles
from .measures import measure_all
from .settings import Settings

__all__ = ["HEADROOM", "IN_TIME", "capacity", "computed"]

HEADROOM = 0.8
"""Share of the processors' time that live streams may take; the system needs the rest."""

IN_TIME = 0.999
"""Share of the chunks that must be in time, which is said by the streams (:mod:`.live`)."""

NEARLY = 0.98
"""With this share of the chunks in time, a fifth fewer streams are tried next, not half as many."""

PROBE = 16
"""Streams in each process from whose cost a first number of streams is guessed."""

SMALL_STEPS = 4
"""Runs after which the number of streams is halved in any case."""

SMALLER = 0.8
"""Factor on the number of streams in a small step."""


def computed(period: float, cost_us: float, threads: int) -> int:
    """Count the streams that a chunk's cost [µs] leaves room for in its period [s].

    Examples
    --------
    >>> computed(0.010, 80, threads=2)
    200
    """
    return int(HEADROOM * period * 1e6 / cost_us) * threads


def capacity(
    settings: Settings, classifier: str | None, step: Callable[[str], object]
) -> dict[str, Any]:
    """Measure how many streams this machine carries, in ``settings.threads`` processes.

    If too many chunks are late, fewer streams are tried, down to one.

    Parameters
    ----------
    settings : Settings
    classifier : str or None
        Name of a plugin; None measures streams of rows only.
    step : function
        Called with a text before every run.

    Returns
    -------
    dict
        ``cost_us``: processor time of a chunk; ``period_ms``: from one chunk of a stream to its
        next; ``deadline_ms``: delay up to which a chunk is in time, of the last run, None if there
        was none; ``computed``: number of streams by the cost; ``shown``: number of streams that
        were served in time, 0 if none were; ``runs``: every try; ``waited``: the largest share of a
        process's time without a processor.
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
        "deadline_ms": runs[-1]["deadline_ms"] if runs else None,
        "computed": first,
        "shown": shown,
        "runs": runs,
        "waited": max(waited, *(run["waited"] for run in runs)) if runs else waited,
    }


def _fewer(runs: list[dict[str, Any]]) -> int:
    """Say how many streams to try next: a few less if that may do, otherwise half as many."""
    near = runs[-1]["in_time"] >= NEARLY and len(runs) <= SMALL_STEPS
    return int((SMALLER if near else 0.5) * runs[-1]["streams"])


def _cost(settings: Settings, classifier: str | None, streams: int) -> tuple[float, float, float]:
    """Measure a chunk: its period [s], its processor time [µs], the share that processes waited.

    So many streams take turns as later, because caches hold only some of them.
    """
    answers = measure_all("live", settings, _shares(settings, classifier, streams, False), True)
    cost = float(np.mean([answer["us"] for answer in answers]))
    return answers[0]["period"], cost, max(answer["waited"] for answer in answers)


def _run(settings: Settings, classifier: str | None, streams: int) -> dict[str, Any]:
    """Serve so many streams in real time, and give how it went."""
    answers = measure_all("live", settings, _shares(settings, classifier, streams, True), True)
    delays = np.concatenate([answer["delays"] for answer in answers])
    return {
        "streams": streams,
        "deadline_ms": 1000 * answers[0]["deadline"],
        "in_time": float(np.mean(delays <= 1e6 * answers[0]["deadline"])),
        "busy": float(np.mean([answer["busy"] for answer in answers])),
        "waited": max(answer["waited"] for answer in answers),
        "us": quantiles(delays),
    }


def _shares(
    settings: Settings, classifier: str | None, streams: int, paced: bool
) -> list[dict[str, Any]]:
    """Give the arguments of each process, among which the streams are divided."""
    each, more = divmod(streams, settings.threads)
    counts = [each + (i < more) for i in range(settings.threads)]
    return [{"classifier": classifier, "streams": n, "paced": paced} for n in counts if n]

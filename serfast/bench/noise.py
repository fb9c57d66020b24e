"""These functions tell whether the machine was quiet enough for reliable figures."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles
from time import sleep
from typing import Any

from .laps import laps

__all__ = ["load", "spin", "warnings"]

PAUSE = 0.4
"""Other programs are watched for this time [s]."""

SPIN = 0.4
"""The same work is repeated for this time [s]."""

OTHERS = 0.10
"""Other programs may keep this many processors busy without a warning."""

WAITED = 0.03
"""A process may be without a processor for this share of the time."""

SPREAD = 0.15
"""The slowest tenth of the same work may take longer than usual by this share."""

DRIFT = 0.07
"""At the end, the same work may take more or less time by this share."""

HOT = 80.0
"""Processors slow down from this temperature on [°C]."""


def spin() -> dict[str, float]:
    """Repeat the same small piece of work for a while, and measure how evenly it goes.

    Returns
    -------
    dict
        ``seconds``: median of the repetitions; ``spread``: how much longer the slowest tenth took
        at least, as a share; ``waited``: share of the time in which the process didn't run.
    """
    measured = laps(lambda: sum(range(20_000)), SPIN, least=20)
    slow = quantiles(measured.seconds, n=10)[-1]
    middle = median(measured.seconds)
    return {"seconds": middle, "spread": slow / middle - 1, "waited": measured.waited}


def load(stat: Path = Path("/proc/stat")) -> dict[str, float | None]:
    """Measure what keeps the processors busy while this process sleeps.

    Returns
    -------
    dict
        ``others``: processors that other programs keep busy; ``stolen``: processors that the host
        of this virtual machine takes away. What the system doesn't tell is None.
    """
    before = _jiffies(stat)
    sleep(PAUSE)
    after = _jiffies(stat)
    if before is None or after is None or sum(after) <= sum(before):
        return {"others": None, "stolen": None}
    spent = [b - a for a, b in zip(before, after, strict=True)]
    each = _count(stat) / sum(spent)
    _, _, _, idle, waiting, _, _, stolen = spent
    return {"others": (sum(spent) - idle - waiting - stolen) * each, "stolen": stolen * each}


def warnings(facts: dict[str, Any]) -> list[str]:
    """Give a sentence for each thing that makes the figures of a benchmark doubtful.

    Parameters
    ----------
    facts : dict
        ``others`` and ``stolen`` as from `load`; ``before`` and ``after`` as from `spin`;
        ``waited``: the largest share of all measurements; ``states``: as from `machine.state`,
        before and after.
    """
    lines = []
    if (facts["others"] or 0) > OTHERS:
        lines.append(f"other programs keep {facts['others']:.1f} processors busy: stop them")
    if (facts["stolen"] or 0) > OTHERS:
        lines.append(
            f"the host keeps {facts['stolen']:.1f} processors of this virtual machine for others"
        )
    waited = max(facts["waited"], facts["before"]["waited"], facts["after"]["waited"])
    if waited > WAITED:
        lines.append(f"the processor was taken away for up to {100 * waited:.0f} % of the time")
    spread = max(facts["before"]["spread"], facts["after"]["spread"])
    if spread > SPREAD:
        lines.append(f"the same work took {100 * spread:.0f} % longer in one case out of ten")
    drift = facts["after"]["seconds"] / facts["before"]["seconds"] - 1
    if abs(drift) > DRIFT:
        how = "slower" if drift > 0 else "faster"
        lines.append(
            f"the machine was {100 * abs(drift):.0f} % {how} in the end: its clock changed, or "
            "others ran"
        )
    return lines + _state_warnings(facts["states"])


def _state_warnings(states: list[dict[str, Any]]) -> list[str]:
    lines = []
    governors = sorted({name for state in states for name in state["governors"]})
    if governors and governors != ["performance"]:
        lines.append(
            f"governor {', '.join(governors)}: the clock follows the load; for figures that can be "
            "repeated choose performance"
        )
    hottest = max((state["celsius"] for state in states if state["celsius"] is not None), default=0)
    if hottest >= HOT:
        lines.append(f"the processor is at {hottest:.0f} °C: it will slow down; cool it")
    throttled = sorted({name for state in states for name in state["throttled"]})
    if throttled:
        lines.append(f"the board reports: {', '.join(throttled)}")
    return lines


def _jiffies(stat: Path) -> list[int] | None:
    """Read the time spent by all processors together, by kind, as proc_stat(5) lists them."""
    try:
        fields = stat.read_text().splitlines()[0].split()
    except OSError:
        return None
    return [int(field) for field in fields[1:9]]


def _count(stat: Path) -> int:
    """Count the processors in the file."""
    return sum(line.startswith("cpu") for line in stat.read_text().splitlines()) - 1

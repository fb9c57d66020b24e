"""Whether the machine was calm enough for its figures to mean anything."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles
from time import sleep
from typing import Any

from .laps import laps

__all__ = ["load", "spin", "warnings"]

PAUSE = 0.4
SPIN = 0.4

OTHERS = 0.10
WAITED = 0.03
SPREAD = 0.15
DRIFT = 0.07
HOT = 80.0


def spin() -> dict[str, float]:
    """Do the same small piece of work for a while.

    Returns
    -------
    dict
        ``seconds``: median of a lap; ``spread``: how much longer the slowest tenth took at least,
        as a share; ``waited``: share of the time in which the process didn't run.
    """
    measured = laps(lambda: sum(range(20_000)), SPIN, least=20)
    slow = quantiles(measured.seconds, n=10)[-1]
    middle = median(measured.seconds)
    return {"seconds": middle, "spread": slow / middle - 1, "waited": measured.waited}


def load(stat: Path = Path("/proc/stat")) -> dict[str, float | None]:
    """Tell what keeps the processors busy while this process sleeps.

    Returns
    -------
    dict
        ``others``: processors that other programs keep busy; ``stolen``: processors that the host
        of this virtual machine takes away; None where not told.
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
    """Say what makes the figures of this benchmark doubtful.

    Parameters
    ----------
    facts : dict
        ``others`` and ``stolen`` as from `load`; ``before`` and ``after`` as from `spin`;
        ``waited``: the largest share of all measurements; ``states``: `machine.state` before and
        after.
    """
    said = []
    if (facts["others"] or 0) > OTHERS:
        said.append(f"other programs keep {facts['others']:.1f} processors busy: stop them")
    if (facts["stolen"] or 0) > OTHERS:
        said.append(
            f"the host keeps {facts['stolen']:.1f} processors of this virtual machine for others"
        )
    waited = max(facts["waited"], facts["before"]["waited"], facts["after"]["waited"])
    if waited > WAITED:
        said.append(f"the processor was taken away for up to {100 * waited:.0f} % of the time")
    spread = max(facts["before"]["spread"], facts["after"]["spread"])
    if spread > SPREAD:
        said.append(f"the same work took {100 * spread:.0f} % longer in one case out of ten")
    drift = facts["after"]["seconds"] / facts["before"]["seconds"] - 1
    if abs(drift) > DRIFT:
        how = "slower" if drift > 0 else "faster"
        said.append(
            f"the machine was {100 * abs(drift):.0f} % {how} in the end: its clock changed, or "
            "others ran"
        )
    return said + _of_states(facts["states"])


def _of_states(states: list[dict[str, Any]]) -> list[str]:
    said = []
    governors = sorted({name for state in states for name in state["governors"]})
    if governors and governors != ["performance"]:
        said.append(
            f"governor {', '.join(governors)}: the clock follows the load; for figures that can be "
            "repeated choose performance"
        )
    hottest = max((state["celsius"] for state in states if state["celsius"] is not None), default=0)
    if hottest >= HOT:
        said.append(f"the processor is at {hottest:.0f} °C: it will slow down; cool it")
    throttled = sorted({name for state in states for name in state["throttled"]})
    if throttled:
        said.append(f"the board reports: {', '.join(throttled)}")
    return said


def _jiffies(stat: Path) -> list[int] | None:
    """Time spent by all processors together, by kind, as proc_stat(5) lists them."""
    try:
        fields = stat.read_text().splitlines()[0].split()
    except OSError:
        return None
    return [int(field) for field in fields[1:9]]


def _count(stat: Path) -> int:
    return sum(line.startswith("cpu") for line in stat.read_text().splitlines()) - 1

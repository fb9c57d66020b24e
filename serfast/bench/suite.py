"""All measurements, one after the other, as one dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import SerfastError
from ..models import registry
from . import FORMAT, noise
from .capacity import capacity
from .machine import machine, state
from .process import measure
from .settings import Settings
from .startup import startup
from .throughput import works

__all__ = ["run"]

Step = Callable[[str], object]


def run(settings: Settings, step: Step = lambda text: None) -> dict[str, Any]:
    """Measure everything.

    Parameters
    ----------
    settings : Settings
    step : function
        Called with a few words before each measurement.

    Returns
    -------
    dict
        Ready for JSON; `serfast.bench.report.text` shows what is in it. What can't be measured
        has an ``error`` instead of figures.

    Raises
    ------
    SerfastError
        If the back end or the instruction set can't be had, or the features can't be computed.
    """
    step("the machine")
    engine = measure("engine", settings)
    states = [state()]
    calm: dict[str, Any] = {**noise.load(), "before": noise.spin()}
    result: dict[str, Any] = {
        "format": FORMAT,
        "engine": engine,
        "machine": machine(),
        "settings": settings.to_dict(),
    }
    result["throughput"] = _throughput(settings, step)
    step("latency")
    result["latency"] = _or_error("latency", settings)
    streams = "error" not in result["latency"]
    step("start-up")
    with _named("start-up"):
        result["startup"] = startup(settings, streams, step=lambda: step("start-up"))
    result["predictions"] = []
    for name in registry.available():
        step(f"predictions of {name}")
        found = _or_error("predictions", settings, classifier=name)
        result["predictions"].append({"classifier": name, **found})
    result["live"] = _live(settings, result["predictions"], step)
    calm |= {"after": noise.spin(), "waited": _waited(result), "states": [*states, state()]}
    result["noise"] = calm
    result["warnings"] = noise.warnings(calm)
    return result


def _throughput(settings: Settings, step: Step) -> list[dict[str, Any]]:
    found = []
    for work in works(settings.spec):
        step(f"throughput of {work}")
        with _named(f"throughput of {work}"):
            found.append({"work": work, **measure("throughput", settings, work=work)})
    return found


def _live(
    settings: Settings, predictions: list[dict[str, Any]], step: Step
) -> list[dict[str, Any]]:
    """Streams of rows, and of the events of each classifier that works: it has its own spec."""
    names = [p["classifier"] for p in predictions if "error" not in p]
    found = []
    for name in (None, *names):
        what = "rows" if name is None else f"events of {name}"

        def tell(text: str, what: str = what) -> None:
            step(f"live {what}: {text}")

        try:
            answer = capacity(settings, name, tell)
        except SerfastError as error:
            answer = {"error": str(error)}
        found.append({"classifier": name, **answer})
    return found


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Say which measurement failed, of those without which the others mean nothing."""
    try:
        yield
    except SerfastError as error:
        raise SerfastError(f"{what}: {error}") from error


def _or_error(name: str, settings: Settings, **arguments: Any) -> dict[str, Any]:
    """Measure, or give what went wrong: a plugin's failure isn't the benchmark's."""
    try:
        return measure(name, settings, **arguments)
    except SerfastError as error:
        return {"error": str(error)}


def _waited(result: dict[str, Any]) -> float:
    """Largest share of a measurement's time in which its process didn't run."""
    measured = [*result["throughput"], result["latency"], *result["predictions"]]
    if result["settings"]["threads"] <= result["machine"]["processors"]:  # else for each other
        measured += result["live"]
    return max(float(m.get("waited", 0.0)) for m in measured)

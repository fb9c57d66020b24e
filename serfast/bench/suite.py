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
from .measures import measure
from .settings import Settings
from .startup import startup
from .throughput import works

__all__ = ["run"]

Step = Callable[[str], object]


def run(settings: Settings, step: Step = lambda text: None) -> dict[str, Any]:
    """Give the result of all measurements.

    Parameters
    ----------
    settings : Settings
    step : function
        Called with a few words before each measurement.

    Returns
    -------
    dict
        JSON can hold it, and `serfast.bench.report.text` shows what is in it. What can't be
        measured has an ``error`` instead of figures.

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
        figures = _or_error("predictions", settings, classifier=name)
        result["predictions"].append({"classifier": name, **figures})
    result["live"] = _live(settings, result["predictions"], step)
    calm |= {"after": noise.spin(), "waited": _waited(result), "states": [*states, state()]}
    result["noise"] = calm
    result["warnings"] = noise.warnings(calm)
    return result


def _throughput(settings: Settings, step: Step) -> list[dict[str, Any]]:
    rows = []
    for work in works(settings.spec):
        step(f"throughput of {work}")
        with _named(f"throughput of {work}"):
            rows.append({"work": work, **measure("throughput", settings, work=work)})
    return rows


def _live(
    settings: Settings, predictions: list[dict[str, Any]], step: Step
) -> list[dict[str, Any]]:
    """Measure streams of rows, and of the events of each classifier that can predict.

    A classifier has a spec of its own, so its streams may work where those of rows don't.
    """
    names = [p["classifier"] for p in predictions if "error" not in p]
    rows = []
    for name in (None, *names):
        what = "rows" if name is None else f"events of {name}"

        def tell(text: str, what: str = what) -> None:
            step(f"live {what}: {text}")

        try:
            answer = capacity(settings, name, tell)
        except SerfastError as error:
            answer = {"error": str(error)}
        rows.append({"classifier": name, **answer})
    return rows


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Name the measurement in its error: without it the others mean nothing."""
    try:
        yield
    except SerfastError as error:
        raise SerfastError(f"{what}: {error}") from error


def _or_error(name: str, settings: Settings, **arguments: Any) -> dict[str, Any]:
    """Give a measurement, or what went wrong: a plugin may fail, and the benchmark goes on."""
    try:
        return measure(name, settings, **arguments)
    except SerfastError as error:
        return {"error": str(error)}


def _waited(result: dict[str, Any]) -> float:
    """Give the largest share of a measurement's time in which its process didn't run."""
    measured = [*result["throughput"], result["latency"], *result["predictions"]]
    # more threads than processors wait for each other
    if result["settings"]["threads"] <= result["machine"]["processors"]:
        measured += result["live"]
    return max(float(m.get("waited", 0.0)) for m in measured)

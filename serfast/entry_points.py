"""Entry points of installed distributions: what a group offers by name, and from where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ModelError, UnknownPluginError
from .forking import forks_wait

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "PluginInfo",
    "distribution",
    "info",
    "load",
    "names",
    "of_group",
    "only",
    "owner",
    "points",
]


@dataclass(frozen=True)
class PluginInfo:
    """One installed plugin; `error` is why it can't be loaded, None if it can."""

    name: str
    distribution: str
    version: str
    error: str | None


def of_group(group: str) -> list[EntryPoint]:
    """Every entry point in the group."""
    with forks_wait:
        from importlib.metadata import entry_points  # heavy: 10 ms that `import serfast` needn't

        return list(entry_points(group=group))


def points(group: str, name: str) -> list[EntryPoint]:
    """Every entry point of that name in the group."""
    return [point for point in of_group(group) if point.name == name]


def names(group: str) -> tuple[str, ...]:
    """The names in the group, sorted; nothing is imported."""
    return tuple(sorted({point.name for point in of_group(group)}))


def distribution(point: EntryPoint) -> tuple[str, str]:
    """Name and version of the distribution that an entry point is of."""
    with forks_wait:  # importlib.metadata imports late what reads a distribution's own data
        return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")


def only(kind: str, points: list[EntryPoint]) -> EntryPoint:
    """The one entry point of a name; UnknownPluginError if two distributions have it."""
    if len(points) > 1:
        owners = " and ".join(sorted(distribution(point)[0] for point in points))
        raise UnknownPluginError(
            f"{kind} {points[0].name!r} must come from one distribution, got {owners}: "
            "uninstall one"
        )
    return points[0]


def owner(point: EntryPoint) -> str:
    """Distribution and version of an entry point, for messages."""
    return " ".join(distribution(point))


def load(kind: str, point: EntryPoint, fault: Callable[[Any], str | None]) -> Any:
    """Import what an entry point names; `fault` says what makes an object none of the kind.

    Raises
    ------
    ModelError
        If it can't be imported (the cause is chained) or has a fault.
    """
    about = f"{kind} {point.name!r} of {owner(point)}"
    try:
        with forks_wait:
            loaded = point.load()
        reason = fault(loaded)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin's module may do anything, sys.exit() included
        raise ModelError(f"{about} can't be imported: {type(error).__name__}: {error}") from error
    if reason:
        raise ModelError(f"{about} {reason}")
    return loaded


def info(group: str, get: Callable[[str], Any]) -> tuple[PluginInfo, ...]:
    """Describe everything in a group; `get` imports what has a name."""
    descriptions = sorted((point.name, *distribution(point)) for point in of_group(group))
    return tuple(PluginInfo(*about, _error(get, about[0])) for about in descriptions)


def _error(get: Callable[[str], Any], name: str) -> str | None:
    try:
        get(name)
    except (ModelError, UnknownPluginError) as error:
        return str(error)
    return None

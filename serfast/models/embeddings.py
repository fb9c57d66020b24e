"""Embeddings are found by their entry points; each package is imported only when asked for.

:mod:`serfast.models.embedder` says what such a package offers. Encoders that somebody added are
embeddings too (:mod:`serfast.models.encoders`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .. import _checks as checks
from .. import entry_points as entries
from .._checks import shown
from ..entry_points import PluginInfo
from ..errors import ModelError, UnknownPluginError
from ..features.spec import FeatureSpec
from ..forking import forks_wait
from . import encoders
from .embedder import Embedder
from .embedding_reference import MAX_DIMENSION, is_name, is_sha256

__all__ = ["GROUP", "available", "carried", "get", "info", "is_name", "owner"]

GROUP = "serfast.embeddings"

LONGEST_RATE = 1_000_000

OURS = ("campplus", "whisper")
"""The packages with embeddings in serfast's repository; a name of theirs begins so."""

MEMBERS = ("names", "sample_rate", "shortest", "longest", "spec", "licence", "sha256", "vectors")


def available() -> tuple[str, ...]:
    """Give the names of the installed embeddings, sorted, without importing any package."""
    return tuple(sorted({*entries.names(GROUP), *encoders.added()}))


def get(name: str) -> Embedder:
    """Give the embedder of that name; its package is imported first.

    Raises
    ------
    UnknownPluginError
        If no installed distribution offers it, or more than one; it says what to install if it is
        one of ours.
    ModelError
        If the package can't be imported, its function fails (the cause is chained), or gives no
        embedder.
    """
    points = entries.points(GROUP, name)
    is_added = is_name(name) and name in encoders.added()
    if not points and not is_added:
        raise UnknownPluginError(
            f"embedding must be an installed one ({', '.join(available()) or 'none'}), got "
            f"{shown(name, 80)}{_advice(name)}"
        )
    if points and is_added:
        raise UnknownPluginError(
            f"embedding {name!r} must come from one place, got an added encoder and "
            f"{entries.distribution(points[0])[0]}: remove one"
        )
    make = partial(encoders.open_added, name) if is_added else _function(points)
    return _made(make, f"embedding {name!r} of {owner(name)}")  # type: ignore[no-any-return]


def carried(files: Mapping[str, bytes], name: str) -> Embedder | None:
    """Give the embedder of the encoder of that name that a bundle carries; None if it doesn't.

    Raises
    ------
    ModelError
        If the encoder isn't as its card says.
    UnknownPluginError
        If no package runs encoders of its kind.
    """
    if not any(member.startswith(f"embedding.{name}.") for member in files):
        return None
    make = partial(encoders.open_carried, files, name)
    return _made(make, f"embedding {name!r} of the bundle")  # type: ignore[no-any-return]


def _made(make: Callable[[], Any], about: str) -> Any:
    """Give what a function makes, if it is an embedder."""
    try:
        with forks_wait:  # it imports late what its encoder needs
            embedder = make()
        fault = _fault(embedder)
    except UnknownPluginError:
        raise
    except Exception as error:  # a package's function may raise anything
        cause = str(error) if isinstance(error, ModelError) else f"{type(error).__name__}: {error}"
        raise ModelError(f"{about} can't be opened: {cause}") from error
    if fault:
        raise ModelError(f"{about} {fault}")
    return embedder


def _function(points: list[Any]) -> Callable[[], Any]:
    """Give the one function that an entry point names."""
    point = entries.only("embedding", points)
    return entries.load("embedding", point, _fault_of_function)  # type: ignore[no-any-return]


def owner(name: str) -> str:
    """Give the distribution and version that an embedding belongs to, for messages."""
    if points := entries.points(GROUP, name):
        return entries.owner(points[0])
    return "an added encoder" if name in encoders.added() else "no distribution"


def info() -> tuple[PluginInfo, ...]:
    """Give name, distribution, version and load error of each embedding; this opens all of them.

    The distribution of an added encoder is the folder that holds it.
    """
    places = (PluginInfo(n, str(encoders.folder() / n), "", _error(n)) for n in encoders.added())
    return (*entries.info(GROUP, get), *places)


def _error(name: str) -> str | None:
    try:
        get(name)
    except (ModelError, UnknownPluginError) as error:
        return str(error)
    return None


def _advice(name: object) -> str:
    """Say what is to be installed, or which name may have been meant."""
    near = checks.similar(name, available())
    ours = next((one for one in OURS if isinstance(name, str) and name.startswith(one)), None)
    if near or ours is None:
        return near
    return f"; in a copy of serfast's repository: pip install ./plugins/serfast-{ours}"


def _fault_of_function(made: Any) -> str | None:
    if not callable(made):
        return f"must be a function that gives an embedder, got {shown(made, 80)}"
    return None


def _fault(embedder: Any) -> str | None:
    """Say why this object is no embedder, or give None if it is one."""
    if isinstance(embedder, type) or not all(hasattr(embedder, name) for name in MEMBERS):
        return f"must give an object with {', '.join(MEMBERS)}, got {shown(embedder, 80)}"
    names, rate = embedder.names, embedder.sample_rate
    are_names = isinstance(names, tuple) and all(isinstance(one, str) and one for one in names)
    if not are_names or not 1 <= len(set(names)) == len(names) <= MAX_DIMENSION:
        return f"must have different names of its entries, got {shown(names, 80)}"
    if type(rate) is not int or not 1 <= rate <= LONGEST_RATE:
        return f"must have a sample_rate from 1 to {LONGEST_RATE} Hz, got {shown(rate)}"
    shortest, longest = embedder.shortest, embedder.longest
    if type(shortest) is not int or type(longest) is not int or not 2 <= 2 * shortest <= longest:
        return f"must have 1 <= shortest <= longest / 2, got {shown(shortest)}, {shown(longest)}"
    if embedder.spec is not None and not isinstance(embedder.spec, FeatureSpec):
        return f"must have a FeatureSpec or None as its spec, got {shown(embedder.spec)}"
    if not isinstance(embedder.licence, str) or not embedder.licence.isprintable():
        return f"must have a licence, got {shown(embedder.licence)}"
    if not is_sha256(embedder.sha256):
        return f"must have 64 hexadecimal digits as its sha256, got {shown(embedder.sha256, 80)}"
    return None

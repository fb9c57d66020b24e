"""Names of a package whose modules are loaded when a name is first used (PEP 562)."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from ._checks import similar
from .forking import forks_wait

__all__ = ["lazily", "suggesting"]


def lazily(
    package: str, names: Mapping[str, str], modules: tuple[str, ...] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make a package's ``__getattr__`` and ``__dir__``.

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    names : mapping of str to str
        Each public name, and the module below the package that defines it.
    modules : tuple of str
        Modules below the package that are public names themselves.
    """

    def getattribute(name: str) -> Any:
        with forks_wait:
            if name in names:
                return getattr(importlib.import_module(f"{package}.{names[name]}"), name)
            if name in modules:
                return importlib.import_module(f"{package}.{name}")
        return suggesting(package, dir(sys.modules[package]))(name)

    def directory() -> list[str]:
        return sorted({*names, *modules})

    return getattribute, directory


def suggesting(package: str, names: Iterable[str]) -> Callable[[str], NoReturn]:
    """Make a module's ``__getattr__`` that suggests one of these names for a wrong one."""

    def getattribute(name: str) -> NoReturn:
        near = "" if name.startswith("_") else similar(name, names)
        raise AttributeError(f"module {package!r} has no attribute {name!r}{near}")

    return getattribute

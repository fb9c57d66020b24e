"""Names of a package whose modules are loaded when a name is first used (PEP 562)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from .forking import forks_wait

__all__ = ["lazily"]


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
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def directory() -> list[str]:
        return sorted({*names, *modules})

    return getattribute, directory

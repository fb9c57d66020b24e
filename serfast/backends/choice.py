"""A back end is chosen by its name and loaded when it is asked for; none replaces another."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from .. import _checks as checks
from ..errors import BackendError
from ..forking import forks_wait

if TYPE_CHECKING:  # `import serfast` needn't load them
    from ..program.pyin import PyinProgram, RunPyin
    from ..program.rows import Program
    from ..program.vector import RunVector, VectorProgram
    from .interface import Run
    from .row_queue import RowQueue

__all__ = [
    "BACKENDS",
    "NATIVE",
    "VARIABLE",
    "WITHOUT_NATIVE",
    "available",
    "chosen",
    "get",
    "get_pyin",
    "get_row_queue",
    "get_vector",
    "is_missing",
    "make_programs_with",
    "native_info",
    "require_choice",
    "without_native",
]

BACKENDS = ("native", "numba", "reference")
DEFAULT = "native"
VARIABLE = "SERFAST_BACKEND"
"""This environment variable names the back end that is used if the caller names none."""


def chosen(name: str | None) -> str:
    """Give the name itself; for None, give what SERFAST_BACKEND names, or else "native".

    Raises
    ------
    ParameterError
        If there is no back end of that name.

    Examples
    --------
    >>> chosen("reference")
    'reference'
    """
    if name is None and os.environ.get(VARIABLE):
        return str(checks.choice(VARIABLE, os.environ[VARIABLE], BACKENDS))
    return str(checks.choice("backend", DEFAULT if name is None else name, BACKENDS))


def get(name: str) -> Callable[[Program], Run]:
    """Give the function of back end `name` that makes a program ready to run.

    Raises
    ------
    ParameterError
        If there is no back end of that name.
    BackendError
        If it can't be imported; the message says why, and what to do.
    """
    checks.choice("backend", name, BACKENDS)
    return cast("Callable[[Program], Run]", _module(name, name).prepare)


def get_vector(name: str) -> Callable[[VectorProgram], RunVector]:
    """Give the function of back end `name` that makes statistics ready to run.

    Only the native back end computes statistics itself; the others use NumPy.

    Raises
    ------
    ParameterError
        If there is no back end of that name.
    BackendError
        If it can't be imported; the message says why.
    """
    return cast("Callable[[VectorProgram], RunVector]", _native_or_numpy(name).prepare_vector)


def get_pyin(name: str) -> Callable[[PyinProgram], RunPyin]:
    """Give the function of back end `name` that makes pYIN ready to run; see :func:`get_vector`."""
    return cast("Callable[[PyinProgram], RunPyin]", _native_or_numpy(name).prepare_pyin)


def get_row_queue(name: str) -> type[RowQueue]:
    """Give the class of back end `name` that keeps rows until they are popped.

    If there is no native module, it is that of the other back ends, so that a module that is built
    on it can be imported; the native back end's extractor says what is missing.
    """
    if name == DEFAULT:
        try:
            return cast("type[RowQueue]", _module(name, name).RowQueue)
        except BackendError:
            pass
    with forks_wait:
        from .row_queue import RowQueue  # optional: the native class serves the native back end
    return RowQueue


def _native_or_numpy(name: str) -> ModuleType:
    checks.choice("backend", name, BACKENDS)
    return _module(name, "native" if name == "native" else "reference")


def _module(name: str, file: str) -> ModuleType:
    try:
        with forks_wait:
            return importlib.import_module(f"{__package__}.{file}")
    except ImportError as error:
        hint = f"; {without_native()}" if is_missing(error) else ""
        raise BackendError(f"backend {name!r} can't be loaded: {error}{hint}") from error


NATIVE = "serfast._engine"
"""This is the name of the native module."""

WITHOUT_NATIVE = (
    "this serfast was built without its native module: choose backend='numba' (pip install "
    "'numba>=0.60') or 'reference' (slow), or set SERFAST_BACKEND to one of them"
)
"""A message gives this advice if there is no native module."""

SOURCES = (
    "serfast was imported from its source folder, {folder}, where the native module isn't built: "
    "run Python from another folder, where the installed package is found, or build it in place "
    "with `pip install -e .`"
)
"""A message gives this advice in a source folder, which hides the installed package."""


def without_native() -> str:
    """Give a sentence that says why there is no native module, and what to do."""
    folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    beside = [os.path.join("ext", "engine.pyx"), "setup.py"]
    if all(os.path.exists(os.path.join(folder, name)) for name in beside):
        return SOURCES.format(folder=folder)
    return WITHOUT_NATIVE


def is_missing(error: ImportError) -> bool:
    """Tell whether the error means that there is no native module, not that it can't be loaded."""
    return isinstance(error, ModuleNotFoundError) and error.name == NATIVE


def make_programs_with(make_extractor: Callable[[bytes], object]) -> None:
    """Give the C functions, if there are any, what makes the extractor of a spec's JSON."""
    if engine := sys.modules.get(NATIVE):
        engine.make_programs_with(make_extractor)


def require_choice() -> None:
    """Load the native module; if there is none, warn that a back end must be chosen.

    If SERFAST_ISA names an instruction set that isn't available, no error is raised here, because
    the program may use another back end or be `serfast info`. The first use of the native back end
    raises it.

    Warns
    -----
    UserWarning
        If there is no native module and SERFAST_BACKEND names no other back end.
    """
    try:
        with forks_wait:
            importlib.import_module(NATIVE)
    except ModuleNotFoundError as error:
        if not is_missing(error):
            raise
        if not os.environ.get(VARIABLE):
            warnings.warn(without_native(), stacklevel=3)
    except ImportError:
        if not os.environ.get("SERFAST_ISA"):
            raise


def available() -> dict[str, str | None]:
    """Give every back end by name, with None or the reason why it can't be used."""
    result: dict[str, str | None] = {}
    for name in BACKENDS:
        try:
            get(name)
            result[name] = None
        except BackendError as error:
            result[name] = str(error)
    return result


def native_info() -> dict[str, Any]:
    """Give the instruction sets that the native module was built for and the one that it uses.

    Returns
    -------
    dict
        "built" lists the instruction sets in the module, and "available" those that this CPU can
        run, the simplest first. "in_use" is the one that computes: the last available one, or the
        one that the environment variable SERFAST_ISA named at import. "compiler" built the module.

    Raises
    ------
    BackendError
        If the native module can't be loaded.

    Examples
    --------
    >>> "baseline" in native_info()["available"]
    True
    """
    try:
        with forks_wait:
            _engine = importlib.import_module(NATIVE)
    except ImportError as error:
        hint = f"; {without_native()}" if is_missing(error) else ""
        raise BackendError(f"the native module can't be loaded: {error}{hint}") from error
    return {
        "built": _engine.isa_built(),
        "available": _engine.isa_available(),
        "in_use": _engine.isa_in_use(),
        "compiler": _engine.compiler(),
    }

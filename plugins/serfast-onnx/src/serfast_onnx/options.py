"""How onnxruntime is to work, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from serfast.errors import ParameterError

__all__ = ["Optimization", "Options"]

Optimization: TypeAlias = Literal["none", "basic", "extended", "all"]

MAX_THREADS = 1024


@dataclass(frozen=True, kw_only=True)
class Options:
    """How onnxruntime is to work.

    Parameters
    ----------
    threads : int
        For one operator. 1: all is done by the thread that calls, so that a service can have a
        thread a core.
    spinning : bool
        Whether other threads than the caller's wait for work at full speed.
    arena : bool
        Whether memory for what is computed on the way is kept in an arena, which grows to the
        longest recording ever seen and never shrinks. False: it is given back after each call.
    optimization : {"none", "basic", "extended", "all"}
        What the graph is rewritten to as it is loaded.

    Raises
    ------
    ParameterError
        If an option breaks its rule.
    """

    threads: int = 1
    spinning: bool = False
    arena: bool = False
    optimization: Optimization = "all"

    def __post_init__(self) -> None:
        if type(self.threads) is not int or not 1 <= self.threads <= MAX_THREADS:
            raise ParameterError(
                f"threads must be an int from 1 to {MAX_THREADS}, got {self.threads!r}"
            )
        for name in ("spinning", "arena"):
            if type(getattr(self, name)) is not bool:
                raise ParameterError(f"{name} must be True or False, got {getattr(self, name)!r}")
        if self.optimization not in get_args(Optimization):
            allowed = ", ".join(get_args(Optimization))
            raise ParameterError(
                f"optimization must be one of {allowed}, got {self.optimization!r}"
            )

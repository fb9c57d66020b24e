"""Types of the native module; ext/engine.pyx documents it."""

from typing import Any

import numpy as np

from .program import Program

class Engine:
    def __init__(self, program: Program) -> None: ...
    def __call__(
        self,
        samples: np.ndarray[Any, np.dtype[np.float32]],
        out: np.ndarray[Any, np.dtype[np.float32]],
    ) -> None: ...

def isa_built() -> list[str]: ...
def isa_available() -> list[str]: ...
def isa_in_use() -> str: ...
def first_nonfinite(samples: np.ndarray[Any, np.dtype[np.float32]]) -> int | None: ...

"""Measurements in processes of their own, with one thread, by the code of `serfast bench`."""

from __future__ import annotations

import json
import sys
from math import inf
from typing import Any

from serfast.bench.process import ANSWERING, GRACE, Child, one_thread

from . import ROOT

__all__ = ["in_child", "start"]


def in_child(
    function: str, *arguments: Any, interpreter: str = sys.executable, **environment: str
) -> Any:
    """Call a function of the benchmarks in a process of its own, and give what it returns.

    Parameters
    ----------
    function : str
        Its module and name, such as "long.measure".
    *arguments
        Its arguments; JSON holds them and the result.
    interpreter : str
        Which Python runs it. If that may be without serfast, the module must work without it.
    **environment : str
        Further environment variables.
    """
    job = json.dumps([function, arguments])
    child = start("child", job, interpreter=interpreter, **environment)
    try:
        answer = child.hear("answer")
        child.end(GRACE)
        return answer
    finally:
        child.end()


def start(
    module: str, *arguments: str, interpreter: str = sys.executable, **environment: str
) -> Child:
    """Start a process that calls `main(channel)` of a module of the benchmarks.

    It may take as long as it wants, and its standard error is shown.
    """
    here = f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    program = f"{ANSWERING}{here}from benchmarks.{module} import main; main(channel)"
    variables = one_thread(**environment)
    return Child(
        program,
        *arguments,
        environment=variables,
        limit=inf,
        interpreter=interpreter,
        quiet=False,
    )

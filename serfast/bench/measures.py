"""Measurements of `serfast bench`, each run in a process of its own, alone or several together."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from . import process
from .process import ANSWERING, Child
from .settings import Settings

__all__ = ["environment", "measure", "measure_all", "start"]

PATIENCE = 180.0
"""Seconds that a measurement may take beside ten times those that it lasts: a slow or emulated
board imports a plugin and makes thousands of streams in them."""

_PROGRAM = ANSWERING + "from serfast.bench.child import main; main(channel)"


def measure(name: str, settings: Settings, **arguments: Any) -> dict[str, Any]:
    """Run one measurement and give its answer.

    Raises
    ------
    SerfastError
        If it failed. The message is that of the error in the process, or says how that ended.
    """
    return measure_all(name, settings, [arguments])[0]


def measure_all(
    name: str, settings: Settings, each: Sequence[dict[str, Any]], together: bool = False
) -> list[dict[str, Any]]:
    """Run the same measurement in several processes at once, one for each dict of arguments.

    With `together` the measurement calls `child.ready()`, and all processes go on from there when
    the last one has called it.
    """
    with ExitStack() as stack:
        children = []
        for arguments in each:
            job = json.dumps([name, settings.to_dict(), arguments])
            child = start(_PROGRAM, job, settings=settings)
            stack.callback(child.end)
            children.append(child)
        if together:
            for child in children:
                child.hear("ready")
            for child in children:
                child.tell("go")
        answers = [child.hear("answer") for child in children]
        for child in children:
            child.end(process.GRACE)
        return answers


def start(program: str, *arguments: str, settings: Settings) -> Child:
    """Start a child with the environment of these settings, and with time enough for them."""
    limit = PATIENCE + 10 * settings.seconds
    return Child(program, *arguments, environment=environment(settings), limit=limit)


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment of such a process: import path, instruction set, one thread."""
    isa = {} if settings.isa is None else {"SERFAST_ISA": settings.isa}
    return process.one_thread(PYTHONPATH=os.pathsep.join(p for p in sys.path if p), **isa)

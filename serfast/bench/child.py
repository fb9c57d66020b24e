"""The child's end of a measurement: hears what to measure, tells how it went.

Plugins write what they like to standard output and read from standard input; the measurement has
a channel of its own, a line of JSON for each message:

    {"ready": true}       only of measurements that run at the same time as others; "go" comes back
    {"answer": {…}}       or {"error": "…"}; then it ends
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import TextIO

from ..errors import SerfastError
from .settings import Settings

__all__ = ["PROGRAM", "main", "ready"]

ANSWERING = "import os; answers = os.dup(1); os.dup2(2, 1); "
"""Program text, before anything else: what is printed goes to standard error from there on."""

PROGRAM = ANSWERING + "from serfast.bench.child import main; main(answers)"

_MEASURES = ("engine", "throughput", "latency", "predictions", "live")

_ends: list[TextIO] = []
"""Of this process, once it is a child: where to tell, where to hear."""


def ready() -> None:
    """Wait until all that are measured together are here."""
    _tell({"ready": True})
    _ends[1].readline()


def main(answers: int) -> None:
    """Run the measurement that the command line names.

    Parameters
    ----------
    answers : int
        File descriptor to tell on.
    """
    _ends[:] = os.fdopen(answers, "w", encoding="utf-8"), os.fdopen(os.dup(0), encoding="utf-8")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    name, settings, arguments = json.loads(sys.argv[1])
    try:
        if name not in _MEASURES:
            raise SerfastError(f"measurement must be one of {', '.join(_MEASURES)}, got {name!r}")
        module = importlib.import_module(f".{name}", __package__)
        answer = getattr(module, name)(Settings.from_dict(settings), **arguments)
    except (SerfastError, ImportError, OSError, MemoryError) as error:
        _tell({"error": " ".join(str(error).split()) or type(error).__name__})
    except Exception as error:
        _tell({"error": " ".join(f"{type(error).__name__}: {error}".split())})
        raise
    else:
        _tell({"answer": answer})


def _tell(message: dict[str, object]) -> None:
    print(json.dumps(message), file=_ends[0], flush=True)

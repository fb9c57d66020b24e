"""The child's side of a measurement of `serfast bench`: it measures and answers on its channel.

The messages are ``{"answer": …}`` or ``{"error": "…"}``, and then the process ends. A measurement
that runs at the same time as others sends ``{"ready": true}`` before, and waits for a line.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from ..errors import SerfastError
from .channel import Channel
from .settings import Settings

__all__ = ["main", "ready"]

_MEASURES = ("engine", "throughput", "latency", "predictions", "live")
"""The modules of measurements; each has a function of its own name."""

_channels: list[Channel] = []
"""The channel of this process, once it is a child."""


def main(channel: Channel) -> None:
    """Run the measurement that the command line names, and answer on the channel."""
    _channels[:] = [channel]
    name, settings, arguments = json.loads(sys.argv[1])
    expected = (SerfastError, ImportError, OSError, MemoryError)
    channel.answer(lambda: _measured(name, settings, arguments), expected)


def ready() -> None:
    """Wait until all processes that measure together have come so far."""
    for channel in _channels:
        channel.send("ready", True)
        channel.wait()


def _measured(name: str, settings: dict[str, Any], arguments: dict[str, Any]) -> Any:
    if name not in _MEASURES:
        raise SerfastError(f"measurement must be one of {', '.join(_MEASURES)}, got {name!r}")
    module = importlib.import_module(f".{name}", __package__)
    return getattr(module, name)(Settings.from_dict(settings), **arguments)

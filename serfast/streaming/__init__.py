"""These modules handle what happens over time: events, windows, gate, running statistics."""

from .events import Event, EventStream
from .gate import EnergyGate
from .recent_rows import Recent, checked_rows
from .rows import feature_rows
from .running import RunningStatistics, Summary
from .sliding_window import SlidingWindow
from .steps import Steps

__all__ = [
    "EnergyGate",
    "Event",
    "EventStream",
    "Recent",
    "RunningStatistics",
    "SlidingWindow",
    "Steps",
    "Summary",
    "checked_rows",
    "feature_rows",
]

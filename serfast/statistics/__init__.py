"""Statistics turn any number of rows into one vector of a fixed length."""

from .prepared import PreparedStatistics
from .selection import Selection
from .statistics import Statistics

__all__ = ["PreparedStatistics", "Selection", "Statistics"]

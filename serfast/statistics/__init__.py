"""Statistics turn any number of rows into one vector of a fixed length."""

from .prepared import PreparedStatistics
from .statistics import Statistics

__all__ = ["PreparedStatistics", "Statistics"]

"""Statistics: rows of any number become one vector of a fixed length."""

from .prepared import PreparedStatistics
from .statistics import Statistics

__all__ = ["PreparedStatistics", "Statistics"]

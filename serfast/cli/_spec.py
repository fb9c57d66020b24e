"""The arguments --spec and --statistics: files that hold a FeatureSpec or Statistics as JSON."""

from __future__ import annotations

from pathlib import Path

from .. import _checks as checks
from .. import presets
from ..errors import ParameterError, UnknownPluginError
from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics

__all__ = ["default_statistics", "read_spec", "read_statistics"]


def read_spec(path: Path) -> FeatureSpec:
    """Read the spec in a file.

    Raises
    ------
    ParameterError
        It holds no spec; the message names the file.
    OSError
        The file can't be read.
    """
    try:
        return FeatureSpec.from_json(checks.small_file(path))
    except (ParameterError, UnknownPluginError) as error:
        raise ParameterError(f"{path}: {error}") from error


def read_statistics(path: Path) -> Statistics:
    """Read the statistics in a file.

    Raises
    ------
    ParameterError
        It holds no statistics; the message names the file.
    OSError
        The file can't be read.
    """
    try:
        return Statistics.from_json(checks.small_file(path))
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error


def default_statistics(spec: FeatureSpec | None) -> Statistics:
    """Give the usual statistics of a spec's rows; None stands for the speech preset."""
    return presets.usual_statistics(presets.speech() if spec is None else spec)

"""The argument --spec: a FeatureSpec's JSON in a file."""

from __future__ import annotations

from pathlib import Path

from ..errors import ParameterError, UnknownPluginError
from ..features.spec import FeatureSpec

__all__ = ["read_spec"]


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
        return FeatureSpec.from_json(path.read_bytes())
    except (ParameterError, UnknownPluginError, TypeError) as error:
        raise ParameterError(f"{path}: {error}") from error

"""The placeholder for arguments that librosa still takes and no longer uses."""

from __future__ import annotations

__all__ = ["Deprecated"]


class Deprecated:
    """Default of a deprecated argument: tells "not given" from every value."""

    def __repr__(self) -> str:
        return "<DEPRECATED parameter>"

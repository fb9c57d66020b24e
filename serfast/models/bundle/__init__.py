"""Model bundles: everything a classifier needs, in one zip file (or folder), and no code."""

from .bundle import FORMAT, Bundle

__all__ = ["FORMAT", "Bundle"]

"""Features of the catalogue that a benchmark doesn't list by hand: they are measured as well."""

from __future__ import annotations

from collections.abc import Iterable

from serfast.features import FEATURES, Feature

__all__ = ["others"]


def others(listed: Iterable[Feature]) -> dict[str, tuple[Feature, ...]]:
    """Give an example of each feature of the catalogue of whose class none is listed, by its name.

    Parameters
    ----------
    listed : iterable of Feature
        What the benchmark lists.

    Returns
    -------
    dict
        By the name of the class: the features whose columns the example reads, and then the
        example, which has the default fields.
    """
    classes = {type(feature) for feature in listed}
    return {
        name: _with_sources(cls.example()) for name, cls in FEATURES.items() if cls not in classes
    }


def _with_sources(feature: Feature) -> tuple[Feature, ...]:
    """Give a feature behind those of the catalogue whose columns it reads."""
    if not feature.reads:
        return (feature,)
    examples = [cls.example() for cls in FEATURES.values()]
    sources = [other for other in examples if set(feature.reads) & set(other.columns)]
    every = [one for source in sources for one in _with_sources(source)]
    return (*dict.fromkeys(every), feature)

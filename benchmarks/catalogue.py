"""Features of the catalogue that a benchmark doesn't list by hand: they are measured as well."""

from __future__ import annotations

from collections.abc import Iterable

from serfast.features import FEATURES, Feature
from serfast.features.order import with_sources

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
    examples = {name: cls.example() for name, cls in FEATURES.items()}
    return {
        name: with_sources(feature, examples.values())
        for name, feature in examples.items()
        if type(feature) not in classes
    }

"""Alterations made of others: one after the other, one of several, and none at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ... import _checks as checks
from .alteration import Alteration, Others, Prepares, Samples

__all__ = ["Chain", "OneOf", "Unaltered", "bound_to"]


@dataclass(frozen=True)
class Unaltered:
    """Leave the recording as it is: one of the alternatives of a :class:`OneOf`."""

    def __str__(self) -> str:
        return "none"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return samples


@dataclass(frozen=True)
class Chain:
    """One alteration after the other; a chain in a chain is replaced by its parts."""

    parts: tuple[Alteration, ...]

    def __post_init__(self) -> None:
        nested = (part.parts if isinstance(part, Chain) else (part,) for part in self.parts)
        object.__setattr__(self, "parts", tuple(part for parts in nested for part in parts))

    def __str__(self) -> str:
        return ",".join(map(str, self.parts))

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        for part in self.parts:
            samples = part(samples, sample_rate, random)
        return samples

    def with_others(self, others: Others) -> Chain:
        """Give the chain whose parts take from these recordings."""
        return Chain(tuple(bound_to(part, others) for part in self.parts))

    def prepare(self, sample_rate: int) -> None:
        """Prepare every part that needs it; see :class:`Prepares`."""
        _prepare_all(self.parts, sample_rate)


@dataclass(frozen=True)
class OneOf:
    """One of several alterations, drawn anew for every copy, each as often as the others.

    An alteration that stands there twice is drawn twice as often. The text form has ``|`` between
    the alternatives, which binds more tightly than the comma of a chain; a chain, or another
    choice, that is an alternative stands in parentheses.

    Raises
    ------
    ParameterError
        If there are fewer than two.

    Examples
    --------
    >>> str(OneOf((Unaltered(), Chain((Unaltered(), Unaltered())))))
    'none|(none,none)'
    """

    alternatives: tuple[Alteration, ...]

    def __post_init__(self) -> None:
        alternatives = tuple(self.alternatives)
        if len(alternatives) < 2:
            checks.fail("alternatives", "at least two alterations", alternatives)
        # A chain of one part is that part, so that the text gives the same object again.
        single = (
            one.parts[0] if isinstance(one, Chain) and len(one.parts) == 1 else one
            for one in alternatives
        )
        object.__setattr__(self, "alternatives", tuple(single))

    def __str__(self) -> str:
        return "|".join(map(_grouped, self.alternatives))

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        chosen = self.alternatives[int(random.integers(len(self.alternatives)))]
        return chosen(samples, sample_rate, random)

    def with_others(self, others: Others) -> OneOf:
        """Give the choice whose alternatives take from these recordings."""
        return OneOf(tuple(bound_to(one, others) for one in self.alternatives))

    def prepare(self, sample_rate: int) -> None:
        """Prepare every alternative that needs it; see :class:`Prepares`."""
        _prepare_all(self.alternatives, sample_rate)


def bound_to(alteration: Alteration, others: Others) -> Alteration:
    """Give the alteration that takes from these recordings; one that needs none as it is."""
    # Not isinstance: a protocol takes longer to ask than a short recording to alter.
    with_others: Callable[[Others], Alteration] | None = getattr(alteration, "with_others", None)
    return alteration if with_others is None else with_others(others)


def _prepare_all(alterations: tuple[Alteration, ...], sample_rate: int) -> None:
    for alteration in alterations:
        if isinstance(alteration, Prepares):
            alteration.prepare(sample_rate)


def _grouped(alteration: Alteration) -> str:
    return f"({alteration})" if isinstance(alteration, Chain | OneOf) else str(alteration)

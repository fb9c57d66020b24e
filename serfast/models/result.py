"""A result is what a recognizer says of one recording."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Result"]


@dataclass(frozen=True)
class Result:
    """What a recognizer says of one recording."""

    label: str
    """The most probable class."""
    probabilities: dict[str, float]
    """Of every class; they add up to 1."""
    strangeness: float | None = None
    """Distance to what the model was trained on; above 1 the recording is unlike it.

    None if the model doesn't tell.
    """
    reason: str | None = None
    """Why the answer is uncertain; None if it isn't, or the model doesn't tell."""

    @property
    def probability(self) -> float:
        """That of the label."""
        return self.probabilities[self.label]

    @property
    def uncertain(self) -> bool:
        """Whether the model says that it doesn't know.

        That is so if the largest probability is below the bound that was measured in training, or
        the recording is unlike the training's. It is False for a model that doesn't tell.
        """
        return self.reason is not None

    def __repr__(self) -> str:
        doubt = ", uncertain" if self.uncertain else ""
        return f"Result({self.label!r}, probability={self.probability:.3f}{doubt})"

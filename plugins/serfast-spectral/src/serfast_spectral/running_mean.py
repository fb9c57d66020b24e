"""Running mean: a track, which looks at the rows before a row."""

from __future__ import annotations

from dataclasses import dataclass

from serfast.features import Track

from .base import Values

__all__ = ["RunningMean"]


@dataclass(frozen=True, kw_only=True)
class RunningMean(Track):
    """Mean of a feature over a row and the rows before it; as many columns as the feature has.

    Parameters
    ----------
    feature : Feature
        Whose columns to average. It needn't stand in the spec itself.
    back : int
        How many rows before a row count with it, 0 to 1000; at the beginning as many as there are.
    name : str or None
        Prefix of its columns; None is ``mean``: the column of ``rms`` is ``mean_rms``.

    Notes
    -----
    It looks at no later row, so a stream doesn't wait for it.

    Examples
    --------
    >>> import serfast
    >>> RunningMean(serfast.RMS(), back=4).columns
    ('mean_rms',)
    """

    back: int = 9  # type: ignore[misc]  # a field here: how far to look back is the user's choice

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the feature's columns behind the prefix."""
        return tuple(f"{self.name or 'mean'}_{column}" for column in self.feature.columns)

    @staticmethod
    def compute(rows: Values, out: Values) -> None:
        """Σ rows / n."""
        for i in range(len(out)):
            total = 0.0
            for t in range(len(rows)):
                total += rows[t, i]
            out[i] = total / len(rows)

"""Mixup: pairs of examples are mixed, and so are their labels.

Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

__all__ = ["Mixing"]


@dataclass(frozen=True, eq=False)
class Mixing:
    """How the examples of a batch are mixed: each with another one, all in the same share.

    Parameters
    ----------
    share : float
        Of the example itself, 0 to 1.
    other : Tensor of int, shape (n,)
        The place of the example that is mixed into each.
    """

    share: float
    other: Tensor

    @classmethod
    def drawn(cls, n: int, alpha: float, random: np.random.Generator) -> Mixing:
        """Draw the share from the beta distribution of `alpha`, and then the others."""
        share = float(random.beta(alpha, alpha))
        return cls(share, torch.from_numpy(random.permutation(n)))

    def __call__(self, x: Tensor) -> Tensor:
        """Mix what each example has, shape (n, ...)."""
        return self.share * x + (1 - self.share) * x[self.other]

    def longer(self, mask: Tensor) -> Tensor:
        """Give the masks of mixed rows: a mixture is as long as the longer of two."""
        return torch.maximum(mask, mask[self.other])

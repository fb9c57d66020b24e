"""What is minimised: cross-entropy, or its focal variant; every class may weigh the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["Loss"]

GAMMA = 2.0


class Loss:
    """Mean loss of a batch.

    Parameters
    ----------
    codes : ndarray of int
        Classes of the whole training set, from which the classes' weights are.
    n_classes : int
    focal : bool
        Whether examples count by how wrong the network is about them: (1 - p)² times the
        cross-entropy (Lin et al., "Focal loss for dense object detection", ICCV 2017).
    weighted : bool
        Whether every class weighs the same in sum; else every example does.
    """

    def __init__(
        self, codes: np.ndarray[Any, Any], n_classes: int, *, focal: bool, weighted: bool = True
    ) -> None:
        counts = np.maximum(np.bincount(codes, minlength=n_classes), 1)
        weights = len(codes) / n_classes / counts if weighted else np.ones(n_classes)
        self._weights = torch.tensor(weights, dtype=torch.float32)
        self._focal = focal

    def __call__(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Of logits (n, n_classes) and the shares of each class, which add up to 1 in each row."""
        logs = functional.log_softmax(logits, -1)
        terms = -self._weights * targets * logs
        if self._focal:
            terms = terms * (1 - logs.exp()) ** GAMMA
        return terms.sum(-1).mean()

"""What stands around a row's outputs while a function of one's own fills them.

Canaries: if they have changed when it returns, it has written where it must not. The same is in
ext/custom.pxd, for the native back end.
"""

from __future__ import annotations

import numpy as np

__all__ = ["CANARY", "GUARD"]

GUARD = 16
"""Floats before and behind the outputs that no function may touch."""

CANARY = np.uint32(0x5E12FA57).view(np.float32)
"""What stands there: a number, so that it is equal to itself, that hardly any function gives."""

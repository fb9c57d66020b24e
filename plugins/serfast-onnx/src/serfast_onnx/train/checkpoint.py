"""What a training needs to go on after an interruption, in one file."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from serfast.errors import ParameterError
from serfast.files import replacing
from serfast.models.plugin import Examples

from ..training_options import TrainingOptions

__all__ = ["NAME", "digest_of", "read", "write"]

NAME = "checkpoint.pt"
NETWORKS = 2
"""Version of the networks: one of other layers or scaling has other checkpoints."""


def digest_of(examples: Examples, options: TrainingOptions, seed: int) -> str:
    """SHA-256 of everything that a training is decided by; not what its graphs are stored in."""
    digest = hashlib.sha256()
    decisive = {name: v for name, v in options.to_dict().items() if name != "precision"}
    settings = [NETWORKS, decisive, seed, torch.__version__, examples.labels.tolist()]
    settings += [examples.speakers.tolist(), examples.altered.tolist()]
    digest.update(json.dumps(settings).encode())
    for x in examples.inputs:
        digest.update(np.ascontiguousarray(x).tobytes())
    return digest.hexdigest()


def write(folder: Path, digest: str, state: dict[str, Any]) -> None:
    """Keep a training's state, in place of what was kept before.

    Raises
    ------
    OSError
        If it can't be written; what was kept before is still there.
    """
    data = io.BytesIO()  # torch's own words for a full disk are no OSError
    torch.save({"digest": digest, "state": state}, data)
    with replacing(folder / NAME) as path:
        path.write_bytes(data.getbuffer())


def read(folder: Path, digest: str) -> dict[str, Any] | None:
    """Give back what was kept; None if nothing was.

    Nothing but tensors, numbers and text is unpickled (``weights_only``).

    Raises
    ------
    ParameterError
        If it is of another training, or damaged.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        checkpoint = torch.load(path, weights_only=True)
        same = checkpoint["digest"] == digest
        state: dict[str, Any] = checkpoint["state"]
    except Exception as error:  # torch has many words for a damaged file
        raise ParameterError(f"{path} must be a whole checkpoint: {error!s:.200}") from error
    if not same:
        raise ParameterError(
            f"{path} must be of a training with the same examples, options, seed and torch, got "
            "another's: give another folder"
        )
    return state

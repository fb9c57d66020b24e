"""A causal network that learns what an encoder's layer says, frame by frame and in the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Pair", "Student", "learned", "pooled", "size_of"]

Array = np.ndarray[Any, np.dtype[np.float32]]

BANDS, FRAMES = 80, 100
"""Bands of a row; a training step sees so many frames of 20 ms of each recording."""

BATCH, RATE, WARM_UP = 32, 1.5e-3, 0.15
FRAME_SHARE = 0.3
"""Weight of the frames' errors beside those of their means and deviations."""


@dataclass(frozen=True)
class Pair:
    """A recording as the student hears it, and what the teacher makes of it.

    The rows come every 10 ms, and the frames, which have the layer's width, every 20 ms.
    """

    rows: Array
    frames: Array


class Student(nn.Module):
    """Two causal convolutions, the second by steps of two rows, and two recurrent layers.

    It gives, for each frame, the teacher's frame and what the mean over the frames makes the
    teacher's deviation, both standardised.
    """

    def __init__(self, width: int, layer: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv1d(BANDS, 128, 3), nn.Conv1d(128, width, 3, stride=2)
        self.norms = nn.ModuleList([nn.LayerNorm(128), nn.LayerNorm(width)])
        self.memory = nn.GRU(width, width, 2, batch_first=True)
        self.out = nn.Linear(width, 2 * layer)

    def forward(self, rows: Tensor) -> Tensor:
        """(n, rows, bands) to (n, rows / 2, 2 · layer)."""
        x = rows
        for convolution, norm in zip((self.first, self.second), self.norms, strict=True):
            x = convolution(functional.pad(x.transpose(1, 2), (2, 0))).transpose(1, 2)
            x = functional.gelu(norm(x))
        result: Tensor = self.out(self.memory(x)[0])
        return result


def size_of(student: Student) -> int:
    """Give the number of parameters."""
    return sum(p.numel() for p in student.parameters())


@dataclass(frozen=True)
class _Scale:
    """Means and deviations: of the frames, of their means, and of their deviations."""

    frames: tuple[Tensor, Tensor]
    means: Tensor
    deviations: tuple[Tensor, Tensor]


def _scale_of(pairs: Sequence[Pair]) -> _Scale:
    every = np.concatenate([pair.frames for pair in pairs])
    mean, deviation = every.mean(axis=0), every.std(axis=0)
    scaled = [(pair.frames - mean) / deviation for pair in pairs]
    means = np.stack([frames.mean(axis=0) for frames in scaled])
    deviations = np.stack([frames.std(axis=0) for frames in scaled])
    tensor = torch.from_numpy
    return _Scale(
        (tensor(mean), tensor(deviation)),
        tensor(means.std(axis=0)),
        (tensor(deviations.mean(axis=0)), tensor(deviations.std(axis=0))),
    )


def learned(pairs: Sequence[Pair], width: int, epochs: int, seed: int = 0) -> Student:
    """Train a student on pairs; nothing else is known to it, no emotions either."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    scale, student = _scale_of(pairs), Student(width, pairs[0].frames.shape[1])
    steps = epochs * (len(pairs) // BATCH)
    optimizer = torch.optim.AdamW(student.parameters(), RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps, pct_start=WARM_UP
    )
    for _ in range(epochs):
        order = random.permutation(len(pairs))
        for begin in range(0, len(pairs) // BATCH * BATCH, BATCH):
            parts = [_part(pairs[i], random) for i in order[begin : begin + BATCH]]
            loss = _loss(student, parts, scale)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return student.eval()


def _part(pair: Pair, random: np.random.Generator) -> Pair:
    """Give a part of a recording that begins anywhere, with up to eight bands blanked."""
    n = min(len(pair.frames), len(pair.rows) // 2)
    begin = int(random.integers(0, max(n - FRAMES, 0) + 1))
    rows = pair.rows[2 * begin : 2 * (begin + min(n, FRAMES))].copy()
    band = int(random.integers(BANDS - 20))
    rows[:, band : band + int(random.integers(9))] = 0
    return Pair(rows, pair.frames[begin : begin + len(rows) // 2])


def _padded(arrays: Sequence[Array], length: int) -> Tensor:
    result = np.zeros((len(arrays), length, arrays[0].shape[1]), np.float32)
    for out, array in zip(result, arrays, strict=True):
        out[: len(array)] = array
    return torch.from_numpy(result)


def _loss(student: Student, parts: Sequence[Pair], scale: _Scale) -> Tensor:
    """Give the squared errors of frames, means and deviations, each by its own variance."""
    mean, deviation = scale.frames
    given = student(_padded([part.rows for part in parts], 2 * FRAMES))
    asked = (_padded([part.frames for part in parts], FRAMES) - mean) / deviation
    lengths = torch.tensor([len(part.frames) for part in parts])[:, None]
    mask = (torch.arange(FRAMES) < lengths).float()[..., None]
    layer = asked.shape[2]
    frames, rest = given[..., :layer], given[..., layer:]

    def over_time(x: Tensor) -> Tensor:
        return (x * mask).sum(dim=1) / lengths

    means = over_time(asked)
    deviations = over_time((asked - means[:, None]) ** 2).clamp_min(1e-6).sqrt()
    usual, spread = scale.deviations
    of_frames = (((frames - asked) ** 2) * mask).sum() / (mask.sum() * layer)
    of_means = (((over_time(frames) - means) / scale.means) ** 2).mean()
    of_deviations = (((over_time(rest) - deviations + usual) / spread) ** 2).mean()
    loss: Tensor = FRAME_SHARE * of_frames + of_means + of_deviations
    return loss


@torch.no_grad()
def pooled(student: Student, rows: Array) -> Array:
    """Give the student's vector of a recording: the mean of all that it gives."""
    return np.asarray(student(torch.from_numpy(rows)[None])[0].mean(dim=0).numpy())

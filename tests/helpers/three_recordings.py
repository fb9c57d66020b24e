"""Three recordings of other rates and kinds, and how a table of their rows is read back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import soundfile

RATE = 16000


def write_three(folder: Path) -> Path:
    """Write three recordings at three rates, one in a folder of its own, and a file of text."""
    (folder / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, rate in [("b.wav", RATE), ("a.flac", 44100), ("sub/c.wav", 8000)]:
        soundfile.write(folder / name, rng.uniform(-0.5, 0.5, rate // 3), rate)
    (folder / "notes.txt").write_text("not looked at")
    return folder


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Give the header and the lines of a table."""
    with path.open(newline="") as file:
        header, *lines = csv.reader(file)
    return header, lines

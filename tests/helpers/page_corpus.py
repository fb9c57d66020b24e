"""Synthetic recordings with EmoDB's names for pages' examples, from which one can learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

RATE = 16000
SPEAKERS = ("03", "08", "09", "10")
SLOPES = {"W": 0.0, "T": 0.95}
"""Anger is white noise, sadness is low-passed by this coefficient."""


def write_page_corpus(folder: Path) -> None:
    """Write recordings of 4 speakers and 2 emotions, three of each, of half a second and more."""
    import soundfile  # the tests of rows alone do without it

    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for speaker in SPEAKERS:
        for letter, slope in SLOPES.items():
            for k, version in enumerate("abc"):
                y = np.convolve(random.normal(0, 0.1, RATE // 2 + 800 * k), slope ** np.arange(80))
                soundfile.write(folder / f"{speaker}a01{letter}{version}.wav", y * 0.2, RATE)

"""Noises from a folder of one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alteration import Samples
from .chances import Value, drawn, value_text
from .folders import Sound, check_folder_name, folder_at
from .mixing import check_ratio, mixed, power_of

__all__ = ["RecordedNoise"]

QUIET = 1e-4  # an excerpt whose power is less than this share of the whole is a pause
TRIES = 8


@dataclass(frozen=True)
class RecordedNoise:
    """Add a noise from a folder at this ratio of signal to noise [dB], -20 to 100.

    A recording of the folder, or of a folder in it, is drawn, and a part of it that has a sound;
    a short one is repeated. Whatever :func:`serfast.load` reads can be there, at any rate; of a
    long recording the first five minutes count. The ratio is of mean powers over the whole
    recording.

    Parameters
    ----------
    folder : path
        Without commas and bars, which the text form needs: ``noises=FOLDER:10..30``.
    snr_db : float or Uniform

    Raises
    ------
    ParameterError
        If an argument breaks its rule; when it is called or prepared, if the folder is missing or
        has no recording that can be read and isn't silent.

    Examples
    --------
    >>> str(RecordedNoise("street", 15))
    'noises=street:15'
    """

    folder: str
    snr_db: Value

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", check_folder_name("noises", self.folder))
        check_ratio("noises", self.snr_db)

    def __str__(self) -> str:
        return f"noises={self.folder}:{value_text(self.snr_db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        snr_db = drawn(self.snr_db, random)
        noise = folder_at("noises", self.folder, sample_rate).draw(random)
        return mixed(samples, _excerpt(noise, len(samples), random), snr_db)

    def prepare(self, sample_rate: int) -> None:
        """Look for a recording that can be used, and raise ParameterError if there is none."""
        folder_at("noises", self.folder, sample_rate).draw(np.random.default_rng(0))


def _excerpt(noise: Sound, n: int, random: np.random.Generator) -> Samples:
    """Give n samples from a drawn place on that aren't silent."""
    recording = noise.samples
    spare = len(recording) - n
    if spare < 0:
        looped = np.roll(recording, -int(random.integers(len(recording))))
        return np.resize(looped, n)
    least = QUIET * noise.power
    for begin in random.integers(spare + 1, size=TRIES):
        excerpt = recording[begin : begin + n]
        if power_of(excerpt) > least:
            return excerpt
    begin = min(max(0, int(np.abs(recording).argmax()) - n // 2), spare)
    return recording[begin : begin + n]

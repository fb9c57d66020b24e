"""Reverberation: noise that dies away behind the direct sound, a room without any walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alteration import Samples
from .chances import Value, check_value, drawn, value_text
from .image_sources import DECAY
from .rooms import in_room

__all__ = ["Reverberation"]

RATIO = 0.0


@dataclass(frozen=True)
class Reverberation:
    """Put noise that dies away exponentially behind the direct sound.

    The impulse response is a click, then white Gaussian noise whose level falls by 60 dB within
    the reverberation time at all frequencies alike. Such a room has no size, no early reflections
    and no damping by air, unlike :class:`serfast.audio.augmentation.Room`: a model that was
    trained on those rooms can be measured in this one. The direct sound stays where it is in time;
    length and mean power stay as they are.

    The model is that of Polack's thesis, "La transmission de l'énergie sonore dans les salles"
    (1988), as Kuttruff, "Room Acoustics", describes it. A second copy of 3 s at 16 kHz takes some
    milliseconds.

    Parameters
    ----------
    rt60 : float or Uniform
        Time in which the sound loses 60 dB, 0.1 to 1.5 [s].
    ratio_db : float or Uniform
        Energy of the direct sound over that of the reverberation, -20 to 40 [dB]. The text form
        is ``reverb=0.4`` for 0 dB, else ``reverb=0.4:6``.

    Raises
    ------
    ParameterError
        If one of them breaks its rule.

    Examples
    --------
    >>> str(Reverberation(0.4)), str(Reverberation(0.4, ratio_db=-3))
    ('reverb=0.4', 'reverb=0.4:-3')
    """

    rt60: Value
    ratio_db: Value = RATIO

    def __post_init__(self) -> None:
        check_value("reverb", self.rt60, 0.1, 1.5)
        check_value("ratio", self.ratio_db, -20, 40)

    def __str__(self) -> str:
        ratio = "" if self.ratio_db == RATIO else f":{value_text(self.ratio_db)}"
        return f"reverb={value_text(self.rt60)}{ratio}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        rt60, ratio_db = drawn(self.rt60, random), drawn(self.ratio_db, random)
        n = max(2, round(rt60 * sample_rate))
        response = random.normal(size=n) * np.exp(-DECAY * np.arange(n) / n)
        response[0] = 0
        response *= 10 ** (-ratio_db / 20) / np.sqrt(np.square(response).sum())
        response[0] = 1
        return in_room(samples, response, 0)

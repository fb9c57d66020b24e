"""The impulse response of a shoebox room: image sources, then a decaying diffuse field.

Wall k reflects a sound as if it came from the source's mirror image behind the wall, and so on for
images of images (Allen and Berkley, "Image method for efficiently simulating small-room acoustics",
JASA 65(4), 1979). Their number grows with the third power of time, so that only the early ones are
computed. From about 40 ms after the direct sound on they are too many to be told apart, and noise
of the same energy stands for them: on average there are 4 pi r² dr / V images at the distance r
(Kuttruff, "Room Acoustics"), and each has lost energy as the reverberation time says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq

from .alteration import Array
from .fourier import fast_length, filtered

__all__ = ["BEGIN", "Shoebox", "impulse_response"]

SOUND = 343.0  # [m/s]
DECAY = 3 * np.log(10)  # an amplitude has lost 60 dB after exp(-DECAY)
EARLY = 14.0  # [m]: so much farther than the source the images end
BEGIN = 8
"""The direct sound stands at this sample of an impulse response."""

LOWEST = 100.0  # [Hz]: Allen and Berkley's high-pass, because images are in phase at 0 Hz

BANDS = ((1000.0, 1.0), (4000.0, 0.75), (8000.0, 0.5))
"""Frequency [Hz] and the factor of the reverberation time there: high ones fade sooner.

The factors are near what furnishings and the damping by air do on average; between the
frequencies the bands overlap. Below the first and above the last the factor is the same as there.
"""


@dataclass(frozen=True)
class Shoebox:
    """A rectangular room, with a microphone and a source in it.

    Parameters
    ----------
    size, microphone, source : ndarray, shape (3,)
        Length, width and height, and positions from one corner [m].
    rt60 : float
        Its reverberation time up to 1 kHz [s].
    """

    size: Array
    microphone: Array
    source: Array
    rt60: float

    @property
    def volume(self) -> float:
        """Volume [m³]."""
        return float(np.prod(self.size))

    @property
    def distance(self) -> float:
        """Distance from source to microphone [m]."""
        return float(np.linalg.norm(self.source - self.microphone))

    @property
    def reflection(self) -> float:
        """Share of the pressure that a wall reflects, by Eyring's formula."""
        length, width, height = self.size
        surface = 2 * (length * width + length * height + width * height)
        return float(np.exp(-0.0805 * self.volume / (surface * self.rt60)))


def impulse_response(room: Shoebox, sample_rate: int, random: np.random.Generator) -> Array:
    """Give the room's impulse response, in which the direct sound is 1, at sample `BEGIN`.

    It ends where it has lost 60 dB. Of the generator only the diffuse field depends.
    """
    n = BEGIN + max(2 * BEGIN, round(1.1 * room.rt60 * sample_rate))
    response = np.zeros(n)
    delay, level = _early_images(room)
    _add_pulses(response, BEGIN + delay * sample_rate, level)
    response = filtered(response, sample_rate, _high_pass)
    begin = BEGIN + round(EARLY / SOUND * sample_rate)
    if begin < n:
        time = (np.arange(begin, n) - BEGIN) / sample_rate + room.distance / SOUND
        power = 4 * np.pi * SOUND * room.distance**2 / (room.volume * sample_rate)
        response[begin:] += np.sqrt(power) * _diffuse_field(time, room.rt60, sample_rate, random)
    response[BEGIN] += 1
    return response


def _early_images(room: Shoebox) -> tuple[Array, Array]:
    """Give the delay behind the direct sound [s] and the level of each early image."""
    reach = room.distance + EARLY
    squares, reflections = [], []
    for size, source, microphone in zip(room.size, room.source, room.microphone, strict=True):
        k = np.arange(-int(reach / (2 * size)) - 1, int(reach / (2 * size)) + 2)
        place = np.concatenate([2 * k * size + source, 2 * k * size - source])
        squares.append((place - microphone) ** 2)
        reflections.append(np.concatenate([np.abs(2 * k), np.abs(2 * k - 1)]))
    distance = np.sqrt(_sums(*squares))
    number = _sums(*reflections)
    early = (distance < reach) & (number > 0)
    distance = distance[early]
    level = room.distance / distance * room.reflection ** number[early]
    return (distance - room.distance) / SOUND, level


def _sums(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], z: np.ndarray[Any, Any]) -> Any:
    """Add each of x, y and z to each of the others."""
    return (x[:, None, None] + y[:, None] + z).reshape(-1)


def _add_pulses(response: Array, place: Array, level: Array) -> None:
    """Add pulses at places between samples, as short low-pass filters (Peterson, JASA 1986)."""
    offset = np.arange(-BEGIN + 1, BEGIN + 1)
    whole = np.floor(place).astype(np.int64)[:, None]
    away = offset - (place[:, None] - whole)
    pulses = level[:, None] * np.sinc(away) * np.cos(np.pi * away / (2 * BEGIN)) ** 2
    index = whole + offset
    inside = (index >= 0) & (index < len(response))
    response += np.bincount(index[inside], pulses[inside], len(response))


def _high_pass(frequency: Array) -> Array:
    return frequency**2 / (frequency**2 + LOWEST**2)


def _diffuse_field(
    time: Array, rt60: float, sample_rate: int, random: np.random.Generator
) -> Array:
    """Give noise of power 1 at time 0 that fades in each band with the band's own time."""
    size = fast_length(len(time))
    spectrum = rfft(random.standard_normal(size))
    octave = np.log2(np.maximum(rfftfreq(size, 1 / sample_rate), 1))
    centres = np.log2([hertz for hertz, _ in BANDS])
    total = np.zeros(len(time))
    for band, (_, factor) in enumerate(BANDS):
        # The squares of the bands' gains add up to 1.
        share = np.interp(octave, centres, np.eye(len(BANDS))[band])
        part = irfft(spectrum * np.sqrt(share), size)[: len(time)]
        total += part * np.exp(-DECAY / (rt60 * factor) * time)
    return total

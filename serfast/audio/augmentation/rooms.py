"""Rooms: reverberation of a drawn room, or of a folder of measured impulse responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from .alteration import Array, Samples, finite
from .chances import Value, check_value, drawn, value_text
from .folders import check_folder_name, folder_at
from .fourier import convolved
from .image_sources import BEGIN, Shoebox, impulse_response
from .mixing import power_of

__all__ = ["RecordedRoom", "Room", "drawn_room", "in_room"]

DISTANCE = 1.0
SMALLEST, LARGEST = np.array([3.0, 2.5, 2.4]), np.array([10.0, 8.0, 4.0])  # [m]
MARGIN = 0.4  # [m]: source and microphone keep away from the walls
LONGEST = 10  # [s]: of an impulse response no more counts


@dataclass(frozen=True)
class Room:
    """Put the speaker into a room with this reverberation time and distance.

    A rectangular room of 3 to 10 by 2.5 to 8 by 2.4 to 4 m, larger if the distance needs it, and
    the places of speaker and microphone are drawn; the walls absorb what Eyring's formula asks
    for. The early reflections are image sources, the late ones a diffuse field that fades sooner
    at high frequencies (:mod:`serfast.audio.augmentation.image_sources`). So the ratio of direct
    to reverberant sound follows from distance, volume and reverberation time, as it does in a
    room. The direct sound stays where it is in time; length and mean power stay as they are.

    Allen and Berkley, "Image method for efficiently simulating small-room acoustics", JASA 65(4),
    1979. A second copy of 3 s at 16 kHz takes some milliseconds.

    Parameters
    ----------
    rt60 : float or Uniform
        Time in which the sound loses 60 dB, up to 1 kHz, 0.1 to 1.5 [s].
    distance : float or Uniform
        From mouth to microphone, 0.1 to 20 [m]. The text form is ``room=0.4`` for 1 m, else
        ``room=0.4:2``.

    Raises
    ------
    ParameterError
        If one of them breaks its rule.

    Examples
    --------
    >>> str(Room(0.4)), str(Room(0.4, distance=2))
    ('room=0.4', 'room=0.4:2')
    """

    rt60: Value
    distance: Value = DISTANCE

    def __post_init__(self) -> None:
        check_value("room", self.rt60, 0.1, 1.5)
        check_value("distance", self.distance, 0.1, 20)

    def __str__(self) -> str:
        away = "" if self.distance == DISTANCE else f":{value_text(self.distance)}"
        return f"room={value_text(self.rt60)}{away}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        room = drawn_room(drawn(self.rt60, random), drawn(self.distance, random), random)
        return in_room(samples, impulse_response(room, sample_rate, random), BEGIN)


@dataclass(frozen=True)
class RecordedRoom:
    """Put the speaker into a room of which a folder has the impulse response.

    One recording of the folder, or of a folder in it, is drawn for every copy. Its largest sample
    counts as the direct sound, which stays where it is in time; length and mean power of the copy
    are the recording's. Whatever :func:`serfast.load` reads can be there, at any rate; channels
    are averaged.

    Parameters
    ----------
    folder : path
        Without commas and bars, which the text form needs: ``rooms=FOLDER``.

    Raises
    ------
    ParameterError
        If the path breaks its rule; when it is called or prepared, if the folder is missing or has
        no recording that can be read and isn't silent.

    Examples
    --------
    >>> str(RecordedRoom("halls"))
    'rooms=halls'
    """

    folder: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", check_folder_name("rooms", self.folder))

    def __str__(self) -> str:
        return f"rooms={self.folder}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        recording = folder_at("rooms", self.folder, sample_rate).draw(random)
        response = recording.samples.astype(np.float64)
        begin = int(np.abs(response).argmax())
        return in_room(samples, response[: begin + LONGEST * sample_rate], begin)

    def prepare(self, sample_rate: int) -> None:
        """Look for a recording that can be used, and raise ParameterError if there is none."""
        folder_at("rooms", self.folder, sample_rate).draw(default_rng(0))


def in_room(samples: Samples, response: Array, begin: int) -> Samples:
    """Convolve with a response whose direct sound is at `begin`; the mean power stays."""
    wet = convolved(samples, response, begin)
    power = power_of(samples)
    if not power:
        return np.zeros_like(samples)
    return finite(wet * np.sqrt(power / max(power_of(wet), 1e-300)))


def drawn_room(rt60: float, distance: float, random: np.random.Generator) -> Shoebox:
    """Draw the size of a room, and the places of source and microphone at this distance in it."""
    azimuth, elevation = random.uniform(0, 2 * np.pi), random.uniform(-0.2, 0.2)
    flat = np.cos(elevation)
    direction = (flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation))
    way = distance * np.array(direction)
    size = np.maximum(random.uniform(SMALLEST, LARGEST), np.abs(way) + 3 * MARGIN)
    microphone = random.uniform(MARGIN - np.minimum(way, 0), size - MARGIN - np.maximum(way, 0))
    return Shoebox(size, microphone, microphone + way, rt60)

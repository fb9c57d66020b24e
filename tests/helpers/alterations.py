"""Alterations of every kind, drawn by Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from serfast.audio.augmentation import (
    Babble,
    Chain,
    Clicks,
    Clipping,
    Gain,
    Gsm,
    Hum,
    LowPass,
    Mp3,
    MuLaw,
    Noise,
    Offset,
    OneOf,
    Opus,
    PacketLoss,
    Pitch,
    RecordedNoise,
    RecordedRoom,
    Room,
    Speed,
    Telephone,
    Tempo,
    Unaltered,
    Uniform,
)

RATIO = (-20, 100)
BOUNDS = {
    Speed: (0.5, 2),
    Tempo: (0.5, 2),
    Pitch: (-12, 12),
    Gain: (-60, 60),
    Clipping: (0, 60),
    Offset: (-1, 1),
    Noise: RATIO,
    Hum: RATIO,
    Clicks: RATIO,
    Babble: RATIO,
    Room: (0.1, 1.5),
    LowPass: (100, 100_000),
    Mp3: (8, 320),
    Opus: (6, 256),
    PacketLoss: (0, 50),
}
"""The bounds of the first number of each kind that has one."""


def values(low: float, high: float) -> st.SearchStrategy[float | Uniform]:
    """A number within the bounds, or a range."""
    numbers = st.floats(low, high)
    return numbers | st.tuples(numbers, numbers).map(lambda ends: Uniform(min(ends), max(ends)))


FOLDERS = st.sampled_from(["noises", "../my noises (new)", "C:\\noises", "/data/a..b:c", "n=1"])
SINGLE = st.one_of(
    *[st.builds(kind, values(*bounds)) for kind, bounds in BOUNDS.items()],
    st.builds(Noise, values(*RATIO), st.sampled_from(["pink", "white", "brown"])),
    st.builds(Babble, values(*RATIO), st.integers(1, 64)),
    st.builds(Room, values(0.1, 1.5), values(0.1, 20)),
    st.builds(RecordedNoise, FOLDERS, values(*RATIO)),
    st.builds(RecordedRoom, FOLDERS),
    st.sampled_from([Telephone(), MuLaw(), Gsm(), Unaltered()]),
)
"""An alteration that isn't made of others."""


def _combined(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Chain, several) | st.builds(OneOf, several)


ANY = st.recursive(SINGLE, _combined, max_leaves=6)
"""An alteration of any kind, also chains and choices of chains and choices."""

TEXTS = (
    *("none", "speed=0.9", "tempo=1.1", "pitch=-2", "gain=-6", "clip=6", "dc=0.05"),
    *("noise=20", "white=20", "brown=20", "hum=20", "clicks=20", "babble=20", "babble=20:2"),
    *(
        "room=0.3",
        "room=1.2:3",
        "reverb=0.4:6",
        "lowpass=2000",
        "telephone",
        "mulaw",
        "gsm",
        "mp3=16",
        "opus=12",
    ),
    *("loss=20", "speed=0.8..1.2", "noise=0..30", "noise=10|room=0.4|none", "gain=3,clip=6|gsm"),
)
"""The text of one alteration of each kind that needs no folder."""

"""The stream tests share this: specs that can be streamed, and ways to divide a signal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

import serfast
from helpers import signals
from helpers.catalogue import EXAMPLES
from serfast.backends.stream import Stream
from serfast.features.computed import ComputedFeature

RATE = 16000
MEL = {"n_mels": 12, "fmax": 7000.0}


def _spec(*features: serfast.features.Feature, **grid: object) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(sample_rate=RATE, features=features, **grid)


def _every_feature(length: int, pad_mode: str | None = None) -> list[serfast.features.Feature]:
    """Give each feature of the engine once, over frames of `length` samples and one of its own."""
    return [
        serfast.RMS(frame_length=length, pad_mode=pad_mode),
        serfast.ZeroCrossingRate(frame_length=length // 2 + 1),
        serfast.PowerSpectrum(n_fft=length // 3, name="short"),
        serfast.MelPower(n_fft=length, **MEL),
        serfast.LogMel(n_fft=length, log="ln", preemphasis=0.97, remove_dc=True, **MEL),
        serfast.MFCC(n_fft=length, n_mfcc=5, pad_mode=pad_mode, **MEL),
        *_computed(length),
        serfast.YIN(frame_length=length, fmin=2.02 * RATE / length, fmax=8 * RATE / length),
    ]


def _computed(length: int) -> list[serfast.features.Feature]:
    """Give the built-in features that a function computes, over frames of `length` samples."""
    computed = [f for f in EXAMPLES.values() if isinstance(f, ComputedFeature)]
    sizes = ["n_fft" if isinstance(f, serfast.PowerSpectrum) else "frame_length" for f in computed]
    made = [replace(f, **{size: length}) for f, size in zip(computed, sizes, strict=True)]
    voice = {"fmin": 2.02 * RATE / length, "fmax": 8 * RATE / length}
    made = [replace(f, **voice) if isinstance(f, serfast.F0Candidates) else f for f in made]
    return [new if _is_possible(new) else f for new, f in zip(made, computed, strict=True)]


def _is_possible(feature: serfast.features.Feature) -> bool:
    """Tell whether the feature has room in its frame: the periods of a voice need some."""
    try:
        feature.check(RATE)
    except serfast.ParameterError:
        return False
    return True


def _with_deltas(length: int, width: int) -> list[serfast.features.Feature]:
    """Give these features with derivatives of some, one of which isn't in the spec itself.

    Features whose frames are longer are left out: the last sample under a window may count nothing.
    """
    features = [feature for feature in _every_feature(length) if feature.length == length]
    hidden = serfast.RMS(frame_length=length + 2, name="hidden")
    return [
        serfast.Delta(features[-1], width=width),
        *features,
        serfast.Delta(features[5], width=5, order=2),
        serfast.Delta(hidden, width=width + 2),
    ]


SPECS = {
    "speech": serfast.presets.speech(),
    "centred, zeros, even": _spec(*_every_feature(512), hop_length=160),
    "centred, zeros, odd": _spec(*_every_feature(441), hop_length=97),
    "centred, edge, even": _spec(*_every_feature(400), hop_length=160, pad_mode="edge"),
    "centred, edge, odd": _spec(*_every_feature(255), hop_length=64, pad_mode="edge"),
    "centred, both paddings": _spec(*_every_feature(256, "edge"), hop_length=101),
    "left-aligned, even": _spec(*_every_feature(512), hop_length=160, center=False),
    "left-aligned, odd": _spec(*_every_feature(333), hop_length=50, center=False),
    "centred, hop > frame": _spec(*_every_feature(256), hop_length=700, pad_mode="edge"),
    "left-aligned, hop > frame": _spec(*_every_feature(255), hop_length=911, center=False),
    "frame of 1": _spec(serfast.RMS(frame_length=1), hop_length=3),
    "frame of 2": _spec(serfast.RMS(frame_length=2), hop_length=5, pad_mode="edge"),
    "hop of 1": _spec(serfast.RMS(frame_length=7), serfast.MFCC(n_fft=32, n_mels=2, n_mfcc=2),
                      hop_length=1),
    "reflect, left-aligned": _spec(*_every_feature(256), center=False, pad_mode="reflect"),
    "deltas, centred": _spec(*_with_deltas(400, 9), hop_length=160, pad_mode="edge"),
    "deltas, left-aligned": _spec(*_with_deltas(255, 3), hop_length=77, center=False),
    "integer scale": _spec(*_every_feature(400), sample_scale=32768.0, center=False),
}  # fmt: skip
"""Specs at 16 kHz by name: every feature with centre on and off, each causal padding, odd and
even frames, hops from one sample to beyond the frame, deltas."""

EXTRACTORS = {name: serfast.Extractor(spec) for name, spec in SPECS.items()}
VOICE = signals.voice(RATE, 5000, seed=4)
"""A signal of 5000 samples, float32."""


def batch(name: str, samples: np.ndarray) -> np.ndarray:
    """Give the rows of the whole signal; none if a batch refuses it because a frame doesn't fit."""
    extractor = EXTRACTORS[name]
    if extractor.spec.frame_count(len(samples)) == 0:
        return np.empty((0, len(extractor.columns)), np.float32)
    return extractor(samples)


def push(stream: Stream, chunks: Iterable[object]) -> np.ndarray:
    """Give all rows that the chunks and a flush give."""
    return np.concatenate([*(stream.accept(chunk) for chunk in chunks), stream.flush()])


def divide(samples: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """Give the signal in chunks of these lengths, in turns until it ends."""
    chunks, begin = [], 0
    while begin < len(samples):
        for length in lengths:
            chunks.append(samples[begin : begin + length])
            begin += length
    return chunks


def assert_same_bits(rows: np.ndarray, expected: np.ndarray) -> None:
    """Equal in shape, type and every bit (so that -0.0 isn't 0.0, and NaN would be NaN)."""
    assert (rows.shape, rows.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(rows.view(np.uint32), expected.view(np.uint32))


names = st.sampled_from(sorted(SPECS))
lengths = (
    st.lists(
        st.one_of(st.sampled_from([0, 1, 159, 160, 161]), st.integers(0, 3000)),
        min_size=1,
        max_size=12,
    )
    .filter(any)
    .map(lambda drawn: [*drawn, 0])
)
"""Lengths of chunks for `divide`: at least one isn't empty, and the last one is."""

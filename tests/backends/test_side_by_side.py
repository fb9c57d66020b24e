"""Spectra of a recording are computed for many frames at once: with the bits of each frame alone.

A stream of small chunks computes one frame after the other, and so does a recording that is shorter
than the lanes of a vector; everything is compared with those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import serfast
from helpers import signals
from helpers.streams import assert_same_bits, divide, push
from serfast.features.framing import PadMode

pytestmark = pytest.mark.native

RATE = 16000
LANES = 16
"""The widest vector has so many."""

Samples = NDArray[np.float32]

VOICE = signals.voice(RATE, 9000, seed=18)


def spec_of(*features: serfast.features.Feature, **grid: Any) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(sample_rate=RATE, features=features, **grid)


def streamed(spec: serfast.FeatureSpec, samples: Samples) -> Samples:
    """Give the rows of a stream whose chunks complete fewer rows than a vector has lanes."""
    size = min(377, 3 * spec.hop_length)
    return push(serfast.Extractor(spec).stream(), divide(samples, [size]))


def assert_batch_is_stream(spec: serfast.FeatureSpec, samples: Samples) -> None:
    """Compare the batch, and streams of large chunks, with a stream of small ones."""
    extractor, expected = serfast.Extractor(spec), streamed(spec, samples)
    assert_same_bits(extractor(samples), expected)
    for size in (3000, len(samples)):
        assert_same_bits(push(extractor.stream(), divide(samples, [size])), expected)


def every_stage(n_fft: int, n_mels: int = 20) -> list[serfast.features.Feature]:
    """Give the bins, the bands, their logarithms with and without columns, and cepstra of both."""
    mel: dict[str, Any] = {"n_fft": n_fft, "n_mels": n_mels}
    n_mfcc = min(13, n_mels)
    return [
        serfast.PowerSpectrum(n_fft=n_fft),
        serfast.MelPower(**mel),
        serfast.LogMel(**mel),
        serfast.MFCC(**mel, n_mfcc=n_mfcc),
        serfast.MFCC(**mel, n_mfcc=n_mfcc, log="ln", name="natural"),
    ]


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("hop_length", [16, 37, 160, 700])
@pytest.mark.parametrize("n_fft", [64, 128, 320, 400, 480, 512, 960, 1200, 2048])
def test_every_size_and_hop(n_fft: int, hop_length: int, center: bool) -> None:
    """Sizes in passes of each radix; frames that overlap, and frames with gaps between them."""
    spec = spec_of(*every_stage(n_fft), hop_length=hop_length, center=center)
    assert_batch_is_stream(spec, VOICE)
    bands = spec_of(*every_stage(n_fft)[1:], hop_length=hop_length, center=center)
    assert_batch_is_stream(bands, VOICE)


@pytest.mark.parametrize("n_rows", range(1, 3 * LANES + 2))
def test_every_number_of_rows(n_rows: int) -> None:
    """The last rows don't fill the lanes: some are computed alone, some again with others."""
    spec = spec_of(serfast.LogMel(n_fft=400, n_mels=80), hop_length=160, center=False)
    samples = VOICE[: 400 + 160 * (n_rows - 1)]
    assert len(serfast.Extractor(spec)(samples)) == n_rows
    assert_batch_is_stream(spec, samples)


@pytest.mark.parametrize("n_rows", [15, 16, 17, 31, 32, 33, 48, 77, 160])
def test_tracks_over_rows_that_are_computed_together(n_rows: int) -> None:
    """Deltas of deltas look back and ahead, in a ring of the latest rows."""
    mfcc = serfast.MFCC(n_fft=400, n_mels=20, n_mfcc=13)
    rms = serfast.RMS(frame_length=400)
    for width in (3, 9, 31):
        deltas = [serfast.Delta(mfcc, width=width, order=order) for order in (1, 2)]
        spec = spec_of(*deltas, rms, serfast.Delta(rms, width=5), hop_length=50, center=False)
        assert_batch_is_stream(spec, VOICE[: 400 + 50 * (n_rows - 1)])


@pytest.mark.parametrize("pad_mode", ["constant", "edge", "reflect", "symmetric"])
def test_padding_in_a_block_is_a_frames_padding(pad_mode: PadMode) -> None:
    """The first and the last block reach beyond the signal's ends, by more than one frame."""
    spec = spec_of(*every_stage(512), hop_length=64, center=True, pad_mode=pad_mode)
    rows = serfast.Extractor(spec)(VOICE[:3000])
    padded = np.pad(VOICE[:3000], 256, mode=pad_mode)
    plain = replace(spec, center=False, pad_mode="constant")
    assert_same_bits(rows, streamed(plain, padded))


@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
@pytest.mark.parametrize("remove_dc", [False, True])
def test_conditioned_frames(preemphasis: float, remove_dc: bool) -> None:
    """The mean is a sum in a certain order, over a window that is shorter than the frame."""
    conditions: dict[str, Any] = {"preemphasis": preemphasis, "remove_dc": remove_dc}
    conditions["win_length"] = 387
    features = [
        serfast.LogMel(n_fft=n_fft, n_mels=20, **conditions, name=f"mel {n_fft}")
        for n_fft in (400, 512, 640)
    ]
    assert_batch_is_stream(spec_of(*features, hop_length=160), VOICE + np.float32(0.25))


@pytest.mark.parametrize(
    "preset",
    [
        serfast.presets.kaldi_fbank(num_mel_bins=80),
        serfast.presets.kaldi_mfcc(),
        serfast.presets.whisper(causal=True),
        serfast.presets.speech(),
    ],
    ids=["Kaldi's bands", "Kaldi's cepstra", "Whisper", "speech"],
)
def test_presets(preset: serfast.FeatureSpec) -> None:
    assert_batch_is_stream(preset, VOICE)


@pytest.mark.filterwarnings("ignore:n_mels must be small enough")
@pytest.mark.parametrize("n_mels", [1, 2, 3, 4, 7, 9, 33, 128])
def test_any_number_of_bands(n_mels: int) -> None:
    """Bands of one bin and of many, empty ones, and those that end with the last bin."""
    for n_fft in (256, 400, 2048):
        features = every_stage(n_fft, n_mels)[1:]
        assert_batch_is_stream(spec_of(*features, hop_length=160), VOICE)


def test_silent_frames_between_others() -> None:
    samples = VOICE.copy()
    samples[2000:5000] = 0
    samples[6000:7000] *= np.float32(1e-12)
    assert_batch_is_stream(spec_of(*every_stage(400), hop_length=160), samples)
    assert_batch_is_stream(spec_of(*every_stage(400)[1:], hop_length=160), samples)


@pytest.mark.parametrize("level", [2.0**19, 2.0**21, 1e25, 3e38])
def test_samples_whose_powers_are_beyond_all_numbers(level: float) -> None:
    """What is infinite or NaN in a stream is so here, and everything else has the same bits."""
    samples = VOICE.copy()
    samples[4000] = level
    spec = spec_of(*every_stage(512)[1:], hop_length=160)
    with np.errstate(all="ignore"):
        rows, expected = serfast.Extractor(spec)(samples), streamed(spec, samples)
    np.testing.assert_array_equal(rows.view(np.int32), expected.view(np.int32))


@pytest.mark.parametrize("features", [[0], [1], [0, 1]], ids=["bands", "cepstra", "both"])
def test_levels_below_the_recordings_largest(features: list[int]) -> None:
    """They wait in their columns, or elsewhere if they have none: the formula, in float32."""
    mel: dict[str, Any] = {"n_fft": 400, "n_mels": 20, "top_db": 30.0}
    both = [serfast.LogMel(**mel), serfast.MFCC(**mel, n_mfcc=20)]
    spec = spec_of(*(both[i] for i in features), hop_length=160)
    rows = serfast.Extractor(spec)(VOICE)
    whole = spec_of(serfast.LogMel(n_fft=400, n_mels=20), hop_length=160)
    levels = streamed(whole, VOICE)
    levels = np.maximum(levels, levels.max() - np.float32(30))
    i, j = np.mgrid[:20, :20]
    cosines = np.cos(np.pi / 20 * i * (j + 0.5)) * np.where(i, np.sqrt(2 / 20), np.sqrt(1 / 20))
    if 0 in features:
        assert_same_bits(rows[:, :20], levels)
    if 1 in features:
        np.testing.assert_allclose(rows[:, -20:], levels @ cosines.T, atol=1e-3)

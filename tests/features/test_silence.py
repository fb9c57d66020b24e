"""What fades to silence costs no more than speech, and a silent frame is a frame of zeros."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.chunks import divided
from serfast.features.framing import SILENCE

RATE = 16000
FEATURES = {
    "RMS": serfast.RMS(),
    "power spectrum": serfast.PowerSpectrum(n_fft=512),
    "magnitudes, odd length": serfast.PowerSpectrum(n_fft=441, power=1.0),
    "power spectrum, prime length": serfast.PowerSpectrum(n_fft=1103),
    "log-mel": serfast.LogMel(),
    "log-mel of toolkits": serfast.LogMel(preemphasis=0.97, remove_dc=True, log="ln"),
    "MFCC": serfast.MFCC(),
    "YIN": serfast.YIN(frame_length=1024, fmin=65, fmax=600),
}


def extractor(name: str, backend: str = "native", hop: int = 160) -> serfast.Extractor:
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=hop, features=[FEATURES[name]])
    return serfast.Extractor(spec, backend)


def times_as_long(work: Callable[[], object], other: Callable[[], object]) -> float:
    """Processor time of work() over that of other(), each the fastest of many laps.

    They take turns, so that what slows the machine down for a while slows down both.
    """
    fastest = [np.inf, np.inf]
    for _ in range(20):
        for i, call in enumerate((work, other)):
            begin = process_time()
            call()
            fastest[i] = min(fastest[i], process_time() - begin)
    return fastest[0] / fastest[1]


@pytest.mark.parametrize("name", [name for name in FEATURES if name != "RMS"])
def test_a_fade_costs_no_more_than_speech(name: str) -> None:
    """Without the rule for silence it costs 1.4 to 3 times as much here, elsewhere far more.

    Instructions wouldn't show it: a denormal number takes as many, and many more cycles.
    RMS by itself is so cheap that looking for silence is felt; beside any other feature it isn't.
    """
    loud = signals.voice(RATE, 30 * RATE)
    fade = (loud * np.geomspace(1e-10, 1e-44, len(loud))).astype(np.float32)
    rows = extractor(name)
    ratio = times_as_long(lambda: rows(fade), lambda: rows(loud))
    print(f"{name}: fading {ratio:.2f} × loud")
    assert ratio < 1.25


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("name", FEATURES)
def test_a_silent_frame_is_a_frame_of_zeros(name: str, backend: str) -> None:
    silent = signals.noise(3000, seed=1, level=1.0)
    silent *= np.float32(SILENCE) * np.float32(0.999) / np.abs(silent).max()
    rows = extractor(name, backend)
    np.testing.assert_array_equal(rows(silent), rows(np.zeros_like(silent)))


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("place", [1, 63, 64, 100, 255, 300, 440])
def test_one_sample_that_is_heard_makes_all_of_its_frame_heard(
    name: str, place: int, backend: str
) -> None:
    """A frame in which one sample just reaches the limit differs from the one without it."""
    feature = FEATURES[name]
    spec = serfast.FeatureSpec(hop_length=4096, center=False, features=[feature])
    rows = serfast.Extractor(spec, backend)
    y = signals.noise(feature.length, seed=2, level=SILENCE / 10)
    silent = rows(y)
    y[place] = -SILENCE
    heard = rows(y)
    if name in ("log-mel", "MFCC", "log-mel of toolkits"):  # far below their floor
        np.testing.assert_array_equal(heard, silent)
    else:
        assert not np.array_equal(heard, silent)


def test_zero_crossings_are_counted_in_silence_too() -> None:
    spec = serfast.FeatureSpec(features=[serfast.ZeroCrossingRate(threshold=0.0)])
    y = signals.noise(3000, seed=3)
    rows = serfast.Extractor(spec)
    np.testing.assert_array_equal(rows(y * np.float32(1e-30)), rows(y))


@pytest.mark.parametrize("name", FEATURES)
def test_just_above_silence_nothing_is_denormal(name: str) -> None:
    """Which is what makes frames slow: here it shows in the rows of power."""
    for y in (signals.noise(8000, seed=4), signals.tones(RATE).astype(np.float32)):
        for factor in (1.001, 30.0, 1e4):
            level = np.float32(factor * SILENCE / np.abs(y).max())
            rows = extractor(name)(y * level)
            tiny = (rows != 0) & (np.abs(rows) < np.finfo(np.float32).tiny)
            assert not tiny.any(), (factor, rows[tiny][:3])


@pytest.mark.parametrize("name", FEATURES)
def test_a_fade_in_chunks_gives_the_batchs_bits(name: str) -> None:
    y = signals.noise(20_000, seed=5) * np.geomspace(1, 1e-30, 20_000).astype(np.float32)
    rows = extractor(name)
    stream = serfast.Extractor(rows.spec).stream()
    parts = [stream.accept(chunk) for chunk in divided(y, [0, 7, 7, 3000, 9999, 19_999])]
    np.testing.assert_array_equal(np.concatenate([*parts, stream.flush()]), rows(y))

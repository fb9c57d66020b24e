"""Pre-emphasis of a whole signal is the same in chunks, at another rate, and in the rows."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import signals
from serfast.audio.preemphasis import Preemphasis, preemphasized
from serfast.errors import ParameterError
from serfast.extractor import native_extractor

SPEC = serfast.FeatureSpec(
    hop_length=80, signal_preemphasis=0.97, features=[serfast.MFCC(n_mels=20), serfast.RMS()]
)


def test_formula() -> None:
    y = signals.noise(500, seed=20)
    expected = y - np.float32(0.97) * np.concatenate([[np.float32(0)], y[:-1]])
    assert preemphasized(y, 0.97).tobytes() == expected.tobytes()


def test_chunks() -> None:
    y, chunks = signals.noise(500, seed=21), Preemphasis(0.9)
    for _ in range(2):
        parts = [chunks.resample_chunk(y[a:b]) for a, b in ((0, 1), (1, 1), (1, 300), (300, 500))]
        assert np.concatenate(parts).tobytes() == preemphasized(y, 0.9).tobytes()
        chunks.clear()


@pytest.mark.parametrize("backend", ["native", "numba", "reference"])
def test_rows_are_those_of_the_signal_that_was_changed_before(backend: str) -> None:
    y = signals.noise(2000, seed=22)
    plain = serfast.Extractor(serfast.FeatureSpec(hop_length=80, features=SPEC.features), backend)
    expected = plain(preemphasized(y, 0.97))
    assert serfast.Extractor(SPEC, backend)(y).tobytes() == expected.tobytes()


@pytest.mark.parametrize("backend", ["native", "numba"])
def test_a_stream_at_another_rate(backend: str) -> None:
    y = signals.noise(4000, seed=23)
    extractor = serfast.Extractor(SPEC, backend)
    stream = extractor.stream(8000)
    parts = [stream.accept(y[:1]), stream.accept(y[1:900]), stream.accept(y[900:]), stream.flush()]
    assert np.concatenate(parts).tobytes() == extractor(y, sample_rate=8000).tobytes()


def test_a_bad_chunk_changes_nothing() -> None:
    y = signals.noise(1000, seed=24)
    extractor = serfast.Extractor(SPEC)
    stream = extractor.stream()
    first = stream.accept(y[:500])
    with pytest.raises(ParameterError, match=r"^chunk must be finite"):
        stream.accept(np.float32([1, np.nan]))
    rest = [stream.accept(y[500:]), stream.flush()]
    assert np.concatenate([first, *rest]).tobytes() == extractor(y).tobytes()


def test_a_bad_sample_is_named() -> None:
    y = signals.noise(1000, seed=25)
    y[7] = np.inf
    with pytest.raises(ParameterError, match=r"got inf at index 7$"):
        serfast.Extractor(SPEC)(y)


def test_c_programs_are_told_to_do_it_themselves() -> None:
    with pytest.raises(ParameterError, match=r"^signal_preemphasis must be 0 in a C program"):
        native_extractor(SPEC.to_json().encode())

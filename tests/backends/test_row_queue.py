"""A row queue keeps the rows of a stream until they are popped: the native one, and Python's."""

from __future__ import annotations

import copy
import gc
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import serfast
from serfast.backends import get_row_queue
from serfast.backends.row_queue import RowQueue

RATE, HOP = 16000, 100
SPEC = serfast.FeatureSpec(
    sample_rate=RATE,
    hop_length=HOP,
    features=(serfast.LogMel(n_fft=256, n_mels=8), serfast.RMS(frame_length=300)),
)
Y = np.random.default_rng(5).standard_normal(20_050).astype(np.float32)
ROWS = serfast.Extractor(SPEC)(Y)
WITH_DELTAS = serfast.FeatureSpec(
    sample_rate=RATE, hop_length=HOP, features=(serfast.Delta(serfast.RMS(frame_length=300)),)
)

Make = Callable[..., Any]


@pytest.fixture(params=[pytest.param("native", marks=pytest.mark.native), "reference"])
def make(request: pytest.FixtureRequest) -> Make:
    """Give the function that makes a queue of the native class, or of the other back ends'."""
    queue = get_row_queue(request.param)
    assert (queue is RowQueue) == (request.param == "reference")
    return lambda spec=SPEC: queue(serfast.Extractor(spec).stream(), spec.sample_rate, 0.01)


def sizes(longest: int) -> list[int]:
    """Give chunk sizes up to `longest` that make up the signal, 0 and 1 among them."""
    drawn = np.random.default_rng(longest).integers(0, longest + 1, len(Y))
    ends = np.minimum(np.cumsum([0, 1, *drawn.tolist()]), len(Y))
    return [int(n) for n in np.diff(ends)[: int(np.argmax(ends == len(Y)))]]


def rows_left(queue: Any, begin: int) -> np.ndarray:
    """Give the rows from `begin` on."""
    return np.array([queue.get_frame(t) for t in range(begin, queue.num_frames_ready)])


@pytest.mark.parametrize("longest", [7, 333, 9000, len(Y)])
def test_rows_are_the_batchs_however_samples_come(make: Make, longest: int) -> None:
    queue, at = make(), 0
    for n in sizes(longest):
        queue.accept_waveform(RATE, Y[at : at + n])
        at += n
    assert at == len(Y)
    queue.input_finished()
    assert queue.num_frames_ready == len(ROWS)
    assert rows_left(queue, 0).tobytes() == ROWS.tobytes()


@pytest.mark.parametrize("pops", [1, 31, 32, 33, 70])
def test_rows_keep_their_numbers_when_others_are_popped(make: Make, pops: int) -> None:
    queue, popped = make(), 0
    for at in range(0, len(Y), 1000):
        queue.accept_waveform(RATE, Y[at : at + 1000])
        ready = queue.num_frames_ready
        assert rows_left(queue, popped).tobytes() == ROWS[popped:ready].tobytes()
        queue.pop(pops)
        popped = min(popped + pops, ready)
        with pytest.raises(RuntimeError, match=f"frame {popped - 1} was popped"):
            queue.get_frame(popped - 1)
        assert queue.num_frames_ready == ready
    queue.input_finished()
    assert rows_left(queue, popped).tobytes() == ROWS[popped:].tobytes()


def test_rows_of_tracks_wait_for_later_rows(make: Make) -> None:
    expected = serfast.Extractor(WITH_DELTAS)(Y)
    queue = make(WITH_DELTAS)
    for at in range(0, len(Y), 130):
        queue.accept_waveform(RATE, Y[at : at + 130])
    assert queue.num_frames_ready < len(expected)
    queue.input_finished()
    assert rows_left(queue, 0).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "kind",
    [list, tuple, np.float64, np.float16, np.int16, ">f4", "strided", "read-only", "misaligned"],
)
def test_samples_count_as_they_are_in_any_type(make: Make, kind: Any) -> None:
    whole = np.round(Y[:3000] * 100)  # exact in all these types
    queue, expected = make(), serfast.Extractor(SPEC).stream().accept(whole)
    given: Any
    if kind is list or kind is tuple:
        given = kind(whole.tolist())
    elif kind == "strided":
        given = np.repeat(whole, 2)[::2]
    elif kind == "misaligned":
        memory = np.zeros(len(whole) * 4 + 1, np.uint8)
        given = memory[1:].view(np.float32)
        given[:] = whole
    elif kind == "read-only":
        given = whole.copy()
        given.flags.writeable = False
    else:
        given = whole.astype(kind)
    queue.accept_waveform(RATE, given)
    assert rows_left(queue, 0).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([0.0, np.nan], ValueError),
        ([0.0, 1e39], ValueError),
        (np.array([0, np.inf], np.float32), ValueError),
        (np.array([0, -1e300]), ValueError),
        ([0.0, "x"], TypeError),
        ([[0.0], [0.0, 1.0]], TypeError),
        ([0.0, None], ValueError),  # NumPy takes None for NaN
        (np.zeros((2, 2), np.float32), TypeError),
        (np.zeros(3, complex), TypeError),
        (1.0, TypeError),
        (None, TypeError),
    ],
)
def test_bad_samples_change_nothing(make: Make, given: Any, error: type[Exception]) -> None:
    queue = make()
    queue.accept_waveform(RATE, Y[:1000])
    with pytest.raises(error):
        queue.accept_waveform(RATE, given)
    queue.accept_waveform(RATE, Y[1000:])
    queue.input_finished()
    assert rows_left(queue, 0).tobytes() == ROWS.tobytes()


def test_the_message_shows_the_sample(make: Make) -> None:
    with pytest.raises(ValueError, match=r"finite and within float32's range, got nan at index 1"):
        make().accept_waveform(RATE, [0.0, np.nan])


def test_a_signal_ends_once(make: Make) -> None:
    queue = make()
    queue.accept_waveform(RATE, Y)
    queue.input_finished()
    queue.input_finished()
    assert queue.num_frames_ready == len(ROWS)
    assert queue.is_last_frame(len(ROWS) - 1)
    queue.accept_waveform(RATE, [])
    with pytest.raises(RuntimeError, match="after input_finished"):
        queue.accept_waveform(RATE, Y)


def test_an_empty_signal_has_no_row(make: Make) -> None:
    queue = make()
    queue.input_finished()
    assert queue.num_frames_ready == 0
    queue.pop(3)
    with pytest.raises(IndexError, match="frame must be < 0, got 0"):
        queue.get_frame(0)


@pytest.mark.parametrize("size", [130, 7000])
def test_one_thread_takes_rows_while_another_gives_samples(make: Make, size: int) -> None:
    queue, got = make(), []

    def give() -> None:
        for at in range(0, len(Y), size):
            queue.accept_waveform(RATE, Y[at : at + size])
        queue.input_finished()

    giver = threading.Thread(target=give)
    giver.start()
    while giver.is_alive() or len(got) < queue.num_frames_ready:
        if len(got) < queue.num_frames_ready:
            got.append(queue.get_frame(len(got)).copy())
            queue.pop(1)
    giver.join()
    assert np.array(got).tobytes() == ROWS.tobytes()


def test_a_row_outlives_its_queue(make: Make) -> None:
    queue = make()
    queue.accept_waveform(RATE, Y)
    row = queue.get_frame(50)
    queue.pop(1000)
    del queue
    gc.collect()
    assert row.tobytes() == ROWS[50].tobytes()
    assert row.flags.writeable


def test_popped_rows_leave_no_memory_behind(make: Make) -> None:
    queue = make()
    tracemalloc.start()
    try:
        for turn in range(60):
            queue.accept_waveform(RATE, Y[:10_000])
            queue.pop(10_000)
            if turn == 9:
                before = tracemalloc.get_traced_memory()[0]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 20_000  # 50 turns have 5,000 rows: 180,000 bytes


def test_a_queue_is_neither_pickled_nor_copied(make: Make) -> None:
    with pytest.raises(TypeError, match="can't be pickled"):
        copy.copy(make())


@pytest.mark.native
def test_a_queue_is_made_once() -> None:
    queue = get_row_queue("native")(serfast.Extractor(SPEC).stream(), RATE, 0.01)
    with pytest.raises(TypeError, match="__init__ must be called once"):
        queue.__init__(serfast.Extractor(SPEC).stream(), RATE, 0.01)  # type: ignore[misc]


@pytest.mark.native
def test_a_queue_without_its_init_is_refused() -> None:
    cls = get_row_queue("native")
    queue = cls.__new__(cls)
    assert queue.num_frames_ready == 0
    queue.pop(1)
    with pytest.raises(IndexError):
        queue.get_frame(0)
    for call in (queue.input_finished, lambda: queue.accept_waveform(RATE, Y), lambda: queue.dim):
        with pytest.raises(TypeError, match="__init__ must be called"):
            call()

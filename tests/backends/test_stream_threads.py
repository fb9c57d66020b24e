"""Threads: one extractor for all of them, a stream for each, and the GIL is theirs meanwhile."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.streams import EXTRACTORS, RATE, VOICE, assert_same_bits, batch, divide, push
from serfast.backends.stream import Stream

SPEECH = EXTRACTORS["speech"]
N_COLUMNS = len(SPEECH.columns)
LONG = np.tile(signals.voice(RATE, 10 * RATE), 30)
GIL = getattr(sys, "_is_gil_enabled", lambda: True)()
ONE_EACH = "stream must be used by one thread at a time, got two: make one each"


@contextmanager
def no_forced_switches() -> Iterator[None]:
    """While this holds, a thread gets the GIL only when another one gives it away."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(100.0)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def test_eight_threads_on_one_extractor() -> None:
    together = threading.Barrier(8)

    def work(i: int) -> list[np.ndarray]:
        stream, rows = SPEECH.stream(), []
        samples = signals.voice(RATE, 20000 + 77 * i, seed=i)
        together.wait()
        for _ in range(3):
            rows.append(push(stream, divide(samples, [160, 0, 1, 37 * i])))
            stream.reset()
        return rows

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    for i, repeated in enumerate(results):
        expected = SPEECH(signals.voice(RATE, 20000 + 77 * i, seed=i))
        for rows in repeated:
            assert_same_bits(rows, expected)


@pytest.mark.parametrize("name", ["centred, edge, odd", "left-aligned, even"])
def test_a_stream_may_be_handed_from_thread_to_thread(name: str) -> None:
    stream, rows = EXTRACTORS[name].stream(), []
    with ThreadPoolExecutor(4) as pool:
        for chunk in divide(VOICE, [99]):
            rows.append(pool.submit(stream.accept, chunk).result())
    assert_same_bits(np.concatenate([*rows, stream.flush()]), batch(name, VOICE))


# --- The GIL ------------------------------------------------------------------------------------


class Call(NamedTuple):
    """Something that takes a while, and the array that it fills with rows."""

    run: Callable[[np.ndarray], object]
    out: np.ndarray

    def __call__(self) -> None:
        self.run(self.out)

    def finished(self) -> bool:
        """Whether the last rows have been written."""
        return not np.isnan(self.out[-9, 0])


def into_array(samples: np.ndarray) -> Call:
    out = np.full((SPEECH.spec.frame_count(len(samples)), N_COLUMNS), np.nan, np.float32)
    return Call(lambda out: SPEECH(samples, out=out), out)


def into_stream(samples: np.ndarray) -> Call:
    out = np.full((len(samples) // 160, N_COLUMNS), np.nan, np.float32)
    return Call(partial(SPEECH.stream().accept, samples), out)


CALLS: dict[str, Callable[[], Call]] = {
    "extractor": lambda: into_array(LONG),
    "stream": lambda: into_stream(LONG),
    "stream, int16": lambda: into_stream((LONG * 20000).astype(np.int16)),
    "stream, float64": lambda: into_stream(LONG.astype(np.float64)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_second_thread_goes_on_during_a_long_extraction(name: str) -> None:
    extract, turns, done = CALLS[name](), [0], threading.Event()

    def count() -> None:
        while not done.is_set():
            turns[0] += 1
            time.sleep(0)  # gives the GIL away

    with no_forced_switches():
        thread = threading.Thread(target=count)
        thread.start()
        before = turns[0]
        extract()
        during = turns[0] - before
        done.set()
        thread.join()
    assert during > 2  # it would be 0


@pytest.mark.native
@pytest.mark.skipif(not GIL, reason="a Python without the GIL")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows' C library has no usleep")
@pytest.mark.parametrize("name", CALLS)
def test_the_gil_is_released_once_per_call(name: str) -> None:
    """A thread gets the GIL during the call and keeps it; all rows are computed nevertheless."""
    usleep = ctypes.PyDLL(None).usleep  # a PyDLL keeps the GIL during the call
    extract, begin, seen = CALLS[name](), threading.Event(), []

    def keep() -> None:
        begin.wait()
        seen.append(extract.finished())
        for _ in range(60_000):  # a minute, if the other one needs the GIL to go on
            if extract.finished():
                break
            usleep(1000)
        seen.append(extract.finished())

    with no_forced_switches():
        thread = threading.Thread(target=keep)
        thread.start()
        begin.set()
        extract()
        thread.join()
    assert seen == [False, True]


# --- One stream, two threads --------------------------------------------------------------------


def intruders(stream: Stream) -> dict[str, Callable[[], object]]:
    out = np.empty((5, N_COLUMNS), np.float32)
    return {
        "accept": lambda: stream.accept(VOICE),
        "accept with out": lambda: stream.accept(VOICE, out),
        "flush": stream.flush,
        "reset": stream.reset,
    }


@pytest.mark.parametrize("rate", [RATE, 3 * RATE])
@pytest.mark.parametrize("method", intruders(SPEECH.stream()))
def test_a_stream_in_use_by_another_thread_refuses_and_stays_whole(method: str, rate: int) -> None:
    stream, rows = SPEECH.stream(sample_rate=rate), []
    samples = np.tile(LONG, rate // RATE)

    def work() -> None:
        rows.append(stream.accept(samples))

    refusal = ""
    for _ in range(10):  # on a busy machine the other one may be through before this one comes
        stream.reset()
        rows.clear()
        with no_forced_switches():
            thread = threading.Thread(target=work)
            thread.start()
            while not stream.n_emitted:
                time.sleep(0)  # gives the GIL away
            try:
                intruders(stream)[method]()
            except serfast.SerfastError as error:
                refusal = str(error)
            thread.join()
        if refusal:
            break
    assert refusal == ONE_EACH
    expected = push(SPEECH.stream(sample_rate=rate), [samples])
    assert_same_bits(np.concatenate([*rows, stream.flush()]), expected)


def fight_over(stream: Stream, untouched: Stream) -> None:
    """Four threads call whatever they like; after a reset the stream is as good as new."""
    together = threading.Barrier(4)

    def fight(seed: int) -> set[str]:
        random = np.random.default_rng(seed)
        out = np.empty((3, len(stream.columns)), np.float32)
        said = set()
        together.wait()
        for action in random.integers(0, 20, 1000):
            try:
                if action == 0:
                    stream.reset()
                elif action == 1:
                    stream.flush()
                elif action < 10:
                    stream.accept(LONG[: 500 * action], out)
                else:
                    stream.accept(VOICE[: 100 * action])
            except serfast.SerfastError as error:
                said.add(str(error))
        return said

    with ThreadPoolExecutor(4) as pool:
        said = set().union(*pool.map(fight, range(4)))
    assert said <= {ONE_EACH, "stream must be reset after flush() before it accepts more"}
    stream.reset()
    assert_same_bits(push(stream, divide(VOICE, [160])), push(untouched, divide(VOICE, [160])))


FIGHT = """
import sys
import test_stream_threads
from helpers import streams
sys.setswitchinterval(1e-5)
extractor, rate = streams.EXTRACTORS["deltas, centred"], int(sys.argv[1])
test_stream_threads.fight_over(*(extractor.stream(sample_rate=rate) for _ in range(2)))
"""


@pytest.mark.parametrize("rate", [RATE, 3 * RATE])
def test_threads_that_fight_over_a_stream_crash_nothing(rate: int) -> None:
    path = [str(Path(__file__).parent), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    done = subprocess.run(
        [sys.executable, "-c", FIGHT, str(rate)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

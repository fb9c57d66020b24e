"""What a stream promises beside its rows: state, bad input, and buffers of the caller's."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import timeit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import signals, streams
from helpers.streams import EXTRACTORS, RATE, SPECS, VOICE, assert_same_bits, batch, divide, push
from serfast.backends.stream import Stream

OTHER = signals.voice(RATE, 5000, seed=9)[::-1].copy()
SPEECH = EXTRACTORS["speech"]
N_COLUMNS = len(SPEECH.columns)
ROWS = SPEECH(VOICE)
FLUSHED = "stream must be reset after flush() before it accepts more"


def counters(stream: Stream) -> tuple[int, int]:
    return stream.n_seen, stream.n_emitted


# --- State --------------------------------------------------------------------------------------


@given(name=streams.names, lengths=streams.lengths, flushed=st.booleans(), cut=st.integers(0, 5000))
def test_the_same_again_after_reset(name: str, lengths: list[int], flushed: bool, cut: int) -> None:
    stream = EXTRACTORS[name].stream()
    stream.accept(OTHER[:cut])
    if flushed:
        stream.flush()
    stream.reset()
    assert counters(stream) == (0, 0)
    assert_same_bits(push(stream, divide(VOICE, lengths)), batch(name, VOICE))


@pytest.mark.parametrize("name", [name for name in SPECS if not name.startswith("frame of")])
def test_different_when_state_is_kept(name: str) -> None:
    """Without a reset the stream goes on with the signal before, as a batch of both does."""
    stream = EXTRACTORS[name].stream()
    before = stream.accept(OTHER)
    kept = push(stream, [VOICE])
    assert kept.tobytes() != batch(name, VOICE).tobytes()
    assert_same_bits(np.concatenate([before, kept]), batch(name, np.concatenate([OTHER, VOICE])))


@settings(max_examples=60)
@given(name=streams.names, turns=st.lists(st.tuples(st.booleans(), st.integers(0, 900))))
def test_interleaved_streams_do_not_touch(name: str, turns: list[tuple[bool, int]]) -> None:
    pair = [EXTRACTORS[name].stream(), EXTRACTORS[name].stream()]
    sources = [VOICE, OTHER]
    parts: list[list[np.ndarray]] = [[], []]
    for which, length in [(bool(turn), n) for turn, n in turns]:
        begin = pair[which].n_seen
        parts[which].append(pair[which].accept(sources[which][begin : begin + length]))
    for which in (0, 1):
        rest = push(pair[which], [sources[which][pair[which].n_seen :]])
        assert_same_bits(np.concatenate([*parts[which], rest]), batch(name, sources[which]))


def test_resetting_one_stream_leaves_the_other() -> None:
    first, second = SPEECH.stream(), SPEECH.stream()
    begun = [stream.accept(VOICE[:2000]) for stream in (first, second)]
    first.reset()
    rest = push(second, [VOICE[2000:]])
    assert_same_bits(np.concatenate([begun[1], rest]), ROWS)
    assert_same_bits(push(first, [OTHER]), SPEECH(OTHER))


def test_a_stream_outlives_its_extractor() -> None:
    stream = serfast.Extractor(SPECS["speech"]).stream()
    assert_same_bits(push(stream, divide(VOICE, [100])), ROWS)
    assert (stream.spec, stream.columns) == (SPECS["speech"], SPEECH.columns)


def test_accept_after_flush_is_refused_until_reset() -> None:
    stream = SPEECH.stream()
    rows = push(stream, [VOICE])
    state = counters(stream)
    for chunk in (VOICE, VOICE[:0]):
        with pytest.raises(serfast.SerfastError) as caught:
            stream.accept(chunk)
        assert str(caught.value) == FLUSHED
    assert counters(stream) == state == (len(VOICE), len(rows))
    assert len(stream.flush()) == 0, "the tail came already"
    stream.reset()
    assert_same_bits(push(stream, [VOICE]), rows)


def test_flushing_nothing_gives_nothing() -> None:
    stream = SPEECH.stream()
    assert stream.flush().shape == (0, N_COLUMNS)
    assert counters(stream) == (0, 0)


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, *(lambda s, p=p: pickle.dumps(s, p) for p in (0, 2, 5))],
    ids=["copy", "deepcopy", "pickle 0", "pickle 2", "pickle 5"],
)
def test_a_stream_cannot_be_pickled_and_says_what_to_do(copied: object) -> None:
    stream = SPEECH.stream()
    begun = stream.accept(VOICE[:1234])
    with pytest.raises(TypeError) as caught:
        copied(stream)
    assert str(caught.value) == (
        "a stream can't be pickled: pickle its extractor and make a new stream"
    )
    assert_same_bits(np.concatenate([begun, push(stream, [VOICE[1234:]])]), ROWS)


FORKING = """
import os, sys
import numpy as np
import serfast
from helpers import signals

extractor = serfast.Extractor(serfast.presets.speech())
voice, other = signals.voice(16000, 5000, seed=4), signals.voice(16000, 4000, seed=5)
stream = extractor.stream()
begun = stream.accept(voice[:2345])
child = os.fork()
mine = voice if child else np.concatenate([voice[:2345], other])
rest = [stream.accept(chunk) for chunk in np.array_split(mine[2345:], 7 if child else 40)]
rows = np.concatenate([begun, *rest, stream.flush()])
same = rows.tobytes() == extractor(mine).tobytes()
if not child:
    os._exit(0 if same else 3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the child's rows differ"
assert same, "the parent's rows differ"
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_after_a_fork_parent_and_child_go_on_with_a_stream_each() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", FORKING], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# --- Bad chunks ---------------------------------------------------------------------------------


def spoilt(value: float, index: int, dtype: type = np.float32) -> np.ndarray:
    chunk = VOICE[:700].astype(dtype)
    chunk[index] = value
    return chunk


class Unreadable:
    """Something whose conversion to an array fails."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise OSError("the microphone is gone")


FINITE = "chunk must be finite and within float32's range, got "
FORMATS = "chunk must be float32, float64 or int16, got dtype "
BAD_CHUNKS = {
    "nan": (spoilt(np.nan, 0), FINITE + "nan at index 0"),
    "nan at the end": (spoilt(np.nan, 699), FINITE + "nan at index 699"),
    "infinity": (spoilt(np.inf, 345), FINITE + "inf at index 345"),
    "first of two": (spoilt(-np.inf, 9) + spoilt(np.nan, 600), FINITE + "-inf at index 9"),
    "double nan": (spoilt(np.nan, 31, np.float64), FINITE + "nan at index 31"),
    "beyond float32": (spoilt(-1e39, 77, np.float64), FINITE + "-1e+39 at index 77"),
    "nan, strided": (spoilt(np.nan, 6)[::2], FINITE + "nan at index 3"),
    "nan, big-endian": (spoilt(np.nan, 6).astype(">f4"), FINITE + "nan at index 6"),
    "nan in a list": ([0.0, float("nan")], FINITE + "nan at index 1"),
    "2-D": (VOICE[:700].reshape(2, -1), "chunk must be one-dimensional, got shape (2, 350)"),
    "2-D, empty": (VOICE[:0].reshape(0, 2), "chunk must be one-dimensional, got shape (0, 2)"),
    "0-D": (np.float32(0.5), "chunk must be one-dimensional, got shape ()"),
    "int32": (VOICE[:700].astype(np.int32), FORMATS + "int32"),
    "uint8": (np.zeros(700, np.uint8), FORMATS + "uint8"),
    "uint16": (np.zeros(700, np.uint16), FORMATS + "uint16"),
    "float16": (VOICE[:700].astype(np.float16), FORMATS + "float16"),
    "complex": (VOICE[:700] + 1j, FORMATS + "complex64"),
    "bool": (VOICE[:700] > 0, FORMATS + "bool"),
    "object": (VOICE[:700].astype(object), FORMATS + "object"),
    "None": (None, FORMATS + "object"),
    "bytes": (VOICE[:2].tobytes(), FORMATS + "|S8"),
}


def test_every_bad_chunk_is_bad_for_the_reason_given() -> None:
    """The messages are those of a batch, about a `chunk` instead of a `signal`."""
    for chunk, message in BAD_CHUNKS.values():
        if np.size(chunk):
            with pytest.raises(serfast.ParameterError) as caught:
                SPEECH(chunk)
            assert str(caught.value) == message.replace("chunk", "signal", 1)


@pytest.mark.parametrize("bad", BAD_CHUNKS)
@given(lengths=streams.lengths, at=st.integers(0, 12), with_out=st.booleans())
@settings(max_examples=15)
def test_a_bad_chunk_raises_and_the_stream_goes_on(
    bad: str, lengths: list[int], at: int, with_out: bool
) -> None:
    bad_chunk, message = BAD_CHUNKS[bad]
    stream, rows = SPEECH.stream(), []
    for i, chunk in enumerate(divide(VOICE, lengths)):
        if i == at:
            state = counters(stream)
            out = np.full((20, N_COLUMNS), 7, np.float32) if with_out else None
            with pytest.raises(serfast.ParameterError) as caught:
                stream.accept(bad_chunk, out)
            assert str(caught.value) == message
            assert counters(stream) == state
            assert out is None or np.all(out == 7)
        rows.append(stream.accept(chunk))
    assert_same_bits(np.concatenate([*rows, stream.flush()]), ROWS)


def test_an_error_of_the_chunks_own_goes_through() -> None:
    stream = SPEECH.stream()
    begun = stream.accept(VOICE[:999])
    with pytest.raises(OSError, match="microphone"):
        stream.accept(Unreadable())
    assert_same_bits(np.concatenate([begun, push(stream, [VOICE[999:]])]), ROWS)


def test_a_bad_chunk_after_flush_is_told_about_the_flush() -> None:
    stream = SPEECH.stream()
    stream.flush()
    with pytest.raises(serfast.SerfastError) as caught:
        stream.accept(BAD_CHUNKS["nan"][0])
    assert str(caught.value) == FLUSHED


# --- out= ---------------------------------------------------------------------------------------


def collect(stream: Stream, chunks: list[np.ndarray], room: int) -> np.ndarray:
    """All rows of the chunks and the flush, through one buffer of `room` rows."""
    out = np.empty((room, len(stream.columns)), np.float32)
    parts = []
    for chunk in chunks:
        parts.append(out[: stream.accept(chunk, out)].copy())
        if len(chunk) % 2:  # now and then, ask for what waits
            parts.append(out[: stream.accept(chunk[:0], out=out)].copy())
    while written := stream.flush(out):
        parts.append(out[:written].copy())
    return np.concatenate(parts) if parts else out[:0]


@settings(max_examples=150)
@given(name=streams.names, lengths=streams.lengths, room=st.integers(1, 40))
def test_rows_wait_for_room_and_none_is_lost(name: str, lengths: list[int], room: int) -> None:
    rows = collect(EXTRACTORS[name].stream(), divide(VOICE[:3000], lengths), room)
    assert_same_bits(rows, batch(name, VOICE[:3000]))


@pytest.mark.parametrize("name", SPECS)
def test_rows_wait_however_many_chunks_come(name: str) -> None:
    """With no room at all the stream keeps every sample; later all rows come at once."""
    stream = EXTRACTORS[name].stream()
    none = np.empty((0, len(stream.columns)), np.float32)
    long = np.concatenate([VOICE, OTHER] * 4)
    for chunk in np.array_split(long, 300):
        assert stream.accept(chunk, none) == 0
    assert counters(stream) == (len(long), 0)
    assert stream.flush(none) == 0
    waiting = stream.flush()
    assert_same_bits(waiting, batch(name, long))


def test_flush_with_too_small_a_buffer_can_be_repeated() -> None:
    stream = SPEECH.stream()
    begun = stream.accept(VOICE)
    out = np.empty((1, N_COLUMNS), np.float32)
    tail = []
    while stream.flush(out=out):
        tail.append(out.copy())
        with pytest.raises(serfast.SerfastError) as caught:
            stream.accept(VOICE)
        assert str(caught.value) == FLUSHED
    assert len(tail) == len(ROWS) - len(begun) > 1
    assert_same_bits(np.concatenate([begun, *tail]), ROWS)


def test_only_the_rows_that_are_counted_are_written() -> None:
    stream = SPEECH.stream()
    out = np.full((60, N_COLUMNS), 7, np.float32)
    written = stream.accept(VOICE, out)
    assert type(written) is int
    assert_same_bits(out[:written], ROWS[:written])
    assert np.all(out[written:] == 7)
    tail = stream.flush(out[written:])
    assert_same_bits(out[: written + tail], ROWS)
    assert np.all(out[written + tail :] == 7)


def test_rows_with_and_without_out_mix() -> None:
    stream = SPEECH.stream()
    out = np.empty((2, N_COLUMNS), np.float32)
    parts = []
    for i, chunk in enumerate(VOICE.reshape(-1, 625)):
        parts.append(out[: stream.accept(chunk, out)].copy() if i % 3 else stream.accept(chunk))
    assert_same_bits(np.concatenate([*parts, stream.flush()]), ROWS)


def bad_outs() -> dict[str, object]:
    good = np.full((8, N_COLUMNS), 7, np.float32)
    read_only = good.copy()
    read_only.flags.writeable = False
    misaligned = np.empty(good.nbytes + 1, np.uint8)[1:].view(np.float32)
    return {
        "float64": good.astype(np.float64),
        "int32": good.view(np.int32),
        "big-endian": good.astype(">f4"),
        "one column less": good[:, 1:].copy(),
        "one column more": np.empty((8, N_COLUMNS + 1), np.float32),
        "no columns": np.empty((8, 0), np.float32),
        "transposed": np.empty((N_COLUMNS, 8), np.float32),
        "flat": good.ravel(),
        "3-D": good[np.newaxis],
        "read-only": read_only,
        "Fortran order": np.asfortranarray(good),
        "every other row": np.repeat(good, 2, axis=0)[::2],
        "some columns": np.empty((8, N_COLUMNS + 3), np.float32)[:, 3:],
        "misaligned": misaligned.reshape(good.shape),
        "list": good.tolist(),
        "bytes": bytearray(good.nbytes),
        "number": 8,
    }


@pytest.mark.parametrize("method", ["accept", "flush"])
@pytest.mark.parametrize("name", bad_outs())
def test_an_out_that_does_not_fit_is_refused_and_changes_nothing(name: str, method: str) -> None:
    stream = SPEECH.stream()
    begun = stream.accept(VOICE[:3000])
    state, out = counters(stream), bad_outs()[name]
    before = bytes(memoryview(np.array(out)))
    arguments = (VOICE[3000:], out) if method == "accept" else (out,)
    with pytest.raises(serfast.ParameterError, match=r"^out must be "):
        getattr(stream, method)(*arguments)
    assert counters(stream) == state
    assert bytes(memoryview(np.array(out))) == before
    assert_same_bits(np.concatenate([begun, push(stream, [VOICE[3000:]])]), ROWS)


@pytest.mark.parametrize("backend", [pytest.param("native", marks=pytest.mark.native), "numba"])
def test_a_masked_chunk_is_refused(backend: str) -> None:
    stream = serfast.Extractor(serfast.FeatureSpec(features=[serfast.RMS()]), backend).stream()
    masked = np.ma.masked_array(np.zeros(4, np.float32), mask=[True, False, False, False])
    with pytest.raises(serfast.ParameterError, match="chunk must be without masked samples"):
        stream.accept(masked)
    assert stream.n_seen == 0


@pytest.mark.native
@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_a_chunk_of_another_dtype_costs_no_detour(dtype: type) -> None:
    """Through NumPy's checks a chunk of 16 samples took five times as long."""
    spec = serfast.FeatureSpec(hop_length=16000, features=[serfast.RMS()])
    stream, out = serfast.Extractor(spec).stream(), np.empty((4, 1), np.float32)

    def seconds(chunk: np.ndarray) -> float:
        return min(timeit.repeat(lambda: stream.accept(chunk, out), number=2000, repeat=15))

    ratio = seconds(np.zeros(16, dtype)) / seconds(np.zeros(16, np.float32))
    print(f"{np.dtype(dtype)}: {ratio:.2f} × float32")
    assert ratio < 2.5

"""The C functions given what is wrong: a code, nothing written, and never a crash."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator

import numpy as np
import pytest

import serfast
from helpers.native_programs import (
    FLUSHED,
    MOST,
    NOT_FINITE,
    OK,
    POINTER,
    SHORT,
    SIZE,
    SPEC,
    Program,
    api,
    client,
)
from helpers.streams import SPECS, VOICE, assert_same_bits, divide


@pytest.fixture
def program() -> Iterator[Program]:
    with Program(serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(n_mfcc=3)])) as made:
        yield made


@pytest.fixture
def stream(program: Program) -> Iterator[ctypes.c_void_p]:
    handle = client.make_stream(api, program.handle)
    yield handle
    api.free_stream(handle)


def arrays(program: Program, n: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """The first n samples of a voice, and room for their rows filled with 7."""
    shape = (max(program.spec.frame_count(n), 0), program.n_columns)
    return VOICE[:n].copy(), np.full(shape, 7, np.float32)


def extract(made: Program, x: np.ndarray, out: np.ndarray, **other: object) -> int:
    """The status of extract; `other` replaces arguments."""
    arguments = {
        "program": made.handle,
        "samples": client.floats(x),
        "n_samples": len(x),
        "rows": client.floats(out),
        "n_rows": len(out),
    }
    assert other.keys() <= arguments.keys()
    return api.extract(*(arguments | other).values())


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"program": None}, POINTER),
        ({"samples": None}, POINTER),
        ({"rows": None}, POINTER),
        ({"n_samples": 0}, SHORT),
        ({"n_samples": -1}, SIZE),
        ({"n_samples": MOST}, SIZE),
        ({"n_samples": 1000 - 160}, SIZE),
        ({"n_rows": 0}, SIZE),
        ({"n_rows": -1}, SIZE),
        ({"n_rows": 6}, SIZE),
        ({"n_rows": 8}, SIZE),
        ({"n_rows": MOST}, SIZE),
    ],
)
def test_wrong_arguments_of_extract(program: Program, wrong: dict, status: int) -> None:
    x, rows = arrays(program)
    assert extract(program, x, rows, **wrong) == status
    assert (rows == 7).all()
    assert extract(program, x, rows) == OK


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("index", [0, 517, 999])
def test_samples_that_are_no_numbers(program: Program, value: float, index: int) -> None:
    x, rows = arrays(program)
    x[index] = value
    assert extract(program, x, rows) == NOT_FINITE
    assert (rows == 7).all()


def test_misaligned_arrays(program: Program) -> None:
    x, rows = arrays(program)
    off = np.zeros(4 * x.size + 4 * rows.size + 4, np.uint8)[1:]
    assert extract(program, x, rows, samples=client.floats(off)) == POINTER
    assert extract(program, x, rows, rows=client.floats(off)) == POINTER


def test_overlapping_arrays(program: Program, stream: ctypes.c_void_p) -> None:
    x, _ = arrays(program)
    for begin in (0, 999):
        both = np.zeros(3000, np.float32)
        both[1000:2000] = x
        rows = both[1000 + begin :]
        assert extract(program, x, rows, samples=client.floats(both[1000:]), n_rows=7) == POINTER
        status = api.accept(stream, client.floats(both[1000:]), 1000, client.floats(rows), 7)
        assert status == POINTER
    before = client.floats(both[1000 - 7 * program.n_columns :])  # touches, doesn't overlap
    assert extract(program, x, x, samples=client.floats(both[1000:]), rows=before, n_rows=7) == OK


def test_too_few_samples_for_a_left_aligned_frame() -> None:
    with Program(serfast.FeatureSpec(features=[serfast.RMS()], center=False)) as program:
        x, rows = VOICE[:511].copy(), np.full((1, 1), 7, np.float32)
        assert api.row_count(program.handle, 511) == 0
        assert extract(program, x, rows, n_rows=0) == SHORT
        assert extract(program, x, rows) == SHORT
        assert rows[0, 0] == 7


def test_counts_of_nothing(program: Program) -> None:
    assert api.column_count(None) == POINTER
    assert api.row_count(None, 1) == POINTER
    assert api.row_count(program.handle, -1) == SIZE
    assert api.row_count(program.handle, MOST) == SIZE
    assert api.row_count(program.handle, 0) == 0
    assert api.ready_count(None, 1) == POINTER
    assert api.reset(None) == POINTER
    api.free_program(None)
    api.free_stream(None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "spec must be JSON text"),
        (b"\xff\xfe\xff", "spec must be JSON text"),
        (b"\0" * 9, "spec must be JSON text"),
        (b"[" * 100_000, ""),
        (b"{}", "spec format must be 1"),
        (b"[1]", "spec must be a mapping"),
        (b'{"format": 1}', "features must be at least 1 feature"),
        (b'{"format": 1, "hop_length": 0, "features": [{"type": "RMS"}]}', "hop_length must be"),
        (b'{"format": 1, "features": [{"type": "Pulse"}]}', "feature type must be one of"),
    ],
)
def test_a_spec_that_is_refused(text: bytes, reason: str) -> None:
    handle, buffer = ctypes.c_void_p(1), ctypes.create_string_buffer(b"?" * 1000)
    status = api.make_program(text, len(text), ctypes.byref(handle), buffer, len(buffer))
    assert status == SPEC
    assert handle.value is None
    assert reason in buffer.value.decode()
    assert api.make_program(text, len(text), ctypes.byref(handle), None, 0) == SPEC


def test_wrong_arguments_of_make_program() -> None:
    text, handle = SPECS["speech"].to_json().encode(), ctypes.c_void_p(1)
    buffer = ctypes.create_string_buffer(b"?" * 9)
    assert api.make_program(None, 0, ctypes.byref(handle), buffer, len(buffer)) == POINTER
    assert (handle.value, buffer.value) == (None, b"")
    assert api.make_program(text, len(text), None, None, 0) == POINTER
    assert api.make_program(text, -1, ctypes.byref(handle), None, 0) == SIZE
    assert api.make_program(text, len(text), ctypes.byref(handle), None, -1) == SIZE
    assert handle.value is None


@pytest.mark.parametrize("size", range(1, 60))
def test_a_reason_is_cut_to_its_room(size: int) -> None:
    text = json.dumps({"format": 1, "features": [{"type": "ü" * 9}]}, ensure_ascii=False).encode()
    whole = ctypes.create_string_buffer(1000)
    handle = ctypes.byref(ctypes.c_void_p())
    api.make_program(text, len(text), handle, whole, len(whole))
    assert "ü" in whole.value.decode()
    cut = ctypes.create_string_buffer(b"?" * 1000)
    assert api.make_program(text, len(text), handle, cut, size) == SPEC
    assert len(cut.value) < size
    assert whole.value.decode().startswith(cut.value.decode())
    assert cut.raw[size:] == b"?" * (1000 - size) + b"\0"


@pytest.mark.parametrize(
    "spec",
    [
        serfast.presets.librosa(),
        serfast.FeatureSpec(features=[serfast.MFCC(top_db=80.0)]),
        serfast.FeatureSpec(features=[serfast.RMS()], pad_mode="reflect"),
    ],
)
def test_a_spec_that_cannot_be_streamed(spec: serfast.FeatureSpec) -> None:
    with pytest.raises(serfast.ParameterError) as error:
        serfast.Extractor(spec).stream()
    with Program(spec) as program:
        handle, reason = ctypes.c_void_p(1), ctypes.create_string_buffer(1000)
        status = api.make_stream(program.handle, ctypes.byref(handle), reason, len(reason))
        assert (status, handle.value) == (SPEC, None)
        assert reason.value.decode() == str(error.value)


def test_wrong_arguments_of_make_stream(program: Program) -> None:
    handle, buffer = ctypes.c_void_p(1), ctypes.create_string_buffer(b"?" * 9)
    assert api.make_stream(None, ctypes.byref(handle), buffer, len(buffer)) == POINTER
    assert (handle.value, buffer.value) == (None, b"")
    assert api.make_stream(program.handle, None, None, 0) == POINTER
    assert api.make_stream(program.handle, ctypes.byref(handle), None, -1) == SIZE


def test_a_bad_chunk_changes_nothing(program: Program, stream: ctypes.c_void_p) -> None:
    x, rows = arrays(program)
    nan = np.full(300, np.nan, np.float32)
    bad = [
        (POINTER, None, 1, client.floats(rows), 7),
        (POINTER, client.floats(x), 500, None, 1),
        (SIZE, client.floats(x), -1, client.floats(rows), 7),
        (SIZE, client.floats(x), MOST, client.floats(rows), 7),
        (SIZE, client.floats(x), 500, client.floats(rows), -1),
        (SIZE, client.floats(x), 500, client.floats(rows), MOST),
        (NOT_FINITE, client.floats(nan), 300, client.floats(rows), 7),
    ]
    got = []
    for begin in range(0, len(x), 100):
        for status, *arguments in bad:
            assert api.accept(stream, *arguments) == status
        got.append(client.accept(api, stream, x[begin : begin + 100], program.n_columns))
    for room in (-1, MOST):
        assert api.flush(stream, client.floats(rows), room) == SIZE
    assert api.flush(stream, None, 1) == POINTER
    got.append(client.flush(api, stream, program.n_columns))
    assert_same_bits(np.concatenate(got), serfast.Extractor(program.spec)(x))
    assert (rows == 7).all()


def test_no_stream_at_all(program: Program) -> None:
    x, rows = arrays(program)
    assert api.accept(None, client.floats(x), 1, client.floats(rows), 1) == POINTER
    assert api.flush(None, client.floats(rows), 1) == POINTER


def test_after_flush_only_reset_opens_a_stream(program: Program, stream: ctypes.c_void_p) -> None:
    x, rows = arrays(program)
    assert api.flush(stream, None, 0) == 0
    assert api.accept(stream, client.floats(x), 9, client.floats(rows), 7) == FLUSHED
    assert api.reset(stream) == OK
    assert api.accept(stream, client.floats(x), 1000, client.floats(rows), 7) == 5


def test_counts_of_a_stream(program: Program, stream: ctypes.c_void_p) -> None:
    live = serfast.Extractor(program.spec).stream()
    for n in (0, 1, 255, 256, 1000):
        assert api.ready_count(stream, n) == program.spec.frame_count(n, final=False)
    assert api.ready_count(stream, -1) == SIZE
    assert api.ready_count(stream, MOST) == SIZE
    for chunk in divide(VOICE, [1, 700, 33]):
        assert api.ready_count(stream, len(chunk)) == len(live.accept(chunk))
        client.accept(api, stream, chunk, program.n_columns)

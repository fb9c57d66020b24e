"""The C functions: the extractor's bits, and a code for whatever is wrong, never a crash."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from broad import broad_specs
from serfast import native
from streams import SPECS, VOICE, assert_same_bits, batch, divide, lengths

OK, POINTER, SIZE, SHORT, NOT_FINITE, SPEC, FLUSHED, MEMORY, INTERNAL = range(0, -9, -1)
MOST = sys.maxsize
EXAMPLE = Path(__file__).parents[1] / "examples" / "ctypes_client.py"


def _example():
    """The ctypes example as a module."""
    spec = importlib.util.spec_from_file_location("ctypes_client", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


client = _example()
api = client.load()
HEADER = (Path(native.get_include()) / "serfast.h").read_text("utf-8")


class Program:
    """A program and its spec, freed at the end of a with statement."""

    def __init__(self, spec: serfast.FeatureSpec) -> None:
        self.spec, self.n_columns = spec, len(spec.columns)

    def __enter__(self):
        self.handle = client.make_program(api, self.spec)
        return self

    def __exit__(self, *_):
        api.free_program(self.handle)


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


# ---- what it computes


@pytest.mark.parametrize(("name", "spec"), [*broad_specs().items(), *SPECS.items()])
def test_rows_are_the_extractors(name: str, spec: serfast.FeatureSpec) -> None:
    with Program(spec) as program:
        assert api.column_count(program.handle) == len(spec.columns)
        for n in (1, 2, 511, 1600, len(VOICE)):
            expected = spec.frame_count(n)
            assert api.row_count(program.handle, n) == expected
            if expected:
                rows = client.extract(api, program.handle, VOICE[:n])
                assert_same_bits(rows, serfast.Extractor(spec)(VOICE[:n]))


@given(name=st.sampled_from(sorted(SPECS)), lengths=lengths)
def test_rows_of_a_stream_are_the_batchs(name: str, lengths: list[int]) -> None:
    with Program(SPECS[name]) as program:
        stream = client.make_stream(api, program.handle)
        for _ in range(2):  # the same again after a reset
            chunks = divide(VOICE, lengths)
            rows = [client.accept(api, stream, chunk, program.n_columns) for chunk in chunks]
            rows.append(client.flush(api, stream, program.n_columns))
            assert_same_bits(np.concatenate(rows), batch(name, VOICE))
            assert api.reset(stream) == OK
        api.free_stream(stream)


@pytest.mark.parametrize("name", sorted(SPECS))
def test_rows_without_room_wait(name: str) -> None:
    with Program(SPECS[name]) as program:
        stream = client.make_stream(api, program.handle)
        assert api.accept(stream, client.floats(VOICE), len(VOICE), None, 0) == 0
        got, row = [], np.empty((1, program.n_columns), np.float32)
        while api.accept(stream, None, 0, client.floats(row), 1) == 1:
            got.append(row.copy())
        while api.flush(stream, client.floats(row), 1) == 1:
            got.append(row.copy())
        assert_same_bits(np.concatenate(got), batch(name, VOICE))
        api.free_stream(stream)


def test_deltas_come_with_the_others() -> None:
    rms = serfast.RMS()
    spec = serfast.FeatureSpec(features=[rms, serfast.Delta(rms, width=9)])
    with Program(spec) as program:
        rows = client.extract(api, program.handle, VOICE)
        assert_same_bits(rows, serfast.Extractor(spec)(VOICE))
        stream = client.make_stream(api, program.handle)
        live = [client.accept(api, stream, VOICE[i : i + 99], 2) for i in range(0, 5000, 99)]
        live.append(client.flush(api, stream, 2))
        assert_same_bits(np.concatenate(live), rows)
        api.free_stream(stream)


def test_a_stream_outlives_its_program() -> None:
    with Program(SPECS["speech"]) as program:
        stream = client.make_stream(api, program.handle)
    rows = [client.accept(api, stream, VOICE, program.n_columns)]
    rows.append(client.flush(api, stream, program.n_columns))
    assert_same_bits(np.concatenate(rows), batch("speech", VOICE))
    api.free_stream(stream)


def test_threads_share_a_program() -> None:
    expected, wrong = batch("speech", VOICE), []
    with Program(SPECS["speech"]) as program:

        def work() -> None:
            for _ in range(20):
                rows = client.extract(api, program.handle, VOICE)
                if rows.tobytes() != expected.tobytes():
                    wrong.append(rows)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_threads_make_and_free_programs_at_once() -> None:
    counts = []

    def work() -> None:
        for _ in range(5):
            with Program(SPECS["speech"]) as program:
                counts.append(api.column_count(program.handle))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [len(SPECS["speech"].columns)] * 20


def test_what_is_freed_is_gone() -> None:
    def alive() -> int:
        gc.collect()
        kinds = (serfast.Extractor, serfast.stream.Stream)
        return sum(issubclass(type(thing), kinds) for thing in gc.get_objects())

    before = alive()
    program = client.make_program(api, SPECS["speech"])
    stream = client.make_stream(api, program)
    assert alive() == before + 2
    api.free_stream(stream)
    api.free_program(program)
    assert alive() == before


# ---- what is wrong: a code, and nothing written


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
    handle, buffer = ctypes.c_void_p(1), ctypes.create_string_buffer(b"?" * 300)
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
    whole = ctypes.create_string_buffer(300)
    handle = ctypes.byref(ctypes.c_void_p())
    api.make_program(text, len(text), handle, whole, len(whole))
    assert "ü" in whole.value.decode()
    cut = ctypes.create_string_buffer(b"?" * 300)
    assert api.make_program(text, len(text), handle, cut, size) == SPEC
    assert len(cut.value) < size
    assert whole.value.decode().startswith(cut.value.decode())
    assert cut.raw[size:] == b"?" * (300 - size) + b"\0"


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


# ---- the table and its header


def test_another_abi_is_refused() -> None:
    get_api = ctypes.CDLL(native.library()).serfast_get_api
    get_api.restype, get_api.argtypes = ctypes.c_void_p, [ctypes.c_uint32]
    assert get_api(0) is None
    assert get_api(2) is None
    assert get_api(1) == ctypes.addressof(api)


def test_the_capsule_holds_the_same_table() -> None:
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    name = b"serfast._engine._C_API"
    assert pointer(serfast._engine._C_API, name) == ctypes.addressof(api)
    assert (api.abi, api.size) == (1, ctypes.sizeof(client.Api))


def test_every_code_has_words() -> None:
    codes = dict(re.findall(r"SERFAST_(\w+) = (-?\d+)", HEADER))
    assert codes["E_INTERNAL"] == str(INTERNAL)
    messages = [api.message(int(code)).decode() for code in codes.values()]
    assert len(set(messages)) == len(codes) == 9
    for unknown in (1, -9, 2**31 - 1, -(2**31)):
        assert api.message(unknown) == b"unknown code"


def test_cython_declares_what_c_does() -> None:
    table = re.findall(r"\(\*(\w+)\)", HEADER)
    declared = (Path(native.__file__).with_name("native.pxd")).read_text("utf-8")
    assert set(re.findall(r"^cdef [\w *]*?(\w+)\(", declared, re.MULTILINE)) == set(table)
    assert set(native.__pyx_capi__) == set(table)
    assert [name for name, _ in client.Api._fields_[2:]] == table
    codes = re.findall(r"SERFAST_(\w+) = (-?\d+)", HEADER)
    assert re.findall(r"^    (\w+) = (-?\d+)$", declared, re.MULTILINE) == codes

"""The C functions: the extractor's bits, and a table that every client finds."""

from __future__ import annotations

import ctypes
import gc
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from helpers.broad import broad_specs
from helpers.native_programs import (
    INTERNAL,
    OK,
    Program,
    api,
    client,
)
from helpers.streams import SPECS, VOICE, assert_same_bits, batch, divide, lengths
from serfast import native
from serfast.backends.stream import Stream

HEADER = (Path(native.get_include()) / "serfast.h").read_text("utf-8")


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
        kinds = (serfast.Extractor, Stream)
        return sum(issubclass(type(thing), kinds) for thing in gc.get_objects())

    before = alive()
    program = client.make_program(api, SPECS["speech"])
    stream = client.make_stream(api, program)
    assert alive() == before + 2
    api.free_stream(stream)
    api.free_program(program)
    assert alive() == before


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


# ---- the header, against everything that declares the same ---------------------------------------

EXT = Path(__file__).resolve().parents[1] / "ext"


def without_names(arguments: str) -> list[str]:
    """The types of a C argument list: each argument without its name."""
    kinds = [re.sub(r"(?<=[ *])\w+$", "", a.strip()) for a in arguments.split(",")]
    return [re.sub(r"\s+", " ", kind).strip() for kind in kinds]


def declared_in_the_header(pattern: str) -> dict[str, tuple[str, list[str]]]:
    """Result and arguments by name."""
    code = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)
    matches = re.findall(pattern, code, re.DOTALL)
    return {name: (result.strip(), without_names(arguments)) for result, name, arguments in matches}


def test_the_engine_declares_the_table_as_the_header_does() -> None:
    expected = declared_in_the_header(r"    ([\w ]+\*?)\(\*(\w+)\)\(([^)]*)\);")
    text = (EXT / "serfast_api.pxd").read_text("utf-8")
    matches = re.findall(r"        ([\w ]+\*?)\(\*(\w+)\)\(([^)]*)\) noexcept", text, re.DOTALL)
    declared = {n: (r.strip(), [re.sub(r"\s+", " ", a).strip() for a in arguments.split(",")])
                for r, n, arguments in matches}  # fmt: skip
    assert len(declared) == 12
    assert declared == expected


def test_cython_declares_the_functions_as_the_header_does() -> None:
    expected = declared_in_the_header(r"    ([\w ]+\*?)\(\*(\w+)\)\(([^)]*)\);")
    text = (Path(native.__file__).with_name("native.pxd")).read_text("utf-8")
    text = text.replace("Program *", "serfast_program *").replace("Stream *", "serfast_stream *")
    matches = re.findall(r"^cdef ([\w ]+\*?)\b(\w+)\(([^)]*)\) noexcept", text, re.M | re.DOTALL)
    declared = {name: (result.strip(), without_names(a)) for result, name, a in matches}
    assert declared == expected


def test_functions_of_ones_own_are_declared_as_in_the_header() -> None:
    expected = declared_in_the_header(r"typedef (int) (serfast_\w+_function)\(([^)]*)\);")
    assert len(expected) == 3
    declared = {}
    for name in ("computed.pxd", "track.pxd"):
        text = (EXT / name).read_text("utf-8")
        for function, arguments in re.findall(r"ctypedef int (\w+)\(([^)]*)\) noexcept", text):
            kinds = [re.sub(r"\s+", " ", a).strip() for a in arguments.split(",")]
            declared[function] = ("int", kinds)
    assert declared == expected


def test_numba_and_ctypes_know_them_as_in_the_header() -> None:
    from serfast.backends.custom import signatures

    names = {"feature": signatures.NARROW, "wide_feature": signatures.WIDE,
             "track": signatures.TRACK}  # fmt: skip
    kinds = {"const float *": "float*", "float *": "float*", "const double *": "double*",
             "double *": "double*", "double": "double", "ptrdiff_t": "size"}  # fmt: skip
    expected = declared_in_the_header(r"typedef (int) (serfast_\w+_function)\(([^)]*)\);")
    for name, arguments in names.items():
        _, types = expected[f"serfast_{name}_function"]
        assert signatures.Signature(arguments).kinds == tuple(kinds[kind] for kind in types)

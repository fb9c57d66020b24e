"""serfast's C functions through ctypes: the rows of a recording, at once and from a stream.

    python examples/ctypes_client.py examples/speech.flac

ctypes lets go of the GIL during each call, so threads of Python compute side by side.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_float, c_int, c_ssize_t, c_void_p

import numpy as np

import serfast
from serfast import native

ABI = 1
Floats = POINTER(c_float)
Pointer = POINTER(c_void_p)


class Api(ctypes.Structure):
    """The table `serfast_api` of serfast.h."""

    _fields_ = (
        ("abi", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("message", CFUNCTYPE(c_char_p, c_int)),
        ("make_program", CFUNCTYPE(c_int, c_char_p, c_ssize_t, Pointer, c_char_p, c_ssize_t)),
        ("free_program", CFUNCTYPE(None, c_void_p)),
        ("column_count", CFUNCTYPE(c_ssize_t, c_void_p)),
        ("row_count", CFUNCTYPE(c_ssize_t, c_void_p, c_ssize_t)),
        ("extract", CFUNCTYPE(c_int, c_void_p, Floats, c_ssize_t, Floats, c_ssize_t)),
        ("make_stream", CFUNCTYPE(c_int, c_void_p, Pointer, c_char_p, c_ssize_t)),
        ("free_stream", CFUNCTYPE(None, c_void_p)),
        ("ready_count", CFUNCTYPE(c_ssize_t, c_void_p, c_ssize_t)),
        ("accept", CFUNCTYPE(c_ssize_t, c_void_p, Floats, c_ssize_t, Floats, c_ssize_t)),
        ("flush", CFUNCTYPE(c_ssize_t, c_void_p, Floats, c_ssize_t)),
        ("reset", CFUNCTYPE(c_int, c_void_p)),
    )


def load() -> Api:
    """The table, out of the native module's file."""
    get_api = ctypes.CDLL(native.library()).serfast_get_api
    get_api.restype, get_api.argtypes = POINTER(Api), [ctypes.c_uint32]
    table = get_api(ABI)
    if not table:
        raise ImportError(f"serfast's ABI must be {ABI}")
    return table.contents


def floats(array: np.ndarray) -> ctypes.Array:
    """A contiguous float32 array as C sees it."""
    return array.ctypes.data_as(Floats)


def check(api: Api, status: int, reason: bytes = b"") -> int:
    """The status itself; ValueError if it is a negative code."""
    if status < 0:
        raise ValueError((reason or api.message(status)).decode())
    return status


def make_program(api: Api, spec: serfast.FeatureSpec) -> c_void_p:
    """A program, to be freed with api.free_program."""
    program, reason, text = c_void_p(), ctypes.create_string_buffer(200), spec.to_json().encode()
    status = api.make_program(text, len(text), byref(program), reason, len(reason))
    check(api, status, reason.value)
    return program


def make_stream(api: Api, program: c_void_p) -> c_void_p:
    """A stream, to be freed with api.free_stream."""
    stream, reason = c_void_p(), ctypes.create_string_buffer(200)
    check(api, api.make_stream(program, byref(stream), reason, len(reason)), reason.value)
    return stream


def extract(api: Api, program: c_void_p, samples: np.ndarray) -> np.ndarray:
    """All rows of contiguous float32 samples."""
    n_rows = api.row_count(program, len(samples))
    rows = np.empty((n_rows, api.column_count(program)), dtype=np.float32)
    check(api, api.extract(program, floats(samples), len(samples), floats(rows), n_rows))
    return rows


def accept(api: Api, stream: c_void_p, chunk: np.ndarray, n_columns: int) -> np.ndarray:
    """The rows that a chunk completes."""
    room = check(api, api.ready_count(stream, len(chunk)))
    rows = np.empty((room, n_columns), dtype=np.float32)
    check(api, api.accept(stream, floats(chunk), len(chunk), floats(rows), room))
    return rows


def flush(api: Api, stream: c_void_p, n_columns: int) -> np.ndarray:
    """The rows that waited for the signal's end."""
    check(api, api.flush(stream, None, 0))
    rows = np.empty((check(api, api.ready_count(stream, 0)), n_columns), dtype=np.float32)
    check(api, api.flush(stream, floats(rows), len(rows)))
    return rows


def main(path: str) -> None:
    """Compare both ways with serfast.Extractor."""
    spec = serfast.presets.speech()
    samples, _ = serfast.load(path, sample_rate=spec.sample_rate)
    api = load()
    program = make_program(api, spec)
    stream = make_stream(api, program)
    n_columns = api.column_count(program)
    rows = extract(api, program, samples)
    chunks = [samples[i : i + 400] for i in range(0, len(samples), 400)]
    live = [accept(api, stream, chunk, n_columns) for chunk in chunks]
    live = np.concatenate([*live, flush(api, stream, n_columns)])
    api.free_stream(stream)
    api.free_program(program)
    same = rows.tobytes() == live.tobytes() == serfast.Extractor(spec)(samples).tobytes()
    print(f"{len(rows)} rows of {n_columns} columns: {'equal' if same else 'different'} bits")


if __name__ == "__main__":
    main(*sys.argv[1:])

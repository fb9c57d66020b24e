"""The machine's peak: operations and bytes per second of one core, measured with a C program."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

FLAGS = {"baseline": (16, ()), "avx2": (32, ("-mavx2",)), "avx512": (64, ("-mavx512f",))}
"""For each instruction set: bytes of a vector, and options of the compiler."""

CHAINS = 7
"""So many multiplications and as many additions are in the loop, as peak.c has it."""

FIRST_CACHE = 4096
"""Floats that are read again and again; they take 16 KiB."""


class Peak(NamedTuple):
    """The peak of one core, without fused operations, since serfast's rows have none."""

    operations: float
    """Additions and multiplications of float32 per second."""
    bytes: float
    """Bytes loaded from the first cache per second."""


def compiled(isa: str, folder: Path) -> Path:
    """Compile peak.c for this instruction set; give the library, which is put into the folder."""
    width, flags = FLAGS[isa]
    library = folder / "peak.so"
    source = Path(__file__).with_name("peak.c")
    command = ["cc", "-O3", f"-DBYTES={width}", *flags, "-shared", "-fPIC"]
    subprocess.run([*command, "-o", str(library), str(source)], check=True)
    return library


def measure(isa: str) -> Peak:
    """Give the best of several tries, for vectors of this instruction set."""
    with tempfile.TemporaryDirectory() as folder:
        functions = ctypes.CDLL(str(compiled(isa, Path(folder))))
    space, sink = np.zeros(FIRST_CACHE + 16, np.float32), ctypes.c_float()
    x = space[-space.ctypes.data % 64 // 4 :][:FIRST_CACHE]  # it begins on a cache line
    functions.arithmetic.restype = functions.loads.restype = ctypes.c_double
    samples = x.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    different = np.arange(1, 1 + 2 * CHAINS * FLAGS[isa][0] // 4, dtype=np.float32)
    start = different.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    turns = ctypes.c_long(10**6)

    def arithmetic() -> float:
        return float(functions.arithmetic(turns, one, zero, start, ctypes.byref(sink)))

    def loads() -> float:
        n = ctypes.c_ssize_t(FIRST_CACHE)
        return float(functions.loads(ctypes.c_long(3000), samples, n, ctypes.byref(sink)))

    return Peak(_best(arithmetic), _best(loads))


def _best(work: Callable[[], float]) -> float:
    """Give the most work per second."""
    rates = []
    for _ in range(15):
        begin = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - begin))
    return max(rates)

"""Memory: nothing is allocated per chunk, and days of audio take no more than minutes."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from helpers.streams import EXTRACTORS, VOICE

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
OWN_MALLOC = platform.libc_ver()[0] != "glibc" or sysconfig.get_config_var("Py_GIL_DISABLED")
glibc = pytest.mark.skipif(bool(OWN_MALLOC), reason="stands before glibc's malloc")
CHUNK = VOICE[:160].copy()
SPECS = ["speech", "left-aligned, odd", "centred, hop > frame", "deltas, centred"]


def run(program: str, *arguments: str, **environment: str) -> str:
    """What a Python program prints in a process of its own, with this one's import path."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("name", SPECS)
def test_with_out_python_objects_do_not_add_up(name: str, dtype: type) -> None:
    stream = EXTRACTORS[name].stream()
    out = np.empty((8, len(stream.columns)), np.float32)  # room for all that a chunk completes
    chunk = (CHUNK * 1000).astype(dtype)
    turns = [None] * 1000
    for _ in turns:
        stream.accept(chunk, out)
    tracemalloc.start()
    try:
        for _ in turns:  # what the tracer itself and the loop keep
            stream.accept(chunk, out)
        before, _ = tracemalloc.get_traced_memory()
        for _ in turns:
            stream.accept(chunk, out)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100, "1000 chunks must not leave as much as a byte each"


# glibc's own names for what this stands before need no dlsym, which would allocate itself.
COUNTER = """
#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local long calls;

long allocations(void) { return calls; }
void *malloc(size_t n) { calls++; return __libc_malloc(n); }
void *calloc(size_t count, size_t n) { calls++; return __libc_calloc(count, n); }
void *realloc(void *block, size_t n) { calls++; return __libc_realloc(block, n); }
void *memalign(size_t alignment, size_t n) { calls++; return __libc_memalign(alignment, n); }
void *aligned_alloc(size_t alignment, size_t n) { return memalign(alignment, n); }
int posix_memalign(void **block, size_t alignment, size_t n) {
    *block = memalign(alignment, n);
    return *block ? 0 : ENOMEM;
}
"""

COUNTING = """
import ctypes, sys
import numpy as np
from helpers import streams

allocations = ctypes.CDLL(None).allocations
allocations.restype = ctypes.c_long
stream = streams.EXTRACTORS[sys.argv[1]].stream()
out = np.empty((8, len(stream.columns)), np.float32)
chunk = streams.VOICE[:160].copy()
turns, accept, written = [None] * 1000, stream.accept, 0
for _ in turns:
    accept(chunk, out)
before = allocations()
for _ in turns:
    written += accept(chunk, out)
counted = allocations() - before
seen = allocations()
kept = [bytes(1000) for _ in range(100)]
print(counted, written, allocations() - seen >= 100)
"""


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shared library that counts allocations, compiled with Python's own C compiler or cc."""
    source = tmp_path_factory.mktemp("malloc") / "counter.c"
    source.write_text(COUNTER)
    library = source.with_suffix(".so")
    named = (sysconfig.get_config_var("CC") or "cc").split()[0]
    compiler = named if shutil.which(named) else "cc"
    command = [compiler, "-shared", "-fPIC", "-O1", "-fno-builtin", "-o", str(library), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


@pytest.mark.native
@glibc
@pytest.mark.parametrize("name", SPECS)
def test_with_out_a_chunk_allocates_nothing(name: str, counter: Path) -> None:
    counted, written, works = run(COUNTING, name, LD_PRELOAD=str(counter)).split()
    assert works == "True", "the counter must see 100 blocks of 1000 bytes"
    assert int(written) in range(170, 3300), "rows must have come meanwhile"
    assert int(counted) == 0


DAYS = """
import numpy as np
import serfast
from helpers import signals

HOP = 160
DAY, BEYOND_31_BITS = 8_640_000, 2**31 // HOP + 1
extractor = serfast.Extractor(serfast.FeatureSpec(features=[serfast.RMS(frame_length=512)]))
stream = extractor.stream()
minute = signals.noise(60 * 16000 + 7, seed=3)  # no multiple of the hop: every row is another
out = np.empty((len(minute) // HOP + 4, 1), np.float32)

def row_alone(t):
    begin = (t - 4) * HOP  # four hops hold half a frame
    around = minute[np.arange(begin, begin + 8 * HOP) % len(minute)]
    return extractor(around)[4]

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

checked = set()
while stream.n_emitted <= BEYOND_31_BITS:
    first = stream.n_emitted
    written = stream.accept(minute, out)
    due = {t for t in (DAY, BEYOND_31_BITS) if first <= t < first + written}
    for t in {max(first, 5), stream.n_emitted - 1} | due:
        assert out[t - first].tobytes() == row_alone(t).tobytes(), f"row {t} differs"
    checked |= due
    if stream.n_seen == 10 * len(minute):
        before = peak()
assert checked == {DAY, BEYOND_31_BITS}
print(peak() - before)
"""


@linux
def test_days_of_audio_take_no_memory_and_have_the_right_rows() -> None:
    """38 hours at 16 kHz: past row 8,640,000, where a day ends, and past sample 2**31."""
    assert int(run(DAYS)) == 0, "KiB of resident memory more than after ten minutes"


@linux
def test_a_stream_frees_its_memory() -> None:
    extractor = EXTRACTORS["speech"]
    none = np.empty((0, len(extractor.columns)), np.float32)

    def waiting() -> None:
        stream = extractor.stream()
        for _ in range(100):
            stream.accept(VOICE, none)  # 2 MB wait for room

    assert _growth(waiting) < 20 * 2**20, "20 such streams hold 40 MB"


def _growth(work: object) -> int:
    """Bytes of resident memory that 20 more calls add after the first three."""
    for _ in range(3):
        work()
    before = _resident()
    for _ in range(20):
        work()
    return _resident() - before


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

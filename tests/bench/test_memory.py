"""The memory of this process, to the page."""

from __future__ import annotations

import mmap as maps
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest

from serfast.bench.memory import map_libraries, memory, private_memory


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's file")
def test_every_page_of_numpy_can_be_made_resident() -> None:
    map_libraries()
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    sizes = []
    for line in lines:
        if "_multiarray_umath" in line and line.split()[1].startswith("r"):
            size, rss = (next(one for one in lines if one.startswith(f)) for f in ("Size", "Rss"))
            sizes.append((int(size.split()[1]), int(rss.split()[1])))
    assert sizes
    assert all(size == rss for size, rss in sizes), sizes


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's file")
def test_memory_is_exact() -> None:
    n_bytes = 40 * 2**20
    with mmap(-1, n_bytes) as block:  # malloc would take memory that an earlier test gave back
        before = memory()
        np.frombuffer(block, np.uint8)[:] = 1
        after = memory()
    assert after["now"] - before["now"] == pytest.approx(n_bytes, abs=2**20)
    assert after["peak"] >= after["now"]
    assert before["peak"] >= before["now"]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's file")
def test_pages_of_files_are_not_a_processs_own(tmp_path: Path) -> None:
    n_bytes = 20 * 2**20
    path = tmp_path / "file"
    path.write_bytes(bytes(n_bytes))
    before, private_before = memory()["now"], private_memory()
    with path.open("rb") as file, mmap(file.fileno(), n_bytes, access=maps.ACCESS_READ) as mapped:
        total = np.frombuffer(mapped, np.uint8)[::4096].sum()
        after, private_after = memory()["now"], private_memory()
        del total
    with mmap(-1, n_bytes, flags=maps.MAP_PRIVATE | maps.MAP_ANONYMOUS) as block:
        np.frombuffer(block, np.uint8)[:] = 1
        private_filled = private_memory()
    assert private_before is not None
    assert private_after is not None
    assert private_filled is not None
    assert after - before == pytest.approx(n_bytes, abs=2**20)
    assert private_after - private_before == pytest.approx(0, abs=2**20)
    assert private_filled - private_before == pytest.approx(n_bytes, abs=2**20)

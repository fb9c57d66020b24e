"""Small: what the engine takes of a board, in memory and in kinds of arithmetic."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from building import tree_wheel
from serfast.bench.settings import Settings
from serfast.bench.startup import resident

MIB = 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't tell it the same way")
def test_a_stream_of_the_whole_row_takes_5_mb_more_than_numpy(record_property) -> None:
    found = resident(Settings(), streams=True)
    now, peak = (found["serfast"][kind] - found["numpy"][kind] for kind in ("now", "peak"))
    print(f"one stream: {now / MIB:.1f} MiB above NumPy's, at the peak {peak / MIB:.1f}")
    record_property("stream_mib", now / MIB)
    assert 0 < now <= 5e6
    assert peak <= 5e6


# Arithmetic on doubles: SSE and AVX name them by their ending, arm64 by their registers.
DOUBLES = {
    "x86_64": r"\b(v?(add|sub|mul|div|sqrt|max|min|cvts[is]2|cvtps2|cvtdq2)(sd|pd)|vf\w+(sd|pd))\b",
    "aarch64": r"\b(f(add|sub|mul|div|sqrt|cvt|madd|msub|mla|mls)|scvtf)\t(d\d+|v\d+\.2d)",
}


@pytest.mark.skipif(platform.machine() not in DOUBLES, reason="names of another processor's")
def test_the_kernels_compute_with_float32_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    tree = tree_wheel(tmp_path_factory).parents[1] / "tree"
    objects = list(tree.glob("build/temp*/ext/kernels/*.o"))
    assert {"baseline.o", "select.o"} <= {path.name for path in objects}
    pattern = re.compile(DOUBLES[platform.machine()])
    for path in objects:
        code = disassembled(path)
        found = [line for line in code.splitlines() if pattern.search(line)]
        assert not found, f"{path.name}: {found[:3]}"


def test_the_pattern_finds_doubles(tmp_path: Path) -> None:
    source = tmp_path / "double.c"
    source.write_text("float f(float x, double y) { return (float)(x * y + 1.5); }\n")
    target = source.with_suffix(".o")
    subprocess.run(["cc", "-O2", "-c", str(source), "-o", str(target)], check=True)
    assert re.search(DOUBLES[platform.machine()], disassembled(target))


def disassembled(path: Path) -> str:
    objdump = shutil.which("objdump")
    assert objdump, "these tests need objdump (package binutils)"
    command = [objdump, "--disassemble", "--no-show-raw-insn", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

"""Small: what the engine takes of a board, in memory and in kinds of arithmetic."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.building import tree_wheel
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


OF_A_WINDOW = "series_"
"""Functions of the statistics, which run once a window: sums of hundreds of rows need doubles."""
OF_A_SPECTRUM = (
    "sum_floored",
    "sum_products",
    "sum_squared_differences",
    "index_moments",
    "fold_wide",
)
"""Sums over the bins of a spectrum: squares of bins' numbers leave float32 no digits for a tone."""
OF_A_RECORDING = ("lag_sums", "best_moves")
"""What `compat.librosa.pyin` calls for a whole recording, which librosa computes in doubles; and
the autocorrelation of a band-limited frame, whose predictor floats would spoil."""
OF_LAGS = ("lag_energies", "wide_means")
"""Running sums over the lags of a frame, and means of a frame: in float32 their errors add up."""
OF_PATHS = ("best_origins",)
"""The best way into each candidate of F0: a path's worth is a sum over all rows so far."""
OF_FORMANTS = ("row_products", "quadratic_factors")
"""A predictor and its roots: the errors of float32 would be amplified as much as resonances are."""


@pytest.mark.skipif(platform.machine() not in DOUBLES, reason="names of another processor's")
def test_what_runs_for_every_row_computes_with_float32_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tree = tree_wheel(tmp_path_factory).parents[1] / "tree"
    objects = list(tree.glob("build/temp*/ext/kernels/*.o"))
    assert {"baseline.o", "select.o"} <= {path.name for path in objects}
    for path in objects:
        found = with_doubles(path)
        rows = {name: line for name, line in found.items() if not name.startswith(OF_A_WINDOW)}
        allowed = (*OF_A_SPECTRUM, *OF_A_RECORDING, *OF_LAGS, *OF_PATHS, *OF_FORMANTS)
        others = {name for name in rows if not name.startswith(allowed)}
        assert not others, (path.name, found)
        assert found or path.name == "select.o", "the pattern must find those of the statistics"


def with_doubles(path: Path) -> dict[str, str]:
    """Functions of an object file that compute with doubles, each with its first instruction."""
    pattern, function, found = re.compile(DOUBLES[platform.machine()]), "", {}
    for line in disassembled(path).splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:", line):
            function = head[1]
        elif pattern.search(line):
            found.setdefault(function, line)
    return found


def disassembled(path: Path) -> str:
    objdump = shutil.which("objdump")
    assert objdump, "these tests need objdump (package binutils)"
    command = [objdump, "--disassemble", "--no-show-raw-insn", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

"""The loop whose operations are counted as the machine's peak has as many as are counted."""

from __future__ import annotations

import platform
import re
import subprocess
from pathlib import Path

import pytest

from benchmarks import peak  # it is no installed package

WIDTHS = {"baseline": "xmm", "avx2": "ymm", "avx512": "zmm"}

OPERATION = re.compile(r"\b(v?)(mul|add)ps\s.*%(xmm|ymm|zmm)\d+$")

only_x86 = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="peak.c is compiled for x86-64 only"
)


def loops(library: Path, function: str) -> list[list[str]]:
    """Give the innermost loops of a function: the instructions from a jump's target to the jump."""
    text = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", str(library)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = re.findall(r"^ *([0-9a-f]+):\s+(.+?)\s*$", text, re.MULTILINE)
    places = {int(address, 16): i for i, (address, _) in enumerate(lines)}
    found = []
    for i, (_, instruction) in enumerate(lines):
        jump = re.match(r"j\w+\s+([0-9a-f]+)", instruction)
        begin = places.get(int(jump[1], 16), i + 1) if jump else i + 1
        if begin <= i:
            found.append([one for _, one in lines[begin : i + 1]])
    return [one for one in found if sum(one[-1] == other[-1] for other in found) == 1]


@only_x86
@pytest.mark.parametrize("isa", peak.FLAGS)
def test_the_loop_has_as_many_vector_operations_as_are_counted(isa: str, tmp_path: Path) -> None:
    """Chains that begin with the same numbers would be merged into one by the compiler."""
    library = peak.compiled(isa, tmp_path)
    counts = []
    for loop in loops(library, "arithmetic"):
        matches = [match for line in loop if (match := OPERATION.search(line))]
        wide = [match[2] for match in matches if match[3] == WIDTHS[isa]]
        counts.append((wide.count("mul"), wide.count("add")))
    assert (peak.CHAINS, peak.CHAINS) in counts


@only_x86
@pytest.mark.parametrize("isa", peak.FLAGS)
def test_the_loop_of_loads_adds_eight_vectors(isa: str, tmp_path: Path) -> None:
    counts = [
        sum(bool(OPERATION.search(line)) for line in loop)
        for loop in loops(peak.compiled(isa, tmp_path), "loads")
    ]
    assert 8 in counts

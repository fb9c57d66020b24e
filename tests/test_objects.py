"""What was compiled: nothing but plain x86-64 where every processor must run it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

import serfast
from helpers.building import tree_wheel

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or "avx2" not in serfast.native_info()["built"],
    reason="reads ELF objects of x86-64",
)

LINE = re.compile(r"^\s*[0-9a-f]+:\t([a-z]\w*)(.*)$", re.MULTILINE)
SYSTEM = ("verr", "verw")
"""Instructions that begin with a v and aren't AVX."""


@pytest.fixture(scope="module")
def objects(
    tmp_path_factory: pytest.TempPathFactory, lacking: Callable[[str], NoReturn]
) -> dict[str, Path]:
    """Every object file that the wheel was linked from, by name."""
    if shutil.which("objdump") is None:
        lacking("objdump not found: apt-get install binutils")
    built = tree_wheel(tmp_path_factory).parents[1] / "tree" / "build"
    return {path.stem: path for path in built.rglob("*.o")}


@cache
def instructions(path: Path) -> tuple[tuple[str, str], ...]:
    """(mnemonic, operands) of every instruction."""
    command = ["objdump", "-d", "--no-show-raw-insn", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(LINE.findall(done.stdout))


def avx(path: Path) -> set[str]:
    """Instructions of AVX and later: by their names or their registers."""
    return {
        f"{name} {operands.strip()}"
        for name, operands in instructions(path)
        if (name.startswith("v") and name not in SYSTEM)
        or re.search(r"%[yz]mm|%k[0-7]\b", operands)
    }


@pytest.mark.parametrize("name", ["baseline", "select", "engine"])
def test_nothing_beyond_sse2_where_every_processor_runs(
    name: str, objects: dict[str, Path]
) -> None:
    assert len(instructions(objects[name])) > 10
    assert avx(objects[name]) == set()


def test_no_object_is_left_out(objects: dict[str, Path]) -> None:
    assert set(objects) == {"select", *serfast.native_info()["built"], "engine"}


def test_each_instruction_set_is_used_where_it_may_be(objects: dict[str, Path]) -> None:
    """It shows, too, that the test sees such instructions."""
    wide = {isa: " ".join(avx(objects[isa])) for isa in ("avx2", "avx512")}
    assert "%ymm" in wide["avx2"]
    assert "%zmm" not in wide["avx2"]
    assert "%zmm" in wide["avx512"]

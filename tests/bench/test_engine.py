"""What computes in a process is said: the instruction set is the one chosen."""

from __future__ import annotations

from serfast.bench.measures import measure
from serfast.bench.settings import Settings


def test_the_instruction_set_is_the_one_chosen() -> None:
    assert measure("engine", Settings(isa="baseline"))["isa"] == "baseline"
    assert measure("engine", Settings(backend="reference"))["isa"] is None

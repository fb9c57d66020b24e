"""Every stage and size on every back end, with pytest-benchmark.

    pytest benchmarks [-k "power and native"]
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 SERFAST_ISA=avx2 pytest benchmarks

The native back end uses one instruction set in a process; `make bench` runs it once for each. It
isn't among the tests: timings say nothing on a busy machine.
"""

from __future__ import annotations

from typing import Any

import pytest

import serfast
from serfast import backends

from .stages import N_ROWS, STAGES, Stage, rows_into

ROWS = {"reference": 16}
"""Rows of a call of a slow back end; the reference is there to be right."""

AVAILABLE = [name for name, reason in backends.available().items() if reason is None]


@pytest.mark.parametrize("backend", AVAILABLE)
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_stage(benchmark: Any, stage: Stage, backend: str) -> None:
    """Time all rows of a call; the time of one row is in extra_info."""
    n_rows = ROWS.get(backend, N_ROWS)
    call = rows_into(stage, n_rows, backend)
    benchmark.group = stage.name
    rows = benchmark(call)
    assert rows.shape[0] == n_rows
    isa = serfast.native_info()["in_use"] if backend == "native" else None
    benchmark.extra_info.update(backend=backend, isa=isa, rows=n_rows)
    if benchmark.stats is not None:
        benchmark.extra_info["us_per_row"] = 1e6 * benchmark.stats.stats.median / n_rows

"""Back ends are the same from outside: their functions, and those of their streams."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

import serfast
from helpers import signals
from serfast.backends import Run, available
from serfast.backends.stream import Stream
from serfast.program.planner import program_of

THERE = [name for name, reason in available().items() if reason is None]
FAST = [name for name in THERE if name != "reference"]
fast = pytest.mark.parametrize("backend", FAST)


def shape(function: object) -> list[tuple[str, object]]:
    """Names and kinds of a function's parameters."""
    parameters = inspect.signature(function).parameters.values()
    return [(p.name, p.kind) for p in parameters if p.name != "self"]


@pytest.mark.parametrize("backend", THERE)
def test_signatures_are_identical(backend: str) -> None:
    prepare = importlib.import_module(f"serfast.backends.{backend}").prepare
    assert [name for name, _ in shape(prepare)] == ["program"]
    run = prepare(program_of(serfast.presets.speech()))
    assert shape(type(run).stream) == shape(Run.stream)
    y, out = signals.noise(1600), np.full((11, 81), 7, np.float32)
    y[77] = np.nan  # called by keyword: Cython doesn't tell signatures of __call__
    assert run(samples=y, out=out) == 77
    assert np.all(out == 7)
    y[77] = 0
    assert run(samples=y, out=out) is None
    assert not np.any(out == 7)


@fast
def test_streams_have_one_interface(backend: str) -> None:
    stream = serfast.Extractor(serfast.presets.speech(), backend=backend).stream()
    assert isinstance(stream, Stream)
    public = {name for name in dir(stream) if not name.startswith("_")}
    assert public == {name for name in dir(Stream) if not name.startswith("_")}
    for method in ("accept", "flush", "reset", "resample_with"):
        assert shape(getattr(type(stream), method)) == shape(getattr(Stream, method)), method

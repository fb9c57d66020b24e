"""The C functions as the example for ctypes finds them, and programs of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import serfast

OK, POINTER, SIZE, SHORT, NOT_FINITE, SPEC, FLUSHED, MEMORY, INTERNAL = range(0, -9, -1)
MOST = sys.maxsize
EXAMPLE = Path(__file__).parents[2] / "examples" / "ctypes_client.py"


def _example():
    """Give the ctypes example as a module."""
    spec = importlib.util.spec_from_file_location("ctypes_client", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


client = _example()
api = client.load()


class Program:
    """A program and its spec, freed at the end of a with statement."""

    def __init__(self, spec: serfast.FeatureSpec) -> None:
        self.spec, self.n_columns = spec, len(spec.columns)

    def __enter__(self):
        self.handle = client.make_program(api, self.spec)
        return self

    def __exit__(self, *_):
        api.free_program(self.handle)

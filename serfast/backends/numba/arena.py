"""An arena collects a program's nodes and tables, with those of its transforms, in arrays."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...program.fft import Matrix, Pass, matrix_plan, real_fft
from .lanes import LANES
from .nodes import NODES, PROGRAM

__all__ = ["MARGIN", "Arena", "Tables", "padded", "slot_stride"]

Array = np.ndarray[Any, Any]

MARGIN = 32
"""Vectors may touch this many floats before and after an array."""

FIRST_HALVED = 32
"""From this even length on, a real transform is a complex one of half the length."""


class Tables(NamedTuple):
    """It is a program for compiled code; the addresses in its record point into `arrays`."""

    program: Array
    arrays: tuple[Array, ...]
    states: Array
    """The tracks' states are these before the first row."""


def padded(n: int, multiple: int = LANES) -> int:
    """Give n rounded up to whole vectors, or to another multiple."""
    return -(-n // multiple) * multiple


def slot_stride(n: int) -> int:
    """Give the number of floats from a slot of n values to the next one."""
    return padded(n + MARGIN, 16)


class Arena:
    """It collects nodes by the name of their list, tables, and fields of the program's record."""

    def __init__(self) -> None:
        self.nodes: dict[str, list[dict[str, Any]]] = {name: [] for name in NODES}
        self.parts: list[Array] = [np.zeros(MARGIN)]
        self.size = MARGIN
        self.doubles: list[Array] = []
        self.states: list[Array] = [np.empty(0)]
        self.grid = dict.fromkeys(PROGRAM.names or (), 0)

    def add(self, name: str, **node: Any) -> int:
        """Add a node; give its place in its list."""
        self.nodes[name].append(node)
        return len(self.nodes[name]) - 1

    def put(self, values: Array) -> int:
        """Add a table, with zeros up to a whole vector and one more; give its beginning."""
        begin, flat = self.size, np.ravel(values)
        self.parts += [flat, np.zeros(padded(len(flat), 16) - len(flat) + 16)]
        self.size += padded(len(flat), 16) + 16
        return begin

    def slot(self, n: int, twice: bool = False) -> int:
        """Give a place in the scratch for n values of a row, or for two rows if `twice`."""
        begin = self.grid["slot_size"]
        self.grid["slot_size"] += slot_stride(n) * (2 if twice else 1)
        return begin

    def need(self, **sizes: int) -> None:
        """Make the scratch at least as large as these sizes."""
        for name, size in sizes.items():
            self.grid[name] = max(self.grid[name], size)

    def real(self, length: int) -> int:
        """Add a real transform, of half the length if possible; give its place."""
        halved = length % 2 == 0 and length >= FIRST_HALVED
        plan = real_fft(length).complex if halved else matrix_plan(length)
        area = self.area(plan)
        split = real_fft(length).split
        self.need(fft_size=4 * area)
        return self.add(
            "reals",
            length=length,
            n=plan.n,
            halved=halved,
            fft=self.fft(plan),
            area=area,
            split_re=self.put(split.real),
            split_im=self.put(split.imag),
        )

    def area(self, plan: Matrix) -> int:
        """Give the number of floats between the real and imaginary parts of a scratch array."""
        rows, cols = padded(plan.rows), padded(plan.cols)
        return max(rows * cols, self.area(plan.inner) if plan.inner else 0) + MARGIN

    def fft(self, plan: Matrix) -> int:
        """Add a complex transform; give its place."""
        inner = -1 if plan.inner is None else self.fft(plan.inner)
        rows, cols = padded(plan.rows), padded(plan.cols)
        factors = np.ones((rows, cols), dtype=np.complex128)
        if inner < 0:
            factors[: plan.rows, : plan.cols] = plan.twiddle[:, : plan.cols]
        first = len(self.nodes["passes"])
        self.passes(plan.row_passes)
        turn = len(self.nodes["passes"])
        self.passes(plan.col_passes)
        node = {"n": plan.n, "rows": plan.rows, "cols": plan.cols, "inner": inner}
        node |= {"row_stride": cols, "col_stride": rows}
        node |= {"first_pass": first, "turn": turn, "last_pass": len(self.nodes["passes"])}
        node |= self.complex_table("twiddle", factors)
        if plan.chirp is not None and plan.kernel is not None:
            node |= self.complex_table("chirp", plan.chirp)
            node |= self.complex_table("kernel", plan.kernel)
        return self.add("ffts", **node)

    def complex_table(self, name: str, values: Array) -> dict[str, int]:
        """Add real parts, then imaginary parts; give their beginning and their distance."""
        re, im = self.put(values.real), self.put(values.imag)
        return {name: re, f"area_of_{name}": im - re}

    def passes(self, passes: tuple[Pass, ...]) -> None:
        """Add the passes of a stage; radix 16 becomes two passes of radix 4, which has code."""
        radices = [r for item in passes for r in ((4, 4) if item.radix == 16 else (item.radix,))]
        blocks = math.prod(radices)
        for radix in radices:
            blocks //= radix
            twiddle = _unit(np.outer(np.arange(blocks), np.arange(1, radix)), radix * blocks)
            roots = _unit(np.arange(radix), radix)
            at = {"twiddle": self.put(twiddle), "roots": self.put(roots)}
            self.add("passes", radix=radix, blocks=blocks, **at)

    def tables(self) -> Tables:
        """Give the tables of the finished program."""
        for name in ("frame", "power", "band", "lag", "fft", "output", "window"):
            name = f"{name}_size"
            self.grid[name] = padded(self.grid[name] + 2 * MARGIN, 16)
        grid = self.grid
        grid["scratch_size"] = 2 * (grid["frame_size"] + MARGIN) + grid["power_size"]
        grid["scratch_size"] += 3 * grid["band_size"] + grid["lag_size"] + grid["fft_size"]
        grid["scratch_size"] += grid["output_size"] + grid["slot_size"]
        grid["scratch_size"] += grid["window_size"]
        counted = ("energies", "crossings", "pitches", "spectra", "logs", "autocorrelations")
        for name in (*counted, "frame_inputs", "computed", "tracks"):
            self.grid[f"n_{name}"] = len(self.nodes[name])
        arrays = {name: _filled(dtype, self.nodes[name]) for name, dtype in NODES.items()}
        arrays["tables"] = np.concatenate([*self.parts, np.zeros(MARGIN)]).astype(np.float32)
        addresses = {name: array.ctypes.data for name, array in arrays.items()}
        kept = (*arrays.values(), *self.doubles)
        return Tables(_filled(PROGRAM, [grid | addresses]), kept, np.concatenate(self.states))


def _filled(dtype: np.dtype[Any], nodes: list[dict[str, Any]]) -> Array:
    """Give an array with a record for each node; fields that a node doesn't have are 0."""
    array = np.zeros(len(nodes), dtype)
    for record, node in zip(array, nodes, strict=True):
        for name, value in node.items():
            record[name] = value
    return array


def _unit(numerator: Array, denominator: int) -> Array:
    """Give exp(-2πi numerator / denominator), as re, im, re, im and so on."""
    angle = 2 * np.pi * (numerator % denominator) / denominator
    return np.stack([np.cos(angle), -np.sin(angle)], axis=-1)

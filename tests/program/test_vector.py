"""The program of statistics: its functionals' codes, and the columns that it reads."""

from __future__ import annotations

import re

import numpy as np

from helpers.pages import ROOT
from serfast.program.vector import KINDS, Functional
from serfast.statistics.statistics import Statistics

COLUMNS = ("rms", "mel_0", "mel_1", "mel_2", "zcr")


def test_kinds_are_numbered_as_in_the_native_module() -> None:
    text = (ROOT / "ext" / "functionals.pxd").read_text("utf-8")
    [body] = re.findall(r"^cdef enum Kind:\n((?:    .*\n)+)", text, re.MULTILINE)
    names = [line.split("#")[0].strip().lower() for line in body.splitlines()]
    assert tuple(names) == KINDS
    assert [Functional(kind).code for kind in KINDS] == list(range(len(KINDS)))


def read(statistics: Statistics, *used: str) -> tuple[str, ...]:
    """The columns that are read when only the means of some are used."""
    names = statistics.names(COLUMNS)
    uses = [name in {f"{column}.mean" for column in used} for name in names]
    return tuple(COLUMNS[i] for i in statistics.program(COLUMNS, np.array(uses)).columns)


def test_a_column_is_read_with_all_of_its_family() -> None:
    plain = Statistics(functionals=("mean",), deltas=0)
    assert read(plain, "mel_1", "zcr") == ("mel_1", "zcr")
    relative = Statistics(functionals=("mean",), deltas=0, relative=("mel",))
    assert read(relative, "mel_1") == ("mel_0", "mel_1", "mel_2")
    assert read(relative, "rms") == ("rms",)
    both = Statistics(functionals=("mean",), deltas=0, relative=("mel", "rms"))
    assert read(both, "rms") == ("rms",)

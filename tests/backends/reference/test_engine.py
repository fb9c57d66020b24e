"""The reference back end: blocks of rows make no difference, and a program stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.broad import RATE, broad_specs
from serfast.backends import reference
from serfast.backends.reference import framing
from serfast.program.planner import program_of

pytestmark = pytest.mark.filterwarnings("ignore:n_mels must be small enough")


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    y = signals.voice(RATE, 8000)
    spec = serfast.presets.speech()
    whole = serfast.Extractor(spec, backend="reference")(y)
    monkeypatch.setattr(framing, "BLOCK", 7)
    np.testing.assert_array_equal(serfast.Extractor(spec, backend="reference")(y), whole)


def test_prepare_leaves_the_program_alone() -> None:
    program = program_of(broad_specs()["conventions"])
    before = [spectrum.window.copy() for spectrum in program.spectra]
    run = reference.prepare(program)
    out = np.empty((3, program.n_columns), dtype=np.float32)
    run(signals.noise(832), out)
    for spectrum, window in zip(program.spectra, before, strict=True):
        np.testing.assert_array_equal(spectrum.window, window)

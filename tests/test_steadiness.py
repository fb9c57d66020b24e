"""The benchmark of steadiness correlates what it says, and knows every entry's group."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import serfast
from helpers.benching import ROOT

sys.path.append(str(ROOT))

from benchmarks.steadiness import correlations, group_of  # no installed package


def test_correlations_are_numpys() -> None:
    random = np.random.default_rng(0)
    clean, altered = random.normal(size=(2, 40, 5))
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(clean.T, altered.T, strict=True)]
    assert correlations(clean, altered) == pytest.approx(expected, abs=1e-12)
    assert correlations(clean, 3 * clean + 7) == pytest.approx(np.ones(5))
    altered[:, 2] = 4
    assert correlations(clean, altered)[2] == 0


def test_every_entry_of_the_default_vector_has_a_group() -> None:
    columns = serfast.presets.speech().columns
    groups = [group_of(name) for name in serfast.presets.speech_statistics().names(columns)]
    assert len({column for column, _ in groups}) == 10
    functionals = {*serfast.presets.speech_statistics().functionals, "share"}
    assert {functional for _, functional in groups} == functionals
    assert group_of("logmel_21.mean")[0] == "log-mel, low bands"
    assert group_of("logmel_22.delta.p95") == ("log-mel, mid bands", "p95")
    assert group_of("logmel_63.voiced.delta.std") == ("log-mel, high bands", "std")

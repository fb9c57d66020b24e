"""The canaries beside a function's outputs: the same everywhere, and each of them is looked at."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.custom_features import BACKENDS, LOUD, from_c, spec_of
from serfast.backends.custom.faults import CANARY, GUARD
from serfast.errors import FeatureWarning

CYTHON = Path(__file__).resolve().parents[3] / "ext" / "computed.pxd"


def test_cython_has_the_same() -> None:
    found = dict(
        re.findall(r"^    (GUARD|CANARY) = (\w+)", CYTHON.read_text("utf-8"), re.MULTILINE)
    )
    assert int(found["GUARD"]) == GUARD
    assert int(found["CANARY"], 16) == int(CANARY.view(np.uint32))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("place", [-GUARD, -1, 1, GUARD])
def test_a_write_beside_the_outputs_is_noticed_at_run_time(backend: str, place: int) -> None:
    """Of one output, place 0; from the first guard to the last."""

    def beside(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
        out[0] = 1
        if frame[0] > 2:
            out[place] = 7
        return 0

    with pytest.warns(FeatureWarning, match="in row 20"):
        rows = serfast.Extractor(spec_of(from_c(beside)), backend=backend)(LOUD)
    assert np.flatnonzero(np.isnan(rows[:, 0])).tolist() == [20]

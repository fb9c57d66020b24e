"""The settings of a benchmark: which there can be, as JSON, and the chunks that they make."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from serfast import RMS, Delta, Extractor, FeatureSpec
from serfast.bench.machine import processors
from serfast.bench.settings import Settings, cut
from serfast.errors import ParameterError


def test_chunks_are_whole() -> None:
    chunks = cut(np.arange(10, dtype=np.float32), 4)
    assert [chunk.tolist() for chunk in chunks] == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("chunk_ms", [1.0, 10.0, 25.0])
def test_a_chunk_never_completes_more_rows_than_there_is_room_for(chunk_ms: float) -> None:
    spec = FeatureSpec(features=[RMS(), Delta(RMS(name="other"), width=5)])
    settings = Settings(chunk_ms=chunk_ms, spec=spec)
    stream, out = Extractor(spec).stream(), settings.rows_of_a_chunk()
    counts = [stream.accept(chunk, out) for chunk in cut(settings.recording(), settings.chunk)]
    assert 0 < max(counts) <= len(out)


def test_settings_survive_json() -> None:
    settings = Settings("native", "avx2", 3, 20.0, 1.5)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert settings.chunk == 320


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"threads": 0}, "threads must be an int >= 1, got 0"),
        ({"threads": 4 * processors() + 1}, r"threads must be an int <= \d+, 4 for each processor"),
        ({"backend": "reference", "isa": "baseline"}, "isa must be None unless backend is 'nat"),
    ],
)
def test_settings_that_cannot_be(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Settings(**changed)

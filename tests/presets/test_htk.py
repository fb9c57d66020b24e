"""HTK's MFCC, beside an independent reading of The HTK Book and of its source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from benchmarks import conformance_formulas as formulas  # it is no installed package
from helpers import signals
from serfast import presets
from serfast.errors import ParameterError


@pytest.mark.parametrize("backend", ["native", "numba", "reference"])
@pytest.mark.parametrize(
    ("rate", "kind", "power", "z_mean", "limits"),
    [
        (8000, "MFCC", False, True, None),
        (16000, "MFCC_0", False, False, None),
        (16000, "MFCC_E", True, True, None),
        (48000, "MFCC_0", False, False, (300.0, 3400.0)),
    ],
)
def test_formula(
    rate: int,
    kind: Any,
    power: bool,
    z_mean: bool,
    limits: tuple[float, float] | None,
    backend: str,
) -> None:
    y = signals.voice(rate, rate // 4, seed=8) + signals.noise(rate // 4, seed=9, level=1e-3)
    low, high = limits or (None, None)
    spec = presets.htk_mfcc(
        rate, target_kind=kind, use_power=power, z_mean_source=z_mean, lo_freq=low, hi_freq=high
    )
    rows = serfast.Extractor(spec, backend)(y)
    expected = formulas.htk_mfcc(y, rate, kind=kind, use_power=power, z_mean=z_mean, limits=limits)
    assert rows.shape == expected.shape
    error = np.abs(rows - expected) / np.abs(expected).max(axis=1, keepdims=True)
    assert error.max() < 1e-4


def test_stream() -> None:
    y = signals.noise(6000, seed=10)
    extractor = serfast.Extractor(presets.htk_mfcc())
    stream = extractor.stream()
    parts = [stream.accept(y[i : i + 501]) for i in range(0, len(y), 501)] + [stream.flush()]
    assert np.concatenate(parts).tobytes() == extractor(y).tobytes()


def test_silence_has_the_floors() -> None:
    rows = serfast.Extractor(presets.htk_mfcc(target_kind="MFCC_E"))(np.zeros(800, np.float32))
    np.testing.assert_allclose(rows[:, :12], 0, atol=1e-6)
    np.testing.assert_allclose(rows[:, 12], np.log(1.2e-38), rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target_kind": "FBANK"}, "^target_kind must be one of"),
        ({"num_ceps": 20}, "^num_ceps must be an int <= 19, got 20$"),
        ({"lo_freq": 4000.0, "hi_freq": 4010.0}, "^lo_freq must be lower than hi_freq"),
        ({"hi_freq": 9000.0}, "^hi_freq must be a finite number > 0 and <= 8000"),
        ({"window_size_ms": 0.05}, "^window_size_ms in samples must be an int >= 2, got 0$"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        presets.htk_mfcc(**arguments)


@pytest.mark.parametrize("n", [0, 1, 399])
def test_a_signal_shorter_than_a_frame_is_refused(n: int) -> None:
    with pytest.raises(ParameterError, match=r"^signal must"):
        serfast.Extractor(presets.htk_mfcc())(np.zeros(n, np.float32))

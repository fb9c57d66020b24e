"""NeMo's log-mel, beside an independent computation of its documented formula."""

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
    ("rate", "n_mels", "ms", "guard"), [(16000, 64, 20, "add"), (48000, 80, 25, "clamp")]
)
def test_formula(rate: int, n_mels: int, ms: float, guard: Any, backend: str) -> None:
    y = signals.voice(rate, rate // 4, seed=11) + signals.noise(rate // 4, seed=12, level=1e-2)
    spec = presets.nemo_mel(rate, features=n_mels, window_size_ms=ms, log_zero_guard_type=guard)
    rows = serfast.Extractor(spec, backend)(y)
    expected = formulas.nemo_mel(y.astype(np.float64), rate, n_mels, ms, guard)
    assert rows.shape == expected.shape
    assert np.abs(rows - expected).max() < 1e-4


def test_stream() -> None:
    """The pre-emphasis goes on from chunk to chunk."""
    y = signals.noise(6000, seed=13)
    extractor = serfast.Extractor(presets.nemo_mel())
    stream = extractor.stream()
    for _ in range(2):  # and begins again after a reset
        chunks = [y[i : i + 7] for i in range(0, 70, 7)] + [y[70:70], y[70:]]
        parts = [stream.accept(chunk) for chunk in chunks] + [stream.flush()]
        assert np.concatenate(parts).tobytes() == extractor(y).tobytes()
        stream.reset()


def test_power_without_a_logarithm() -> None:
    y = signals.noise(4000, seed=14)
    logs = serfast.Extractor(presets.nemo_mel())(y)
    bands = serfast.Extractor(presets.nemo_mel(log=False))(y)
    np.testing.assert_allclose(np.log(bands + 2**-24), logs, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"log_zero_guard_type": "max"}, "^log_zero_guard_type must be one of"),
        ({"window": "sine"}, "^window must be one of"),
        ({"preemph": 1.5}, "^signal_preemphasis must be a finite number >= 0 and <= 1, got 1.5$"),
        ({"n_fft": 100}, r"^win_length must be <= n_fft \(100\), got 320$"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        presets.nemo_mel(**arguments)


@pytest.mark.parametrize("n", [0, 1, 159])
def test_a_signal_shorter_than_a_hop_is_refused(n: int) -> None:
    with pytest.raises(ParameterError, match=r"^signal must"):
        serfast.Extractor(presets.nemo_mel())(np.zeros(n, np.float32))

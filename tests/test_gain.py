"""What gains do to answers is counted as it should be."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gain import GAINS_DB, Moves, moves


class Level:
    """It answers by the level of the first sample, rounded to halves if it is asked to."""

    def __init__(self, rounded: bool) -> None:
        self._rounded = rounded

    def predict(self, y: np.ndarray, sample_rate: int) -> Level.Result:
        level = min(1.0, float(y[0]))
        return Level.Result({"loud": round(level) if self._rounded else level, "soft": 0.5})

    class Result:
        def __init__(self, probabilities: dict[str, float]) -> None:
            self.probabilities = probabilities


def test_moves_and_other_labels_are_counted() -> None:
    signals = [np.array([0.3], np.float32), np.array([0.1], np.float32)]
    moved = moves(Level(False), signals, 16000, stream=False)  # type: ignore[arg-type]
    assert moved[:3] == (2 * len(GAINS_DB), 0, 1)  # 0.3 becomes 0.95
    assert moved.largest == pytest.approx(0.3 * (10**0.5 - 1))
    assert moves(Level(True), signals[1:], 16000, stream=False) == Moves(4, 4, 0, 0.0)  # type: ignore[arg-type]

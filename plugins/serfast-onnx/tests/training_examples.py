"""Examples to train on in a second: rows of the plugin's features, with classes that lie apart."""

from __future__ import annotations

import numpy as np

from serfast.models.plugin import Examples
from serfast_onnx import PLUGIN

SPEC = PLUGIN.default_spec()


def rows(random: np.random.Generator, length: int, level: float = 0.0) -> np.ndarray:
    """Rows such as the extractor's, louder and higher by `level`."""
    x = np.empty((length, len(SPEC.columns)), np.float32)
    x[:, 0] = 0.05 * np.exp(0.3 * random.normal(size=length) + level)  # rms
    x[:, 1] = random.uniform(0.02, 0.3, size=length)  # zcr
    x[:, 2:66] = random.normal(-6 + 4 * level, 8, size=(length, 64))  # relative level
    x[:, 66] = 150 * np.exp(0.2 * random.normal(size=length) + 0.3 * level)  # f0
    x[:, 67] = random.uniform(0, 1.2, size=length)  # aperiodicity
    return x


def examples(n: int = 36, seed: int = 0) -> Examples:
    """Three classes, three speakers, every sixth one altered."""
    random = np.random.default_rng(seed)
    labels = np.array(["calm", "happy", "wild"])[np.arange(n) % 3]
    levels = 1.0 * (np.arange(n) % 3)
    return Examples(
        inputs=[rows(random, int(random.integers(60, 120)), level) for level in levels],
        labels=labels,
        speakers=np.array(["a", "b", "c"])[np.arange(n) // 3 % 3],
        altered=np.arange(n) % 6 == 5,
        spec=SPEC,
    )

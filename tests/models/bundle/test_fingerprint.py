"""The fingerprint tells specs apart, and its signal is the same everywhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import serfast
from serfast.models.bundle.fingerprint import fingerprint, signal


def test_signal_is_made_of_the_integers_that_the_formula_says():
    """The formula again, one Python integer at a time: no NumPy arithmetic to overflow."""
    expected = []
    for i in range(9000):
        phase = (i * 400 + i * i // 64) % 65536
        mixed = (i * 2654435761 + 40503) % 2**32
        mixed ^= mixed >> 15
        noise = ((mixed * 2246822519) % 2**32 >> 18) - 8192
        sample = (abs(phase - 32768) - 16384 + noise // 4) * ((i * 7 // 16) % 2048) // 2048
        expected.append(0 if (i // 512) % 8 == 5 else sample)
    assert max(map(abs, expected)) < 32768
    assert signal(9000).tolist() == expected


@pytest.mark.parametrize(
    "change",
    [
        {"n_mels": 41},
        {"fmin": 1.0},
        {"htk": True},
        {"window": "hamming"},
        {"preemphasis": 0.01},
        {"remove_dc": True},
        {"log": "ln"},
        {"lifter": 22},
        {"n_fft": 510},
        {"amin": 1e-3},
    ],
)
def test_any_change_of_features_changes_it(change):
    base = serfast.MFCC()
    specs = [serfast.FeatureSpec(features=[f]) for f in (base, dataclasses.replace(base, **change))]
    assert fingerprint(specs[0]) != fingerprint(specs[1])


def test_it_is_a_hash_of_rows_and_nothing_else():
    a, b = (serfast.FeatureSpec(features=[serfast.RMS(name=name)]) for name in ("x", "y"))
    assert a != b
    assert fingerprint(a) == fingerprint(b)


def test_long_frames_fit_into_the_signal():
    spec = serfast.FeatureSpec(features=[serfast.RMS(frame_length=30000)], center=False)
    assert len(fingerprint(spec)) == 64
    assert np.asarray(signal(1)).shape == (1,)

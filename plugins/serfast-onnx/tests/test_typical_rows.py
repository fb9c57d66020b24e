"""What a training says rows are like: of the mild copies, and of the shortest crop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from serfast.audio.augmentation import COPIES
from serfast_onnx import PLUGIN
from serfast_onnx.train import MILD
from training_examples import examples

QUICK = PLUGIN.with_training_options({"epochs": "1", "validation": "0"})


def arrays(data) -> dict[str, np.ndarray]:
    return dict(QUICK.train(data).arrays)


def test_means_and_deviations_are_those_of_the_rows():
    """By NumPy; the network doesn't hear RMS, so that its two deviations are 0."""
    data = examples()
    made = arrays(data)
    moments = [np.concatenate([x.mean(axis=0), x.std(axis=0)]) for x in data.inputs]
    np.testing.assert_allclose(made["typical_mean"], np.mean(moments, axis=0), rtol=1e-5)
    expected = np.std(moments, axis=0)
    expected[[0, 68]] = 0
    np.testing.assert_allclose(made["typical_deviation"], expected, rtol=1e-4, atol=1e-9)
    shortest = min(len(x) for x in data.inputs)
    assert made["fewest_rows"] == max(40, int(0.7 * (shortest - 1)))


def test_strong_copies_have_no_part_in_it():
    """Those of higher numbers are strong: whatever is in them, the arrays are the same."""
    data = examples()
    copies = np.where(np.arange(len(data)) % 6 == 5, MILD + 1, 0)
    inputs = [10 * x if k else x for x, k in zip(data.inputs, copies, strict=True)]
    strong, mild = (replace(data, inputs=inputs, copies=k) for k in (copies, np.minimum(copies, 1)))
    plain = examples().where(copies == 0)
    expected, made, other = arrays(plain), arrays(strong), arrays(mild)
    for name in ("typical_mean", "typical_deviation", "strange_limit"):
        assert np.array_equal(made[name], expected[name])
        assert not np.array_equal(other[name], expected[name])


def test_the_mild_copies_are_the_first_of_those_that_networks_are_trained_on():
    """Whose numbers are their places: the strong ones follow."""
    alterations = PLUGIN.default_alterations()
    assert tuple(alterations[:MILD]) == COPIES
    assert len(alterations) > len(COPIES)

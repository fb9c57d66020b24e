"""Nodes of an encoder's graph do what NumPy does."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from serfast_whisper.nodes import Nodes

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(2, 11, 6)).astype(np.float32)
WEIGHT = RANDOM.normal(size=(5, 6)).astype(np.float32)
BIAS = RANDOM.normal(size=5).astype(np.float32)


def run(nodes, output, rank=3):
    nodes.add("Identity", output, name="y")
    model = nodes.model("test", {"x": ["n", "t", 6]}, {"y": [f"d{k}" for k in range(rank)]})
    options = {"providers": ["CPUExecutionProvider"]}
    session = onnxruntime.InferenceSession(model.SerializeToString(), **options)
    return session.run(None, {"x": X})[0], model


@pytest.mark.parametrize(
    ("size", "stride", "dilation"), [(3, 1, 1), (3, 2, 1), (3, 1, 2), (5, 2, 1)]
)
def test_neighbours_stand_in_order_of_time(size, stride, dilation):
    nodes = Nodes()
    given, _ = run(nodes, nodes.neighbours("x", size, stride=stride, dilation=dilation))
    reach = size // 2 * dilation
    padded = np.pad(X, ((0, 0), (reach, reach), (0, 0)))
    columns = [padded[:, k * dilation :][:, : X.shape[1]][:, ::stride] for k in range(size)]
    np.testing.assert_array_equal(given, np.concatenate(columns, axis=2))


@pytest.mark.parametrize("bias", [None, BIAS])
def test_a_linear_layer_is_a_product(bias):
    nodes = Nodes()
    given, _ = run(nodes, nodes.linear("x", WEIGHT, bias, "layer"))
    expected = X @ WEIGHT.T + (0 if bias is None else bias)
    np.testing.assert_allclose(given, expected, atol=1e-5)


def test_in_int8_every_column_uses_seven_bits():
    nodes = Nodes(int8=True)
    given, model = run(nodes, nodes.linear("x", WEIGHT, BIAS, "layer"))
    expected = X @ WEIGHT.T + BIAS
    assert 0 < np.abs(given - expected).max() < 0.03 * np.abs(expected).max()
    stored = {c.name: onnx.numpy_helper.to_array(c) for c in model.graph.initializer}
    assert stored["layer/weight"].dtype == np.int8
    assert set(np.abs(stored["layer/weight"]).max(axis=0)) == {63}


@pytest.mark.parametrize(("int8", "dtype"), [(False, np.float32), (True, np.float16)])
def test_a_rounded_constant_is_float16_only_beside_int8(int8, dtype):
    nodes = Nodes(int8=int8)
    given, model = run(nodes, nodes.add("Mul", "x", nodes.rounded(WEIGHT[0], "gain")))
    assert onnx.numpy_helper.to_array(model.graph.initializer[0]).dtype == dtype
    np.testing.assert_allclose(given, X * WEIGHT[0].astype(dtype), rtol=1e-6)


def test_pooling_is_mean_and_deviation():
    nodes = Nodes()
    given, _ = run(nodes, nodes.add("Concat", *nodes.pooled("x"), axis=1), rank=2)
    expected = np.concatenate([X.mean(axis=1), X.std(axis=1)], axis=1)
    np.testing.assert_allclose(given, expected, atol=1e-6)


def test_equal_numbers_are_one_constant():
    nodes = Nodes()
    assert nodes.scalar(2.0) == nodes.scalar(2.0) != nodes.scalar(3.0)
    assert nodes.sizes(1, 2) == nodes.sizes(1, 2) != nodes.sizes(2)


@pytest.mark.parametrize("times", [0, 1, 4])
def test_a_loop_goes_on_with_what_the_step_before_gave(times):
    nodes = Nodes()

    def step(inside, number, before):
        number = inside.add("Cast", number, to=onnx.TensorProto.FLOAT)
        return inside.add("Add", inside.add("Mul", before, inside.scalar(2.0)), number)

    given, _ = run(nodes, nodes.repeated(nodes.constant(np.int64(times)), "x", step))
    expected = X
    for number in range(times):
        expected = 2 * expected + np.float32(number)
    np.testing.assert_array_equal(given, expected)


def test_a_step_may_use_what_was_added_before_and_make_it_longer():
    nodes = Nodes()
    once = nodes.add("Mul", "x", nodes.scalar(3.0))
    times = nodes.constant(np.int64(2))
    longer = nodes.repeated(times, "x", lambda loop, _, x: loop.add("Concat", x, once, axis=1))
    given, _ = run(nodes, longer)
    np.testing.assert_array_equal(given, np.concatenate([X, 3 * X, 3 * X], axis=1))

"""The graph against the formula in NumPy, in float32 and in int8."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from serfast_whisper.encoder.__main__ import main
from serfast_whisper.encoder.graph import encoder_graph
from tiny_whisper import N_LAYERS, WIDTH, ctranslate2_bytes, hidden, tiny_tensors


def rows(n, seed=1):
    return np.random.default_rng(seed).uniform(-90, 5, (1, n, 80)).astype(np.float32)


def run(graph, x):
    data = graph if isinstance(graph, bytes) else graph.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {"log_mel": x})[0]


@pytest.mark.parametrize("n", [1, 2, 7, 120])
@pytest.mark.parametrize("layer", range(1, N_LAYERS + 1))
def test_each_layer_is_that_of_the_formula(n, layer):
    tensors, x = tiny_tensors(), rows(n)
    given = run(encoder_graph(tensors, (layer,), pool=False), x)[0]
    expected = hidden(tensors, x[0], layer)
    assert given.shape == expected.shape == ((n + 1) // 2, WIDTH)
    np.testing.assert_allclose(given, expected, atol=5e-3)  # float16 positions


def test_layers_are_pooled_over_time():
    tensors, x = tiny_tensors(), rows(50)
    given = run(encoder_graph(tensors, (1, 2)), x)[0]
    each = [hidden(tensors, x[0], k) for k in (1, 2)]
    expected = np.concatenate([pooled for h in each for pooled in (h.mean(0), h.std(0))])
    np.testing.assert_allclose(given, expected, atol=2e-4)


def test_int8_is_near_and_small():
    tensors, x = tiny_tensors(), rows(50)
    exact, small = encoder_graph(tensors, (2,)), encoder_graph(tensors, (2,), int8=True)
    assert small.ByteSize() < 0.35 * exact.ByteSize()
    a, b = run(exact, x)[0], run(small, x)[0]
    assert 0 < np.abs(a - b).max() < 0.05 * np.abs(a).max()


def test_seven_bits_are_used_in_every_column():
    """So that a processor without VNNI adds two products in 16 bits without overflow."""
    for constant in encoder_graph(tiny_tensors(), (2,), int8=True).graph.initializer:
        weights = onnx.numpy_helper.to_array(constant)
        if weights.dtype == np.int8 and weights.ndim == 2:
            assert set(np.abs(weights).max(axis=0)) == {63}


@pytest.mark.parametrize("int8", [False, True])
def test_a_louder_recording_gives_the_same(int8):
    graph, x = encoder_graph(tiny_tensors(), (2,), int8=int8), rows(30)
    louder = x + np.float32(16)  # a difference that float32 holds exactly near here
    np.testing.assert_allclose(run(graph, louder), run(graph, x), atol=2e-3)


def test_silence_has_a_finite_vector():
    silent = np.full((1, 40, 80), -200, np.float32)
    assert np.isfinite(run(encoder_graph(tiny_tensors(), (2,), int8=True), silent)).all()


@pytest.mark.parametrize("arguments", [[], ["--float32"], ["--layer", "1"]])
def test_the_command_writes_the_graph(tmp_path, capsys, arguments):
    (tmp_path / "model.bin").write_bytes(ctranslate2_bytes(tiny_tensors()))
    output = tmp_path / "encoder.onnx"
    main([str(tmp_path / "model.bin"), "-o", str(output), *arguments, *_layer(arguments)])
    layer = 1 if "1" in arguments else 2
    expected = encoder_graph(tiny_tensors(), (layer,), int8="--float32" not in arguments)
    assert output.read_bytes() == expected.SerializeToString()
    assert f"{output}: {output.stat().st_size} bytes" in capsys.readouterr().out


def _layer(arguments):
    return [] if "--layer" in arguments else ["--layer", "2"]

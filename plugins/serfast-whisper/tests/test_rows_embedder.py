"""An embedder of a package's file: its rows, its names, and files that are refused."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import external_data_helper, numpy_helper

import serfast
from serfast.errors import ModelError
from serfast.models.onnx_weights import read_model
from serfast_whisper.encoder.graph import encoder_graph
from serfast_whisper.nodes import Nodes
from serfast_whisper.rows_embedder import RowsEmbedder
from tiny_whisper import tiny_tensors

SPEC = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=6)])
NOISE = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)
ABOUT = {"licence": "MIT", "shortest": 1, "longest": 16000}


def written(path, *, inputs="log_mel", output="embedding"):
    nodes = Nodes()
    nodes.add("Concat", *nodes.pooled(inputs), name=output, axis=1)
    shape = {inputs: ["batch", "rows", 6]}
    path.write_bytes(nodes.model("test", shape, {output: ["batch", 12]}).SerializeToString())
    return path


def test_it_pools_the_rows_of_its_features(tmp_path):
    path = written(tmp_path / "encoder.onnx")
    embedder = RowsEmbedder(path, SPEC, **ABOUT)
    rows = serfast.Extractor(SPEC)(NOISE)
    expected = np.concatenate([rows.mean(axis=0), rows.std(axis=0)])
    np.testing.assert_allclose(embedder.vectors([NOISE])[0], expected, rtol=1e-4)
    assert embedder.names[4:7] == ("mean_4", "mean_5", "std_0")
    assert embedder.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    about = (embedder.sample_rate, embedder.licence, embedder.shortest, embedder.longest)
    assert about == (16000, "MIT", 1, 16000)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights that tests don't have")
def test_a_link_to_a_file_elsewhere(tmp_path, monkeypatch):
    """Installers may link a package's files to a folder of their own."""
    path = tmp_path / "kept" / "0123abc"
    path.parent.mkdir()
    path.write_bytes(encoder_graph(tiny_tensors(), (1,), int8=True).SerializeToString())
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "encoder.onnx").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=80)])
    linked = RowsEmbedder(Path("package/encoder.onnx"), spec, **ABOUT)
    there = RowsEmbedder(path, spec, **ABOUT)
    np.testing.assert_array_equal(linked.vectors([NOISE]), there.vectors([NOISE]))


def test_threads_change_nothing(tmp_path):
    embedder = RowsEmbedder(written(tmp_path / "encoder.onnx"), SPEC, **ABOUT)
    signals = [NOISE, NOISE[:1000], NOISE[500:]]
    one = embedder.vectors(signals)
    np.testing.assert_array_equal(embedder.vectors(signals, threads=2), one)


def test_a_graph_that_onnxruntime_does_not_load_is_refused(tmp_path):
    path = tmp_path / "encoder.onnx"
    nodes = Nodes()
    nodes.add("Strange", "log_mel", name="embedding")
    graph = onnx.helper.make_graph(nodes._nodes, "g", [], [])
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    with pytest.raises(ModelError, match=r"encoder\.onnx must be a model that onnxruntime loads"):
        RowsEmbedder(path, SPEC, **ABOUT)


def test_a_file_that_is_no_graph_is_refused(tmp_path):
    path = tmp_path / "encoder.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"encoder\.onnx must be an ONNX model: "):
        RowsEmbedder(path, SPEC, **ABOUT)


@pytest.mark.parametrize("names", [{"inputs": "rows"}, {"output": "vector"}])
def test_other_inputs_or_outputs_are_refused(tmp_path, names):
    path = written(tmp_path / "encoder.onnx", **names)
    with pytest.raises(ModelError, match=r"must turn log_mel into embedding, got"):
        RowsEmbedder(path, SPEC, **ABOUT)


def test_tensors_that_stay_in_the_file_are_those_that_onnx_finds(tmp_path):
    path = tmp_path / "encoder.onnx"
    model = encoder_graph(tiny_tensors(), (1,), int8=True)
    path.write_bytes(model.SerializeToString())
    light = onnx.load_from_string(read_model(path).graph)
    outside = [
        t.name for t in light.graph.initializer if external_data_helper.uses_external_data(t)
    ]
    assert "encoder/layer_0/ffn/linear_0/weight" in outside
    external_data_helper.load_external_data_for_model(light, str(tmp_path))
    there, expected = light.graph.initializer, model.graph.initializer
    assert [t.name for t in there] == [t.name for t in expected]
    for a, b in zip(there, expected, strict=True):
        np.testing.assert_array_equal(numpy_helper.to_array(a), numpy_helper.to_array(b))
    assert light.graph.node == model.graph.node


def test_the_vector_is_that_of_the_whole_model(tmp_path):
    path = tmp_path / "encoder.onnx"
    data = encoder_graph(tiny_tensors(), (1,), int8=True).SerializeToString()
    path.write_bytes(data)
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=80)])
    embedder = RowsEmbedder(path, spec, **ABOUT)
    whole = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (expected,) = whole.run(["embedding"], {"log_mel": embedder.rows(NOISE)[np.newaxis]})
    np.testing.assert_array_equal(embedder.vectors([NOISE]), expected)

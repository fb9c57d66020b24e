"""Encoders of samples as ONNX files: their vectors by NumPy, and everything that is refused."""

from __future__ import annotations

import hashlib
import json
import os
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto

import serfast
from helpers.plugin_stub import install
from onnx_networks import Graph
from serfast.cli.main import main
from serfast.entry_points import names as installed
from serfast.errors import ModelError
from serfast.models import embeddings, encoders
from serfast.models.onnx_weights import read_model
from serfast.testing import check_embedding
from serfast_onnx import ENCODERS, EncoderCard

RANDOM = np.random.default_rng(5)
WIDTH, LENGTH, STEP = 4, 50, 20
KERNEL = RANDOM.normal(size=(WIDTH, 1, LENGTH)).astype(np.float32)
Y = RANDOM.normal(0, 0.1, 4000).astype(np.float32)
CARD = {
    "licence": "MIT",
    "input": "samples",
    "output": "frames",
    "output_layout": "NDT",
    "shortest": LENGTH,
    "longest": 16000,
}


def encoder(
    *,
    layout: str = "NT",
    output: str = "NDT",
    mask: bool = False,
    fixed: bool = False,
    kernel: np.ndarray = KERNEL,
) -> bytes:
    """A strided convolution and a tanh, with the axes in any order."""
    graph, n = Graph(), 500 if fixed else "samples"
    axes = {"NT": (1, 1, -1), "T": (1, 1, -1), "NCT": (1, 1, -1)}[layout]
    x = graph.add("Reshape", "samples", np.array(axes, np.int64))
    y = graph.add("Conv", x, kernel, strides=[STEP])
    y = graph.add("Tanh", y, to="frames" if output == "NDT" else "")
    if output == "NTD":
        graph.add("Transpose", y, perm=[0, 2, 1], to="frames")
    elif output == "LNTD":
        z = graph.add("Transpose", y, perm=[0, 2, 1])
        z = graph.add("Unsqueeze", z, np.array([0], np.int64))
        graph.add("Concat", z, graph.add("Neg", z), to="frames", axis=0)
    elif output == "ND":
        graph.add("ReduceMean", y, axes=[2], keepdims=0, to="frames")
    width = len(kernel)
    shapes = {
        "NDT": (1, width, "frames"),
        "NTD": (1, "frames", width),
        "LNTD": (2, 1, "frames", width),
        "ND": (1, width),
    }
    inputs = {"samples": {"NT": (1, n), "T": (n,), "NCT": (1, 1, n)}[layout]}
    data = graph.model(inputs, {"frames": shapes[output]})
    if mask:
        model = onnx.load_from_string(data)
        value = onnx.helper.make_tensor_value_info("mask", TensorProto.INT64, (1, "samples"))
        model.graph.input.append(value)
        data = model.SerializeToString()
    return data


GOOD = encoder()


def frames(y: np.ndarray) -> np.ndarray:
    """The convolution and the tanh by NumPy, of shape (T, D)."""
    windows = np.lib.stride_tricks.sliding_window_view(y.astype(float), LENGTH)[::STEP]
    return np.tanh(windows @ KERNEL[:, 0].T.astype(float))


def opened(data: bytes = GOOD, **changes):
    return ENCODERS.open(data, ENCODERS.complete(data, {**CARD, **changes}))


POOLED = {
    "mean": lambda h: h.mean(axis=0),
    "deviation": lambda h: h.std(axis=0),
    "min": lambda h: h.min(axis=0),
    "max": lambda h: h.max(axis=0),
    "first": lambda h: h[0],
    "last": lambda h: h[-1],
}


@pytest.mark.parametrize("folder", [b"encoders", b"caf\xe9"])  # the second is no UTF-8
def test_a_file_is_opened_where_it_lies(tmp_path, folder):
    if sys.platform != "linux" and not folder.isascii():
        return
    wide = np.tile(KERNEL, (50, 1, 1))  # 40 kB, which stay in the file
    data, path = encoder(kernel=wide), tmp_path / os.fsdecode(folder) / "encoder"
    path.parent.mkdir()
    path.write_bytes(data)
    assert (len(read_model(path).graph) < 2000) == folder.isascii()
    card = ENCODERS.complete(data, CARD)
    there, whole = ENCODERS.open_file(path, card), ENCODERS.open(data, card)
    assert there.sha256 == whole.sha256
    np.testing.assert_array_equal(there.vectors([Y]), whole.vectors([Y]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "encoder must be an ONNX model: cannot mmap an empty file"),
        (b"nothing", "encoder must be an ONNX model, got other bytes"),
        (encoder(kernel=KERNEL * np.float32(np.nan)), "encoder must have numbers in its tensors"),
    ],
)
def test_a_file_is_looked_through_before_it_is_opened(tmp_path, data, message):
    path = tmp_path / "encoder"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=f"^{message}"):
        ENCODERS.open_file(path, ENCODERS.complete(GOOD, CARD))


@pytest.mark.parametrize("pooling", [["mean", "deviation"], ["min", "max"], ["last", "first"]])
def test_the_vector_is_the_output_pooled(pooling):
    embedder = opened(pooling=pooling)
    expected = np.concatenate([POOLED[kind](frames(Y)) for kind in pooling])
    np.testing.assert_allclose(embedder.vectors([Y])[0], expected, atol=2e-6)
    assert embedder.names[:2] == (f"{pooling[0]}_0", f"{pooling[0]}_1")
    assert len(embedder.names) == 2 * WIDTH


@pytest.mark.parametrize(
    ("made", "changes"),
    [
        ({"layout": "T"}, {"layout": "T"}),
        ({"layout": "NCT"}, {"layout": "NCT"}),
        ({"output": "NTD"}, {"output_layout": "NTD"}),
        ({"output": "LNTD"}, {"output_layout": "LNTD", "layer": 0}),
        ({"output": "LNTD"}, {"output_layout": "LNTD", "layer": -2}),
        ({"mask": True}, {"mask": "mask"}),
    ],
)
def test_every_layout_gives_the_same(made, changes):
    vector = opened(encoder(**made), **changes).vectors([Y])[0]
    np.testing.assert_allclose(vector, opened().vectors([Y])[0], atol=1e-6)


def test_another_layer_and_an_output_without_time():
    data = encoder(output="LNTD")
    second = opened(data, output_layout="LNTD", layer=1, pooling=["mean"]).vectors([Y])[0]
    np.testing.assert_allclose(second, -frames(Y).mean(axis=0), atol=2e-6)
    flat = opened(encoder(output="ND"), output_layout="ND", pooling=[])
    np.testing.assert_allclose(flat.vectors([Y])[0], frames(Y).mean(axis=0), atol=2e-6)
    assert flat.names == tuple(f"out_{i}" for i in range(WIDTH))


def test_samples_are_normalised_where_the_card_says_so():
    loud = (3 * Y + 0.2).astype(np.float32)
    embedder = opened(normalise="zero-mean-unit-variance")
    x = loud.astype(float)
    expected = frames((x - x.mean()) / np.sqrt(x.var() + 1e-7))
    np.testing.assert_allclose(
        embedder.vectors([loud])[0][:WIDTH], expected.mean(axis=0), atol=2e-6
    )
    assert embedder.vectors([np.zeros(500, np.float32)]).tolist() == [[0.0] * 2 * WIDTH]


def test_the_hash_is_of_the_file_and_of_what_the_card_does():
    one = opened()
    assert opened().sha256 == one.sha256
    assert opened(source="elsewhere", licence="Apache-2.0").sha256 == one.sha256
    others = [
        opened(pooling=["deviation", "mean"]),
        opened(normalise="zero-mean-unit-variance"),
        opened(encoder(layout="T"), layout="T"),
        opened(shortest=LENGTH + 1),
    ]
    assert len({one.sha256, *(other.sha256 for other in others)}) == 5
    assert one.sha256 != hashlib.sha256(GOOD).hexdigest()


def nan(model):
    tensor = next(t for t in model.graph.initializer if len(t.dims) == 3)
    values = np.frombuffer(tensor.raw_data, np.float32).copy()
    values[7] = np.nan
    tensor.raw_data = values.tobytes()


def external(model):
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "weights.bin"
    tensor.ClearField("raw_data")


def opset(version):
    def change(model):
        model.opset_import[0].version = version

    return change


def foreign(model):
    model.graph.node[0].domain = "my.operators"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (nan, "encoder must have numbers in its tensors, got NaN in tensor"),
        (external, "encoder must have its tensors inside of it, got external data .*weights.bin"),
        (opset(6), "opset of encoder must be >= 7, got 6"),
        (opset(999), r"encoder \(opset 999\) must be a model that onnxruntime .* loads"),
        (foreign, "encoder must have operators that onnxruntime has built in, got Reshape"),
    ],
)
def test_a_graph_that_may_not_run_is_refused(change, message):
    model = onnx.load_from_string(GOOD)
    change(model)
    with pytest.raises(ModelError, match=message):
        ENCODERS.complete(model.SerializeToString(), CARD)


@pytest.mark.parametrize(
    ("made", "changes", "message"),
    [
        (
            {},
            {"input": "x"},
            r"inputs of encoder must be \['x'\], as its card says, got \['samples",
        ),
        ({}, {"layout": "T"}, r"input 'samples' of encoder must be of shape \(any,\), got"),
        (
            {"fixed": True},
            {},
            r"input 'samples' of encoder must be of shape \(1, any\), got '\(1, 500",
        ),
        (
            {},
            {"output": "y"},
            r"outputs of encoder must have 'y', as its card says, got \['frames'",
        ),
        ({}, {"output_layout": "TD"}, r"output 'frames' of encoder must have 2 axes \(TD\), got"),
        ({}, {"output_layout": "NTD"}, r"must be of shape \(NTD\) with any T, one recording"),
        ({}, {"width": 5}, "output 'frames' of encoder must be 5 wide, as its card says, got 4"),
        ({}, {"mask": "mask"}, "inputs of encoder must have the mask 'mask'"),
        ({"mask": True}, {}, "inputs of encoder must be"),
        ({"output": "LNTD"}, {"output_layout": "LNTD", "layer": 2}, "and the layer 2, got"),
        (
            {},
            {"shortest": LENGTH - 1},
            r"encoder must be a model that onnxruntime .* runs: .*\{49\}",
        ),
    ],
)
def test_one_that_is_not_as_its_card_says_is_refused(made, changes, message):
    with pytest.raises(ModelError, match=message):
        ENCODERS.complete(encoder(**made), {**CARD, **changes})


def constant(value: float) -> bytes:
    graph = Graph()
    x = graph.add("Reshape", "samples", np.array((1, 1, -1), np.int64))
    y = graph.add("Conv", x, KERNEL * 0, strides=[STEP])
    graph.add("Add", y, np.float32(value), to="frames")
    return graph.model({"samples": (1, "samples")}, {"frames": (1, WIDTH, "frames")})


def test_one_that_says_nothing_of_the_signal_is_refused():
    with pytest.raises(ModelError, match="must depend on the signal"):
        ENCODERS.complete(constant(1.0), CARD)
    with pytest.raises(ModelError, match="must be finite, got NaN or infinity"):
        ENCODERS.complete(constant(np.inf), CARD)


@pytest.mark.parametrize("data", [b"", b"no graph", GOOD[: len(GOOD) // 2]])
def test_other_bytes_are_refused(data):
    with pytest.raises(ModelError, match=r"encoder must be an ONNX model|must be a model that"):
        ENCODERS.complete(data, CARD)


def test_a_card_that_was_never_completed_is_refused():
    with pytest.raises(ModelError, match="width of an encoder's card must be given to open it"):
        ENCODERS.open(GOOD, CARD)
    assert EncoderCard.from_dict(CARD).width is None


def test_it_is_added_and_keeps_the_contract(tmp_path, monkeypatch, capsys):
    if "onnx" not in installed(encoders.GROUP):  # an installation of before the entry point
        (tmp_path / "site").mkdir()
        entry = "onnx = serfast_onnx:ENCODERS"
        install(tmp_path / "site", "none_mod", "", "serfast-encoders", entry, encoders.GROUP)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("SERFAST_EMBEDDINGS", str(tmp_path / "added"))
    (tmp_path / "conv.onnx").write_bytes(GOOD)
    (tmp_path / "card.json").write_text(json.dumps(CARD))
    card = str(tmp_path / "card.json")
    assert main(["embedding", "add", str(tmp_path / "conv.onnx"), "--card", card]) == 0
    assert "conv: 8 entries, 16000 Hz, MIT" in capsys.readouterr().out
    check_embedding("conv")
    y = np.r_[Y, Y, Y, Y, Y]  # longer than the encoder takes
    vector = serfast.Embedding("conv")(y, 16000)
    halves = [opened().vectors([part])[0] for part in np.array_split(y, 2)]
    np.testing.assert_allclose(vector, np.mean(halves, axis=0), atol=1e-6)
    assert np.isfinite(serfast.Embedding("conv")(np.ones(1), 16000)).all()
    assert embeddings.owner("conv") == "an added encoder"

"""Bundles that can't be right: a clear ModelError as they are loaded, before any prediction."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import serfast
from onnx_networks import ConvGru, Graph
from serfast import ModelError
from serfast.models.bundle.bundle import Bundle
from serfast_onnx import PLUGIN, Card, Model, session

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
CLASSES = ("low", "middle", "high")
NETWORK = ConvGru(2, 3, (8, 8), 8)
BUNDLE = Bundle(plugin="onnx", classes=CLASSES, spec=SPEC, files=NETWORK.files())


def with_file(name: str, data: bytes) -> Bundle:
    return replace(BUNDLE, files={**BUNDLE.files, name: data})


def changed(change, name: str = "model.onnx") -> Bundle:
    """The bundle with this done to one of its graphs."""
    model = onnx.load_from_string(BUNDLE.files[name])
    change(model)
    return with_file(name, model.SerializeToString())


def with_card(*where: str, to: object) -> Bundle:
    """The bundle with another entry in its card."""
    data = json.loads(BUNDLE.files["onnx.json"])
    at = data
    for key in where[:-1]:
        at = at[int(key) if key.isdigit() else key]
    at[where[-1]] = to
    return with_file("onnx.json", json.dumps(data).encode())


def saying(build, shape=("a", "b")) -> Bundle:
    """A bundle of a graph of rows `x` (1, T, 2) whose output `p` this makes."""
    graph = Graph()
    build(graph)
    model = graph.model({"x": (1, "t", 2)}, {"p": shape})
    card = Card(Model("x", "NTD", "p")).to_bytes()
    return replace(BUNDLE, classes=("low", "high"), files={"onnx.json": card, "model.onnx": model})


def mean(graph: Graph) -> str:
    """Mean over time, (1, 2)."""
    return graph.add("ReduceMean", "x", axes=[1], keepdims=0)


def test_the_bundle_itself_is_taken():
    PLUGIN.load(BUNDLE)
    PLUGIN.load(saying(lambda g: g.add("Softmax", mean(g), to="p", axis=1)))


def test_inputs_too_long_to_be_tried():
    """Zeros and noise of this length would be made first: 2.8 GB for the model that comes along."""
    long = with_file("onnx.json", Card(Model(min_rows=2**20)).to_bytes())
    with pytest.raises(ModelError, match=r"min_rows must be so few that .* got 1048576 rows of 81"):
        PLUGIN.load(replace(long, spec=serfast.presets.speech()))
    with pytest.raises(ModelError, match=r"rows of step must be so few .* got 2097156 rows of 2"):
        PLUGIN.load(with_card("step", "rows", to=2097156 // 12))


@pytest.mark.parametrize("name", ["onnx.json", "model.onnx", "step.onnx"])
def test_a_member_is_missing(name):
    rest = {key: data for key, data in BUNDLE.files.items() if key != name}
    with pytest.raises(ModelError, match=f"bundle must have the member {name}, got "):
        PLUGIN.load(replace(BUNDLE, files=rest))


@pytest.mark.parametrize("name", ["model.onnx", "step.onnx"])
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 zip", b"ORTM\x00", b"\x80\x04K\x01.", b"<html>"]
)
def test_what_is_no_onnx(name, data):
    with pytest.raises(ModelError, match=f"^{name} must be an ONNX model, got "):
        PLUGIN.load(with_file(name, data))
    with pytest.raises(ModelError, match=f"^{name} must be an ONNX model, got "):
        PLUGIN.load(with_file(name, BUNDLE.files[name][:-7]))


def set_opset(version):
    def change(model):
        model.opset_import[0].version = version

    return change


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (6, "opset of model.onnx must be >= 7, got 6"),
        (0, "opset of model.onnx must be >= 7, got 0"),
        (999, r"model.onnx \(opset 999\) must be a model that onnxruntime .* loads: .*[Oo]pset"),
    ],
)
def test_an_unsupported_opset(version, message):
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(changed(set_opset(version)))


def test_an_unsupported_ir_version():
    def change(model):
        model.ir_version = 99

    with pytest.raises(ModelError, match="Unsupported model IR version: 99"):
        PLUGIN.load(changed(change))


@pytest.mark.parametrize("location", ["weights.bin", "../../../etc/passwd", "/etc/passwd"])
def test_external_data(location, tmp_path, monkeypatch):
    """Also where the file is there, in the working folder, where onnxruntime would look for it."""
    monkeypatch.chdir(tmp_path)

    def change(model):
        tensor = next(t for t in model.graph.initializer if t.raw_data)
        (tmp_path / "weights.bin").write_bytes(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", location

    bundle = changed(change)
    with pytest.raises(ModelError, match="must have its tensors inside of it, got external data"):
        PLUGIN.load(bundle)


def test_loading_asks_for_no_library(monkeypatch):
    def refuse(*arguments):
        raise AssertionError(arguments)

    monkeypatch.setattr(onnxruntime.SessionOptions, "register_custom_ops_library", refuse)
    PLUGIN.load(BUNDLE)

    def change(model):
        model.graph.node[0].domain = "ai.onnx.contrib"
        model.graph.node[0].op_type = "PyOp"
        model.opset_import.append(helper.make_opsetid("ai.onnx.contrib", 1))

    with pytest.raises(ModelError, match=r"built in, got PyOp of 'ai.onnx.contrib'"):
        PLUGIN.load(changed(change))


def test_options_within_a_file(monkeypatch):
    """onnxruntime takes session options from a model's metadata, if the environment says so."""
    monkeypatch.setenv("ORT_LOAD_CONFIG_FROM_MODEL", "1")
    PLUGIN.load(BUNDLE)

    def change(model):
        entry = model.metadata_props.add()
        entry.key, entry.value = "ort_config", '{"session_options": {"enable_profiling": 1}}'

    with pytest.raises(ModelError, match="must have no session options, got the metadata 'ort_con"):
        PLUGIN.load(changed(change))


def test_nothing_is_printed_of_what_is_refused(capfd):
    """onnxruntime would say what it falls back on, and log to stderr."""
    model = BUNDLE.files["model.onnx"]
    broken = model.replace(b"Softmax", b"Soft\xffax")
    assert broken != model
    for data in (broken, changed(set_opset(999)).files["model.onnx"]):
        with pytest.raises(ModelError, match="loads"):
            PLUGIN.load(with_file("model.onnx", data))
    with pytest.raises(ModelError, match="alloc"):
        PLUGIN.load(saying(greedy))
    assert capfd.readouterr() == ("", "")


def rename_output(model):
    for node in model.graph.node:
        for i, name in enumerate(node.output):
            node.output[i] = "odds" if name == "probabilities" else name
    model.graph.output[0].name = "odds"


def more_inputs(model):
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))


def set_size(axis, size, of="input"):
    def change(model):
        dimension = getattr(model.graph, of)[0].type.tensor_type.shape.dim[axis]
        dimension.Clear()
        dimension.dim_value = size

    return change


WRONG = [
    (
        with_card("model", "input", to="x"),
        r"inputs of model.onnx must be \['x'\], as its card says",
    ),
    (with_card("model", "output", to="x"), r"outputs of model.onnx must be \['x'\], as its card"),
    (with_card("step", "input", to="x"), "inputs of step.onnx must be .*'x'"),
    (with_card("step", "output", to="x"), "outputs of step.onnx must be .*'x'"),
    (with_card("step", "states", "0", "input", to="x"), "inputs of step.onnx must be .*'x'"),
    (with_card("step", "states", "0", "output", to="x"), "outputs of step.onnx must be .*'x'"),
    (
        with_card("step", "states", "0", "shape", to=[1, 3, 2]),
        r"input 'context1' of step.onnx must be of shape \(1, 3, 2\), got '\(1, 2, 2\)'",
    ),
    (with_card("step", "rows", to=3), r"'rows' of step.onnx must be of shape \(1, 3, 2\)"),
    (with_card("model", "layout", to="TD"), r"'rows' of model.onnx must be of shape \(any, 2\)"),
    (changed(rename_output), "outputs of model.onnx must be .*'probabilities'.*got .*'odds'"),
    (changed(more_inputs), "inputs of model.onnx must be .*'rows'.*got .*'more', 'rows'"),
    (
        changed(set_size(1, 100)),
        r"'rows' of model.onnx must be of shape \(1, any, 2\), got '\(1, 100, 2\)'",
    ),
    (
        replace(BUNDLE, classes=("a", "b")),
        r"'probabilities' of model.onnx must be of shape \(1, 2\)",
    ),
    (replace(BUNDLE, classes=tuple("abcd")), r"'probabilities' of model.onnx must be of shape"),
]


@pytest.mark.parametrize(("bundle", "message"), WRONG)
def test_names_and_shapes_other_than_the_cards(bundle, message):
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(bundle)


def test_a_type_that_rows_dont_have():
    model = onnx.load_from_string(BUNDLE.files["model.onnx"])
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = "floats" if name == "rows" else name
    model.graph.node.insert(0, helper.make_node("Cast", ["rows"], ["floats"], to=TensorProto.FLOAT))
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    message = r"input 'rows' of model.onnx must be tensor\(float\) or tensor\(double\), got"
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(with_file("model.onnx", model.SerializeToString()))


def test_a_spec_of_other_columns():
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    message = r"'rows' of model.onnx must be of shape \(1, any, 1\), got '\(1, time, 2\)'"
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(replace(BUNDLE, spec=spec))


def test_a_spec_of_other_features_than_it_was_trained_on(tmp_path):
    """Whose columns are as many: the bundle's own fingerprint tells."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name, data in BUNDLE._members().items():
        (folder / name).write_bytes(data)
    about = json.loads((folder / "model.json").read_text())
    about["spec"]["features"][0]["frame_length"] = 400
    (folder / "model.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="fingerprint must be"):
        serfast.Recognizer(folder)


def test_a_vector_without_statistics():
    card = Card(Model("rows", "ND", "probabilities")).to_bytes()
    with pytest.raises(ModelError, match=r"statistics in the bundle must be given .* ND, got null"):
        PLUGIN.load(with_file("onnx.json", card))


NO_PROBABILITIES = {
    "logits": lambda g: g.add("Identity", mean(g), to="p"),
    "negative": lambda g: g.add("Sub", np.float32([[1.5, 0.5]]), g.add("Softmax", mean(g)), to="p"),
    "twice": lambda g: g.add("Mul", np.float32(2), g.add("Softmax", mean(g)), to="p"),
    "NaN for zeros": lambda g: g.add("Softmax", g.add("Div", mean(g), mean(g)), to="p"),
    "NaN for noise": lambda g: g.add("Softmax", g.add("Sqrt", mean(g)), to="p"),
    "infinite": lambda g: g.add("Exp", g.add("Add", mean(g), np.float32(1000)), to="p"),
}


@pytest.mark.parametrize("build", NO_PROBABILITIES.values(), ids=NO_PROBABILITIES)
def test_an_output_that_isnt_probabilities(build):
    message = r"output of model.onnx must be probabilities \(finite, >= 0, adding up to 1\), got"
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(saying(build))


def test_an_output_for_each_row():
    with pytest.raises(ModelError, match=r"of model.onnx must be of shape \(.*2,?\), got"):
        PLUGIN.load(saying(lambda g: g.add("Softmax", "x", axis=2, to="p"), (1, "t", 2)))


def test_an_output_whose_shape_comes_out_otherwise():
    """The graph promises nothing; the trial shows."""

    def build(graph):
        where = graph.add("NonZero", graph.add("Softmax", mean(graph)))
        graph.add(
            "Cast", graph.add("Transpose", where, perm=[1, 0]), to_type=TensorProto.FLOAT, to="p"
        )

    with pytest.raises(
        ModelError, match=r"output of model.onnx must be of shape \(2,\) or \(1, 2\)"
    ):
        PLUGIN.load(saying(build))


def test_a_weight_that_is_nan():
    for name in ("model.onnx", "step.onnx"):

        def change(model):
            weights = next(t for t in model.graph.initializer if t.data_type == 1)
            values = numpy_helper.to_array(weights).copy()
            values.flat[-1] = np.nan
            weights.CopyFrom(numpy_helper.from_array(values, weights.name))

        with pytest.raises(
            ModelError, match=f"{name} must have numbers in its tensors, got NaN in"
        ):
            PLUGIN.load(changed(change, name))


def test_a_step_of_another_network():
    other = ConvGru(2, 3, (8, 8), 8, seed=1).step()
    message = "step.onnx must give what model.onnx gives, within 0.0001, got a difference of"
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(with_file("step.onnx", other))


@pytest.mark.parametrize("state", ["context1", "context2", "h", "sums"])
def test_a_step_that_forgets_a_state(state):
    """It hands on what it was given, as if the step had not been."""

    def change(model):
        for node in model.graph.node:
            for i, name in enumerate(node.output):
                node.output[i] = "lost" if name == f"{state}_next" else name
            for i, name in enumerate(node.input):
                node.input[i] = "lost" if name == f"{state}_next" else name
        model.graph.node.append(helper.make_node("Identity", [state], [f"{state}_next"]))

    with pytest.raises(ModelError, match=r"step.onnx must give what model.onnx gives"):
        PLUGIN.load(changed(change, "step.onnx"))


def test_a_graph_that_runs_forever(monkeypatch):
    monkeypatch.setattr(session, "TRIAL_SECONDS", 0.3)
    with pytest.raises(ModelError, match=r"model.onnx must be a model that onnxruntime .* runs"):
        PLUGIN.load(saying(endless))


def endless(graph: Graph) -> None:
    """Softmax of the mean, after 2**62 turns of a loop that halves it."""
    value = helper.make_tensor_value_info
    turn = helper.make_graph(
        [
            helper.make_node("Identity", ["going"], ["go"]),
            helper.make_node("Div", ["before", "two"], ["after"]),
        ],
        "turn",
        [
            value("i", TensorProto.INT64, []),
            value("going", TensorProto.BOOL, []),
            value("before", TensorProto.FLOAT, None),
        ],
        [value("go", TensorProto.BOOL, []), value("after", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.float32(2), "two")],
    )
    looped = graph.add("Loop", np.int64(2**62), np.bool_(True), mean(graph), body=turn)
    graph.add("Softmax", looped, to="p")


def test_a_graph_that_asks_for_all_the_memory():
    with pytest.raises(
        ModelError, match=r"^model.onnx .*must be a model that onnxruntime .*: .*alloc"
    ):
        PLUGIN.load(saying(greedy))


def greedy(graph: Graph) -> None:
    """Softmax of the mean plus the sum of 2**49 zeros."""
    many = graph.add("ConstantOfShape", np.array([2**24, 2**24, 2]))
    total = graph.add("ReduceSum", many, np.array([0, 1]), keepdims=0)
    graph.add("Softmax", graph.add("Add", mean(graph), total), to="p")

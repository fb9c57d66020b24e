"""Looking through ONNX files: what must not be in them is found wherever it hides."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from onnx_networks import ConvGru, Graph
from serfast import ModelError
from serfast.models.wire import fields
from serfast_onnx.graph import inspect

NETWORK = ConvGru(5, 3, (4, 4), 4)
SMALL = NETWORK.step()


def changed(change, data: bytes = SMALL) -> bytes:
    """The model with this done to its message."""
    model = onnx.load_from_string(data)
    change(model)
    return model.SerializeToString()


def outcome(data: bytes) -> str:
    """What is said of the bytes; nothing if they may pass."""
    try:
        inspect(data, "model.onnx")
    except ModelError as error:
        return str(error)
    return ""


def external(tensor, location: str = "/etc/passwd") -> None:
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    tensor.ClearField("raw_data")


def within_if(tensor):
    """A model whose only constant is in a branch of a branch."""
    constant = helper.make_node("Constant", [], ["c"], value=tensor)
    inner = helper.make_graph([constant], "inner", [], [_value("c")])
    outer = helper.make_node("If", ["condition"], ["d"], then_branch=inner, else_branch=inner)
    branch = helper.make_graph([outer], "outer", [], [_value("d")])
    node = helper.make_node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch)
    condition = helper.make_tensor_value_info("condition", TensorProto.BOOL, [])
    return helper.make_model(helper.make_graph([node], "g", [condition], [_value("y")]))


def _value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [2])


def as_sparse(tensor):
    indices = numpy_helper.from_array(np.arange(2))
    sparse = helper.make_sparse_tensor(tensor, indices, [4])
    node = helper.make_node("Constant", [], ["y"], sparse_value=sparse)
    return helper.make_model(helper.make_graph([node], "g", [], [_value("y")]))


def as_sparse_initializer(tensor):
    model = as_sparse(numpy_helper.from_array(np.ones(2, np.float32)))
    indices = numpy_helper.from_array(np.arange(2))
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(tensor, indices, [4]))
    return model


def as_list(tensor):
    node = helper.make_node("Strange", [], ["y"], tensors=[tensor])
    return helper.make_model(helper.make_graph([node], "g", [], [_value("y")]))


def within_function(tensor):
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    body = [helper.make_node("Constant", [], ["c"], value=tensor)]
    function = helper.make_function("own", "F", [], ["c"], body, opsets[:1])
    graph = helper.make_graph(
        [helper.make_node("F", [], ["y"], domain="own")], "g", [], [_value("y")]
    )
    return helper.make_model(graph, functions=[function], opset_imports=opsets)


def within_training(tensor):
    model = within_function(numpy_helper.from_array(np.ones(2, np.float32)))
    model.training_info.add().algorithm.CopyFrom(as_list(tensor).graph)
    return model


PLACES = [
    within_if,
    as_sparse,
    as_sparse_initializer,
    as_list,
    within_function,
    within_training,
]


@pytest.mark.parametrize("place", PLACES)
def test_a_clean_tensor_is_taken_wherever_it_is(place):
    tensor = numpy_helper.from_array(np.ones(2, np.float32), "t")
    inspect(place(tensor).SerializeToString(), "model.onnx")


@pytest.mark.parametrize("place", PLACES)
def test_external_data_is_found_wherever_it_is(place):
    tensor = numpy_helper.from_array(np.ones(2, np.float32), "t")
    external(tensor)
    message = "model.onnx must have its tensors inside of it, got external data for tensor 't'"
    with pytest.raises(ModelError, match=f"{message}: .*/etc/passwd"):
        inspect(place(tensor).SerializeToString(), "model.onnx")


@pytest.mark.parametrize("place", PLACES)
def test_nan_is_found_wherever_it_is(place):
    tensor = numpy_helper.from_array(np.array([1, np.nan], np.float32), "t")
    with pytest.raises(ModelError, match="numbers in its tensors, got NaN in tensor 't'"):
        inspect(place(tensor).SerializeToString(), "model.onnx")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("raw", [True, False])
def test_nan_is_found_in_every_float(dtype, raw):
    values = np.array([0, np.inf, 3], dtype)  # infinity masks, so it has its place
    for x, clean in ((values, True), (np.append(values, dtype(np.nan)), False)):
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        if raw:
            tensor = helper.make_tensor("t", kind, x.shape, x.tobytes(), raw=True)
        elif dtype == np.float16:
            continue  # lies in integers, and is found by the trial
        else:
            tensor = helper.make_tensor("t", kind, x.shape, x.tolist())
        data = within_if(tensor).SerializeToString()
        if clean:
            inspect(data, "model.onnx")
        else:
            with pytest.raises(ModelError, match="NaN"):
                inspect(data, "model.onnx")


@pytest.mark.parametrize(
    "location", ["weights.bin", "../../weights.bin", "*/_ORT_MEM_ADDR_/*", "", "file:///etc/passwd"]
)
def test_external_data_is_refused_wherever_it_points(location):
    data = changed(lambda m: external(m.graph.initializer[0], location))
    with pytest.raises(ModelError, match="external data"):
        inspect(data, "step.onnx")


def test_external_data_without_its_flag_or_its_entries():
    for field in ("data_location", "external_data"):
        data = changed(
            lambda m, f=field: (
                external(m.graph.initializer[0]),
                m.graph.initializer[0].ClearField(f),
            )
        )
        with pytest.raises(ModelError, match="external data"):
            inspect(data, "step.onnx")


@pytest.mark.parametrize("domain", ["ai.onnx.contrib", "com.microsoft.extensions", "mine"])
def test_operators_of_libraries_are_refused(domain):
    def change(model):
        model.graph.node[3].domain = domain
        model.opset_import.append(helper.make_opsetid(domain, 1))

    message = f"step.onnx must have operators that onnxruntime has built in, got .* of '{domain}'"
    with pytest.raises(ModelError, match=message):
        inspect(changed(change), "step.onnx")


def test_a_summary_agrees_with_the_package_onnx():
    for data in (NETWORK.whole(), SMALL):
        model = onnx.load_from_string(data)
        found = inspect(data, "model.onnx")
        assert found.opset == model.opset_import[0].version == 17
        assert found.domains == {node.domain for node in model.graph.node}


def test_fields_are_those_that_protobuf_wrote():
    model = onnx.load_from_string(SMALL)
    found = list(fields(memoryview(SMALL)))
    assert [f.value for f in found if f.number == 1] == [model.ir_version]
    graphs = [bytes(f.value) for f in found if f.number == 7]
    assert graphs == [model.graph.SerializeToString()]


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_a_model_or_a_clear_error(data):
    with pytest.raises(ModelError, match=r"^model\.onnx must"):
        inspect(data, "model.onnx")


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255))
@settings(max_examples=300)
def test_a_changed_byte_is_harmless_or_a_clear_error(at, byte):
    data = bytearray(SMALL)
    data[at] = byte
    assert outcome(bytes(data)).startswith("model.onnx must") or outcome(bytes(data)) == ""


@given(st.integers(1, len(SMALL) - 1))
def test_a_cut_file_is_refused_or_lacks_what_the_cut_took(n):
    assert outcome(SMALL[:n]) or n > SMALL.index(b"probabilities")


def test_millions_of_fields_are_too_many():
    with pytest.raises(ModelError, match="more than 2000000 fields"):
        inspect(b"\x08\x01" * 2_000_001, "model.onnx")


def test_deep_nesting_is_no_matter():
    """Graphs within graphs, deeper than Python would recurse: for onnxruntime to refuse."""
    data = Graph().model({}, {})[:0]
    for _ in range(3000):
        attribute = b"\x32" + _varint(len(data)) + data
        node = b"\x2a" + _varint(len(attribute)) + attribute
        data = b"\x0a" + _varint(len(node)) + node
    inspect(b"\x3a" + _varint(len(data)) + data, "model.onnx")


def _varint(n: int) -> bytes:
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes([*out, n])

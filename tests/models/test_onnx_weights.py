"""Large tensors of a model stay in its file, and the model says where."""

from __future__ import annotations

import hashlib
import os
import sys

import pytest

from serfast.errors import ModelError
from serfast.models.onnx_weights import LEAST, read_model
from serfast.models.wire import encoded, fields

DIMS, TYPE, NAME, RAW, EXTERNAL_DATA, LOCATION = 1, 2, 8, 9, 13, 14
INT8 = 3
LARGE = bytes(k * k % 251 for k in range(LEAST))


def tensor(name: str, raw: bytes, *more: bytes) -> bytes:
    """A tensor's message by onnx.proto."""
    about = encoded(DIMS, len(raw)) + encoded(TYPE, INT8) + encoded(NAME, name.encode())
    return about + encoded(RAW, raw) + b"".join(more)


def model(*tensors: bytes) -> bytes:
    """A model's message: version, graph (a node, the tensors, a name), opset."""
    graph = encoded(1, b"node") + b"".join(encoded(5, t) for t in tensors) + encoded(2, b"name")
    return encoded(1, 8) + encoded(7, graph) + encoded(8, encoded(2, 17))


def tensors_of(data: bytes) -> dict[str, dict[int, list[object]]]:
    """The fields of each tensor of a model, by its name and their numbers."""
    (graph,) = (f.value for f in fields(memoryview(data)) if f.number == 7)
    assert isinstance(graph, memoryview)
    result = {}
    for part in fields(graph):
        if part.number == 5 and isinstance(part.value, memoryview):
            numbers: dict[int, list[object]] = {}
            for field in fields(part.value):
                value = field.value if isinstance(field.value, int) else bytes(field.value)
                numbers.setdefault(field.number, []).append(value)
            result[str(numbers[NAME][0])] = numbers
    return result


def entries(tensor_fields: dict[int, list[object]]) -> dict[bytes, bytes]:
    """What a tensor's external data say."""
    pairs = [list(fields(memoryview(e))) for e in tensor_fields[EXTERNAL_DATA]]  # type: ignore[arg-type]
    return {bytes(k.value): bytes(v.value) for k, v in pairs}  # type: ignore[arg-type]


def test_a_large_tensor_becomes_its_place_in_the_file(tmp_path):
    path = tmp_path / "encoder.onnx"
    data = model(tensor("small", b"12"), tensor("large", LARGE), tensor("again", LARGE[::-1]))
    path.write_bytes(data)
    light = read_model(path)
    assert light.sha256 == hashlib.sha256(data).hexdigest()
    there = tensors_of(light.graph)
    assert there["b'small'"] == tensors_of(data)["b'small'"]
    for name, expected in (("b'large'", LARGE), ("b'again'", LARGE[::-1])):
        assert RAW not in there[name]
        assert there[name][LOCATION] == [1]
        place = entries(there[name])
        assert place[b"location"] == b"encoder.onnx"
        begin = int(place[b"offset"])
        assert data[begin : begin + int(place[b"length"])] == expected
        about = {number: there[name][number] for number in (DIMS, TYPE, NAME)}
        assert about == {DIMS: [LEAST], TYPE: [INT8], NAME: tensors_of(data)[name][NAME]}


def test_everything_else_stays_as_it_was(tmp_path):
    path = tmp_path / "encoder.onnx"
    short = tensor("short", LARGE[1:])
    elsewhere = tensor("external", LARGE, encoded(LOCATION, 1))
    twice = tensor("twice", LARGE, encoded(RAW, LARGE))
    data = model(short, elsewhere, twice) + bytes.fromhex("0d0000803f")
    path.write_bytes(data)
    assert read_model(path).graph == data


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
def test_in_a_folder_whose_name_is_not_utf8_tensors_stay_in_the_model(tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    data = model(tensor("large", LARGE))
    (folder / "encoder.onnx").write_bytes(data)
    assert read_model(folder / "encoder.onnx") == (data, "", hashlib.sha256(data).hexdigest())
    name = folder / os.fsdecode(b"encod\xe9.onnx")  # and a file of such a name, too
    name.write_bytes(data)
    assert read_model(name).graph == data
    (folder / "nothing").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="nothing must be an ONNX model"):
        read_model(folder / "nothing")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"nothing", "wire type"),
        (encoded(1, 8), "there is no graph"),
        (encoded(7, 1), "must hold bytes"),
        (encoded(7, encoded(5, 1)), "must hold bytes"),
        (model(tensor("large", LARGE))[:-100], "left"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path, data, reason):
    path = tmp_path / "encoder.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=rf"^encoder\.onnx must be an ONNX model: .*{reason}"):
        read_model(path)


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_model(tmp_path / "encoder.onnx")

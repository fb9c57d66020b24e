"""JSON from strangers: what is deep, long or not finite is refused, and at once."""

from __future__ import annotations

import json
import time

import pytest

from helpers.bundles import changed, make
from serfast import ModelError
from serfast.models.bundle.bundle import Bundle
from serfast.models.bundle.plain_json import MAX_DEPTH, MAX_DIGITS, read_json


@pytest.mark.parametrize(
    "text", ['{"a": [1, -2.5e3, null, true, "x"], "b": {}}', "[]", "0", '"\\u00e9"', "1e308"]
)
def test_plain_json_is_read_as_ever(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_depth_is_bounded() -> None:
    assert read_json(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 5000, 500_000):
        with pytest.raises(ValueError, match=f"nested at most {MAX_DEPTH} deep"):
            read_json(nested(depth))
    objects = b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1)
    with pytest.raises(ValueError, match="nested at most"):
        read_json(objects)


def test_the_length_of_a_number_is_bounded() -> None:
    longest = b"1" * MAX_DIGITS
    assert read_json(longest) == int(longest)
    begin = time.process_time()
    for text in (b"1" * (MAX_DIGITS + 1), b"-" + b"9" * 10**6, b"0." + b"1" * 10**6):
        with pytest.raises(ValueError, match=f"a number must have at most {MAX_DIGITS} digits"):
            read_json(text)
    assert time.process_time() - begin < 1  # Python takes a minute for an int of 10^6 digits


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(ValueError, match="numbers must be finite"):
        read_json(f'{{"a": [{text}]}}'.encode())


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "\udcff", "[1,]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text.encode(errors="surrogateescape"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**MAX_DIGITS])
def test_a_bundle_with_such_numbers_is_refused(tmp_path, value) -> None:
    with pytest.raises(ModelError, match=r"model\.json must be JSON: "):
        Bundle.load(changed(tmp_path, card={"measured": value}))


def test_what_could_not_be_loaded_is_not_saved(tmp_path) -> None:
    deep: object = 0
    for _ in range(MAX_DEPTH):
        deep = [deep]
    for card in ({"seed": 10**MAX_DIGITS}, {"deep": deep}):
        with pytest.raises(ModelError, match=r"model\.json must be JSON: "):
            make(card=card).save(tmp_path / "model.zip")
        assert not (tmp_path / "model.zip").exists()

"""Protocol buffers' wire format, by the examples of its specification."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast.models.wire import WireError, encoded, fields

SPECIFIED = {
    (1, 150): bytes.fromhex("089601"),
    (2, b"testing"): bytes.fromhex("120774657374696e67"),
    (3, bytes.fromhex("089601")): bytes.fromhex("1a03089601"),
}
"""Fields and their bytes, as protobuf.dev/programming-guides/encoding shows them."""


@pytest.mark.parametrize(("field", "data"), SPECIFIED.items())
def test_the_specifications_examples(field, data):
    assert encoded(*field) == data
    ((number, value, whole),) = fields(memoryview(data))
    assert (number, value, whole) == (*field, data)


def test_fields_of_fixed_sizes_are_bytes():
    data = bytes.fromhex("0d0000803f110102030405060708")  # a float of 1, then a double
    first, second = fields(memoryview(data))
    assert (first.number, first.value) == (1, bytes.fromhex("0000803f"))
    assert (second.number, second.whole) == (2, data[5:])


@given(
    st.lists(
        st.tuples(st.integers(1, 2**29 - 1), st.integers(0, 2**64 - 1) | st.binary(max_size=300))
    )
)
def test_what_is_encoded_is_read(written):
    parts = [encoded(*field) for field in written]
    read = list(fields(memoryview(b"".join(parts))))
    assert [(field.number, field.value) for field in read] == written
    assert [field.whole for field in read] == parts


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x0b", "wire type 3"),
        (b"\x0c", "wire type 4"),
        (b"\x0e", "wire type 6"),
        (b"\x00\x01", "tag 0"),
        (b"\xfa\xff\xff\xff\x1f\x00", "tag"),  # beyond 32 bits: others would cut it to field 15
        (b"\x0a\x05abc", "field of 5 bytes with 3 left"),
        (b"\x08" + b"\xff" * 11, "without an end"),
        (b"\x08\x80", "without an end"),
        (b"\x09abc", "field of 8 bytes with 3 left"),
    ],
)
def test_what_the_wire_format_forbids(data, message):
    with pytest.raises(WireError, match=message):
        list(fields(memoryview(data)))

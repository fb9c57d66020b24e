"""Arrays of a bundle: plain numbers, and nothing else that an .npy file may hold."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from helpers.bundles import changed, make, members, npy, npy_header
from serfast import ModelError
from serfast.models.bundle.bundle import Bundle


@pytest.mark.parametrize("dtype", ["<f4", "<f8", ">f4", "<i4", "<i8", "|i1", "|u1", "|b1"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_arrays_of_plain_numbers_come_back(tmp_path, dtype, shape):
    array = np.ones(shape, dtype)
    path = make(arrays={"x": array}).save(tmp_path / "model.zip")
    found = Bundle.load(path).arrays["x"]
    assert found.shape == shape
    assert found.dtype == array.dtype.newbyteorder("<")
    assert np.array_equal(found, array)


def test_numpy_reads_the_same_arrays(tmp_path):
    contents = members(make().save(tmp_path / "model.zip"))
    found = np.load(io.BytesIO(contents["weights.npy"]), allow_pickle=False)
    assert np.array_equal(found, make().arrays["weights"])


def test_fortran_order_is_read(tmp_path):
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    path = changed(tmp_path, weights__npy=npy(array))
    assert np.array_equal(Bundle.load(path).arrays["weights"], array)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("gone", (2, 3), r"must have the member gone\.npy"),
        ("weights", (3, 2), r"weights\.npy must be float of shape \(3, 2\), got float64 \(2, 3\)"),
        ("weights", (6,), r"must be float of shape \(6,\)"),
        ("counts", (2,), r"must be float of shape \(2,\), got int64"),
    ],
)
def test_array_checks_shape_and_dtype(name, shape, message):
    bundle = make(arrays={**make().arrays, "counts": np.array([1, 2])})
    with pytest.raises(ModelError, match=message):
        bundle.array(name, shape)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "must be an .npy file"),
        (b"PK\x03\x04", "must be an .npy file"),
        (b"\x93NUMPY\x09\x00", "must be an .npy file"),
        (b"\x93NUMPY\x01\x00", "must have"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "must have its header within 4096 bytes"),
        (npy_header("{'descr': '<f8'"), "must have a readable .npy header"),
        (npy_header("__import__('os').abort()"), "must have a readable .npy header"),
        (npy_header("[1, 2]"), "must have descr, fortran_order and shape"),
        (npy_header("{'descr': '<f8', 'shape': (1,)}"), "must have descr, fortran_order and shape"),
        (npy(np.array([{}]), allow_pickle=True), r"must have a dtype in .* got '\|O'"),
        (npy(np.array(["text"])), "must have a dtype in .* got '<U4'"),
        (npy(np.array([1j])), "must have a dtype in .* got '<c16'"),
        (npy(np.zeros(2, [("a", "<f4")])), "must have a dtype in"),
        (npy(np.zeros(6))[:-1], "must hold the 48 bytes .* got 47"),
        (npy(np.zeros(6)) + b"x", "must hold the 48 bytes .* got 49"),
        (
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1999999999, 9999)}"),
            "must hold the 159983999920008 bytes",
        ),
        (
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", bytes(8)),
            "must have up to 8 sizes >= 0",
        ),
        (
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10**30)}"),
            "must have a readable .npy header",
        ),
        (
            npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2147483648)}"),
            "must have up to 8 sizes >= 0",
        ),
        (
            npy_header(
                "{'descr': '<f8', 'fortran_order': False, "
                "'shape': (0, 2147483647, 2147483647, 2147483647)}"
            ),
            "must have up to 8 sizes >= 0",
        ),
        (npy_header("{[]: 1}"), "must have a readable .npy header"),
        (npy(np.array([1.0, np.nan])), "must hold finite numbers"),
        (npy(np.array([np.inf])), "must hold finite numbers"),
    ],
)
def test_bad_array(tmp_path, data, message):
    with pytest.raises(ModelError, match="weights.npy " + message):
        Bundle.load(changed(tmp_path, weights__npy=data))


def test_pickles_are_not_run(tmp_path):
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (str(tmp_path / "pwned"), "w"))

    data = npy(np.array([Evil()], dtype=object), allow_pickle=True)
    with pytest.raises(ModelError, match="dtype"):
        Bundle.load(changed(tmp_path, weights__npy=data))
    assert not (tmp_path / "pwned").exists()

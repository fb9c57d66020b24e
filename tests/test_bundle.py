"""Model bundles: what is written comes back, and nothing a stranger writes does harm."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from serfast import ModelError, _members
from serfast.bundle import Bundle
from serfast.statistics import Statistics

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])


def make(**changes: Any) -> Bundle:
    settings: dict[str, Any] = {
        "plugin": "svm",
        "classes": ("anger", "neutral"),
        "spec": SPEC,
        "statistics": Statistics(semitones=("f0",)),
        "arrays": {"weights": np.arange(6.0).reshape(2, 3), "bias": np.float32([1, 2])},
        "files": {"notes.txt": b"hello"},
        "card": {"training": {"recordings": 3}, "text": "naïve"},
    }
    return Bundle(**{**settings, **changes})


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def changed(tmp_path: Path, sums: bool = True, **parts: Any) -> Path:
    """A bundle with some keys of model.json replaced and, as name=bytes, some members."""
    contents = members(make().save(tmp_path / "good.zip"))
    about = json.loads(contents["model.json"])
    for key, value in parts.items():
        if isinstance(value, bytes):
            name = key.replace("__", ".")
            contents[name] = value
            if sums:
                about["sha256"][name] = hashlib.sha256(value).hexdigest()
        elif value is None:
            del about[key]
        else:
            about[key] = value
    contents["model.json"] = json.dumps(about).encode()
    return write(tmp_path / "bad.zip", contents)


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def npy_header(text: str, data: bytes = b"") -> bytes:
    header = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def assert_same(a: Bundle, b: Bundle) -> None:
    assert (a.plugin, a.classes, a.spec, a.statistics) == (
        b.plugin,
        b.classes,
        b.spec,
        b.statistics,
    )
    assert dict(a.card) == dict(b.card)
    assert dict(a.files) == dict(b.files)
    assert a.arrays.keys() == b.arrays.keys()
    for name, array in a.arrays.items():
        assert array.dtype == b.arrays[name].dtype
        assert np.array_equal(array, b.arrays[name])


def test_what_is_saved_comes_back(tmp_path):
    assert_same(Bundle.load(make().save(tmp_path / "model.zip")), make())


def test_a_folder_is_a_bundle_too(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, data in members(make().save(tmp_path / "model.zip")).items():
        (folder / name).write_bytes(data)
    assert_same(Bundle.load(folder), make())


def test_a_repacked_deflated_zip_is_a_bundle_too(tmp_path):
    contents = members(make().save(tmp_path / "model.zip"))
    assert_same(Bundle.load(write(tmp_path / "other.zip", contents, zipfile.ZIP_DEFLATED)), make())


def test_equal_bundles_give_equal_bytes(tmp_path):
    first = make().save(tmp_path / "a.zip").read_bytes()
    turned = {"bias": make().arrays["bias"], "weights": np.asfortranarray(make().arrays["weights"])}
    assert make(arrays=turned).save(tmp_path / "b.zip").read_bytes() == first


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


def test_saving_replaces_whole_or_not_at_all(tmp_path):
    path = make().save(tmp_path / "model.zip")
    before = path.read_bytes()
    with pytest.raises(ModelError, match="dtype"):
        make(arrays={"x": np.array([object()])}).save(path)
    with pytest.raises(ModelError, match="card must be what JSON can hold"):
        make(card={"uar": float("nan")}).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.zip"]


def test_saving_where_there_is_no_folder(tmp_path):
    with pytest.raises(ModelError, match="folder that exists"):
        make().save(tmp_path / "none" / "model.zip")


def test_saving_cleans_up_after_any_error(tmp_path, monkeypatch):
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        make().save(tmp_path / "model.zip")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_saving_respects_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        path = make().save(tmp_path / "model.zip")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_saving_where_it_cannot_be_names_the_file_wanted(tmp_path):
    (tmp_path / "model.zip").mkdir()
    with pytest.raises(ModelError, match=r"model\.zip: bundle can't be written: Is a directory"):
        make().save(tmp_path / "model.zip")
    assert os.listdir(tmp_path) == ["model.zip"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ("a\nb", "c")}, r"classes must be printable names"),
        ({"classes": ("", "c")}, r"classes must be printable names"),
        ({"classes": ("\udc80", "c")}, r"classes must be printable names"),
        ({"plugin": "x; rm -rf"}, r"plugin must be up to 64 letters"),
        ({"plugin": "\x1b[2J"}, r"plugin must be up to 64 letters"),
        ({"plugin": "-e."}, r"plugin must be up to 64 letters"),
        ({"plugin": ""}, r"plugin must be up to 64 letters"),
    ],
)
def test_what_could_not_be_loaded_is_not_made(changes, message):
    with pytest.raises(ModelError, match=message):
        make(**changes)


def test_card_that_utf8_cannot_hold(tmp_path):
    with pytest.raises(ModelError, match="card must be what JSON can hold"):
        make(card={"corpus": "\udc80"}).save(tmp_path / "model.zip")


@pytest.mark.parametrize("classes", [(), ("one",), ("a", "a"), ("a", "b", "a")])
def test_classes_must_be_different(classes):
    with pytest.raises(ModelError, match="classes must be at least 2 different names"):
        make(classes=classes)


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


# A stranger's bundles


def test_missing(tmp_path):
    with pytest.raises(ModelError, match=r"none\.zip"):
        Bundle.load(tmp_path / "none.zip")


def test_truncated_anywhere(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    cut = tmp_path / "cut.zip"
    for size in [0, 1, 21, 22, *range(50, len(data) - 1, 97), len(data) - 1]:
        cut.write_bytes(data[:size])
        with pytest.raises(ModelError):
            Bundle.load(cut)


def test_any_flipped_byte_is_harmless(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    path = tmp_path / "flipped.zip"
    random = np.random.default_rng(0)
    for place in random.integers(0, len(data), 300):
        broken = bytearray(data)
        broken[place] ^= 1 << int(random.integers(8))
        path.write_bytes(broken)
        try:
            found = Bundle.load(path)
        except ModelError:
            continue
        assert_same(found, make())  # a byte that says nothing, such as a date


def test_wrong_checksum(tmp_path):
    path = changed(tmp_path, sums=False, weights__npy=npy(np.zeros((2, 3))))
    with pytest.raises(ModelError, match=r"weights\.npy must have the SHA-256"):
        Bundle.load(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"format": 2}, "format must be <= 1, got 2: this bundle needs a newer serfast"),
        ({"format": 0}, "format must be 1, got 0"),
        ({"format": "1"}, "int format"),
        ({"format": True}, "int format"),
        ({"plugin": None}, "missing: plugin"),
        ({"plugin": 3}, "plugin in model.json must be str, got 3"),
        ({"classes": "ab"}, "classes in model.json must be a list of names"),
        ({"classes": ["a", "\x1b[2J"]}, "classes in model.json must be a list of names"),
        ({"classes": ["a", 1]}, "classes in model.json must be a list of names"),
        ({"classes": ["a"]}, "classes must be at least 2"),
        ({"spec": {}}, "model.json must hold a valid spec"),
        ({"spec": 7}, "model.json must hold a valid spec"),
        ({"statistics": {"functionals": ["median"]}}, "valid spec and statistics"),
        ({"statistics": {"functionals": 1}}, "valid spec and statistics"),
        pytest.param(
            {"fingerprint": "0" * 64},
            "fingerprint must be .* train it again",
            marks=pytest.mark.native,
        ),
        ({"card": []}, "card in model.json must be dict"),
        ({"sha256": {}}, "members must be those that model.json lists"),
        ({"sha256": None}, "missing: sha256"),
    ],
)
def test_bad_model_json(tmp_path, parts, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, **parts))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000, b'{"format": NaN}']
)
def test_model_json_that_is_none(tmp_path, data):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match=r"model\.json must be"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, "model.json": data}))


def test_no_model_json(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    del contents["model.json"]
    with pytest.raises(ModelError, match=r"must have the member model\.json"):
        Bundle.load(write(tmp_path / "bad.zip", contents))


def test_huge_model_json(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    contents["model.json"] += b" " * 2**20
    with pytest.raises(ModelError, match=r"model\.json must have at most 1048576 bytes"):
        Bundle.load(write(tmp_path / "bad.zip", contents))


def test_member_that_nobody_listed(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match=r"got a difference: 'more.txt'"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, "more.txt": b"x"}))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.npy",
        "/etc/evil.npy",
        "a/b.npy",
        "..",
        ".hidden",
        "C:evil",
        "a\\b",
        "a b",
        "é",
        "x" * 101,
    ],
)
def test_name_with_a_path(tmp_path, name):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match="member name must be"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, name: b"x"}))
    assert sorted(os.listdir(tmp_path)) == ["bad.zip", "good.zip"]


def test_name_twice(tmp_path):
    path = make().save(tmp_path / "model.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("weights.npy", b"other")
    with pytest.raises(ModelError, match="got one twice"):
        Bundle.load(path)


def test_link_in_a_folder(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, data in members(make().save(tmp_path / "model.zip")).items():
        (folder / name).write_bytes(data)
    (folder / "weights.npy").rename(tmp_path / "outside.npy")
    (folder / "weights.npy").symlink_to(tmp_path / "outside.npy")
    with pytest.raises(ModelError, match=r"'weights\.npy' must be a plain file, got a link"):
        Bundle.load(folder)


def test_folder_in_a_folder(tmp_path):
    (tmp_path / "model" / "inner").mkdir(parents=True)
    with pytest.raises(ModelError, match="'inner' must be a plain file"):
        Bundle.load(tmp_path / "model")


def test_zip_bomb_by_ratio(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    bomb = {**contents, "weights.npy": bytes(2_000_000)}
    with pytest.raises(ModelError, match=r"'weights\.npy' must unpack to at most 200 times"):
        Bundle.load(write(tmp_path / "bad.zip", bomb, zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_whose_ratio_has_no_bound(tmp_path, method):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match="must be stored or deflated"):
        Bundle.load(write(tmp_path / "bad.zip", contents, method))


def spec_of(*features: dict[str, Any], **grid: Any) -> dict[str, Any]:
    return {"format": 1, "features": list(features), **grid}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (spec_of({"type": "LogMel", "n_mels": 10**5}), "n_mels in a bundle must be <= 1024"),
        (spec_of({"type": "LogMel", "n_mels": 10**8}), "n_mels in a bundle must be <= 1024"),
        (spec_of({"type": "MFCC", "n_fft": 2**24}), "n_fft in a bundle must be <= 65536"),
        (spec_of({"type": "RMS", "frame_length": 2**30}), "frame_length in a bundle must be"),
        (spec_of({"type": "RMS", "name": "x" * 10**5}), "name in a bundle must have at most 256"),
        (spec_of({"type": "RMS"}, hop_length=2**30), "hop_length in a bundle must be"),
        (spec_of({"type": "RMS"}, sample_rate=1e300), "sample_rate in a bundle must be <="),
        (spec_of({"type": "RMS"}, sample_rate=0.5), "sample_rate in a bundle must be whole"),
        (
            spec_of({"type": "Delta", "feature": {"type": "LogMel", "n_mels": 10**8}}),
            "n_mels in a bundle must be <= 1024",
        ),
        (
            spec_of(*[{"type": "RMS", "name": f"r{i}"} for i in range(65)]),
            "features in a bundle must have at most 64 entries, got 65",
        ),
        (
            spec_of({"type": "PowerSpectrum", "n_fft": 65536}),
            "columns of a bundle must be at most 16384, got 32769",
        ),
        (
            spec_of({"type": "LogMel", "n_mels": 1024, "n_fft": 65536}),
            "mel weights of a bundle must be at most",
        ),
        (
            spec_of({"type": "PowerSpectrum", "n_fft": 32000}, hop_length=1),
            "rows × columns of the test signal",
        ),
        (
            spec_of({"type": "RMS", "frame_length": 65536}, hop_length=1),
            "multiplications for the test signal",
        ),
        ({"features": {"type": "RMS"}, "format": 1}, "valid spec"),
        (spec_of({"type": "RMS", "frame_length": 1e400}), "frame_length in a bundle must be <="),
    ],
)
def test_specs_beyond_all_need_are_refused_at_once(tmp_path, spec, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, spec=spec))


@pytest.mark.parametrize(
    ("statistics", "message"),
    [
        ({"functionals": [f"p{i}" for i in range(300)]}, "functionals in a bundle must have"),
        ({"log": ["rms"] * 1000}, "log in a bundle must have at most 256 entries"),
        ({"delta_width": 2**30 + 1}, "delta_width in a bundle must be <= 1001"),
        ({"log": ["nothing"]}, "valid spec and statistics: log must be columns or families"),
    ],
)
def test_statistics_beyond_all_need_are_refused(tmp_path, statistics, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, statistics=statistics))


def test_a_vector_beyond_all_need_is_refused(tmp_path):
    spec = spec_of({"type": "PowerSpectrum", "n_fft": 16384})
    statistics = {"functionals": [f"p{i}" for i in range(100)], "deltas": 0}
    with pytest.raises(ModelError, match="statistics of a bundle must be at most 1000000"):
        Bundle.load(changed(tmp_path, spec=spec, statistics=statistics))


@pytest.mark.native
def test_memory_that_is_not_there_is_an_error_of_ours(tmp_path, monkeypatch):
    def exhausted(*_: object) -> str:
        raise MemoryError

    path = make().save(tmp_path / "model.zip")
    monkeypatch.setattr("serfast.bundle.fingerprint", exhausted)
    with pytest.raises(ModelError, match=r"model\.zip: needs too much memory"):
        Bundle.load(path)


@pytest.mark.parametrize("spoil", ["spec", "plugin", "sha256"])
def test_errors_name_the_bundle(tmp_path, spoil):
    path = changed(tmp_path, **{spoil: None})
    with pytest.raises(ModelError) as error:
        Bundle.load(path)
    assert str(error.value).startswith(f"{path}: ")
    assert str(error.value).count(str(path)) == 1


def test_zip_bomb_by_size(tmp_path, monkeypatch):
    data = make(files={"zeros.bin": bytes(90_000)}).save(tmp_path / "model.zip")
    path = write(tmp_path / "packed.zip", members(data), zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(_members, "MAX_BYTES", 50_000)
    monkeypatch.setattr(_members, "MAX_RATIO", 10**6)
    assert path.stat().st_size < 50_000
    with pytest.raises(ModelError, match="must hold at most 50000 bytes"):
        Bundle.load(path)


def test_file_too_big_to_read(tmp_path):
    path = tmp_path / "model.zip"
    with open(path, "wb") as file:
        file.truncate(_members.MAX_BYTES + 1)  # a hole: takes no space
    with pytest.raises(ModelError, match="must be a file of at most"):
        Bundle.load(path)


def test_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "model.zip")
    with pytest.raises(ModelError, match="must be a file"):
        Bundle.load(tmp_path / "model.zip")


def test_zip_that_declares_terabytes(tmp_path):
    data = bytearray(make().save(tmp_path / "model.zip").read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFFFFFE)
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(ModelError, match="must hold at most"):
        Bundle.load(tmp_path / "bad.zip")


def test_too_many_members(tmp_path):
    contents = {f"{i}.txt": b"" for i in range(65)}
    with pytest.raises(ModelError, match="at most 64 members, got 65"):
        Bundle.load(write(tmp_path / "bad.zip", contents))


def test_encrypted_zip(tmp_path):
    data = bytearray(make().save(tmp_path / "model.zip").read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(ModelError, match=r"plain zip file.*encrypted"):
        Bundle.load(tmp_path / "bad.zip")


def test_not_a_zip(tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(b"RIFF" + bytes(1000))
    with pytest.raises(ModelError, match="readable zip"):
        Bundle.load(path)


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

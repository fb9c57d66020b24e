"""A bundle beyond all need, or beyond the memory: refused before it costs anything."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from typing import Any

import pytest

import serfast
from helpers.bundles import changed, make, members, write
from serfast import ModelError
from serfast.models.bundle import archive as _members
from serfast.models.bundle import limits
from serfast.models.bundle.bundle import Bundle


def test_huge_model_json(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    contents["model.json"] += b" " * 2**20
    with pytest.raises(ModelError, match=r"model\.json must have at most 1048576 bytes"):
        Bundle.load(write(tmp_path / "bad.zip", contents))


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
        (spec_of({"type": "RMS", "frame_length": 1e29}), "frame_length in a bundle must be <="),
    ],
)
def test_specs_beyond_all_need_are_refused_at_once(tmp_path, spec, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, spec=spec))


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([f"c{i}" for i in range(1025)], "classes must be at most 1024, got 1025"),
        (["anger", "x" * 257], "classes in model.json must be a list of names, got"),
    ],
)
def test_classes_beyond_all_need_are_refused(tmp_path, classes, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, classes=classes))


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


@pytest.mark.native
def test_a_vector_beyond_all_need_is_refused(tmp_path):
    spec = spec_of({"type": "PowerSpectrum", "n_fft": 16384})
    statistics = {"functionals": [f"p{i}" for i in range(100)], "deltas": 0}
    with pytest.raises(ModelError, match="statistics of a bundle must be at most 1000000"):
        Bundle.load(changed(tmp_path, spec=spec, statistics=statistics))
    each = {"column": "power", "functionals": statistics["functionals"]}
    selections = {"functionals": [], "selections": [each, each]}
    with pytest.raises(ModelError, match="statistics of a bundle must be at most 1000000"):
        Bundle.load(changed(tmp_path, spec=spec, statistics=selections))
    many = {"functionals": [], "selections": [{"column": "power_0"}] * 257}
    with pytest.raises(ModelError, match="selections in a bundle must have at most 256 entries"):
        Bundle.load(changed(tmp_path, statistics=many))


@pytest.mark.native
def test_memory_that_is_not_there_is_an_error_of_ours(tmp_path, monkeypatch):
    def exhausted(*_: object) -> str:
        raise MemoryError

    path = make().save(tmp_path / "model.zip")
    monkeypatch.setattr("serfast.models.bundle.manifest.fingerprint", exhausted)
    with pytest.raises(ModelError, match=r"model\.zip: needs too much memory"):
        Bundle.load(path)


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


def nested(depth: int) -> dict[str, Any]:
    """A feature in tracks, `depth` of them."""
    feature: dict[str, Any] = {"type": "RMS"}
    for _ in range(depth):
        feature = {"type": "Delta", "feature": feature}
    return feature


def of_package(**fields: Any) -> dict[str, Any]:
    """A feature of an installed package, with fields that serfast can't know."""
    return {"type": "SpectralSlope", "package": "serfast-spectral", **fields}


def long_names(count: int) -> list[dict[str, Any]]:
    """Mel bands, 1024 of each feature, whose names are as long as they may be."""
    return [
        {"type": "MelPower", "n_mels": 1024, "fmin": i, "name": f"{i:0256}"} for i in range(count)
    ]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (spec_of(nested(9)), "features of a bundle must be nested at most 8 deep"),
        (spec_of(nested(60)), "features of a bundle must be nested at most 8 deep"),
        (
            spec_of(*[{**nested(1), "name": f"d{i}"} for i in range(33)]),
            "features of a bundle must be at most 64, got 66",
        ),
        (spec_of({"type": "RMS", "name": "a\nb"}), "names in a bundle must be printable, got"),
        (spec_of({"type": "RMS", "x" * 257: 1}), "must have at most 256 entries, got 257"),
        (spec_of({"type": "RMS", "a\x1b[2J": 1}), "names in a bundle must be printable"),
        (spec_of({"type": "RMS", "name": [["a"]]}), "name in a bundle must hold no lists in a l"),
        (spec_of({"type": "RMS", "frame_length": -(2**40)}), "frame_length in a bundle must be >="),
        (spec_of(of_package(count=2**17)), "count in a bundle must be <= 65536, got 131072"),
        (spec_of(of_package(share=-1e31)), "share in a bundle must be >= -1e"),
        (spec_of(of_package(names=["x"] * 257)), "names in a bundle must have at most 256 entries"),
        (spec_of(*long_names(5)), "characters of columns of a bundle must be at most 1048576"),
        (spec_of(*long_names(20)), "characters of columns of a bundle must be at most 1048576"),
        (
            spec_of(*[{"type": "MelPower", "n_mels": 1024, "name": f"m{i}"} for i in range(17)]),
            "columns of a bundle must be at most 16384, got 17408",
        ),
        (
            spec_of(
                *[
                    {"type": "Delta", "name": f"d{i}", "feature": {"type": "MelPower", **bands}}
                    for i, bands in enumerate({"n_mels": 1024, "fmin": j} for j in range(9))
                ]
            ),
            "columns of a bundle must be at most 16384, got 17408",
        ),
        (
            spec_of(*[{"type": "RMS", "name": f"r{i}", "frame_length": 65536} for i in range(17)]),
            "samples of frames of a bundle must be at most 1048576, got 1114112",
        ),
        (
            spec_of(
                *[
                    {"type": "MFCC", "name": f"m{i}", "n_mels": 1024, "n_mfcc": 1000, "lifter": i}
                    for i in range(9)
                ],
                hop_length=1024,
            ),
            "cosine weights of a bundle must be at most 8388608",
        ),
        (
            spec_of({"type": "SpectralContrast", "n_fft": 65536, "quantile": 0.5}),
            "multiplications for the test signal of a bundle must be at most",
        ),
        (
            spec_of({"type": "YIN", "frame_length": 65536}, hop_length=16),
            "multiplications for the test signal of a bundle must be at most",
        ),
        (
            spec_of({"type": "PowerSpectrum", "n_fft": 65521, "name": "p"}, hop_length=4096),
            "columns of a bundle must be at most 16384",
        ),
        (
            spec_of({"type": "SpectralFlux", "n_fft": 65521}, hop_length=128),
            "multiplications for the test signal of a bundle must be at most",
        ),
    ],
)
def test_every_field_is_bounded_before_anything_is_computed(tmp_path, monkeypatch, spec, message):
    path = changed(tmp_path, spec=spec)
    monkeypatch.setattr("serfast.models.bundle.fingerprint.Extractor", None)
    tracemalloc.start()
    try:
        with pytest.raises(ModelError) as caught:
            Bundle.load(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400
    assert peak < 100e6


@pytest.mark.parametrize(
    ("statistics", "message"),
    [
        ({"functionals": ["mean"], "log": ["rms\n"]}, "names in a bundle must be printable"),
        ({"functionals": ["mean"], "log": ["x" * 257]}, "log in a bundle must have at most 256"),
        ({"deltas": 10**6}, "deltas in a bundle must be <= 65536, got 1000000"),
        ({"deltas": 9}, "valid spec and statistics: deltas must be an int <= 3, got 9"),
        ({"trim_db": 1e300}, "trim_db in a bundle must be <= 1e"),
        (
            {"functionals": [f"p{i}" for i in range(101)], "deltas": 0},
            "characters of the statistics' names of a bundle must be at most 67108864",
        ),
    ],
)
def test_statistics_and_their_names_are_bounded(tmp_path, statistics, message):
    spec = spec_of(*long_names(3))
    with pytest.raises(ModelError) as caught:
        Bundle.load(changed(tmp_path, spec=spec, statistics=statistics))
    assert message in str(caught.value)


@pytest.mark.native
def test_what_another_back_end_would_have_to_compute_is_bounded_closer(tmp_path):
    """Others than the native one call functions in Python."""
    spec = spec_of({"type": "SpectralEntropy", "n_fft": 8192}, hop_length=32)
    message = "multiplications for the test signal of a bundle must be at most 268435456"
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, spec=spec), backend="reference")
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, spec=spec, backend="reference"), backend="native")
    with pytest.raises(ModelError, match="semitones must be columns"):  # it is within the limits
        Bundle.load(changed(tmp_path, spec=spec), backend="native")


def test_a_directory_of_millions_of_members_is_not_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for i in range(4000):
            archive.writestr(f"{i}.txt", b"")
    for source in (tmp_path / "bad.zip", (tmp_path / "bad.zip").read_bytes()):
        load = Bundle.from_bytes if isinstance(source, bytes) else Bundle.load
        with pytest.raises(ModelError, match="directory of at most 131072 bytes"):
            load(source)  # type: ignore[arg-type]


def test_what_zipfile_says_is_cut(tmp_path):
    """It quotes the bytes where it looks for a name, up to 65535 of them."""
    data = bytearray(make(files={"big.txt": bytes(70_000)}).to_bytes())
    begin = data.index(b"PK\x03\x04")
    data[begin + 26 : begin + 28] = b"\xff\xff"  # the length of the first member's name
    with pytest.raises(ModelError, match="bundle must be a readable zip") as caught:
        Bundle.from_bytes(bytes(data))
    assert len(str(caught.value)) < 300


def test_a_folder_of_millions_of_members_is_not_read(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    folder.mkdir()
    for i in range(100):
        (folder / f"{i}.txt").write_bytes(b"")
    with pytest.raises(ModelError, match="at most 64 members, got 65"):
        Bundle.load(folder)


@pytest.mark.native
def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    spec = serfast.FeatureSpec(features=[serfast.RMS(name=f"r{i}") for i in range(65)])
    with pytest.raises(ModelError, match="features in a bundle must have at most 64 entries"):
        make(spec=spec, statistics=None).save(tmp_path / "model.zip")
    assert not list(tmp_path.iterdir())


def test_every_number_of_a_feature_has_a_limit():
    """By its name, or by its kind: a number of any name that nobody thought of is bounded too."""
    for name in [*limits.MOST, "anything"]:
        for value in (2**31, -(2**31), 1e300, -1e300):
            with pytest.raises(ModelError, match=f"{name} in a bundle must be"):
                limits.check_numbers({"features": [{"type": "RMS", name: value}]})
            with pytest.raises(ModelError, match=f"{name} in a bundle must be"):
                limits.check_numbers({name: [1, value]})

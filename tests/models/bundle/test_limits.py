"""A bundle beyond all need, or beyond the memory: refused before it costs anything."""

from __future__ import annotations

import struct
import zipfile
from typing import Any

import pytest

from helpers.bundles import changed, make, members, write
from serfast import ModelError
from serfast.models.bundle import archive as _members
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

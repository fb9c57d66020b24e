"""Recordings, tables and datasets elsewhere, by URL: in memory, in a zip, and on an S3 server."""

from __future__ import annotations

import errno
import io
import json
import pickle
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import soundfile
from moto.server import ThreadedMotoServer

import serfast
from helpers.processes import printed
from serfast.cli.main import main
from serfast.corpora import Recording, extract, find_recordings, search
from serfast.corpora.source_list import SourceList
from serfast.errors import AudioError, ParameterError
from serfast.files import replacing
from serfast.urls import UrlPath, absolute_path, as_path

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
NAMES = ("03a01Fa", "03a01Wa", "08a01Na", "08a02Ta", "09a01Fb")


def recording(seed: int) -> bytes:
    file = io.BytesIO()
    y = np.random.default_rng(seed).uniform(-0.5, 0.5, 3000 + 100 * seed)
    soundfile.write(file, y, 16000, format="WAV")
    return file.getvalue()


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """A server on this machine that speaks S3."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket, which the environment says how to reach."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_server,
    }.items():
        monkeypatch.setenv(name, value)
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    fsspec.filesystem("s3").invalidate_cache()
    system.mkdir("bucket")
    yield "s3://bucket"
    system.rm("bucket", recursive=True)


@pytest.fixture
def memory() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    yield "memory://"
    system.rm("/", recursive=True)


@pytest.fixture(params=["memory", "s3"])
def root(request: pytest.FixtureRequest) -> UrlPath:
    """An empty folder elsewhere."""
    return UrlPath(request.getfixturevalue(request.param)) / "base"


@pytest.fixture
def corpus(root: UrlPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UrlPath:
    """Five recordings named as EmoDB's are, elsewhere; the same ones lie in `in`."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for seed, name in enumerate(NAMES):
        path = Path("in", f"{name}.wav")
        path.write_bytes(recording(seed))
        (root / "in" / path.name).put(path)
    return root / "in"


def content(folder: UrlPath | Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("part-*.parquet")}


def rows(folder: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet

    tables = [pyarrow.parquet.read_table(path.open("rb")) for path in sorted(folder.glob("part-*"))]
    return [row for table in tables for row in table.to_pylist()]


def test_a_recording_is_read(corpus) -> None:
    here, _ = serfast.load("in/03a01Fa.wav")
    for path in (corpus / "03a01Fa.wav", str(corpus / "03a01Fa.wav")):
        np.testing.assert_array_equal(serfast.load(path)[0], here)
    with pytest.raises(AudioError, match=r"base/in/no\.wav: no such file"):
        serfast.load(corpus / "no.wav")


def test_a_corpus_is_searched_and_labelled(corpus) -> None:
    recordings = find_recordings(corpus)
    assert [one.path for one in recordings] == [corpus / f"{name}.wav" for name in NAMES]
    here = find_recordings("in")
    assert [(one.label, one.speaker) for one in recordings] == [
        (one.label, one.speaker) for one in here
    ]
    (corpus / ".hidden.wav").put(Path("in/03a01Fa.wav"))
    (corpus / "notes.txt").put(Path("in/03a01Fa.wav"))
    found = search(str(corpus))
    assert [path.name for path in found.paths] == [f"{name}.wav" for name in NAMES]
    assert found.passed_over == {"hidden": 1, ".txt": 1}


def test_a_dataset_elsewhere_has_the_same_bytes_and_goes_on(corpus, root) -> None:
    local = [Recording(Path("in", f"{name}.wav"), "x", "y") for name in NAMES]
    there = [Recording(corpus / f"{name}.wav", "x", "y") for name in NAMES]
    extract(local, SPEC, "here", recordings_per_part=2)
    written = extract(local, SPEC, root / "out", recordings_per_part=2)
    assert (written.parts, written.kept, written.folder) == (3, 0, root / "out")
    assert content(root / "out") == content(Path("here"))
    assert extract(local, SPEC, str(root / "out"), recordings_per_part=2).kept == 3
    extract(there, SPEC, root / "from", recordings_per_part=2)
    assert [one["rms"] for one in rows(root / "from")] == [one["rms"] for one in rows(Path("here"))]
    assert {one["file"] for one in rows(root / "from")} == {str(one.path) for one in there}
    louder = Path("louder.wav")
    louder.write_bytes(recording(7))
    there[3].path.put(louder)
    with pytest.warns(UserWarning, match=r"part-000001: .*08a02Ta\.wav has changed"):
        assert extract(there, SPEC, root / "from", recordings_per_part=2).kept == 2


def test_an_interrupted_part_is_whole_or_not_there(corpus, root, monkeypatch) -> None:
    local = sorted(Path("in").glob("*.wav"))
    put = UrlPath.put

    def full(self: UrlPath, path: Path) -> None:
        if self.name == "part-000001.parquet":
            raise OSError(errno.ENOSPC, "No space left", str(self))
        put(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(UrlPath, "put", full)
        with pytest.raises(OSError, match="No space left"):
            extract(local, SPEC, root / "out", recordings_per_part=2)
    assert list(content(root / "out")) == ["part-000000.parquet"]
    assert extract(local, SPEC, root / "out", recordings_per_part=2).kept == 1
    extract(local, SPEC, "here", recordings_per_part=2)
    assert content(root / "out") == content(Path("here"))


def test_the_command_takes_urls(corpus, root, capsys, tmp_path, monkeypatch) -> None:
    bad = tmp_path / "empty"
    bad.touch()
    (corpus / "08a01Lb.wav").put(bad)
    command = ["extract", str(corpus), "-o", str(root / "out"), "--dataset", "--part", "2"]
    assert main(command) == 1
    said = capsys.readouterr()
    assert said.err == f"serfast extract: {corpus / '08a01Lb.wav'}: is empty\n"
    assert said.out.startswith(f"{root / 'out'}: 3 parts, 5 recordings")
    assert (root / "out" / "_bad.csv").read_text().splitlines()[1] == (
        f"{corpus / '08a01Lb.wav'},is empty"
    )
    assert {(one["label"], one["speaker"]) for one in rows(root / "out")} >= {("anger", "03")}
    assert main([*command, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["kept"] == 3
    assert main(["extract", str(corpus / "03a01Fa.wav"), "-o", str(root / "x.csv")]) == 1
    assert "OUT must be a URL only with --dataset" in capsys.readouterr().err


def test_a_table_elsewhere_and_one_that_lists_urls(corpus, root, capsys) -> None:
    Path("t.csv").write_text("path,label,speaker\nin/03a01Fa.wav,x,anna\nin/08a01Na.wav,y,bea\n")
    (root / "t.csv").put(Path("t.csv"))
    recordings = find_recordings(root / "t.csv")
    assert [(one.path, one.label, one.speaker) for one in recordings] == [
        (corpus / "03a01Fa.wav", "x", "anna"),
        (corpus / "08a01Na.wav", "y", "bea"),
    ]
    Path("urls.csv").write_text(f"path,label,speaker\n{corpus / '03a01Fa.wav'},x,anna\n")
    assert [one.path for one in find_recordings("urls.csv")] == [corpus / "03a01Fa.wav"]
    Path("bad.csv").write_text("path,label,speaker\nin/no.wav,x,anna\n../in/03a01Fa.wav,x,b\n")
    (root / "bad.csv").put(Path("bad.csv"))
    with pytest.raises(
        ParameterError, match=r"bad\.csv: line 2: no such file: .*line 3: .*outside"
    ):
        find_recordings(root / "bad.csv")


def test_a_zip_elsewhere_and_the_inside_of_one_here(corpus, root) -> None:
    with zipfile.ZipFile("c.zip", "w") as archive:
        for path in sorted(Path("in").iterdir()):
            archive.write(path, f"wav/{path.name}")
    (root / "c.zip").put(Path("c.zip"))
    expected, _ = serfast.load("in/03a01Fa.wav")
    for folder in (
        "zip://::c.zip",
        f"zip://::{root / 'c.zip'}",
        root / "c.zip",
        "zip://wav::c.zip",
    ):
        recordings = find_recordings(folder)
        assert [one.path.name for one in recordings] == [f"{name}.wav" for name in NAMES]
        np.testing.assert_array_equal(serfast.load(recordings[0].path)[0], expected)
    assert str(recordings[0].path) == "zip://wav/03a01Fa.wav::c.zip"
    written = extract(recordings, SPEC, "out", threads=3)
    assert (written.recordings, written.failed) == (5, 0)
    with pytest.raises(
        ParameterError, match="folder must be one in which files are written one by"
    ):
        extract(recordings, SPEC, "zip://out::c.zip")


def test_a_cluster_reads_and_writes_urls(s3, tmp_path, monkeypatch) -> None:
    import distributed

    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(NAMES):
        Path("a.wav").write_bytes(recording(seed))
        (UrlPath(s3) / "in" / f"{name}.wav").put(Path("a.wav"))
    paths = search(f"{s3}/in").paths
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None
        ) as workers,
        distributed.Client(workers) as client,
    ):
        extract(paths, SPEC, f"{s3}/out", recordings_per_part=2, client=client)
    extract(paths, SPEC, "here", recordings_per_part=2)
    assert content(UrlPath(s3) / "out") == content(Path("here"))
    assert not list((UrlPath(s3) / "out").glob(".part*"))


@pytest.mark.parametrize(
    ("url", "kind", "message"),
    [
        ("xyz://a/b.wav", ParameterError, "xyz://a/b.wav: no file system is known for this URL"),
        ("gs://a/b.wav", ImportError, "gs://a/b.wav: needs another package: .*gcsfs"),
    ],
)
def test_a_file_system_that_is_missing_is_named(url, kind, message, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(kind, match=message):
        serfast.load(url)


def test_without_fsspec_it_says_what_to_install(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ImportError, match=r"URLs need fsspec: pip install 'serfast\[urls\]'"):
        serfast.load("s3://bucket/a.wav")
    assert main(["extract", "s3://bucket/a", "-o", "out", "--dataset"]) == 1
    assert "pip install 'serfast[urls]'" in capsys.readouterr().err


def test_a_bucket_that_is_missing_is_an_error_and_no_traceback(s3, tmp_path, capsys) -> None:
    out = str(tmp_path / "out")
    assert main(["extract", "s3://no-such-bucket/x", "-o", out, "--dataset"]) == 1
    assert "s3://no-such-bucket/x: no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "url", "parts"),
    [
        ("s3://b/x/a.wav", "s3://b/x/a.wav", ("s3:", "b", "x", "a.wav")),
        ("memory:///a//b/", "memory://a/b", ("memory:", "a", "b")),
        ("zip://a/b.wav::s3://b/c.zip", "zip://a/b.wav::s3://b/c.zip", None),
        ("zip://::/tmp/50%2F.zip", "zip://::/tmp/50%2F.zip", None),
        ("hf://datasets/u/x@main/a b.wav", "hf://datasets/u/x@main/a b.wav", None),
    ],
)
def test_a_url_stays_one(written, url, parts) -> None:
    path = as_path(written)
    assert isinstance(path, UrlPath)
    assert str(path) == url
    assert parts is None or path.parts == parts
    for same in (as_path(url), as_path(Path(written)), pickle.loads(pickle.dumps(path))):
        assert same == path
        assert hash(same) == hash(path)
    below = path / "y" / "z.wav"
    assert (below.name, below.suffix, below.parent.parent) == ("z.wav", ".wav", path)
    assert below.relative_to(path).parts == ("y", "z.wav")
    assert below.relative_to(path).as_posix() == "y/z.wav"


def test_paths_here_are_no_urls(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ab:").mkdir()
    Path("ab:", "x").touch()
    for text in ("a/b.wav", "C:/x.wav", "ab:/x", "a::b", "/x:y/z", "ab:x", "-"):
        assert not isinstance(as_path(text), UrlPath), text
    assert as_path("file:///a/b.wav") == Path("/a/b.wav")
    assert absolute_path("x") == tmp_path / "x"
    assert str(absolute_path("zip://a::c.zip")) == f"zip://a::{tmp_path}/c.zip"


def test_a_file_appears_when_it_is_whole(root) -> None:
    with suppress(KeyError), replacing(root / "x.txt") as temporary:
        temporary.write_text("half")
        raise KeyError
    assert not (root / "x.txt").exists()
    with replacing(root / "x.txt") as temporary:
        temporary.write_text("whole")
    assert (root / "x.txt").read_text() == "whole"
    with pytest.raises(FileExistsError), replacing(root / "x.txt", force=False):
        pass
    (root / "x.txt").unlink()
    (root / "x.txt").unlink(missing_ok=True)
    assert list(root.glob("*")) == []


def test_where_putting_is_no_one_step_a_file_is_put_beside_and_renamed(memory, monkeypatch) -> None:
    monkeypatch.setattr("serfast.urls.WHOLE_OR_NOT", frozenset())
    with replacing(UrlPath("memory://a/x.txt")) as temporary:
        temporary.write_text("whole")
    assert UrlPath("memory://a/x.txt").read_text() == "whole"
    assert [path.name for path in UrlPath("memory://a").iterdir()] == ["x.txt"]


def test_sources_have_the_url_as_their_name(memory) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [source] = SourceList([Recording(Path("s3://b/ä.wav"), "x", "y")])
    assert source.name == "s3://b/ä.wav"
    assert source.recording is not None
    assert source.recording.path == UrlPath("s3://b/ä.wav")


def test_fsspec_is_loaded_when_it_is_needed() -> None:
    code = "import sys, serfast; serfast.load; print('fsspec' in sys.modules)"
    assert printed(code) == "False"

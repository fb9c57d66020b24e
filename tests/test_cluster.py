"""Work on a cluster: the same bytes as here, whoever works, dies, or joins late."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import pyarrow.dataset
import pytest
import soundfile

import serfast
from helpers.processes import printed
from serfast import cluster
from serfast.cli.main import main
from serfast.corpora import dataset_cluster, extract
from serfast.errors import ParameterError, SerfastError

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.LogMel()])
ONE_DEATH = {
    "distributed.scheduler.allowed-failures": 1,
    "distributed.deploy.lost-worker-timeout": "1 hour",  # else slow ones aren't started again
}
WORKERS = {"threads_per_worker": 1, "dashboard_address": None}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, a process each; a task is given up after its second death."""
    with (
        dask.config.set(ONE_DEATH),
        distributed.LocalCluster(n_workers=2, **WORKERS) as workers,
        distributed.Client(workers) as connected,
    ):
        yield connected


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Nine recordings, of which one is empty, by paths that only this working folder knows."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    rng = np.random.default_rng(0)
    for i in range(9):
        soundfile.write(f"in/{i}.wav", rng.uniform(-0.5, 0.5, 3000 + 200 * i), 16000)
    Path("in/4.wav").write_bytes(b"")
    return sorted(Path("in").glob("*.wav"))


def write(paths: list[Path], folder: str, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return extract(paths, SPEC, folder, recordings_per_part=2, **options)


def content(folder: str) -> dict[str, bytes]:
    """Everything in a dataset, but for what a task may still write that was given up."""
    paths = [path for path in Path(folder).rglob("*.*") if not path.name.startswith(".part-")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("statistics", [None, serfast.Statistics()])
def test_the_bytes_are_those_of_one_machine(client, corpus, statistics) -> None:
    here = write(corpus, "here", statistics=statistics)
    there = write(corpus, "there", statistics=statistics, client=client)
    assert content("there") == content("here")
    assert (there.parts, there.recordings, there.rows, there.failed) == (5, 8, here.rows, 1)
    assert write(corpus, "there", statistics=statistics, client=client).kept == 5


def test_bad_recordings_are_told_once_and_not_retried(client, corpus) -> None:
    told: list[str] = []
    with pytest.warns(UserWarning, match=r"left out: in/4\.wav: is empty"):
        extract(corpus, SPEC, "out", client=client, progress=lambda path: told.append(str(path)))
    assert told == [str(path) for path in corpus]
    assert Path("out/_bad.csv").read_text() == "path,reason\nin/4.wav,is empty\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert extract(corpus, SPEC, "out", client=client).failed == 1


def test_a_worker_that_is_killed_in_the_middle_changes_no_byte(client, corpus) -> None:
    killed: list[int] = []

    def kill(_: object) -> None:
        if not killed:
            pids = client.run(os.getpid)
            killed.append(next(iter(pids.values())))
            os.kill(killed[0], signal.SIGKILL)

    write(corpus, "here")
    write(corpus, "there", client=client, progress=kill)
    assert killed
    assert content("there") == content("here")


DEADLY = """
import os, serfast
from serfast.corpora import dataset_content
if not hasattr(dataset_content, "deadly"):  # Dask loads this more than once
    compute = dataset_content.RowContent.compute
    def deadly(self, source):
        if source.path.name == "1.wav":
            os.kill(os.getpid(), 9)
        return compute(self, source)
    dataset_content.deadly = dataset_content.RowContent.compute = deadly
"""


def test_a_recording_that_kills_workers_is_reported_and_the_others_are_there(
    corpus, tmp_path
) -> None:
    Path("deadly.py").write_text(DEADLY)
    with (
        dask.config.set(ONE_DEATH),
        distributed.LocalCluster(n_workers=2, preload=["deadly.py"], **WORKERS) as workers,
        distributed.Client(workers) as client,
    ):
        written = write(corpus[:4], "there", client=client)
    assert (written.recordings, written.failed) == (3, 1)
    assert Path("there/_bad.csv").read_text() == f'path,reason\nin/1.wav,"{cluster.DIED}"\n'
    table = pyarrow.dataset.dataset("there").to_table()
    assert set(table["file"].to_pylist()) == {"in/0.wav", "in/2.wav", "in/3.wav"}
    write(corpus[2:4], "here")
    tables = [content("there")["part-000001.parquet"], content("here")["part-000000.parquet"]]
    assert tables[0] == tables[1]


def test_a_worker_that_joins_late_does_the_work(corpus) -> None:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard", "--no-nanny"]
    with (
        distributed.LocalCluster(n_workers=0, **WORKERS) as workers,
        distributed.Client(workers) as client,
        subprocess.Popen(
            [*command, "--nthreads", "1", workers.scheduler_address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as late,
    ):
        assert not client.nthreads()
        try:
            write(corpus, "there", client=client)
        finally:
            late.terminate()
    write(corpus, "here")
    assert content("there") == content("here")


def test_an_interrupt_keeps_what_is_finished(client, corpus) -> None:
    def interrupt(path: os.PathLike[str]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(corpus, "there", client=client, progress=interrupt)
    kept = write(corpus, "there", client=client).kept
    assert kept == 1
    write(corpus, "here")
    assert content("there") == content("here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"versions": ("9.9", "1")}, r"a worker must have serfast 9\.9 as its client"),
        ({"versions": (serfast.__version__, "1.2")}, r"a worker must have pyarrow 1\.2"),
        ({"made_by": {}}, "a worker must have the client's features and embedding"),
    ],
)
def test_a_worker_with_other_versions_is_refused(
    client, corpus, monkeypatch, change, message
) -> None:
    job = dataset_cluster._Job
    monkeypatch.setattr(
        dataset_cluster, "_Job", lambda *fields: dataset_cluster.replace(job(*fields), **change)
    )
    with pytest.raises(ParameterError, match=message):
        write(corpus, "there", client=client)


def test_workers_that_see_other_files_are_refused(client, corpus) -> None:
    with Path("in/0.wav").open("rb") as file:
        os.dup2(file.fileno(), 500)  # a path that leads to a file in this process alone
        try:
            with pytest.raises(SerfastError, match="500: is here, but the workers don't see it"):
                write([Path("/dev/fd/500")], "there", client=client)
        finally:
            os.close(500)
    assert list(Path("there").glob("*.parquet")) == list(Path("there").glob(".part*")) == []


def test_what_is_no_client_is_refused(client, corpus) -> None:
    with pytest.raises(ParameterError, match=r"client must be a distributed\.Client that isn't"):
        write(corpus, "there", client="tcp://127.0.0.1:1")
    with distributed.Client(client.scheduler.address) as closed:
        pass
    with pytest.raises(ParameterError, match="that is connected, got 'closed'"):
        write(corpus, "there", client=closed)
    assert not Path("there").exists()


def test_the_command_takes_an_address_or_local(client, corpus, capsys, tmp_path) -> None:
    command = ["extract", "in", "--dataset", "--part", "2", "-o"]
    assert main([*command, "here"]) == 1
    said = capsys.readouterr()
    assert main([*command, "there", "--cluster", client.scheduler.address]) == 1
    assert capsys.readouterr().err == said.err
    assert content("there") == content("here")
    Path("scheduler.json").write_text(json.dumps({"address": client.scheduler.address}))
    assert main([*command, "file", "--cluster", "scheduler.json"]) == 1
    assert content("file") == content("here")
    assert main([*command, "local", "--cluster", "local", "--threads", "1"]) == 1
    assert content("local") == content("here")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "cluster must be the address of a Dask scheduler"),
        ("no such://", "cluster must be the address of a Dask scheduler"),
        ("missing.json", "cluster must be an address, a scheduler's JSON file or local"),
    ],
)
def test_an_address_where_nobody_is_is_refused(
    corpus, capsys, monkeypatch, address, message
) -> None:
    monkeypatch.setattr(cluster, "CONNECTING", 1)
    assert main(["extract", "in", "--dataset", "-o", "out", "--cluster", address]) == 1
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


def test_without_dask_it_says_what_to_install(corpus, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        ImportError, match=r"a cluster needs Dask: pip install 'serfast\[cluster\]'"
    ):
        write(corpus, "there", client=object())


def test_nothing_of_dask_is_loaded_before_it_is_used() -> None:
    code = "import serfast.corpora, serfast.cli.extract, sys; print('distributed' in sys.modules)"
    assert printed(code) == "False"


def test_what_a_worker_warns_of_this_program_warns_of(client, corpus, capsys) -> None:
    soundfile.write(corpus[6], np.full(3000, 0.1), 16000, format="FLAC")
    corpus[6].write_bytes(corpus[6].read_bytes() + bytes(99999))
    for folder in ("there", "again"):  # a worker shows it each time, not once in its life
        with pytest.warns(UserWarning, match=r"^in/6\.wav: at least \d+ bytes behind"):
            extract(corpus, SPEC, folder, client=client)
    address = client.scheduler.address
    shown = {}
    for name, options in (("one", []), ("two", ["--cluster", address])):
        main(["extract", "in", "-o", name, "--dataset", *options])
        lines = capsys.readouterr().err.splitlines()
        shown[name] = [line for line in lines if line.startswith("serfast: warning: in/6.wav: ")]
    assert shown["two"] == shown["one"]
    assert len(shown["one"]) == 1


def test_warnings_of_any_task_arrive_once(client) -> None:
    with pytest.warns(UserWarning, match="beware") as caught:
        results = list(cluster.completed(client, warnings.warn, ["beware"] * 3, "task"))
    assert results == [("beware", None)] * 3
    assert len(caught) == 3

"""What `serfast predict` and `extract` tell if they are ended, or memory or the disk is full."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from serfast.cli import _extracted, predict
from serfast.cli._progress import Progress
from serfast.cli._records import JsonRecords
from serfast.cli.main import main


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Three recordings, which are predicted one after the other."""
    for name in ("a", "b", "c"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(0.1 * np.arange(16000)), 16000)
    return ["predict", *(str(tmp_path / f"{name}.wav") for name in "abc"), "--threads", "1"]


@pytest.mark.skipif(os.name == "nt", reason="a process can't send itself these signals there")
@pytest.mark.parametrize(
    ("name", "said"),
    [("SIGTERM", "terminated"), ("SIGHUP", "terminated"), ("SIGINT", "interrupted")],
)
@pytest.mark.parametrize(
    ("table", "left"),
    [("t.csv", "t.csv"), ("t.jsonl", "t.jsonl"), ("t.parquet", "t.parquet.jsonl"), (None, None)],
)
def test_a_signal_tells_what_is_left(words, monkeypatch, capsys, name, said, table, left) -> None:
    number = getattr(signal, name)
    monkeypatch.chdir(Path(words[1]).parent)
    steps: list[str] = []

    def step(self: Progress, name: str) -> None:
        steps.append(name)
        if len(steps) == 2:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Progress, "step", step)
    output = ["-o", table] if table else []
    assert main([*words, *output]) == 128 + number
    holds = f"; {left} holds the 2 recordings done" if left else ""
    assert capsys.readouterr().err == f"serfast: {said}{holds}\n"
    if left:
        assert len(Path(left).read_text().splitlines()) == 2 + (table == "t.csv")


def test_a_full_disk_tells_how_many_are_done(words, monkeypatch, capsys) -> None:
    monkeypatch.chdir(Path(words[1]).parent)
    add = JsonRecords.add

    def full(self: JsonRecords, record: dict) -> None:
        if record["file"].endswith("c.wav"):
            raise OSError(errno.ENOSPC, "No space left on device", "t.jsonl")
        add(self, record)

    monkeypatch.setattr(JsonRecords, "add", full)
    assert main([*words, "-o", "t.jsonl"]) == 1
    assert capsys.readouterr().err == (
        "serfast predict: error: t.jsonl: no space left on device; "
        "t.jsonl holds the 2 recordings done\n"
    )


@pytest.mark.parametrize("module", [predict, _extracted])
def test_a_recording_for_which_memory_runs_out_is_one_that_failed(
    words, monkeypatch, capsys, module
) -> None:
    def load(source: Path, *rate: float) -> object:
        if source.name == "b.wav":
            raise MemoryError("Unable to allocate 9 TiB")
        return serfast.load(source, *rate)

    monkeypatch.setattr(module, "load", load)
    out = str(Path(words[1]).with_name("t.csv"))
    command = module.__name__.rpartition(".")[2].strip("_").replace("extracted", "extract")
    assert main([command, *words[1:], "-o", out]) == 1
    said = capsys.readouterr()
    assert f"{words[2]}: memory ran out: Unable to allocate 9 TiB" in said.err
    assert "1 failed" in said.out
    assert words[3] in Path(out).read_text()

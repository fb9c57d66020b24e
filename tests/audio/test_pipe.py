"""Recordings from pipes and standard input, by name or path; and devices, which are none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from helpers.recordings import RATE, tone, wav
from serfast.audio import pipe as _pipe
from serfast.audio.reading import load
from serfast.errors import AudioError


def test_a_pipe_by_name(tmp_path: Path) -> None:
    pipe, path = tmp_path / "pipe.wav", wav(tmp_path / "a.wav", tone())
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(path.read_bytes()))
    writer.start()
    y, rate = load(pipe)
    writer.join()
    assert rate == RATE
    assert np.array_equal(y, load(path)[0])


def test_a_pipe_that_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pipe, "PATIENCE", 0.1)
    pipe, path = tmp_path / "pipe.wav", wav(tmp_path / "a.wav", tone())
    os.mkfifo(pipe)
    command = f"exec 3> {pipe}; echo open; sleep 0.5; cat {path} >&3"
    with subprocess.Popen(["sh", "-c", command]):
        assert load(pipe)[0].size == tone().size


def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pipe, "PATIENCE", 0.01)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioError, match=r"pipe\.wav: is a pipe that nobody writes to"):
        load(tmp_path / "pipe.wav")


def test_a_pipe_without_end() -> None:
    code = "from serfast.audio import load; from serfast import _pipe; _pipe.MAX_BYTES = 1000\n"
    code += "try: load('/dev/stdin')\nexcept Exception as error: print(error)"
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        command = [sys.executable, "-c", code]
        out = subprocess.run(command, stdin=endless.stdout, capture_output=True, text=True)
        endless.kill()
    assert "must hold at most 1000 bytes" in out.stdout


def test_standard_input_by_its_path(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone())
    code = "from serfast.audio import load; print(len(load('/dev/stdin')[0]))"
    command = [sys.executable, "-c", code]
    piped = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=True)
    assert int(piped.stdout) == tone().size
    with path.open("rb") as file:
        redirected = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert int(redirected.stdout) == tone().size


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_devices(device: str) -> None:
    with pytest.raises(AudioError, match="is a device or socket, not a recording"):
        load(device)

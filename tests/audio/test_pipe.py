"""Recordings from pipes and standard input, by name or path; and devices, which are none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

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


@pytest.mark.parametrize("words", [["predict", "-"], ["predict", "/dev/stdin"]])
def test_what_is_no_audio_is_not_read_to_its_end(words: list[str]) -> None:
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        command = [sys.executable, "-m", "serfast", *words]
        done = subprocess.run(command, stdin=endless.stdout, capture_output=True, text=True)
        endless.kill()
    assert done.returncode == 1
    assert "not audio that can be read, by its first MiB" in done.stderr


@pytest.mark.parametrize(("suffix", "form"), [("wav", "WAV"), ("flac", "FLAC"), ("ogg", "OGG")])
def test_a_long_recording_on_standard_input(tmp_path: Path, suffix: str, form: str) -> None:
    """It is longer than what is looked at before the rest is read."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 4_500_000)
    path = tmp_path / f"a.{suffix}"
    with soundfile.SoundFile(path, "w", RATE, 1, format=form) as file:
        for start in range(0, noise.size, 65536):  # libsndfile's stack is too small for long Oggs
            file.write(noise[start : start + 65536])
    assert path.stat().st_size > 2**20
    code = "import sys; from serfast.audio import load; print(len(load(sys.stdin.buffer)[0]))"
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as writer:
        done = subprocess.run(
            [sys.executable, "-c", code], stdin=writer.stdout, capture_output=True, check=True
        )
    assert int(done.stdout) == noise.size


def test_a_picture_longer_than_what_is_looked_at(tmp_path: Path) -> None:
    """An MP3 may begin with one, in a tag of any length."""
    path, size = tmp_path / "a.mp3", 2**21
    soundfile.write(path, tone(), RATE, format="MP3")
    length = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    content = b"ID3\x03\x00\x00" + length + bytes(size) + path.read_bytes()
    code = "from serfast.audio import load; print(len(load('/dev/stdin')[0]))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    assert int(done.stdout) == len(load(path)[0])

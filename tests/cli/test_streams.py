"""Standard streams as shells make them: piped, closed, ASCII; and the process told to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 16000
SERFAST = [sys.executable, "-m", "serfast"]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    noise = np.random.default_rng(0).normal(size=RATE) * 0.1
    soundfile.write(path, noise, RATE)
    return path


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [*SERFAST, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, **options)


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_predict_takes_a_recording_from_standard_input(recording: Path, name: str) -> None:
    with_name = run("predict", recording, "--json")
    piped = run("predict", name, "--json", input=recording.read_bytes())
    assert piped.returncode == 0, piped.stderr
    expected, answer = json.loads(with_name.stdout), json.loads(piped.stdout)
    assert answer["file"] == name
    assert answer["label"] == expected["label"]
    assert answer["probabilities"] == expected["probabilities"]


def test_extract_takes_a_recording_from_standard_input(recording: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.npz", tmp_path / "two.npz"
    assert run("extract", recording, "-o", one).returncode == 0
    assert run("extract", "-", "-o", two, input=recording.read_bytes()).returncode == 0
    with np.load(one) as named, np.load(two) as piped:
        assert np.array_equal(named["rows_0"], piped["rows_0"])
        assert piped["files"].tolist() == ["-"]


def test_process_substitution(recording: Path) -> None:
    line = f'"$0" -m serfast predict <(cat "{recording}")'
    done = subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_nothing_on_standard_input() -> None:
    done = run("predict", "-", input=b"")
    assert done.returncode == 1
    assert b"is empty" in done.stderr
    assert b"Traceback" not in done.stderr


def test_ascii_output_shows_what_it_can(recording: Path) -> None:
    done = run("predict", recording, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"%" in done.stdout
    assert b"?" in done.stdout


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams(recording: Path, closed: str) -> None:
    line = f'"$0" -m serfast predict "{recording}" {closed}'
    done = subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    line = f'"$0" -m serfast predict "{recording}.gone" {closed}'
    done = subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == b""


def test_one_file_by_two_ways_is_one(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub" / ".." / "a.wav"
    done = run("extract", recording, other, tmp_path, "-o", tmp_path / "out.csv")
    assert b": 1 recordings" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder where nobody can write")
@pytest.mark.parametrize(
    "words",
    [
        ["extract", "{}", "-o", "/proc/out.csv"],
        ["train", "{}", "-o", "/proc/out.zip"],
        ["evaluate", "{}", "-o", "/proc/out.json"],
    ],
)
def test_a_folder_that_cannot_be_written_to_is_said_first(
    recording: Path, words: list[str]
) -> None:
    done = run(*[word.format(recording.parent) for word in words])
    assert done.returncode == 1
    assert b"output must be in a folder that can be written to, got /proc/out" in done.stderr


def test_termination_leaves_no_half_file(recording: Path, tmp_path: Path) -> None:
    """The pipe never ends, so the work goes on until the process is told to end."""
    folder = tmp_path / "out"
    folder.mkdir()
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    command = [*SERFAST, "extract", str(recording), str(pipe), "-o", str(folder / "out.csv")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process, pipe.open("wb"):
        assert process.stderr
        while not list(folder.iterdir()):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        time.sleep(2)  # the signal is seen before the pipe's end, on a busy machine too
    assert process.returncode == 143

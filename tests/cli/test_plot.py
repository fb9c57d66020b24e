"""`serfast plot`: a picture, its refusals, and what is on the screen."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import soundfile

from helpers.adaptable import install_linear
from helpers.chunks import syllables
from serfast.cli.main import main

RATE = 16000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_linear(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    soundfile.write("talk.wav", syllables(4.0), RATE, subtype="FLOAT")
    return tmp_path


def test_the_picture_lies_here_under_the_recordings_name(folder, capsys):
    assert main(["plot", "talk.wav", "--classifier", "linear.zip"]) == 0
    assert capsys.readouterr().out == "talk.png: 4.00 s of sound\n"
    assert (folder / "talk.png").read_bytes().startswith(b"\x89PNG")


def test_a_stretch_without_a_model(folder, capsys):
    words = ["plot", "talk.wav", "--classifier", "none", "--begin", "1", "--duration", "0.5"]
    assert main([*words, "-o", "part.svg"]) == 0
    assert capsys.readouterr().out == "part.svg: 0.50 s of sound\n"
    assert (folder / "part.svg").exists()


def test_json_has_the_stretch_and_the_emotions_in_it(folder, capsys):
    words = ["plot", "talk.wav", "--classifier", "linear.zip", "--begin", "0.5", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["output"], told["begin_s"], told["end_s"]) == ("talk.png", 0.5, 4.0)
    assert [(e["start_s"], e["end_s"]) for e in told["events"]] == [(0.5, 3.5), (1.0, 4.0)]
    assert {type(e["uncertain"]) for e in told["events"]} == {bool}


def test_a_picture_that_exists_stays_without_force(folder, capsys):
    (folder / "talk.png").write_text("mine")
    words = ["plot", "talk.wav", "--classifier", "none"]
    assert main(words) == 1
    assert "talk.png" in capsys.readouterr().err
    assert (folder / "talk.png").read_text() == "mine"
    assert main([*words, "--force"]) == 0
    assert (folder / "talk.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.wav"], "missing.wav"),
        (["talk.wav", "-o", "talk.txt"], "plot must end in .png, .svg, .pdf, got talk.txt"),
        (["talk.wav", "--begin", "9"], "begin must be before the end of the recording, 4 s"),
        (["-"], "--output must be given for standard input"),
        (["empty.wav"], "empty.wav"),
        (["."], "error: .: is a folder, not a recording"),
        ([".."], "error: ..: is a folder, not a recording"),
        (["hour.wav"], "in one picture (give begin and duration), got 3600 s"),
    ],
)
def test_what_is_refused(folder, capsys, words, message):
    soundfile.write("empty.wav", np.zeros(0), RATE)
    soundfile.write("hour.wav", np.zeros(3600 * 1000, np.int16), 1000)
    before = set(folder.iterdir())
    assert main(["plot", *words, "--classifier", "none"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("serfast plot: error: ")
    assert message in error
    assert set(folder.iterdir()) - before <= {folder / "empty.wav"}


def test_without_matplotlib_it_says_what_to_install(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["plot", "talk.wav"]) == 1
    assert "serfast plot needs matplotlib: pip install matplotlib" in capsys.readouterr().err

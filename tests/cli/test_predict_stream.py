"""`serfast predict --stream`, as a user runs it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import soundfile

import serfast
from helpers.chunks import syllables
from helpers.event_streams import TALK, averaging_recognizer
from helpers.plugin_stub import Averaging
from serfast.cli.main import main

RATE = 16000
PCM = (syllables(4.4) * 20000).astype("<i2")
SERFAST = [sys.executable, "-m", "serfast", "predict", "--stream"]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "speech.wav"
    soundfile.write(path, PCM, RATE)
    return str(path)


class StandardInput:
    """Standard input with these bytes."""

    def __init__(self, data: bytes):
        self.buffer = io.BytesIO(data)

    def isatty(self):
        return False


def given(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(data))


def expected_events(**arguments):
    stream = serfast.Recognizer("svm").stream(**arguments)
    return stream.accept(PCM) + stream.flush()


def test_json_has_the_recognizers_events_one_a_line(recording, capsys):
    assert main(["predict", "--stream", recording, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = [json.loads(line) for line in out.splitlines()]
    expected = expected_events()
    assert len(found) == len(expected) == 4
    for event, own in zip(found, expected, strict=True):
        assert list(event) == ["start", "end", "label", "probabilities", "voiced", "uncertain"]
        assert (event["start"], event["end"]) == (own.start, own.end)
        assert event["label"] == own.label
        assert event["probabilities"] == pytest.approx(own.probabilities, abs=1e-6)
        assert event["voiced"] == pytest.approx(own.voiced, abs=1e-6)


def test_text_has_one_line_an_event(recording, capsys):
    arguments = ["--window", "2", "--hop", "1", "--smoothing", "3"]
    assert main(["predict", "--stream", recording, *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = expected_events(window=2.0, hop=1.0, smoothing=3.0)
    assert len(lines) == len(expected) == 3
    for line, event in zip(lines, expected, strict=True):
        start, _, end, _, label, share, _, _, voiced, *_ = line.split()
        assert (float(start), float(end), label) == (event.start, event.end, event.label)
        assert float(share) == pytest.approx(100 * event.probabilities[label], abs=0.06)
        assert float(voiced) == pytest.approx(100 * event.voiced, abs=0.6)


def test_standard_input_gives_the_same_events(recording, capsys, monkeypatch):
    main(["predict", "--stream", recording, "--json"])
    expected = capsys.readouterr().out
    given(monkeypatch, PCM.tobytes())
    assert main(["predict", "--stream", "-", "--rate", "16000", "--json"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("kind", ["WAV", "WAV of a pipe", "AIFF", "FLAC", "MP3", "OGG", "AU"])
def test_a_recording_on_standard_input(kind, recording, tmp_path, capsys, monkeypatch):
    """Its bytes aren't taken for samples: its events are those of the same file."""
    path = tmp_path / "a"
    soundfile.write(path, PCM, RATE, format=kind.split()[0])
    data = path.read_bytes()
    main(["predict", "--stream", str(path), "--json"])
    expected = capsys.readouterr().out
    assert expected
    if kind == "WAV of a pipe":
        at = data.index(b"data") + 4
        data = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]
    for rate in ([], ["--rate", "16000"], ["--rate", "16000.0"]):
        given(monkeypatch, data)
        assert main(["predict", "--stream", "-", "--json", *rate]) == 0
        assert capsys.readouterr().out == expected


def test_a_recording_has_its_own_rate(recording, capsys, monkeypatch):
    with open(recording, "rb") as file:
        given(monkeypatch, file.read())
    assert main(["predict", "--stream", "-", "--rate", "8000"]) == 1
    assert "--rate must be 16000, the recording's own, got 8000" in capsys.readouterr().err


def test_the_rate_of_standard_input(capsys, monkeypatch):
    given(monkeypatch, PCM.tobytes())  # at 8 kHz they last 8.8 s
    assert main(["predict", "--stream", "-", "--rate", "8000", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["end"] == pytest.approx(8.8, abs=0.5)


def test_half_a_sample_at_the_end_is_left_out_with_a_warning(capsys, monkeypatch):
    given(monkeypatch, PCM.tobytes())
    main(["predict", "--stream", "-"])
    expected = capsys.readouterr().out
    given(monkeypatch, PCM.tobytes() + b"x")
    assert main(["predict", "--stream", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == expected
    assert err == "serfast: warning: standard input ended within a sample\n"


@pytest.mark.parametrize("data", [b"", b"x", bytes(2), bytes(64000)])
def test_nothing_and_silence_are_said_to_be_no_speech(data, capsys, monkeypatch):
    given(monkeypatch, data)
    assert main(["predict", "--stream", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "serfast predict: no speech in standard input"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stream", "gone.wav"], "gone.wav: no such file"),
        (["--stream", "a.wav", "b.wav"], "FILE must be one with --stream, got 2"),
        (["--stream", "a.wav", "--rate", "8000"], "--rate must be given for FILE - alone"),
        (["--stream", "-", "--rate", "0"], "--rate must be an int >= 1, got 0"),
        (["--stream", "-", "--window", "0"], "window must be a finite number > 0"),
        (["--stream", "-", "--window", "utterance"], "window must be given for a classifier with"),
        (["--stream", "-", "--hop", "nan"], "hop must be"),
    ],
)
def test_errors_are_one_clear_line(arguments, message, capsys, monkeypatch):
    given(monkeypatch, b"")
    assert main(["predict", *arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("serfast predict: error: ")
    assert message in err


def test_a_terminal_is_no_pcm(capsys, monkeypatch):
    given(monkeypatch, b"")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert main(["predict", "--stream", "-"]) == 1
    assert (
        "standard input must be a recording or raw PCM, got a terminal" in capsys.readouterr().err
    )
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["predict", "--stream", "-"]) == 1
    assert "standard input must be a recording or raw PCM" in capsys.readouterr().err


def test_a_cut_off_recording_gives_its_events_first(recording, tmp_path, capsys):
    """What was heard before the damage is printed; then the error."""
    flac = tmp_path / "speech.flac"
    soundfile.write(flac, PCM, RATE)
    whole = flac.read_bytes()
    flac.write_bytes(whole[: len(whole) * 9 // 10])
    assert main(["predict", "--stream", str(flac)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split()[0] == "0.00"
    assert "speech.flac" in err.splitlines()[-1]


def test_help_shows_the_pipe(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    assert "arecord -t raw -f S16_LE -c 1 -r 16000 | serfast predict --stream - --rate 16000" in (
        capsys.readouterr().out
    )


def process() -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([*SERFAST, "-"], stdin=pipe, stdout=pipe, stderr=pipe)


def test_events_are_printed_while_the_sound_goes_on():
    """The first event is there before the input has ended, however the output is buffered."""
    with process() as live:
        live.stdin.write(PCM[: int(3.1 * RATE)].tobytes())
        live.stdin.flush()
        first = live.stdout.readline().decode()
        assert first.split()[:3:2] == ["0.00", "3.00"]
        out, err = live.communicate(PCM[int(3.1 * RATE) :].tobytes())
        assert len(out.splitlines()) == 3
        assert err == b""
        assert live.returncode == 0


@pytest.fixture
def interruptible():
    """A shell's background jobs ignore Ctrl-C, and so would their children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_with_130():
    with process() as live:
        live.stdin.write(PCM[: int(3.1 * RATE)].tobytes())
        live.stdin.flush()
        live.stdout.readline()
        time.sleep(0.1)
        live.send_signal(signal.SIGINT)
        assert live.wait(120) == 130
        assert live.stderr.read() == b"serfast: interrupted\n"


def test_events_that_were_ready_are_printed_before_the_models_error(tmp_path, monkeypatch, capsys):
    """An utterance's first steps come together, when it is noticed: here the third one fails."""
    step = Averaging.step

    def fails_the_third_time(self, rows, state):
        if state.n == 2:
            raise ValueError("enough")
        return step(self, rows, state)

    monkeypatch.setattr(Averaging, "step", fails_the_third_time)
    talk = tmp_path / "talk.wav"
    soundfile.write(talk, TALK, RATE)
    with averaging_recognizer(tmp_path):
        model = ["--classifier", str(tmp_path / "averaging.zip")]
        every_step = ["--window", "utterance", "--hop", "0.03"]
        assert main(["predict", "--stream", str(talk), *model, *every_step, "--json"]) == 1
    out, err = capsys.readouterr()
    ends = [json.loads(line)["end"] for line in out.splitlines()]
    assert len(ends) >= 2
    assert ends[1] == pytest.approx(ends[0] + 0.03)
    assert err.count("ValueError: enough") == 1


@pytest.mark.parametrize(
    "text", ["Dear all,\n" * 40, "Grüße, größere Wörter — ¿qué?\r\n" * 20, "a,b\n" * 9]
)
def test_text_is_no_sound(text, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", StandardInput(text.encode()))
    assert main(["predict", "--stream", "-"]) == 1
    assert "standard input must be a recording or raw PCM, got text" in capsys.readouterr().err

"""Outputs: refused early, written through links, and never lost when their disk is full."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_nearest
from helpers.processes import run
from serfast.cli import _output
from serfast.cli.main import main
from serfast.errors import ParameterError, SerfastError
from serfast.models.bundle.bundle import Bundle


def full(*arguments: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Have no file written in these folders; the temporary folder is one of its own."""
    no_room: list[Path] = []
    real = Path.write_bytes

    def write_bytes(path: Path, data: bytes) -> int:
        if any(path.absolute().is_relative_to(folder) for folder in no_room):
            full()
        return real(path, data)

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    return no_room.append


def spare(folder: Path) -> Path:
    """The one file that was written into the temporary folder."""
    [path] = (folder / "temporary").glob("serfast-*/*")
    return path


# --- what was computed survives -------------------------------------------------------------------


def test_a_bundle_is_kept_elsewhere_when_the_disk_is_full(
    corpus: Path,
    tmp_path: Path,
    full_disk: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["train", str(corpus), "--classifier", "nearest", "--plain", "-o"]
    assert main([*words, str(tmp_path / "wanted.zip")]) == 0
    (tmp_path / "small").mkdir()
    full_disk(tmp_path / "small")
    out = tmp_path / "small" / "model.zip"
    assert main([*words, str(out)]) == 1
    kept = spare(tmp_path)
    assert kept.name == "model.zip"
    assert kept.read_bytes() == (tmp_path / "wanted.zip").read_bytes()
    assert Bundle.load(kept).plugin == "nearest"
    assert capsys.readouterr().err == (
        f"serfast train: error: {out}: no space left on device; what was computed is in {kept}\n"
    )
    assert list((tmp_path / "small").iterdir()) == []


def test_figures_are_kept_elsewhere_and_the_report_is_printed(
    corpus: Path,
    tmp_path: Path,
    full_disk: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "small").mkdir()
    full_disk(tmp_path / "small")
    out, plot = tmp_path / "small" / "figures.json", tmp_path / "plot.svg"
    words = ["evaluate", str(corpus), "--classifier", "nearest", "--plain", "-o", str(out)]
    assert main([*words, "--plot", str(plot)]) == 1
    captured = capsys.readouterr()
    assert "recall" in captured.out
    assert plot.exists()
    assert json.loads(spare(tmp_path).read_text())["classes"] == ["anger", "sadness"]
    assert captured.err.endswith(f"what was computed is in {spare(tmp_path)}\n")


def test_the_next_folder_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_disk: Callable[[Path], None]
) -> None:
    for name in ("home", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    full_disk(tmp_path / "small")
    full_disk(tmp_path / "temporary")
    full_disk(tmp_path / "here")
    with pytest.raises(SerfastError, match="no such file or directory; what was computed is in"):
        _output.keep(tmp_path / "small" / "x.bin", b"data", force=False)
    [kept] = (tmp_path / "home").glob("serfast-*/x.bin")
    assert kept.read_bytes() == b"data"
    assert not any(path.is_dir() for path in (tmp_path / "temporary").iterdir())
    assert list((tmp_path / "here").iterdir()) == []


def test_no_folder_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_disk: Callable[[Path], None]
) -> None:
    monkeypatch.setattr("serfast.cli._output._folders", lambda: [str(tmp_path / "temporary")])
    full_disk(tmp_path)
    with pytest.raises(SerfastError, match="no space left on device; no other folder takes it"):
        _output.keep(tmp_path / "x.bin", b"data", force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_second_writer_fails_and_keeps_its_work(
    tmp_path: Path, full_disk: Callable[[Path], None]
) -> None:
    out = tmp_path / "x.bin"
    _output.check_outputs([out], force=False)
    out.write_text("first")  # by another program, after the check
    with pytest.raises(SerfastError, match=r"x\.bin: another program wrote it .*computed is in"):
        _output.keep(out, b"second", force=False)
    assert out.read_text() == "first"
    assert spare(tmp_path).read_text() == "second"
    _output.keep(out, b"second", force=True)
    assert out.read_text() == "second"


def test_of_two_extractions_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16000)
    out = tmp_path / "out.csv"

    def meanwhile(*arguments: object) -> None:
        out.write_text("another's")

    monkeypatch.setattr("serfast.cli._progress.Progress.step", meanwhile)
    assert main(["extract", str(tmp_path / "a.wav"), "-o", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"serfast extract: error: {out}: another program wrote it meanwhile (use --force)\n"
    )
    assert out.read_text() == "another's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "out.csv"]


def test_every_step_is_done_and_every_error_told() -> None:
    done = []

    def failing(message: str) -> None:
        done.append(message)
        raise SerfastError(message)

    with pytest.raises(SerfastError, match=r"^one; two$"):
        _output.finish(lambda: failing("one"), lambda: failing("two"), lambda: done.append("three"))
    assert done == ["one", "two", "three"]
    with pytest.raises(BrokenPipeError):
        _output.finish(lambda: (_ for _ in ()).throw(BrokenPipeError()), lambda: None)


# --- full disks, as a user sees them --------------------------------------------------------------

SMALL_FILES = (
    "import resource, sys; from serfast.cli.main import main\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
    "sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".parquet"])
def test_a_full_disk_is_one_line_that_names_the_output(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "a.wav", rng.uniform(-0.5, 0.5, 48000), 16000)
    out = tmp_path / f"out{suffix}"
    done = run(SMALL_FILES, "extract", str(tmp_path / "a.wav"), "-o", str(out))
    assert done.returncode == 1
    assert done.stderr == f"serfast extract: error: {out}: file too large\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only some systems have this device")
@pytest.mark.parametrize("words", [["info"], ["info", "--json"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_standard_output_is_one_line(words: list[str], unbuffered: str) -> None:
    with open("/dev/full", "w") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "serfast", *words],
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.stderr == "serfast info: error: standard output: no space left on device\n"
    assert done.returncode == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only some systems have this device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_standard_error_costs_no_work(tmp_path: Path, unbuffered: str) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16000)
    for i in range(200):  # more messages than a buffer holds
        (tmp_path / f"a message of some length about a recording {i}.wav").touch()
    out = tmp_path / "out.csv"
    with open("/dev/full", "w") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "serfast", "extract", str(tmp_path), "-o", str(out)],
            stdout=subprocess.PIPE,
            stderr=nowhere,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.stdout.startswith(f"{out}: 1 recordings, ")
    assert done.stdout.endswith(" 200 failed\n")
    assert out.exists()


# --- signals --------------------------------------------------------------------------------------

WAITING = (
    "import sys, time; from serfast.cli import main as frame\n"
    "from serfast.cli._progress import Progress\n"
    "def step(self, name): print('half', flush=True); time.sleep(60)\n"
    "Progress.step = step\n"
    "sys.exit(frame.main(sys.argv[1:]))"
)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGXCPU", "SIGINT"])
def test_a_signal_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16000)
    out = tmp_path / "out.csv"
    out.write_text("old")
    words = ["extract", str(tmp_path / "a.wav"), "-o", str(out), "--force", "--threads", "1"]
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout.readline() == "half\n"
        assert len(list(tmp_path.iterdir())) == 3  # with the hidden one
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "out.csv"]
    assert out.read_text() == "old"


def test_a_second_signal_does_not_interrupt_the_tidying(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, types; from pathlib import Path\n"
        "from serfast.cli import main as frame; from serfast.files import replacing\n"
        "def action(arguments):\n"
        "    try:\n"
        "        with replacing(Path(sys.argv[1])):\n"
        "            os.kill(os.getpid(), signal.SIGHUP)\n"
        "    finally:\n"
        "        os.kill(os.getpid(), signal.SIGTERM); print('tidied')\n"
        "fake = types.ModuleType('serfast.cli.fake')\n"
        "fake.add_parser = lambda sub: sub.add_parser('fake').set_defaults(run=action)\n"
        "sys.modules['serfast.cli.fake'] = fake; frame.COMMANDS = {'fake': ''}\n"
        "sys.exit(frame.main(['fake']))"
    )
    done = run(program, str(tmp_path / "out"))
    assert (done.returncode, done.stdout, done.stderr) == (129, "tidied\n", "serfast: terminated\n")
    assert list(tmp_path.iterdir()) == []


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """As `nohup` has it."""
    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16000)
    program = (
        "import os, signal, sys; from serfast.cli import main as frame\n"
        "from serfast.cli._progress import Progress\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "Progress.step = lambda self, name: os.kill(os.getpid(), signal.SIGHUP)\n"
        "sys.exit(frame.main(sys.argv[1:]))"
    )
    out = tmp_path / "out.csv"
    done = run(program, "extract", str(tmp_path / "a.wav"), "-o", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert out.exists()


def test_handlers_are_put_back() -> None:
    numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGINT]
    before = [signal.getsignal(number) for number in numbers]
    assert main(["info", "--json"]) == 0
    assert [signal.getsignal(number) for number in numbers] == before


# --- checks before the work -----------------------------------------------------------------------


def test_what_a_link_leads_to_is_checked(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("precious")
    link, loop, lost = (tmp_path / name for name in ("link.csv", "loop.csv", "lost.csv"))
    link.symlink_to("real.csv")
    loop.symlink_to("loop.csv")
    lost.symlink_to("no/such/folder/x.csv")
    with pytest.raises(ParameterError, match=r"new file \(or use --force\), got .*link\.csv"):
        _output.check_outputs([link], force=False)
    _output.check_outputs([link], force=True)
    with pytest.raises(ParameterError, match=r"different files, got .* twice"):
        _output.check_outputs([link, tmp_path / "real.csv"], force=True)
    with pytest.raises(ParameterError, match="a file, got the link to itself"):
        _output.check_outputs([loop], force=True)
    with pytest.raises(ParameterError, match="existing folder"):
        _output.check_outputs([lost], force=True)
    with pytest.raises(ParameterError, match=r"a file, got .*: file name too long"):
        _output.check_outputs([tmp_path / ("n" * 300)], force=True)


def test_force_keeps_mode_and_link(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real, link = tmp_path / "real.zip", tmp_path / "link.zip"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to("real.zip")
    words = ["train", str(corpus), "--classifier", "nearest", "--plain", "-o", str(link)]
    assert main([*words, "--force"]) == 0
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert serfast.Recognizer(link).classes == ("anger", "sadness")
    assert capsys.readouterr().out.startswith(f"{link}: nearest, 2 classes")

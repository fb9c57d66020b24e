"""The frame of the command line: help, exit statuses, one-line errors, the progress bar."""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import serfast
from helpers.processes import run
from serfast.cli import main as frame
from serfast.cli._progress import Progress
from serfast.errors import AudioError, SerfastError

Fake = Callable[[Callable[[], int]], int]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Run `serfast fake`, a command that does what the test says."""

    def run(action: Callable[[], int]) -> int:
        module = types.ModuleType("serfast.cli.fake")

        def add_parser(subparsers: argparse._SubParsersAction) -> None:
            subparsers.add_parser("fake").set_defaults(run=lambda arguments: action())

        module.add_parser = add_parser
        monkeypatch.setitem(sys.modules, "serfast.cli.fake", module)
        monkeypatch.setattr(frame, "COMMANDS", {"fake": "do what the test says"})
        return frame.main(["fake"])

    return run


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize("command", frame.COMMANDS)
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        frame.main([command, "--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0
    assert re.search(rf"^ *(\$ )?serfast {command}\b", text.split("example", 1)[1], re.MULTILINE)


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        frame.main(["--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0
    assert all(re.search(rf"^    {name} +\w", text, re.MULTILINE) for name in frame.COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        frame.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"serfast {serfast.__version__}\n"


@pytest.mark.parametrize("argv", [[], ["sing"], ["--loud"], ["extract"], ["info", "--yaml"]])
def test_bad_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        frame.main(argv)
    assert stop.value.code == 2
    assert "usage: serfast" in capsys.readouterr().err


@pytest.mark.parametrize("status", [0, 1])
def test_the_commands_status_is_the_exit_status(fake: Fake, status: int) -> None:
    assert fake(lambda: status) == status


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (AudioError("a.wav: is empty"), "a.wav: is empty"),
        (SerfastError("two\nlines"), "two lines"),
        (ImportError("pip install x"), "pip install x"),
        (PermissionError(13, "Permission denied", "out.csv"), "out.csv: permission denied"),
        (OSError(), "OSError"),
        (MemoryError(), "memory ran out: there is no more"),
        (MemoryError("Unable to allocate\n9 TiB"), "memory ran out: Unable to allocate 9 TiB"),
    ],
)
def test_errors_are_one_line(
    fake: Fake, capsys: pytest.CaptureFixture[str], error: Exception, message: str
) -> None:
    assert fake(raising(error)) == 1
    captured = capsys.readouterr()
    assert captured.err == f"serfast fake: error: {message}\n"
    assert captured.out == ""


def test_a_bug_is_not_dressed_up_as_an_error(fake: Fake) -> None:
    with pytest.raises(ZeroDivisionError):
        fake(raising(ZeroDivisionError()))


def test_interrupt(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    assert fake(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "serfast: interrupted\n"


def test_warnings_are_one_line(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    def action() -> int:
        warnings.warn("left out: 1 file", stacklevel=1)
        return 0

    before = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert fake(action) == 0
    assert capsys.readouterr().err == "serfast: warning: left out: 1 file\n"
    assert warnings.showwarning is before


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "import sys, types; from serfast.cli import main as frame\n"
        "fake = types.ModuleType('serfast.cli.fake')\n"
        "action = lambda arguments: print('x\\n' * 10**6) or 0\n"
        "fake.add_parser = lambda sub: sub.add_parser('fake').set_defaults(run=action)\n"
        "sys.modules['serfast.cli.fake'] = fake; frame.COMMANDS = {'fake': ''}\n"
        "sys.exit(frame.main(['fake']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_python_m_serfast() -> None:
    command = [sys.executable, "-m", "serfast", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == f"serfast {serfast.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from serfast.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'soundfile', 'soxr', 'scipy', 'sklearn', 'matplotlib', 'pyarrow', 'numba'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["info", "--help"], ["--", "info"]])
def test_only_the_command_that_is_asked_for_is_loaded(argv: list[str]) -> None:
    code = (
        "import sys\n"
        "from serfast.cli import main as frame\n"
        f"try: frame.main({argv})\n"
        "except SystemExit: pass\n"
        "print(*[name for name in frame.COMMANDS if f'serfast.cli.{name}' in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == ("info" if "info" in argv else "")


# --- progress ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """What a reader sees in the end: carriage return and erase-line carried out."""
        return [line.split("\r\x1b[K")[-1] for line in self.getvalue().split("\n")]


def test_no_bar_in_a_pipe() -> None:
    stream = io.StringIO()
    with Progress(2, stream) as progress:
        progress.step("a.wav")
        progress.write("b.wav: is empty")
        progress.step("b.wav")
    assert stream.getvalue() == "b.wav: is empty\n"


def test_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    terminal = Terminal()
    with Progress(4, terminal) as progress:
        progress.step("a.wav")
        assert terminal.screen() == ["#######--------------------- 1/4, 3 s left, a.wav"]
        progress.write("b.wav: is empty")
        progress.step("b.wav")
        assert terminal.screen()[0] == "b.wav: is empty"
        assert "2/4, 2 s left" in terminal.screen()[1]
    assert terminal.screen() == ["b.wav: is empty", ""]


def test_time_left_of_what_follows_the_steps_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    terminal = Terminal()
    with Progress(1, terminal) as progress:
        now = 100.0
        progress.step_path(Path("folder", "a.wav"))
        assert terminal.screen()[0].endswith("1/1, 0 s left, a.wav")
        now = 130.0
        progress.at(0.75, "epoch 3/4")
        assert terminal.screen()[0].endswith("75 %, 10 s left, epoch 3/4")


def test_bar_is_drawn_ten_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**6))
    monkeypatch.setattr("time.monotonic", lambda: next(clock) / 1000)
    terminal = Terminal()
    with Progress(1000, terminal) as progress:
        for _ in range(1000):
            progress.step("a.wav")
    assert 5 <= terminal.getvalue().count("s left") <= 10


def test_bar_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    clock = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    terminal = Terminal()
    with Progress(4, terminal) as progress:
        progress.step("long" * 100)
        assert len(terminal.screen()[0]) == 49


@pytest.mark.skipif(sys.platform != "linux", reason="memory can be limited and /dev/zero is there")
@pytest.mark.parametrize(
    "words",
    [
        ["extract", "{}", "-o", "{}.csv", "--spec", "/dev/zero"],
        ["bench", "--spec", "/dev/zero"],
        ["train", "{}", "-o", "{}.zip", "--spec", "/dev/zero"],
        ["train", "{}", "-o", "{}.zip", "--statistics", "/dev/zero"],
    ],
)
def test_files_without_end_are_refused(tmp_path: Path, words: list[str]) -> None:
    program = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from serfast.cli.main import main
print(main(sys.argv[1:]))
"""
    done = run(program, *(word.format(tmp_path) for word in words))
    assert done.stdout == "1\n"
    assert "/dev/zero: a file of JSON must hold at most 16777216 bytes" in done.stderr

"""The frame of the command line: help, exit statuses, one-line errors, the progress bar."""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import types
import unicodedata
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


@pytest.mark.parametrize("command", frame.COMMANDS)
def test_json_means_the_same_in_every_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        frame.main([command, "--help"])
    assert re.search(r"^  --json +print JSON lines: one", capsys.readouterr().out, re.MULTILINE)


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


@pytest.mark.parametrize(
    ("argv", "command", "message"),
    [
        (["predict", "a.wav", "--jsn"], "predict", "no option --jsn; did you mean '--json'?"),
        (["predict", "a.wav", "--clasifier=svm"], "predict", "did you mean '--classifier'?"),
        (["train", "x", "-o", "y", "--statistic5", "3"], "train", "did you mean '--statistics'?"),
        (["evaluate", "x", "--zzz"], "evaluate", "there is no option --zzz\n"),
        (["--json", "info"], "info", "--json must come after info"),
        (["evaluate", "x", "--json", "a.json"], "evaluate", "more arguments than evaluate takes"),
        (["predit", "a.wav"], "", "'predit' is no command; did you mean 'predict'?"),
        (["sing"], "", "'sing' is no command; see serfast --help"),
        (["extract", "a.wav", "-o", "a.csv", "--threads", "0"], "extract", "must be an int >= 1"),
    ],
)
def test_what_was_meant_is_suggested(
    capsys: pytest.CaptureFixture[str], argv: list[str], command: str, message: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        frame.main(argv)
    err = capsys.readouterr().err
    assert stop.value.code == 2
    assert err.startswith(f"usage: serfast {command}".rstrip() + " [-h]")
    assert message in err


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


def test_what_was_done_before_does_not_count_for_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nine of ten folds are kept and come at once; half of the last one takes 30 s."""
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    terminal = Terminal()
    with Progress(1, terminal) as progress:
        now = 100.0
        progress.step("a.wav")
        now = 100.01
        progress.at(0.9, "training")
        now = 130.01
        progress.at(0.95, "training")
        assert terminal.screen()[0].endswith("95 %, 30 s left, training")


def test_no_time_is_left_where_nothing_is_done_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was millions of hours: the rest over a share of 0."""
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    terminal, lines = Terminal(), io.StringIO()
    with Progress(1, terminal) as bar, Progress(1, lines, command="serfast train") as progress:
        for one in (bar, progress):
            now = 30.0
            one.step("a.wav")
            now = 45.0
            one.at(0.0, "scaling the inputs")
            now = 45.01
            one.at(0.5, "copies")
            now = 110.0
            one.at(0.5, "choosing C")
        assert terminal.screen()[0].endswith("50 %, choosing C")
    assert lines.getvalue().splitlines() == [
        "serfast train: 1/1, 0 s left, a.wav",
        "serfast train: 50 %, choosing C",
    ]


def test_the_bar_comes_back_below_a_line_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    terminal = Terminal()
    with Progress(4, terminal) as progress:
        progress.step("a.wav")
        [bar] = terminal.screen()
        progress.write("speaker 03: UAR 93.1 %")
        assert terminal.screen() == ["speaker 03: UAR 93.1 %", bar]


def test_where_there_is_no_terminal_lines_come_ever_less_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After 10 s, 20 s more, 40 s more, and then every minute; none if it takes less."""
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    stream = io.StringIO()
    with Progress(300, stream, command="serfast train") as progress:
        for k in range(300):
            now = float(k + 1)
            progress.step("features of a.wav")
    lines = stream.getvalue().splitlines()
    assert lines[0] == "serfast train: 10/300, 5 min left, features of a.wav"
    assert [int(line.split()[2].split("/")[0]) for line in lines] == [10, 30, 70, 130, 190, 250]
    assert lines[-1].endswith("250/300, 50 s left, features of a.wav")
    assert "\r" not in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (119, "119 s"), (180, "3 min"), (9000, "2.5 h")]
)
def test_a_time_left_has_the_unit_in_which_one_thinks_of_it(
    monkeypatch: pytest.MonkeyPatch, seconds: float, text: str
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    terminal = Terminal()
    with Progress(2, terminal) as progress:
        now = float(seconds)
        progress.step("a.wav")
        assert f"1/2, {text} left" in terminal.screen()[0]


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


@pytest.mark.parametrize("name", ["a recording", "録音" * 30, "e\u0301" * 70])
def test_bar_keeps_the_recall(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    terminal = Terminal()
    with Progress(1, terminal) as progress:
        now = 36000.0
        text = f"without {name}: epoch 112/400, loss 0.973, validation UAR 71.3 %"
        progress.at(0.28, text)
        [line] = terminal.screen()
        wide = sum(unicodedata.east_asian_width(c) == "W" for c in line)
        narrow = sum(not unicodedata.combining(c) for c in line)
        assert 70 <= wide + narrow <= 79
        assert line.endswith("validation UAR 71.3 %")
        assert line.startswith("##------ 28 %, 25.7 h left, without")
        assert "…" in line


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

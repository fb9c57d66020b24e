"""Processes of `serfast bench`: whatever a plugin does there, the command goes on and says so."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.plugin_stub import install
from serfast.bench import measures, process
from serfast.bench.measures import measure, measure_all
from serfast.bench.process import Child, ChildEndedError
from serfast.bench.settings import Settings
from serfast.errors import SerfastError

QUICK = Settings(seconds=0.05)
LIVE = {"classifier": "odd", "streams": 1, "paced": False}
SVM = "from serfast_svm import PLUGIN\n"


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install a plugin of this source as the classifier `odd`."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(source: str) -> None:
        install(tmp_path, "odd_module", source, "serfast-odd", "odd = odd_module:PLUGIN")
        importlib.invalidate_caches()

    return make


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("print('hello')\n" + SVM, id="prints"),
        pytest.param("print('loading...', end='', flush=True)\n" + SVM, id="without a newline"),
        pytest.param("import os; os.system('echo hello')\n" + SVM, id="a program of its prints"),
        pytest.param("import atexit; atexit.register(print, 'bye')\n" + SVM, id="prints at exit"),
        pytest.param("import atexit, os; atexit.register(os._exit, 3)\n" + SVM, id="fails at exit"),
        pytest.param("import sys; sys.stderr.write('long\\n' * 100_000)\n" + SVM, id="complains"),
        pytest.param("input() if __import__('sys').stdin.read() else 0\n" + SVM, id="reads"),
    ],
)
def test_what_a_plugin_prints_is_no_answer(odd: Any, source: str) -> None:
    odd(source)
    assert measure("predictions", QUICK, classifier="odd")["per_second"] > 0
    (answer,) = measure_all("live", QUICK, [LIVE], together=True)
    assert answer["us"] > 0


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os; os._exit(0)", r"its process ended without an answer \(exit status 0\)"),
        ("import os; os._exit(7)", r"its process ended without an answer \(exit status 7\)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt|without an answer"),
        ("raise ValueError('no\\nway')", "^plugin 'odd' .*ValueError: no way"),
    ],
)
def test_how_a_plugin_ended_is_told(odd: Any, source: str, message: str) -> None:
    odd(source)
    for name, arguments in (("predictions", {"classifier": "odd"}), ("live", LIVE)):
        with pytest.raises(SerfastError, match=message):
            measure_all(name, QUICK, [arguments], together=name == "live")


def test_one_that_hangs_is_ended(odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    odd("import time\ntime.sleep(600)")
    monkeypatch.setattr(measures, "PATIENCE", 1.0)
    with pytest.raises(SerfastError, match=r"no answer after 2 s"):
        measure("predictions", QUICK, classifier="odd")


def test_one_that_hangs_at_exit_has_answered(odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    odd("import atexit, time; atexit.register(time.sleep, 600)\n" + SVM)
    monkeypatch.setattr(process, "GRACE", 0.1)
    assert measure("predictions", QUICK, classifier="odd")["per_second"] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_one_killed_when_it_is_ready_is_no_broken_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    hear = Child.hear

    def kill(child: Child, kind: str) -> Any:
        answer = hear(child, kind)
        os.kill(child._process.pid, signal.SIGKILL)
        child._process.wait()
        return answer

    monkeypatch.setattr(Child, "hear", kill)
    with pytest.raises(SerfastError, match=r"ended without an answer \(signal 9\)"):
        measure_all("live", QUICK, [{**LIVE, "classifier": None}], together=True)


def test_a_child_that_ended_has_a_status() -> None:
    code = process.ANSWERING + "sys.exit(7)"
    child = Child(code, environment=process.one_thread(), limit=60)
    try:
        with pytest.raises(ChildEndedError, match=r"exit status 7") as caught:
            child.hear("answer")
        assert caught.value.status == 7
        with pytest.raises(ChildEndedError):
            child.finish()
    finally:
        child.end()


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    begin = subprocess.Popen.__init__

    def note(self: subprocess.Popen[str], *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        started.append(self)

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    with pytest.raises(SerfastError, match="installed"):
        measure_all("live", QUICK, [{**LIVE, "classifier": c} for c in ("none", None)], True)
    assert [child.poll() is None for child in started] == [False, False]

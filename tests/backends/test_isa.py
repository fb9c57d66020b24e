"""Every instruction set gives the same bits. Each has a process of its own: it is chosen once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import serfast
from helpers import row_hashes
from serfast.features import FEATURES

INFO = serfast.native_info()


def run(isa: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Python with SERFAST_ISA set, and this process's import path."""
    environment = {**os.environ, "SERFAST_ISA": isa, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )


@cache
def hashes(isa: str) -> dict[str, str]:
    """SHA-256 of the rows of every broad spec and signal, computed with this instruction set."""
    done = run(isa, str(Path(row_hashes.__file__)))
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result.pop("in_use") == isa
    return result


def test_the_baseline_is_always_there() -> None:
    assert INFO["built"][0] == "baseline"
    assert "baseline" in INFO["available"]
    assert set(INFO["available"]) <= set(INFO["built"])
    assert INFO["in_use"] in INFO["available"]


def test_the_best_one_is_chosen_by_default() -> None:
    done = run("", "-c", "import serfast; print(serfast.native_info()['in_use'])")
    assert done.stdout.strip() == INFO["available"][-1], done.stderr


@pytest.mark.parametrize("isa", INFO["available"])
def test_rows_are_bit_equal_on_every_instruction_set(isa: str) -> None:
    expected, got = hashes("baseline"), hashes(isa)
    assert len(expected) > 50
    assert [name for name in expected if got[name] != expected[name]] == []


def test_rows_are_bit_equal_to_the_recorded_ones() -> None:
    """On any machine: they were recorded on x86-64. Only a new feature may not be recorded yet."""
    expected, got = row_hashes.recorded(), row_hashes.hashes()
    new = {name.split()[0] for name in got.keys() - expected.keys()}
    assert expected.keys() <= got.keys()
    assert new <= FEATURES.keys()
    assert [name for name in expected if got[name] != expected[name]] == []


def test_a_check_fails_for_what_differs_or_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert row_hashes.check({"a": "1", "b": "2"}, {"a": "1", "b": "2"}) == 0
    assert "0 differ" in capsys.readouterr().out
    assert row_hashes.check({"a": "1", "b": "3"}, {"a": "1", "b": "2"}) == 1
    assert "1 differ b\n" in capsys.readouterr().out
    assert row_hashes.check({"a": "1"}, {"a": "1", "b": "2"}) == 1


def test_a_check_lists_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    assert row_hashes.check({"a": "1", "Pitch noise": "2"}, {"a": "1"}) == 0
    told = capsys.readouterr().out
    assert "1 are new: Pitch noise\n" in told
    assert "--record" in told


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own switch")
def test_rows_are_bit_equal_whichever_functions_libm_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """libm has a second log for processors with fused multiply-add, whose last bits differ."""
    expected = hashes("baseline")
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-FMA_Usable")
    assert hashes.__wrapped__("baseline") == expected


PERIODS = ("PeriodPerturbation", "Jitter", "Shimmer", "SubharmonicF0")


def test_hashes_tell_different_rows_apart() -> None:
    """Rows of a signal below every floor may be 0, whatever the feature.

    Clicks have no periods, as noise has none, so that statistics of these are the same.
    """
    without = {f"{name} clicks statistics" for name in PERIODS}
    names = [name for name in hashes("baseline") if not re.search(r" quiet( statistics)?$", name)]
    names = [name for name in names if name not in without]
    expected = hashes("baseline")
    assert len({expected[name] for name in names}) == len(names) > 100


def refused(isa: str) -> str:
    """The last line of what a program that uses the engine says."""
    done = run(isa, "-c", "import serfast; serfast.Extractor(serfast.presets.speech())")
    assert done.returncode == 1, "it must end with an exception, not a signal"
    return done.stderr.strip().splitlines()[-1]


def test_an_unknown_instruction_set_is_an_import_error() -> None:
    message = refused("mmx")
    assert "Error: " in message
    assert f"SERFAST_ISA must be one of {', '.join(INFO['built'])}, got 'mmx'" in message


def test_one_that_this_cpu_lacks_is_an_import_error() -> None:
    for isa in set(INFO["built"]) - set(INFO["available"]):
        assert f"SERFAST_ISA must be one that this CPU has ({', '.join(INFO['available'])})" in (
            refused(isa)
        )


@pytest.mark.parametrize(("isa", "expected"), [("mmx", "refused"), ("baseline", "made")])
def test_a_program_can_catch_it(isa: str, expected: str) -> None:
    program = (
        "try:\n"
        "    import serfast\n"
        "    serfast.Extractor(serfast.presets.speech())\n"
        "except ImportError:\n"
        "    print('refused')\n"
        "else:\n"
        "    print('made')\n"
    )
    done = run(isa, "-c", program)
    assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr


def test_what_does_not_need_it_goes_on() -> None:
    message = f"SERFAST_ISA must be one of {', '.join(INFO['built'])}, got 'mmx'"
    done = run("mmx", "-m", "serfast", "info")
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())  # the table is as wide as a terminal
    assert re.search(rf" back end native backend 'native' can't be loaded: {message} back", text)
    other = "import serfast; serfast.Extractor(serfast.presets.speech(), backend='reference')"
    assert run("mmx", "-c", other).returncode == 0


def test_a_command_says_it_in_a_line() -> None:
    done = run("mmx", "-m", "serfast", "bench")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"serfast bench: error: .*SERFAST_ISA must be one of .*\n", done.stderr)


LOUD = """
import numpy as np
import serfast
spec = serfast.FeatureSpec(features=[serfast.YIN(), serfast.RMS(), serfast.MFCC(top_db=80.0)])
y = np.random.default_rng(0).uniform(-1, 1, 4000)
for exponent in range(10, 39):
    f0 = serfast.Extractor(spec)((y * 10.0**exponent).astype(np.float32))[:, 0]
    assert np.all((f0 > 64) & (f0 < 640)), exponent
"""


@pytest.mark.parametrize("isa", INFO["available"])
def test_samples_as_large_as_float32_holds_crash_nothing(isa: str) -> None:
    done = run(isa, "-c", LOUD)
    assert done.returncode == 0, done.stderr

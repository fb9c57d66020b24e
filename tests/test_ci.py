"""CI's scripts: what fails in them is shown and stops them, wherever it happens."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMON = ROOT / ".ci" / "common.sh"

pytestmark = pytest.mark.skipif(
    not COMMON.exists() or shutil.which("bash") is None, reason="no checkout, or no bash"
)


def script(text: str) -> subprocess.CompletedProcess[str]:
    """Run these lines as CI's scripts run."""
    lines = f"set -euo pipefail\n. .ci/common.sh\n{text}\necho went on\n"
    return subprocess.run(["bash", "-c", lines], capture_output=True, text=True, cwd=ROOT)


def test_what_passes_says_nothing(tmp_path: Path) -> None:
    done = script(f"quietly {tmp_path}/log echo all is well")
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")
    assert (tmp_path / "log").read_text() == "all is well\n"


@pytest.mark.parametrize(
    "call",
    [
        "{}",
        "f() {{ {}; echo f went on; }}; f",
        "( {}; echo it went on )",
        'found="$( {}; echo x )"',
    ],
    ids=["plain", "function", "subshell", "substitution"],
)
def test_what_fails_is_shown_and_stops_the_script(call: str, tmp_path: Path) -> None:
    done = script(call.format(f"quietly {tmp_path}/log sh -c 'echo the cause >&2; exit 7'"))
    assert done.returncode == 7
    assert "the cause" in done.stderr
    assert "failed with status 7: sh -c" in done.stderr
    assert done.stdout == ""


def test_a_function_is_not_run_quietly_since_it_would_go_on(tmp_path: Path) -> None:
    done = script(f"f() {{ false; true; }}; quietly {tmp_path}/log f")
    assert done.returncode == 1
    assert "f is a function" in done.stderr


def test_a_failure_in_a_substitution_is_not_passed_over() -> None:
    done = script('f() { false; echo x; }; found="$(f)"')
    assert (done.returncode, done.stdout) == (1, "")


def test_a_package_is_missing_when_its_check_fails() -> None:
    done = script('needs one has sh; needs two has no-such-program; echo "${missing[*]}"')
    assert done.stdout == "two\nwent on\n"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the scripts' Python reads TOML")
def test_what_builds_is_what_the_projects_ask_for() -> None:
    done = script(f'"{sys.executable}" -c "$REQUIREMENTS"')
    assert any(line.startswith("setuptools>=") for line in done.stdout.splitlines()), done.stderr
    assert any(line.startswith("cython>=") for line in done.stdout.splitlines())


def test_paths_named_in_the_scripts_exist() -> None:
    done = script('printf "%s\\n" "${PLAIN_TESTS[@]/#/tests/}" "$KERNEL_BITS" "$SMALL_TESTS"')
    named = done.stdout.splitlines()[:-1]
    assert len(named) > 3
    assert not [path for path in named if not (ROOT / path).is_file()]

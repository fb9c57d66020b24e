"""The source folder shadows the installed package: then it is said what has happened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.building import copied_tree


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which nothing is built."""
    return copied_tree(tmp_path_factory.mktemp("sources"))


def python(folder: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What Python says, from this folder, which it looks into first."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "SERFAST"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


SAYS = "serfast was imported from its source folder, {}, where the native module isn't built: run"


def test_the_import_says_where_it_was_imported_from(sources: Path) -> None:
    done = python(sources, "import serfast")
    assert SAYS.format(sources) in done.stderr
    assert "pip install -e ." in done.stderr


@pytest.mark.parametrize("what", ["native", "native_info()", "Extractor(serfast.presets.speech())"])
def test_what_needs_the_native_module_says_so_too(sources: Path, what: str) -> None:
    quiet = "import warnings; warnings.simplefilter('ignore')\n"
    done = python(sources, f"{quiet}import serfast; serfast.{what}")
    assert done.returncode == 1
    assert "BackendError" in done.stderr.splitlines()[-1]
    assert SAYS.format(sources) in done.stderr.splitlines()[-1]


def test_who_has_chosen_another_back_end_is_not_told(sources: Path) -> None:
    done = python(sources, "import serfast", SERFAST_BACKEND="reference")
    assert (done.returncode, done.stderr) == (0, "")


def test_elsewhere_the_installed_package_is_found(tmp_path: Path) -> None:
    done = python(tmp_path, "import serfast; print(serfast.native_info()['in_use'])")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""

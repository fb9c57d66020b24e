"""Whatever a page or a message says is to be installed can be had so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from helpers.pages import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli", reason="no TOML reader before Python 3.11")

PROJECTS = {
    "serfast": ROOT,
    **{path.name: path for path in (ROOT / "plugins").glob("serfast-*")},
}
COMMAND = re.compile(r"pip install ([^\n`#]*)")
OURS = re.compile(r"(?<![\w/.-])(serfast(?:[-_]\w+)*)(\[[\w,]+\])?(?![\w.-]*\.whl)")
PATH = re.compile(r"(?<![\w/])(\.(?:/[\w./-]+)?)(\[[\w,]+\])?(?=[\s'\"),]|$)")


def extras(project: Path) -> set[str]:
    data = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    return set(data["project"].get("optional-dependencies", {}))


def faults(text: str) -> list[str]:
    """Give the words behind `pip install` by which nothing can be had."""
    found = []
    for command in COMMAND.findall(text):
        for name, wanted in OURS.findall(command):
            # the bare name would be looked for on PyPI; with an extra, what is installed counts
            known = extras(PROJECTS[name]) if name in PROJECTS else set()
            if not wanted or not set(wanted.strip("[]").split(",")) <= known:
                found.append(name + wanted)
        for path, wanted in PATH.findall(command):
            project = ROOT / path
            if not (project / "pyproject.toml").is_file() or (
                wanted and not set(wanted.strip("[]").split(",")) <= extras(project)
            ):
                found.append(path + wanted)
    return found


def texts() -> list[Path]:
    folders = ("docs", "serfast", "plugins", "examples")
    found = [ROOT / "README.md"]
    for folder in folders:
        found += [p for p in (ROOT / folder).rglob("*") if p.suffix in (".md", ".py")]
    return [path for path in found if not {"build", "tests"} & set(path.parts)]


def test_nothing_is_to_be_installed_that_cannot_be_had() -> None:
    wrong = {str(path.relative_to(ROOT)): faults(path.read_text("utf-8")) for path in texts()}
    assert {path: words for path, words in wrong.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pip install serfast-svm", ["serfast-svm"]),
        ("pip install serfast", ["serfast"]),
        ("pip install 'serfast[nothing]'", ["serfast[nothing]"]),
        ("pip install serfast-yy[train]", ["serfast-yy[train]"]),
        ("pip install . ./plugins/serfast-none", ["./plugins/serfast-none"]),
        ("pip install './plugins/serfast-svm[no]'", ["./plugins/serfast-svm[no]"]),
        ("pip install . './plugins/serfast-svm[train]'", []),
        ("pip install 'serfast[cli,numba]' numpy", []),
        ("pip install dist/serfast-*.whl dist/serfast_svm-*.whl", []),
    ],
)
def test_what_cannot_be_had_is_noticed(text: str, words: list[str]) -> None:
    assert faults(text) == words

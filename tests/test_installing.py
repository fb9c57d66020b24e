"""What messages and pages tell people to install can be had: nothing of ours is on PyPI."""

from __future__ import annotations

import re

import pytest

from helpers.pages import ROOT

FOLDERS = ("serfast", "docs", "plugins/*/src", "examples")
COMMAND = re.compile(r"pip install ([^`\n]*)")
OF_PYPI = re.compile(r"(?<![\w./-])['\"]?serfast(-\w+)?(\[|['\"]|\s|$)")


def pages() -> list[str]:
    paths = [path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.[mp][dy]")]
    paths += [*ROOT.glob("*.md"), *ROOT.glob("plugins/*/README.md")]
    return [str(path.relative_to(ROOT)) for path in paths]


def not_to_be_had(text: str) -> list[str]:
    """The commands in a text that install something of ours by its name."""
    commands = [found.partition("#")[0] for found in COMMAND.findall(text)]
    return [command for command in commands if OF_PYPI.search(command)]


def test_nothing_of_ours_is_installed_by_name() -> None:
    assert len(pages()) > 150
    wrong = {page: not_to_be_had((ROOT / page).read_text("utf-8")) for page in pages()}
    assert {page: found for page, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("pip install serfast-svm", True),
        ("pip install 'serfast[cli]'", True),
        ("pip install numpy serfast", True),
        ("pip install . ./plugins/serfast-svm", False),
        ("pip install './plugins/serfast-svm[train]'", False),
        ("pip install dist/serfast-1.whl", False),
        ("pip install torch onnx  # serfast-onnx needs both", False),
    ],
)
def test_the_check_sees_it(text: str, wrong: bool) -> None:
    assert bool(not_to_be_had(text)) == wrong

"""The rooms of the package: imports run one way, and none is hidden without a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import serfast.models
from helpers.imports import (
    circles,
    dynamic_importers,
    hidden,
    imports_of_extension,
    imports_of_tree,
    names_from,
    packages_of,
    private_names,
    upward,
)
from helpers.pages import ROOT

ROOMS = """
forking
errors _version _former_names thread_warnings
urls
files
_checks
_lazy cluster
entry_points
audio features
program
backends
extractor
one_call statistics voice
presets
models
corpora
streaming training
speaker
recognizer
picture
compat pandas sklearn testing torch
bench
cli
native __init__ __main__ _pyinstaller
"""
"""Modules and packages of serfast, a floor a line, the lowest first.

A module imports from its own room and from the floors below it, not from a room beside its own.
"""

FLOORS = {name: floor for floor, line in enumerate(ROOMS.split("\n")) for name in line.split()}

DYNAMIC = {
    "serfast._former_names": "the present modules of former names",
    "serfast._lazy": "modules whose names are loaded when they are first used",
    "serfast.backends.choice": "the chosen back end, and the native module, if there is one",
    "serfast.backends.requirement": "Numba, if it is installed",
    "serfast.bench.child": "the measurement that a child process is asked for",
    "serfast.cli._arguments": "the command that is asked for",
    "serfast.cli._output": "matplotlib, if it is installed",
    "serfast.compat": "the drop-in that is used",
    "serfast.forking": "modules that take a lock before a fork",
    "serfast.native": "the native module, if there is one",
}
"""The modules that import others by a computed name, and what they import so."""

ALLOWED = {("serfast.bench.first_calls", "serfast")}
"""The import that may run up: its time is what is measured."""

EXTENSION = "serfast._engine"
IMPORTS = [*imports_of_tree(ROOT, "serfast"), *imports_of_extension(ROOT / "ext", EXTENSION)]


def in_its_room(module: str) -> str:
    """The native module is a part of the back ends, although it lies beside them."""
    return "serfast.backends._engine" if module == EXTENSION else module


WITHIN = [
    replace(one, importer=in_its_room(one.importer), imported=in_its_room(one.imported))
    for one in IMPORTS
    if one.imported.split(".")[0] == "serfast"
]


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(WITHIN) == []


def test_imports_run_one_way() -> None:
    runs_up = [one for one in WITHIN if (one.importer, one.imported) not in ALLOWED]
    assert upward(runs_up, FLOORS) == []
    assert len(WITHIN) - len(runs_up) == len(ALLOWED)


def test_an_import_inside_a_function_says_why() -> None:
    assert hidden(IMPORTS) == []


def test_no_other_module_imports_by_a_computed_name() -> None:
    assert dynamic_importers(ROOT, "serfast") == set(DYNAMIC)


def test_no_plugin_imports_a_private_name() -> None:
    paths = [*ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("examples/**/*.py")]
    assert len(paths) > 30
    assert [line for path in paths for line in private_names(path, "serfast")] == []


INSIDE = {
    "serfast_ensemble": {
        *("VectorMaker", "inputs_of", "load_classifier", "probabilities_of", "vector_of")
    }
}
"""What a plugin imports of serfast.models that other plugins can't count on: it runs its members
as a recognizer does."""


def test_plugins_import_what_serfast_models_offers() -> None:
    """A name is offered, or a whole module; the place from which it is imported is free."""
    public = set(serfast.models.__all__)
    assert all(hasattr(serfast.models, name) for name in public)
    for package in ROOT.glob("plugins/*/src/*"):
        inside = {
            name
            for path in package.rglob("*.py")
            for name, module in names_from(path, "serfast.models")
            if name not in public and module.split(".")[2:3] not in [[one] for one in public]
        }
        assert inside == INSIDE.get(package.name, set()), package.name


def test_serfast_imports_no_plugin() -> None:
    plugins = {path.name for path in ROOT.glob("plugins/*/src/*")}
    assert "serfast_svm" in plugins
    imported = {one.imported.split(".")[0] for one in IMPORTS}
    assert {name for name in imported if name.startswith("serfast_")} | (
        imported & plugins
    ) == set()


def test_every_room_is_listed() -> None:
    paths = [path for path in (ROOT / "serfast").iterdir() if path.suffix in ("", ".py", ".pyi")]
    assert {path.stem for path in paths} - {"__pycache__", "include", "_engine"} == set(FLOORS)


def test_the_imports_of_the_native_module_are_seen() -> None:
    imported = {one.imported for one in WITHIN if one.importer == in_its_room(EXTENSION)}
    assert {"serfast.backends.output", "serfast.program.rows", "serfast.errors"} <= imported
    assert any(one.imported == in_its_room(EXTENSION) for one in WITHIN)


# ---- the checks, on trees that break the rules ---------------------------------------------------

SMALL = {"low": 0, "middle": 1, "beside": 1, "high": 2, "__init__": 3}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of four rooms, with nothing wrong."""
    write(tmp_path, "__init__", "from .high import c")
    for room in ("low", "middle", "beside", "high"):
        write(tmp_path, f"{room}.__init__", "")
    write(tmp_path, "low.a", "import os\nfrom . import other")
    write(tmp_path, "low.other", "")
    write(tmp_path, "middle.b", "from ..low.a import os")
    write(
        tmp_path,
        "high.c",
        "from ..middle import b\ndef f():\n    import json  # heavy: an example",
    )
    return tmp_path


def write(root: Path, module: str, text: str) -> None:
    """Write a module of the small package."""
    path = root.joinpath("serfast", *module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")


def test_nothing_is_wrong_with_the_small_tree(small: Path) -> None:
    imports = imports_of_tree(small, "serfast")
    within = [one for one in imports if one.imported.startswith("serfast")]
    assert {(one.importer, one.imported, one.name) for one in within} == {
        ("serfast", "serfast.high.c", ""),
        ("serfast.low.a", "serfast.low.other", ""),
        ("serfast.middle.b", "serfast.low.a", "os"),
        ("serfast.high.c", "serfast.middle.b", ""),
    }
    assert circles(within) == upward(within, SMALL) == hidden(imports) == []
    assert dynamic_importers(small, "serfast") == set()


@pytest.mark.parametrize(
    "text",
    [
        "from ..high import c",
        "from ..high.c import f",
        "from .. import high",
        "from .. import c",
        "import serfast.high.c",
        "from serfast.high import (\n    c,\n)",
        "from ..beside import anything",
        "def g():\n    from ..high import c  # heavy: hidden",
        "class G:\n    async def g(self):\n        from ..high import c  # optional: hidden",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..high.c import f",
        "try:\n    from ..high import c\nexcept ImportError:\n    pass",
    ],
)
def test_an_import_that_does_not_run_down_is_noticed(small: Path, text: str) -> None:
    write(small, "middle.b", text)
    imports = imports_of_tree(small, "serfast")
    (message,) = upward((one for one in imports if one.imported.startswith("serfast")), SMALL)
    assert message.startswith("serfast.middle.b:")


@pytest.mark.parametrize(
    ("module", "text", "members"),
    [
        ("low.other", "from .a import os", {"low.a", "low.other"}),
        (
            "low.other",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import a",
            {"low.a", "low.other"},
        ),
        (
            "low.a",
            "def f():\n    from ..middle.b import x  # optional: none",
            {"low.a", "middle.b"},
        ),
        ("low.a", "import serfast.high.c", {"low.a", "middle.b", "high.c"}),
        ("low.__init__", "from ..middle import b", {"low", "middle.b"}),  # low.a runs low first
    ],
)
def test_a_circle_is_noticed(small: Path, module: str, text: str, members: set[str]) -> None:
    write(small, module, text)
    (message,) = circles(imports_of_tree(small, "serfast"))
    assert set(message.split(" → ")) == {f"serfast.{member}" for member in members}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import json",
        "def f():\n    import json  # for later",
        "def f():\n    import json  # not heavy: it is small",
        "def f():\n    # heavy: the comment stands above\n    import json",
        "class A:\n    def f(self):\n        if self:\n            import json",
        "async def f():\n    import json",
        "def f():\n    def g():\n        import json",
    ],
)
def test_a_hidden_import_is_noticed(small: Path, text: str) -> None:
    write(small, "low.a", text)
    (message,) = hidden(imports_of_tree(small, "serfast"))
    assert message.startswith("serfast.low.a:")
    assert message.endswith("imports json inside a function")


def test_an_import_that_says_why_is_none(small: Path) -> None:
    write(small, "low.a", "def f():\n    import json  # optional: only an example needs it")
    assert hidden(imports_of_tree(small, "serfast")) == []


@pytest.mark.parametrize(
    "text",
    [
        "from serfast import _checks",
        "from serfast._checks import fail",
        "import serfast._checks",
        "import serfast._checks as checks",
        "from serfast.models.registry import _fault",
        "def f():\n    from serfast.models import plugin, _private",
        "import serfast\nfail = serfast._checks",
    ],
)
def test_a_private_name_is_noticed(tmp_path: Path, text: str) -> None:
    (tmp_path / "plugin.py").write_text(text + "\n", "utf-8")
    assert len(private_names(tmp_path / "plugin.py", "serfast")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from serfast import RMS, __version__",
        "from ._graph import graph",
        "import numpy._core",
        "from serfast_other._private import name",
        "import serfast\nserfast.models.plugin",
    ],
)
def test_public_names_and_those_of_others_are_no_private_ones(tmp_path: Path, text: str) -> None:
    (tmp_path / "plugin.py").write_text(text + "\n", "utf-8")
    assert private_names(tmp_path / "plugin.py", "serfast") == []


@pytest.mark.parametrize("call", ["importlib.import_module(name)", "__import__('json')"])
def test_an_import_by_a_computed_name_is_noticed(small: Path, call: str) -> None:
    write(small, "low.a", f"import importlib\ndef f(name):\n    {call}")
    assert dynamic_importers(small, "serfast") == {"serfast.low.a"}


def test_packages_of_a_module() -> None:
    assert packages_of("serfast.audio.reading") == ["serfast", "serfast.audio"]
    assert packages_of("serfast") == []

"""The rooms of the package: imports run one way, and none is hidden without a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.pages import ROOT

ROOMS = """
errors _version _checks _lazy _former_names entry_points files
audio features
program
_engine backends
extractor
statistics
presets
models
corpora
streaming training
recognizer
compat testing
bench
cli
native __init__ __main__
"""
"""Modules and packages of serfast, a line a floor, the lowest first."""

FLOORS = {name: floor for floor, line in enumerate(ROOMS.split("\n")) for name in line.split()}

LATER = {"serfast", "serfast.audio", "serfast.compat", "serfast.program"}
"""Packages whose __init__ names what is loaded later, for type checkers alone."""

REASONS = ("heavy:", "optional:")
"""What the comment behind an import inside a function begins with."""


@dataclass(frozen=True)
class Import:
    """One import: which module imports which, in which line, and whether inside a function."""

    importer: str
    imported: str
    line: int
    inside: bool
    comment: str


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a file below `root`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, root: Path, modules: set[str]) -> Iterator[Import]:
    """Every import of a module of `modules` in a file, wherever it stands."""
    text = path.read_text("utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    name = module_name(path, root)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            comment = " ".join(
                line.partition("#")[2].strip() for line in lines[node.lineno - 1 : node.end_lineno]
            )
            for imported in _names(node, package, modules):
                yield Import(name, imported, node.lineno, id(node) in inside, comment.strip())


def _names(node: ast.Import | ast.ImportFrom, package: str, modules: set[str]) -> Iterator[str]:
    """The modules that an import statement names; others than `modules` by their whole name."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base


def tree_of(root: Path, package: str) -> list[Import]:
    """Every import in a package."""
    paths = sorted((root / package).rglob("*.py"))
    modules = {module_name(path, root) for path in paths}
    return [found for path in paths for found in imports_of(path, root, modules)]


def circles(imports: list[Import]) -> list[str]:
    """Modules that import each other, by whatever way, each circle once."""
    graph: dict[str, set[str]] = {}
    for found in imports:
        graph.setdefault(found.importer, set()).add(found.imported)
    done: set[str] = set()
    result = []

    def visit(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            result.append(" → ".join([*path[path.index(module) :], module]))
        elif module not in done:
            for imported in sorted(graph.get(module, ())):
                visit(imported, (*path, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())
    return result


def floor(module: str, floors: Mapping[str, int]) -> int:
    """The floor that a module of serfast is on."""
    parts = module.split(".")
    return floors[parts[1] if len(parts) > 1 else "__init__"]


def upward(imports: list[Import], floors: Mapping[str, int]) -> list[str]:
    """Imports that run up."""
    return [
        f"{found.importer}:{found.line} imports {found.imported}, which lies above it"
        for found in imports
        if found.imported.startswith("serfast")
        and floor(found.imported, floors) > floor(found.importer, floors)
    ]


def hidden(imports: list[Import]) -> list[str]:
    """Imports inside functions whose line doesn't say why."""
    return [
        f"{found.importer}:{found.line} imports {found.imported} inside a function"
        for found in imports
        if found.inside and not found.comment.startswith(REASONS)
    ]


def private(path: Path) -> list[str]:
    """Names of serfast that begin with an underscore, imported by another package."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "serfast":
            names = [*str(node.module).split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [
                part
                for alias in node.names
                if alias.name.split(".")[0] == "serfast"
                for part in alias.name.split(".")
            ]
        found += [f"{path.name}:{node.lineno} {n}" for n in names if n.startswith("_")]
    return found


IMPORTS = tree_of(ROOT, "serfast")
WITHIN = [found for found in IMPORTS if found.imported.split(".")[0] == "serfast"]
EAGER = [found for found in WITHIN if found.importer not in LATER]


def parents_left_out(imports: list[Import]) -> list[Import]:
    """Imports but those of a package by a module inside it, as `from . import sibling` makes."""
    return [f for f in imports if not f.importer.startswith(f.imported + ".")]


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(parents_left_out(EAGER)) == []


def test_imports_run_one_way() -> None:
    assert upward(EAGER, FLOORS) == []


def test_an_import_inside_a_function_says_why() -> None:
    assert hidden(IMPORTS) == []


def test_no_plugin_imports_a_private_name() -> None:
    paths = [*ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("examples/**/*.py")]
    assert len(paths) > 30
    assert [line for path in paths for line in private(path)] == []


def test_serfast_imports_no_plugin() -> None:
    assert [f for f in IMPORTS if f.imported.startswith("serfast_")] == []


def test_every_room_is_listed() -> None:
    present = {path.name.removesuffix(".py") for path in (ROOT / "serfast").iterdir()}
    present -= {"__pycache__", "include", "py.typed", "native.pxd"}
    present = {name.removesuffix(".pyi") for name in present}
    present = {name for name in present if not name.endswith((".so", ".pyd"))}
    assert present == set(FLOORS)


# ---- the checks, on trees that break the rules ---------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of three rooms, with nothing wrong."""
    for name in ("low", "middle", "high"):
        (tmp_path / "serfast" / name).mkdir(parents=True)
        (tmp_path / "serfast" / name / "__init__.py").write_text("")
    (tmp_path / "serfast" / "__init__.py").write_text("")
    (tmp_path / "serfast" / "low" / "a.py").write_text("import os\n")
    (tmp_path / "serfast" / "middle" / "b.py").write_text("from ..low.a import os\n")
    (tmp_path / "serfast" / "high" / "c.py").write_text(
        "from ..middle import b\ndef f():\n    import json  # heavy: an example\n"
    )
    return tmp_path


SMALL = {"low": 0, "middle": 1, "high": 2, "__init__": 3}


def test_nothing_is_wrong_with_the_small_tree(small: Path) -> None:
    imports = parents_left_out(tree_of(small, "serfast"))
    assert circles(imports) == []
    assert upward(imports, SMALL) == []
    assert hidden(imports) == []


@pytest.mark.parametrize(
    "line",
    [
        "from ..high import c",
        "from ..high.c import f",
        "import serfast.high.c",
        "def g():\n    from ..high import c  # heavy: hidden",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..high.c import f",
    ],
)
def test_an_import_that_runs_up_is_noticed(small: Path, line: str) -> None:
    (small / "serfast" / "middle" / "b.py").write_text(line + "\n")
    imports = parents_left_out(tree_of(small, "serfast"))
    (message,) = upward([f for f in imports if f.imported.startswith("serfast")], SMALL)
    assert message.startswith("serfast.middle.b:")


def test_a_circle_is_noticed(small: Path) -> None:
    (small / "serfast" / "low" / "a.py").write_text(
        "def f():\n    from ..middle.b import x  # optional: it closes a circle\n"
    )
    (message,) = circles(parents_left_out(tree_of(small, "serfast")))
    assert set(message.split(" → ")) == {"serfast.low.a", "serfast.middle.b"}


def test_a_hidden_import_is_noticed(small: Path) -> None:
    (small / "serfast" / "low" / "a.py").write_text("def f():\n    import json  # for later\n")
    (message,) = hidden(tree_of(small, "serfast"))
    assert message == "serfast.low.a:2 imports json inside a function"


@pytest.mark.parametrize(
    "line",
    [
        "from serfast import _checks",
        "from serfast._checks import fail",
        "import serfast._checks",
        "from serfast.models.registry import _fault",
    ],
)
def test_a_private_name_is_noticed(tmp_path: Path, line: str) -> None:
    (tmp_path / "plugin.py").write_text(line + "\n")
    assert len(private(tmp_path / "plugin.py")) == 1

"""No name is a word that says nothing: `found` could be anything, `paths` says what it holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from helpers.pages import ROOT

RIDDLES = {"found", "own", "told", "of", "_likest"}
FOLDERS = ("serfast", "plugins/*/src", "benchmarks", "tests/helpers")
EACH_KIND = {
    "variable": "found = 1",
    "annotated": "found: int = 1",
    "part of a tuple": "first, (found, *rest) = pair",
    "loop": "for found in paths: pass",
    "comprehension": "[found for found in paths]",
    "walrus": "if found := search(): pass",
    "with": "with search() as found: pass",
    "exception": "try: pass\nexcept OSError as found: pass",
    "import": "from search import found",
    "import as": "import search as found",
    "pattern": "match pair:\n    case [found]: pass",
    "rest of a sequence": "match pair:\n    case [first, *found]: pass",
    "rest of a mapping": "match pair:\n    case {'a': 1, **found}: pass",
    "function": "def found(): pass",
    "coroutine": "async def found(): pass",
    "class": "class found: pass",
    "argument": "def search(found): pass",
    "keyword argument": "def search(*, found=None): pass",
    "rest of the arguments": "def search(*found): pass",
    "lambda": "search = lambda found: 1",
    "class attribute": "class Search:\n    found = 1",
    "method": "class Search:\n    def found(self): pass",
    "attribute": "self.found = 1",
}


def names(tree: ast.AST) -> list[tuple[int, str]]:
    """Give line and text of every name that a module gives to something."""
    given: list[tuple[int, str | None]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                given.append((node.lineno, name))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                given.append((node.lineno, node.name))
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                given.append((node.lineno, node.name))
            case ast.MatchMapping():
                given.append((node.lineno, node.rest))
            case ast.arg():
                given.append((node.lineno, node.arg))
            case ast.alias():
                given.append((node.lineno, node.asname or node.name))
    return [(line, name) for line, name in given if name is not None]


def riddles(text: str) -> list[tuple[int, str]]:
    """Give those of a module's names that are in RIDDLES."""
    return [(line, name) for line, name in names(ast.parse(text)) if name in RIDDLES]


def modules() -> list[Path]:
    """Give the modules and stubs of the folders that are looked through."""
    folders = [folder for pattern in FOLDERS for folder in ROOT.glob(pattern)]
    return sorted(path for folder in folders for path in folder.rglob("*.py*") if _is_source(path))


def _is_source(path: Path) -> bool:
    return path.suffix in (".py", ".pyi")


def test_names_say_what_they_hold():
    lines = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules()
        for line, name in riddles(path.read_text(encoding="utf-8"))
    ]
    assert not lines, "\n".join(lines)


def test_every_folder_is_looked_through():
    paths = {path.relative_to(ROOT).as_posix() for path in modules()}
    assert {
        "serfast/_checks.py",
        "plugins/serfast-onnx/src/serfast_onnx/card.py",
        "benchmarks/formats.py",
        "tests/helpers/windows.py",
    } <= paths


@pytest.mark.parametrize("kind", EACH_KIND)
def test_each_kind_of_name_is_seen(kind):
    assert [name for _, name in riddles(EACH_KIND[kind])] == ["found"]


@pytest.mark.parametrize("word", sorted(RIDDLES))
def test_each_word_is_seen_in_its_line(word):
    assert riddles(f"path = 1\n{word} = 2") == [(2, word)]


def test_uses_strings_and_longer_names_are_left_alone():
    assert not riddles("paths = search(found=1).found + found  # found\nfound_paths = 'found'")

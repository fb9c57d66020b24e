"""What belongs to the whole process is left alone, and no lock outlives a fork."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from helpers.pages import ROOT

SOURCES = [
    path
    for folder in (ROOT / "serfast", *ROOT.glob("plugins/*/src"))
    for path in sorted(folder.rglob("*.py"))
]
assert len(SOURCES) > 150

WHOLE_PROCESS = re.compile(
    r"catch_warnings|simplefilter|filterwarnings|resetwarnings|showwarning\b|seterr\b|setlocale"
    r"|random\.seed|setrecursionlimit|signal\.signal|set_int_max_str_digits|set_num_threads"
    r"|manual_seed|os\.environ\[[^]]*\] *=[^=]|os\.(?:putenv|chdir|umask)\(|environ\.(?:update|pop)"
)
"""What changes the process for everybody in it."""

MAY_CHANGE_THE_PROCESS = {
    "serfast/cli/main.py": "the command is the process's own",
    "plugins/serfast-onnx/src/serfast_onnx/train/torch_state.py": "torch has no other way",
}

LOCKS = re.compile(r"\b(?:Lock|RLock|Condition|Semaphore|Timer|cached_property|threading\.Event)\b")
"""What has a lock; functools.cached_property has one before Python 3.12."""

MAY_LOCK = {
    "serfast/forking.py": "it is what makes a fork wait",
    "serfast/backends/numba/engine.py": "only in a block in which a fork waits",
    "serfast/backends/numba/stream.py": "never waited for",
    "plugins/serfast-onnx/src/serfast_onnx/session.py": "only in a block in which a fork waits",
    "plugins/serfast-onnx/src/serfast_onnx/train/torch_state.py": "only in such a block",
}

NUMPY_LATE = re.compile(
    r"(?<!`)\bnp\.(?:fft|ma|polynomial|testing|ctypeslib|rec|char|random\.(?!Generator))\b"
)
"""Modules that NumPy imports when their names are first used."""


def _is_prose(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def using(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """The lines of each source file with the pattern in them, comments and prose left out."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [x for x in body if not _is_prose(x)] or [ast.Pass()]
        lines = [line for line in ast.unparse(tree).splitlines() if pattern.search(line)]
        lines = [line for line in lines if not line.lstrip().startswith(("def ", "'"))]
        if lines:
            found[path.relative_to(ROOT).as_posix()] = lines
    return found


def test_the_process_is_left_as_it_is() -> None:
    found = using(WHOLE_PROCESS)
    assert {path: found[path] for path in found.keys() - MAY_CHANGE_THE_PROCESS} == {}


def test_nothing_waits_for_a_lock_that_a_fork_copies() -> None:
    found = using(LOCKS)
    assert {path: found[path] for path in found.keys() - MAY_LOCK} == {}


def test_no_module_of_numpy_is_imported_unseen() -> None:
    assert using(NUMPY_LATE) == {}


BY_ITSELF = ("serfast/cli/", "serfast/bench/", "serfast/forking.py")
"""Programs with one thread, which fork nothing; and the block itself."""


def late_imports(text: str) -> list[int]:
    """The lines of the imports inside functions that stand in no block in which a fork waits."""
    found = []

    def visit(node: ast.AST, late: bool, waits: bool) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            late, waits = True, False
        if isinstance(node, ast.With):
            waits = waits or any(ast.unparse(item) == "forks_wait" for item in node.items)
        is_call = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
        if late and not waits and (isinstance(node, (ast.Import, ast.ImportFrom)) or is_call):
            found.append(node.lineno)  # type: ignore[attr-defined]
        for child in ast.iter_child_nodes(node):
            visit(child, late, waits)

    visit(ast.parse(text), False, False)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_fork_waits_for_every_late_import(path: Path) -> None:
    if path.relative_to(ROOT).as_posix().startswith(BY_ITSELF):
        return
    assert late_imports(path.read_text("utf-8")) == []


def test_a_late_import_without_a_block_is_noticed() -> None:
    text = """\
import a
def f():
    import b
    with forks_wait:
        import c
        def g():
            import d
    with other:
        from e import f
    with other, forks_wait:
        importlib.import_module("g")
    return importlib.import_module("h")
"""
    assert late_imports(text) == [3, 7, 9, 12]

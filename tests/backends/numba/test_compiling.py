"""Numba's cache of compiled code: what goes into the name under which it is kept."""

from __future__ import annotations

import ast
from pathlib import Path

import serfast.backends.numba
from serfast.backends.numba.compiling import CONSTANTS

PACKAGE = Path(serfast.backends.numba.__file__).parent


def test_modules_that_constants_are_taken_from_are_part_of_the_name() -> None:
    taken = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.level not in (2, 3):
                continue
            room = "backends/" if node.level == 2 else ""
            path_of = f"{room}{str(node.module).replace('.', '/')}.py"
            taken |= {path_of for alias in node.names if alias.name.isupper()}
    assert taken == set(CONSTANTS)

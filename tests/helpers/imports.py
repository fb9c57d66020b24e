"""A package's imports are read from its sources here, and compared with the rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REASONS = ("heavy:", "optional:")
"""What the comment behind an import inside a function begins with."""


@dataclass(frozen=True)
class Import:
    """One import: `importer` takes `name` out of the module `imported`, at line `line`."""

    importer: str
    imported: str
    name: str
    line: int
    inside_function: bool
    comment: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def module_name(path: Path, root: Path) -> str:
    """Give the dotted name of a source file below `root`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of_tree(root: Path, package: str) -> list[Import]:
    """Give every import of every module and stub of a package, wherever in the module it stands."""
    paths = sorted((root / package).rglob("*.py*"))
    paths = [path for path in paths if path.suffix in (".py", ".pyi")]
    modules = {module_name(path, root) for path in paths}
    return [one for path in paths for one in _imports_of_file(path, root, modules)]


CYTHON_IMPORT = re.compile(
    r"^( *)(?:from (?P<base>[\w.]+) )?import (?P<names>[^#\n]*)", re.MULTILINE
)


def imports_of_extension(folder: Path, module: str) -> list[Import]:
    """Give every Python import of the Cython files of an extension module."""
    result = []
    for path in sorted(folder.glob("*.p[yx][xi]")):
        text = path.read_text("utf-8")
        for match in CYTHON_IMPORT.finditer(text):
            line = 1 + text.count("\n", 0, match.start())
            imported, name = match["base"] or match["names"].strip(), match["names"].strip()
            result.append(Import(module, imported, name, line, bool(match[1]), ""))
    return result


def _imports_of_file(path: Path, root: Path, modules: set[str]) -> Iterator[Import]:
    text = path.read_text("utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    importer = module_name(path, root)
    package = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
    inside = _nodes_inside_functions(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            statement = lines[node.lineno - 1 : node.end_lineno]
            comment = " ".join(line.partition("#")[2].strip() for line in statement).strip()
            for imported, name in _modules_and_names(node, package, modules):
                yield Import(importer, imported, name, node.lineno, node in inside, comment)


def _nodes_inside_functions(tree: ast.Module) -> set[ast.AST]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
    }


def _modules_and_names(
    node: ast.Import | ast.ImportFrom, package: str, modules: set[str]
) -> Iterator[tuple[str, str]]:
    """Give each module that a statement imports, and the name that it takes out of it, or ""."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield (whole, "") if whole in modules else (base, alias.name)


def packages_of(module: str) -> list[str]:
    """Give the packages that a module is in, the outermost first.

    >>> packages_of("serfast.audio.reading")
    ['serfast', 'serfast.audio']
    """
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def circles(imports: Iterable[Import]) -> list[str]:
    """Modules that import each other, directly or through others, one line a circle.

    Importing ``a.b`` runs the package ``a`` first, so that a module outside of ``a`` imports both.
    """
    graph: dict[str, set[str]] = {}
    for one in imports:
        outside = set(packages_of(one.imported)) - {one.importer, *packages_of(one.importer)}
        graph.setdefault(one.importer, set()).update({one.imported, *outside})
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


def room_of(module: str) -> str:
    """Give the module or package directly below the outermost one; "__init__" for that itself."""
    return [*module.split("."), "__init__"][1]


def upward(imports: Iterable[Import], floors: Mapping[str, int]) -> list[str]:
    """Give the imports from another room that isn't on a lower floor; `floors` has the floors."""
    return [
        f"{one}, which isn't below it"
        for one in imports
        if room_of(one.imported) != room_of(one.importer)
        and floors[room_of(one.imported)] >= floors[room_of(one.importer)]
    ]


def hidden(imports: Iterable[Import]) -> list[str]:
    """Give the imports inside functions whose comment doesn't begin with one of REASONS."""
    return [
        f"{one} inside a function"
        for one in imports
        if one.inside_function and not one.comment.startswith(REASONS)
    ]


def private_names(path: Path, package: str) -> list[str]:
    """Give the private names of `package` that a file of another package imports or looks up."""
    result = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
        result += [
            f"{path.name}:{node.lineno} {name}"  # type: ignore[attr-defined]
            for name in names
            if name.split(".")[0] == package and any(map(_is_private, name.split(".")))
        ]
    return result


def names_from(path: Path, package: str) -> list[tuple[str, str]]:
    """Give the names that a file imports from a package or from within it, each with its module."""
    return [
        (alias.name, node.module)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        if f"{node.module}.".startswith(f"{package}.")
        for alias in node.names
    ]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def dynamic_importers(root: Path, package: str) -> set[str]:
    """Give the modules that import others by a name that is computed or written as a string."""
    return {
        module_name(path, root)
        for path in sorted((root / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__")
    }

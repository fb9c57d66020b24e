"""The hook by which PyInstaller finds what serfast imports late; `make test-frozen` freezes it."""

from __future__ import annotations

import importlib
import pkgutil
import runpy
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import serfast
from helpers.pages import ROOT
from serfast._pyinstaller import hook_dirs

HOOK = Path(hook_dirs()[0], "hook-serfast.py")


def submodules(package: str, filter: Callable[[str], bool]) -> list[str]:
    """As PyInstaller's function of this purpose, as far as the hook uses it."""
    path = importlib.import_module(package).__path__
    found = [package, *(one.name for one in pkgutil.walk_packages(path, f"{package}."))]
    return [name for name in found if filter(name)]


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[object]]:
    """What the hook asks for, of a PyInstaller of our own."""
    hooks = types.ModuleType("PyInstaller.utils.hooks")
    entries = {"serfast.classifiers": "serfast_a.deep", "serfast.features": "serfast_b"}
    entries |= {"serfast.embeddings": "serfast_c", "serfast.encoders": "serfast_d.kinds"}
    hooks.collect_submodules = submodules
    hooks.collect_entry_point = lambda group: ([(f"{group}.dist-info", ".")], [entries[group]])
    hooks.collect_data_files = lambda package: [(f"{package}/models/x.zip", package)]
    monkeypatch.setitem(sys.modules, "PyInstaller", types.ModuleType("PyInstaller"))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils", types.ModuleType("PyInstaller.utils"))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    return runpy.run_path(str(HOOK))


def test_pyinstaller_finds_the_hook() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    entry = '[project.entry-points.pyinstaller40]\nhook-dirs = "serfast._pyinstaller:hook_dirs"\n'
    assert entry in text
    assert HOOK.is_file()
    assert HOOK.is_relative_to(Path(serfast.__file__).parent)


def test_what_is_imported_by_a_computed_name_is_there(collected: dict[str, list[object]]) -> None:
    modules = set(collected["hiddenimports"])
    wanted = {
        "serfast._engine",
        "serfast.cli.predict",
        "serfast.backends.native",
        "serfast.backends.reference",
        "serfast.compat.librosa",
        "serfast.recognizer",
        "serfast_a.deep",
        "serfast_b",
        "serfast_c",
        "serfast_d.kinds",
    }
    assert wanted - modules == set()
    assert not [name for name in modules if name.startswith(("serfast.testing", "serfast._pyin"))]


def test_plugins_bring_their_metadata_and_models(collected: dict[str, list[object]]) -> None:
    assert set(collected["datas"]) == {
        ("serfast.classifiers.dist-info", "."),
        ("serfast.features.dist-info", "."),
        ("serfast.embeddings.dist-info", "."),
        ("serfast.encoders.dist-info", "."),
        *((f"serfast_{letter}/models/x.zip", f"serfast_{letter}") for letter in "abcd"),
    }

"""What is built: the sdist builds into the same wheel, which holds no generated C."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from helpers.building import build, copied_tree, tree_wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The sdist, the wheel of the tree, the wheel of the unpacked sdist."""
    wheel = tree_wheel(tmp_path_factory)
    base = tmp_path_factory.mktemp("sdist")
    sdist = build(copied_tree(wheel.parents[1]), base / "sdist", "sdist")
    shutil.unpack_archive(sdist, base / "unpacked")
    unpacked = next((base / "unpacked").iterdir())
    return sdist, wheel, build(unpacked, base / "again", "wheel")


def contents(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_sdist_builds_into_the_same_wheel(built):
    _, wheel, again = built
    assert wheel.name == again.name
    first, second = contents(wheel), contents(again)
    assert first.keys() == second.keys()
    different = {name for name in first if first[name] != second[name]}
    # the linker may lay the module out differently; its size and everything else are equal
    assert all("_engine" in name or name.endswith("RECORD") for name in different), different


def test_wheel_holds_what_runs_and_nothing_else(built):
    names = contents(built[1])
    allowed = (".py", ".pyi", ".so", ".pyd", ".pxd", ".h", "py.typed")
    package = [name for name in names if name.startswith("serfast/")]
    assert any("_engine" in name and name.endswith((".so", ".pyd")) for name in package)
    assert all(name.endswith(allowed) for name in package), package
    public = {name for name in package if name.endswith((".pxd", ".h"))}
    assert public == {"serfast/native.pxd", "serfast/include/serfast.h"}
    others = [name for name in names if not name.startswith("serfast/")]
    assert all(".dist-info/" in name for name in others), others


def test_wheel_is_small(built):
    """With the engine alone it had 585 KiB; docs/decisions.md says what came since."""
    size = built[1].stat().st_size
    print(f"wheel: {size / 1024:.0f} KiB")
    assert size <= 1360 * 1024


def test_sdist_holds_sources_and_no_generated_c(built):
    with tarfile.open(built[0]) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"ext/engine.pyx", "ext/kernels/fft.inc", "LICENSE", "setup.py"} <= set(names)
    assert not [name for name in names if name.endswith((".so", "engine.c")) or "build/" in name]


def test_without_a_compiler_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", str(tmp_path / "no-compiler"))
    with pytest.raises(AssertionError) as failure:
        build(copied_tree(tmp_path), tmp_path / "wheel", "wheel")
    said = str(failure.value)
    assert "Building serfast needs a C compiler and Python's headers." in said
    assert "apt install gcc python3-dev" in said

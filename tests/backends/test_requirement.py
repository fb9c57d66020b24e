"""Numba where it is of use, and where it isn't, what to do."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from serfast.backends.requirement import require_numba


def numba(version: str, disabled: bool = False) -> SimpleNamespace:
    return SimpleNamespace(__version__=version, config=SimpleNamespace(DISABLE_JIT=disabled))


@pytest.mark.parametrize("version", ["0.60.0", "0.60.0rc1", "0.100.2", "1.0"])
def test_one_that_is_new_enough_is_given(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = numba(version)
    monkeypatch.setitem(sys.modules, "numba", installed)
    assert require_numba() is installed


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        (None, r"^it needs Numba: pip install 'numba>=0\.60'$"),
        (numba("0.59.1"), r"^numba must be >= 0\.60 .*, got 0\.59\.1: pip install --upgrade"),
        (numba("0.60.0", disabled=True), "^NUMBA_DISABLE_JIT must be unset$"),
    ],
)
def test_what_is_missing_is_said(
    installed: object, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", installed)
    with pytest.raises(ImportError, match=message):
        require_numba()


def test_one_that_does_not_load_is_not_called_missing(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numba.py").write_text("import no_such_module_of_llvm")
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ImportError, match=r"^Numba doesn't load \(No module named 'no_such_mod"):
        require_numba()

"""The plugin in examples/ keeps the contract of plugins."""

from __future__ import annotations

import importlib
from pathlib import Path

from helpers.plugin_stub import install
from serfast.testing.checks import check_plugin

EXAMPLE = Path(__file__).parents[1] / "examples" / "plugin"


def test_example_plugin_keeps_the_contract(tmp_path, monkeypatch):
    source = (EXAMPLE / "serfast_nearest.py").read_text()
    assert 'nearest = "serfast_nearest:PLUGIN"' in (EXAMPLE / "pyproject.toml").read_text()
    site = tmp_path / "site"
    site.mkdir()
    install(site, "serfast_nearest", source, "serfast-nearest", "nearest = serfast_nearest:PLUGIN")
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    check_plugin("nearest", tmp_path)

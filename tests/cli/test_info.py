"""`serfast info`: the truth about this installation, good news or bad."""

from __future__ import annotations

import json
import platform
import re

import numpy as np
import pytest

import serfast
from serfast import backends
from serfast.cli.main import main
from serfast.features import installed as offered
from serfast.models import registry


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["serfast"] == serfast.__version__
    assert facts["python"].startswith(platform.python_version())
    assert facts["numpy"] == np.__version__
    assert facts["isa"] == serfast.native_info()
    assert facts["isa"]["in_use"] in facts["isa"]["available"]
    assert set(facts["isa"]["available"]) <= set(facts["isa"]["built"])
    assert facts["backends"] == backends.available()
    assert [plugin["name"] for plugin in facts["plugins"]] == [p.name for p in registry.info()]
    assert [feature["name"] for feature in facts["features"]] == [f.name for f in offered.info()]


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    text = capsys.readouterr().out
    isa = serfast.native_info()
    for name, value in [
        ("serfast", serfast.__version__),
        ("numpy", np.__version__),
        ("ISA in use", isa["in_use"]),
        ("ISAs built", ", ".join(isa["built"])),
        ("ISAs available", ", ".join(isa["available"])),
        ("back end native", "available"),
    ]:
        assert re.search(rf"^{name} +{re.escape(value)}$", text, re.MULTILINE), name


def test_bad_news(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = (
        registry.PluginInfo("good", "serfast-good", "1.2", None),
        registry.PluginInfo("bad", "serfast-bad", "0.1", "No module named 'torch'"),
    )
    monkeypatch.setattr(registry, "info", lambda: plugins)
    features = (registry.PluginInfo("Tilt", "serfast-tilt", "0.3", "No module named 'numba'"),)
    monkeypatch.setattr(offered, "info", lambda: features)
    monkeypatch.setattr(backends, "available", lambda: {"native": None, "numba": "not installed"})
    assert main(["info"]) == 0
    lines = [re.sub("  +", " | ", line) for line in capsys.readouterr().out.splitlines()]
    assert "plugin good | serfast-good 1.2" in lines
    assert "plugin bad | serfast-bad 0.1, can't be loaded: No module named 'torch'" in lines
    assert "feature Tilt | serfast-tilt 0.3, can't be loaded: No module named 'numba'" in lines
    assert "back end numba | not installed" in lines
    assert main(["info", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["plugins"][1]["error"] == "No module named 'torch'"


def test_no_plugins(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "info", lambda: ())
    assert main(["info"]) == 0
    assert "pip install serfast-svm" in capsys.readouterr().out

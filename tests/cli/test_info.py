"""`serfast info`: the truth about this installation, good news or bad."""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import install_nearest
from serfast import backends
from serfast.cli.main import main
from serfast.corpora import card_of
from serfast.features import installed as offered
from serfast.models import registry
from serfast.models.bundle.bundle import Bundle
from serfast.models.bundle.fingerprint import fingerprint
from serfast.statistics.statistics import Statistics


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
    assert "pip install ./plugins/serfast-svm" in capsys.readouterr().out


# ---- a model ------------------------------------------------------------------------------------

CARD = {
    "corpus": "noise of our own",
    "training": {"recordings": 12, "altered_copies": 48, "speakers": list("abcdefg")},
    "measured": {
        "protocol": "leave one speaker out",
        "uar": 0.8125,
        "classes": ["anger", "sadness"],
        "confusion_matrix": [[3, 1], [1, 7]],
    },
}


def saved(tmp_path: Path, card: object, plugin: str = "absent") -> str:
    bundle = Bundle(
        plugin=plugin,
        classes=("anger", "sadness"),
        spec=serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(n_mfcc=5)]),
        statistics=Statistics(functionals=("mean", "std"), deltas=0),
        arrays={"means": np.array([[0.3], [0.02]])},
        card=card,
    )
    return str(bundle.save(tmp_path / "model.zip"))


def test_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved(tmp_path, CARD)
    assert main(["info", model]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub("  +", " | ", line) for line in lines] == [
        f"model | {model}",
        "plugin | absent, not installed",
        "classes | anger, sadness",
        "corpus | noise of our own",
        "trained on | 12 recordings, 48 altered copies, 7 speakers (a, b, c, d, e, and 2 more)",
        "measured | UAR 81.2 %",
        " | leave one speaker out",
        "recall | anger 75 %, sadness 88 %",
        "features | 6 columns every 10 ms at 16000 Hz; 12 statistics of them",
        " | RMS()",
        " | MFCC(n_mfcc=5)",
        "back end | native",
    ]


def test_a_model_with_its_corpus_and_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intervals = {
        "over": "7 speakers",
        "uar": [0.7, 0.9],
        "weighted_f1": [0.71, 0.91],
        "recall": {"anger": [0.5, 0.95]},
    }
    figures = {"weighted_f1": 0.83, "intervals": intervals, "calibration": {"clean": 0.0512}}
    card = {**CARD, "measured": {**CARD["measured"], **figures}, **card_of("emodb")}
    assert main(["info", saved(tmp_path, card)]) == 0
    lines = [re.sub("  +", " | ", line) for line in capsys.readouterr().out.splitlines()]
    begin = lines.index("corpus | noise of our own")
    assert lines[begin + 1] == " | EmoDB, German"
    assert lines[begin + 2] == "licence | CC0 1.0"
    assert lines[begin + 3].startswith("source | Burkhardt et al.")
    begin = lines.index("measured | UAR 81.2 % (70 to 90), weighted F1 83.0 % (71 to 91)")
    assert lines[begin + 1 : begin + 5] == [
        " | leave one speaker out",
        " | in brackets 95 % intervals, by a bootstrap over 7 speakers",
        "recall | anger 75 % (50 to 95), sadness 88 %",
        "calibration | error (ECE) 0.051",
    ]


def test_a_model_that_says_nothing_of_its_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", saved(tmp_path, {})]) == 0
    assert re.search("^corpus +not told .*--licence", capsys.readouterr().out, re.MULTILINE)


def test_a_model_that_was_measured_under_conditions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = {"recordings": 12, "recall": {"anger": 0.75}, "ece": 0.1, "alter": None}
    conditions = [
        {"name": "clean", "group": "clean", "trained": True, "uar": 0.8125, "interval": [0.7, 0.9]},
        {"name": "hum", "group": "noise", "trained": False, "uar": 0.5, "interval": [0.4, 0.6]},
    ]
    measured = {**CARD["measured"], "conditions": [{**one, **shared} for one in conditions]}
    model = saved(tmp_path, {**CARD, "measured": measured})
    assert main(["info", model]) == 0
    lines = [re.sub("  +", " | ", line) for line in capsys.readouterr().out.splitlines()]
    begin = lines.index("conditions | UAR % | interval")
    assert lines[begin - 1].startswith("recall")
    assert lines[begin + 1 : begin + 4] == [
        " | clean | 81.2 | 70 to 90",
        " | hum † | 50.0 | 40 to 60",
        " | † never trained on",
    ]
    assert lines[begin + 4].startswith("features")


def test_a_model_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved(tmp_path, CARD)
    assert main(["info", model, "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    facts = json.loads(out)
    bundle = Bundle.load(model)
    assert facts["card"] == CARD
    assert facts["classes"] == ["anger", "sadness"]
    assert serfast.FeatureSpec.from_dict(facts["spec"]) == bundle.spec
    assert facts["fingerprint"] == fingerprint(bundle.spec)
    assert (facts["plugin"], facts["distribution"]) == ("absent", None)
    assert (facts["columns"], facts["entries"]) == (6, 12)


def test_a_plugins_own_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = saved(tmp_path, CARD, "nearest")
    install_nearest(tmp_path, monkeypatch, model)
    assert main(["info", "nearest"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^plugin +nearest, \S+ [\d.]+$", out, re.MULTILINE)
    assert "model.zip" in out.splitlines()[0]


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"corpus": ["\x1b[31m"], "training": 3, "measured": "much"},
        {"training": {"recordings": "x" * 999, "speakers": [None, {}]}, "measured": {"uar": 1e300}},
        {"measured": {"uar": 10**399, "classes": 3, "confusion_matrix": [[1], [2, 3]]}},
        {"measured": {"classes": ["a"], "confusion_matrix": [[-1]]}},
        {"measured": {"classes": ["a"], "confusion_matrix": [[10**30]]}},
        {"measured": {"classes": ["a", "b"], "confusion_matrix": [[1]]}},
        {"measured": {"conditions": 3}},
        {"corpora": 3, "measured": {"intervals": 3, "calibration": [1]}},
        {"corpora": [3, {}, {"title": "\x1b[31m", "licence": {}}]},
        {"measured": {"intervals": {"over": "\x1b", "uar": [2, "x"], "recall": [1]}}},
        {"measured": {"weighted_f1": "x", "calibration": {"clean": 1e300}}},
        {"measured": {"conditions": [{"name": "\x1b[31m"}]}},
    ],
)
def test_a_card_that_holds_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], card: object
) -> None:
    assert main(["info", saved(tmp_path, card)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert re.search("^classes +anger, sadness$", out, re.MULTILINE)
    assert "UAR" not in out


def test_no_such_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("absent", str(tmp_path / "gone.zip")):
        assert main(["info", name]) == 1
        err = capsys.readouterr().err
        assert "model must be a bundle's path or a plugin" in err
        assert err.count("\n") == 1
    (tmp_path / "bad.zip").write_bytes(b"PK")
    assert main(["info", str(tmp_path / "bad.zip")]) == 1
    assert "bad.zip: bundle must be a readable zip" in capsys.readouterr().err


def test_long_texts_fit_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.chdir(tmp_path)
    saved(tmp_path, {**CARD, "corpus": "word " * 60})
    assert main(["info", "model.zip"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 60
    assert out.count("word") == 60

"""Features offered by installed packages: what stands in JSON, and what if they aren't there."""

from __future__ import annotations

import importlib
import json

import numpy as np
import pytest

import serfast
from helpers.custom_features import crest
from helpers.plugin_stub import install
from serfast.cli.main import main
from serfast.errors import ModelError, ParameterError, UnknownPluginError
from serfast.features import installed as offered
from serfast.models.bundle.bundle import Bundle
from serfast.testing.checks import check_feature

SOURCE = """
import serfast

@serfast.feature_function
def {name}(frame, out, factor={factor}):
    out[0] = factor * frame[0]
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    return folder


def offer(folder, name, module, package, source=SOURCE, factor=2.0, entry=None) -> None:
    entry = entry or f"{name} = {module}:{name}"
    text = source.format(name=name, factor=factor)
    install(folder, module, text, package, entry, "serfast.features")


def test_a_spec_goes_through_json_by_name(site) -> None:
    offer(site, "firsts", "offers_firsts", "serfast-firsts")
    assert "firsts" in offered.available()
    firsts = offered.get("firsts")
    spec = serfast.FeatureSpec(
        features=[serfast.RMS(), firsts(frame_length=40, factor=3.0, name="f"),
                  serfast.Delta(firsts(), width=3)],
    )  # fmt: skip
    text = spec.to_json()
    stored = json.loads(text)["features"]
    assert "package" not in stored[0]
    assert (stored[1]["type"], stored[1]["package"]) == ("firsts", "serfast-firsts")
    assert (stored[1]["factor"], stored[1]["frame_length"]) == (3.0, 40)
    assert stored[2]["feature"]["package"] == "serfast-firsts"
    again = serfast.FeatureSpec.from_json(text)
    assert again == spec
    assert again.to_json() == text
    [found] = [f for f in offered.info() if f.name == "firsts"]
    assert (found.distribution, found.version, found.error) == ("serfast-firsts", "1.2", None)


def test_a_missing_package_is_named(site, tmp_path, capsys) -> None:
    data = serfast.FeatureSpec(features=[serfast.RMS()]).to_dict()
    data["features"].append({"type": "Seconds", "package": "serfast-seconds", "factor": 1.0})
    message = "feature 'Seconds' must come from the package 'serfast-seconds', which isn't"
    with pytest.raises(UnknownPluginError, match=message):
        serfast.FeatureSpec.from_dict(data)
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(data))
    assert main(["extract", "-", "--spec", str(path), "-o", str(tmp_path / "x.npz")]) == 1
    assert f"{path}: {message}" in capsys.readouterr().err


def test_a_name_offered_by_another_package_is_not_it(site) -> None:
    offer(site, "thirds", "offers_thirds", "serfast-thirds")
    data = serfast.FeatureSpec(features=[offered.get("thirds")()]).to_dict()
    data["features"][0]["package"] = "serfast-original"
    with pytest.raises(
        UnknownPluginError,
        match=r"'serfast-original', which isn't installed or .*; serfast-thirds offers one",
    ):
        serfast.FeatureSpec.from_dict(data)


def test_two_packages_with_one_name_are_both_named(site) -> None:
    offer(site, "twins", "offers_twins_a", "serfast-twins-a")
    cls = offered.get("twins")
    offer(site, "twins", "offers_twins_b", "serfast-twins-b")
    for attempt in (lambda: offered.get("twins"), serfast.FeatureSpec(features=[cls()]).to_json):
        with pytest.raises(UnknownPluginError, match="serfast-twins-a and serfast-twins-b"):
            attempt()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_module_at_all", "can't be imported: ModuleNotFoundError"),
        ("raise SystemExit(3)", "can't be imported: SystemExit"),
        ("{name} = 42", "must be a FrameFeature or SpectrumFeature class, got 42"),
        ("from serfast import RMS as {name}", "must be a FrameFeature or SpectrumFeature class"),
        (
            SOURCE.replace("{name}(", "other(") + "\n{name} = other\n",
            "must be a class of that name",
        ),
    ],
)
def test_what_is_no_feature_is_said(site, source, message) -> None:
    name = f"odd_{abs(hash(source))}"
    offer(site, name, f"offers_{name}", "serfast-odd", source)
    with pytest.raises(ModelError, match=f"feature '{name}' of serfast-odd 1.2 .*{message}"):
        offered.get(name)
    [found] = [f for f in offered.info() if f.name == name]
    assert message.split("must")[-1] in str(found.error)


def test_a_feature_of_a_script_cannot_be_stored() -> None:
    spec = serfast.FeatureSpec(features=[crest()])
    message = "must be offered by an installed package .*serfast.features.* got crest of the module"
    with pytest.raises(ParameterError, match=message):
        spec.to_json()
    assert serfast.Extractor(spec)(np.ones(800, np.float32)).shape == (6, 1)


def test_another_class_of_an_offered_name_cannot_be_stored(site) -> None:
    offer(site, "crest", "offers_crest", "serfast-crest")
    with pytest.raises(ParameterError, match="got crest of the module"):
        serfast.FeatureSpec(features=[crest()]).to_json()


@pytest.mark.parametrize(
    ("feature", "error", "message"),
    [
        ({"type": "firsts"}, ParameterError, "feature type must be one of RMS"),
        (
            {"type": "RMS", "package": 3},
            ParameterError,
            "package of a feature must be a str, got 3",
        ),
        ({"package": "x"}, ParameterError, "feature type must be one of"),
        ({"type": "RMS", "package": "serfast"}, UnknownPluginError, "must come from the package"),
        (
            {"type": "RMS", "package": "serfast"},
            UnknownPluginError,
            '; RMS is built into serfast now: leave "package" out, and take its fields$',
        ),
        (
            {"type": "SpectralFlux", "package": "serfast-spectral"},
            UnknownPluginError,
            r"; SpectralFlux is built into serfast now: leave .package. out, .* .power.: 1\.0",
        ),
        ({"type": "FrameFeature"}, ParameterError, "feature type must be one of"),
        ({"type": "x" * 999, "package": "\x1b[2J" * 99}, UnknownPluginError, "x…"),
    ],
)
def test_bad_json_is_refused(feature, error, message) -> None:
    data = {"format": 1, "features": [feature]}
    with pytest.raises(error, match=message) as caught:
        serfast.FeatureSpec.from_dict(data)
    assert str(caught.value).isprintable()


def test_parameters_in_json_are_checked(site) -> None:
    offer(site, "fourths", "offers_fourths", "serfast-fourths")
    data = serfast.FeatureSpec(features=[offered.get("fourths")()]).to_dict()
    for change, message in [
        ({"factor": "two"}, "factor must be a finite number, got 'two'"),
        ({"divisor": 2}, "key of fourths must be one of .* got 'divisor'"),
    ]:
        feature = {**data["features"][0], **change}
        with pytest.raises(ParameterError, match=message):
            serfast.FeatureSpec.from_dict({**data, "features": [feature]})


def test_a_bundle_holds_such_a_spec(site, tmp_path, monkeypatch) -> None:
    offer(site, "fifths", "offers_fifths", "serfast-fifths")
    spec = serfast.FeatureSpec(features=[offered.get("fifths")()])
    arrays = {"weights": np.zeros((2, 1))}
    path = Bundle(plugin="svm", classes=("a", "b"), spec=spec, arrays=arrays).save(tmp_path / "b")
    assert Bundle.load(path).spec == spec
    monkeypatch.setattr("serfast.entry_points.points", lambda group, name: [])
    with pytest.raises(ModelError, match=r"b: .*must come from the package 'serfast-fifths'"):
        Bundle.load(path)


def body(lines: str) -> str:
    return f"import numpy as np\n{SOURCE}".replace("    out[0] = factor * frame[0]", lines)


def test_the_contract_passes_a_good_feature(site) -> None:
    offer(site, "sixths", "offers_sixths", "serfast-sixths")
    check_feature(offered.get("sixths")(frame_length=200))


@pytest.mark.filterwarnings("ignore::serfast.errors.FeatureWarning")
@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("    out[0] = frame.itemsize", "values must be the Python function's, got differences"),
        ("    out[0] = np.nan if 0 < np.abs(frame).max() < 0.5 else 1", "values must be finite"),
    ],
)
def test_the_contract_catches_a_bad_feature(site, lines, message) -> None:
    name = f"bad_{abs(hash(lines))}"
    offer(site, name, f"offers_{name}", "serfast-bad", body(lines))
    with pytest.raises(AssertionError, match=message):
        check_feature(offered.get(name)())

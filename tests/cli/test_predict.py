"""`serfast predict`, as a user runs it."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import serfast
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.statistics.statistics import Statistics


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Recordings, and a plugin `nearest` with a model that tells loud from quiet."""
    bundle = Bundle(
        plugin="nearest",
        classes=("anger", "sadness"),
        spec=serfast.FeatureSpec(features=[serfast.RMS()]),
        statistics=Statistics(functionals=("mean",), deltas=0),
        arrays={"means": np.array([[0.3], [0.02]])},
    )
    install_nearest(tmp_path, monkeypatch, bundle.save(tmp_path / "model.zip"))
    return write_corpus(tmp_path / "wav")


def test_text(folder, capsys):
    assert main(["predict", str(folder / "03a01Wa.wav"), "--classifier", "nearest"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    head, first, second, speed = out.splitlines()
    assert head == f"{folder / '03a01Wa.wav'}: anger"
    assert first.split()[0] == "anger"
    assert second.split()[0] == "sadness"
    assert float(first.split()[1]) > 50 > float(second.split()[1])
    assert "0.50 s of sound in" in speed
    assert "times faster than real time" in speed


def test_json(folder, capsys):
    files = [str(folder / name) for name in ("03a01Wa.wav", "08a01Tb.wav")]
    model = str(folder.parent / "model.zip")
    assert main(["predict", *files, "--classifier", model, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [answer["file"] for answer in found] == files
    assert [answer["label"] for answer in found] == ["anger", "sadness"]
    for answer in found:
        assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert answer["duration_s"] == 0.5
        assert answer["elapsed_s"] > 0
        expected = answer["duration_s"] / answer["elapsed_s"]
        assert answer["times_real_time"] == pytest.approx(expected, rel=0.01, abs=0.1)


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_a_bad_file_is_reported_and_the_rest_goes_on(folder, capsys, extra):
    (folder / "text.wav").write_text("no audio at all")
    names = ["gone.wav", "03a01Wa.wav", "text.wav", "08a01Tb.wav"]
    files = [str(folder / name) for name in names]
    assert main(["predict", *files, "--classifier", "nearest", *extra]) == 1
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 2
    assert "gone.wav" in err.splitlines()[0]
    assert "text.wav" in err.splitlines()[1]
    if extra:
        found = json.loads(out)
        assert ["error" in answer for answer in found] == [True, False, True, False]
        assert "gone.wav" in found[0]["error"]
    else:
        assert "03a01Wa.wav: anger" in out
        assert "08a01Tb.wav: sadness" in out


def test_unknown_classifier(folder, capsys):
    assert main(["predict", str(folder / "03a01Wa.wav"), "--classifier", "cnn"]) == 1
    err = capsys.readouterr().err
    assert "'cnn'" in err
    assert "nearest" in err
    assert len(err.splitlines()) == 1


def test_damaged_bundle(folder, capsys):
    bad = folder.parent / "bad.zip"
    bad.write_bytes((folder.parent / "model.zip").read_bytes()[:-30])
    assert main(["predict", str(folder / "03a01Wa.wav"), "--classifier", str(bad)]) == 1
    assert "bad.zip" in capsys.readouterr().err


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["predict", "--help"])
    assert stop.value.code == 0
    assert "serfast predict speech.wav" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_odd_names_are_text_in_json_and_one_line_for_people(folder, capsys):
    recording = (folder / "03a01Wa.wav").read_bytes()
    odd = [folder / name for name in ("a\nb.wav", 'a, "c".wav', "\udcfe.wav", "\udcff.wav")]
    for path in odd:
        path.write_bytes(recording)
    files = [str(path) for path in [*odd, odd[0], folder / "no\nne.wav"]]
    assert main(["predict", *files, "--classifier", "nearest", "--json"]) == 1
    out, err = capsys.readouterr()
    names = [answer["file"] for answer in json.loads(out)]
    assert names == [*files[:2], rf"{folder}/\xfe.wav", rf"{folder}/\xff.wav", *files[4:]]
    assert all(name.encode() for name in names)  # is UTF-8, without halves of characters
    assert err.startswith(rf"serfast predict: {folder}/no\nne.wav: ")
    assert err.count("\n") == 1
    assert main(["predict", *files[:4], "--classifier", "nearest"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert heads[0] == rf"{folder}/a\nb.wav: anger"
    assert len(heads) == 4

"""Messages about a wrong name suggest the right one, wherever names are given."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

import serfast
from serfast._checks import similar
from serfast.cli.main import main
from serfast.corpora import find_recordings
from serfast.training import Recipe

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda: serfast.Extractor(SPEC, backend="natve"), "native"),
        (lambda: serfast.FeatureSpec(pad_mode="reflct", features=[serfast.RMS()]), "reflect"),
        (lambda: serfast.FeatureSpec.from_dict({"format": 1, "hop_lenght": 160}), "hop_length"),
        (lambda: serfast.Statistics.from_dict({"delta": 1}), "deltas"),
        (lambda: find_recordings(Path(__file__).parent, labels="emobd"), "emodb"),
    ],
)
def test_the_right_name_is_suggested(call: Callable[[], object], right: str) -> None:
    with pytest.raises(serfast.ParameterError, match=f"; did you mean '{right}'\\?$"):
        call()


def test_a_class_is_not_taken_for_the_module_of_its_name() -> None:
    with pytest.raises(AttributeError, match="did you mean 'Recognizer'"):
        serfast.Recogniser  # noqa: B018
    assert similar("recogniser", ["Recognizer", "recognizer"]) == "; did you mean 'recognizer'?"


@pytest.mark.parametrize("name", ["", "q", 3, None, b"rms", "rms" * 100_000])
def test_nothing_is_suggested_for_what_is_like_no_name(name: object) -> None:
    assert similar(name, ["rms", "mfcc"]) == ""


@pytest.mark.parametrize(
    ("module", "wrong", "right"),
    [
        ("serfast", "Recogniser", "Recognizer"),
        ("serfast.audio", "laod", "load"),
        ("serfast.presets", "speach", "speech"),
        ("serfast.compat", "libros", "librosa"),
        ("serfast.compat.librosa", "power_to_bd", "power_to_db"),
        ("serfast.compat.librosa.core", "yinn", "yin"),
        ("serfast.compat.librosa.feature", "mffc", "mfcc"),
        ("serfast.compat.librosa.filters", "mell", "mel"),
        ("serfast.compat.librosa.util", "frames", "frame"),
    ],
)
def test_a_module_suggests_its_names(module: str, wrong: str, right: str) -> None:
    with pytest.raises(AttributeError, match=f"'{wrong}'; did you mean '{right}'\\?$"):
        getattr(importlib.import_module(module), wrong)


def test_a_choice_of_the_command_line_suggests_the_right_one(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["extract", "a.wav", "-o", "a.csv", "--preset", "libros"])
    assert "; did you mean 'librosa'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("plugin", "wrong", "right"),
    [("onnx", "epoch", "epochs"), ("ensemble", "metod", "method"), ("ensemble", "smv.c", "svm")],
)
def test_an_option_of_a_plugin_suggests_the_right_one(plugin: str, wrong: str, right: str) -> None:
    with pytest.raises(serfast.ParameterError, match=f"; did you mean '{right}'\\?$"):
        Recipe(plugin, options={wrong: "1"}).load_plugin()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: serfast.FeatureSpec([serfast.RMS()]),
            "FeatureSpec takes its arguments by name: FeatureSpec(features=[…])",
        ),
        (
            lambda: serfast.Statistics(["mean"]),
            "Statistics takes its arguments by name: Statistics(functionals=[…])",
        ),
        (lambda: serfast.MFCC(13), "MFCC takes its arguments by name: MFCC(n_fft=…)"),
        (
            lambda: serfast.Delta(serfast.RMS(), 9),
            "Delta takes its arguments by name: Delta(width=…)",
        ),
        (
            lambda: serfast.mfcc([0.0], 16000, name="x"),
            "serfast.mfcc has no argument 'name': it is one of serfast.MFCC",
        ),
    ],
)
def test_arguments_are_given_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == message
    assert serfast.Delta(serfast.RMS()) == serfast.Delta(feature=serfast.RMS())


def test_a_folder_of_recordings_is_no_model(tmp_path: Path, capsys) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert main(["info", str(tmp_path)]) == 1
    said = f"serfast info: error: {tmp_path}: is a folder of recordings, and no model\n"
    assert capsys.readouterr().err == said
    (tmp_path / "a.wav").rename(tmp_path / "a.txt")
    assert main(["info", str(tmp_path)]) == 1
    assert "a folder of recordings" not in capsys.readouterr().err

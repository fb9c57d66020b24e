"""`serfast predict`, as a user runs it."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import soundfile

import serfast
from helpers import processes, signals
from helpers.cli_corpus import SPEAKERS, write_corpus
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.recognizer import Recognizer
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


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


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
    found = json_lines(capsys.readouterr().out)
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
        found = json_lines(out)
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
    names = [answer["file"] for answer in json_lines(out)]
    assert names == [*files[:2], rf"{folder}/\xfe.wav", rf"{folder}/\xff.wav", *files[4:]]
    assert all(name.encode() for name in names)  # is UTF-8, without halves of characters
    assert err.startswith(rf"serfast predict: {folder}/no\nne.wav: ")
    assert err.count("\n") == 1
    assert main(["predict", *files[:4], "--classifier", "nearest"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert heads[0] == rf"{folder}/a\nb.wav: anger"
    assert len(heads) == 4


# ---- folders, tables, warnings ------------------------------------------------------------------

NAMES = [
    f"{speaker}a01{letter}{version}" for speaker in SPEAKERS for letter in "TW" for version in "ab"
]
COLUMNS = [
    *("file", "label", "p_anger", "p_sadness", "uncertain", "strangeness"),
    *("duration_s", "warnings", "error"),
]


def emotion(name):
    return "anger" if "W" in name else "sadness"


def test_a_folder_in_brief(folder, capsys):
    (folder / "notes.txt").touch()
    assert main(["predict", str(folder), "--classifier", "nearest", "--brief"]) == 0
    out, err = capsys.readouterr()
    assert err == "serfast predict: 1 passed over (1 .txt)\n"
    lines = out.splitlines()
    assert [line.rpartition(": ")[0] for line in lines] == [f"{folder}/{x}.wav" for x in NAMES]
    for name, line in zip(NAMES, lines, strict=True):
        label, share, sign = line.rpartition(": ")[2].split()
        assert (label, sign) == (emotion(name), "%")
        assert 50 < float(share) <= 100


def test_a_folder_without_recordings_is_a_failure(folder, capsys):
    (folder / "empty").mkdir()
    words = [str(folder / "empty"), str(folder / "03a01Wa.wav")]
    assert main(["predict", *words, "--classifier", "nearest", "--brief"]) == 1
    out, err = capsys.readouterr()
    assert err == f"serfast predict: {folder}/empty: no recordings in this folder\n"
    assert out.startswith(f"{folder}/03a01Wa.wav: anger")


def table_of(path):
    """The lines of a table, as dictionaries of the columns."""
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    with path.open(newline="", encoding="utf-8") as lines:
        if path.suffix == ".csv":
            return list(csv.DictReader(lines))
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize("threads", ["1", "3"])
def test_a_table(folder, capsys, suffix, threads):
    (folder / "text.wav").write_text("no audio")
    out = folder.parent / f"out{suffix}"
    words = [str(folder), "--classifier", "nearest", "-o", str(out), "--threads", threads]
    assert main(["predict", *words]) == 1
    stdout, err = capsys.readouterr()
    assert stdout == f"{out}: 13 recordings, 1 failed\n"
    assert err.startswith(f"serfast predict: {folder}/text.wav: ")
    table = table_of(out)
    assert [line["file"] for line in table] == [f"{folder}/{name}.wav" for name in [*NAMES, "text"]]
    assert [line.get("label") for line in table[:-1]] == [emotion(name) for name in NAMES]
    assert not table[-1].get("label")
    assert str(folder / "text.wav") in table[-1]["error"]
    for line in table[:-1]:
        if suffix == ".jsonl":
            shares = line["probabilities"]
        else:
            assert list(line) == COLUMNS
            shares = {name: float(line[f"p_{name}"]) for name in ("anger", "sadness")}
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert max(shares, key=shares.get) == line["label"]
        assert float(line["duration_s"]) == 0.5
    assert sorted(path.name for path in folder.parent.iterdir() if "out" in path.name) == [out.name]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_what_was_done_is_kept_when_the_program_is_stopped(folder, capsys, monkeypatch, suffix):
    out = folder.parent / f"out{suffix}"
    real = Recognizer.predict
    seen = []

    def predict(self, y, sample_rate):
        seen.append(y)
        if len(seen) == 5:
            lines = out if suffix != ".parquet" else out.with_name("out.parquet.jsonl")
            assert table_of(lines)  # the first is there, others may wait for their turn
            raise KeyboardInterrupt
        return real(self, y, sample_rate)

    monkeypatch.setattr(Recognizer, "predict", predict)
    words = [str(folder), "--classifier", "nearest", "-o", str(out), "--threads", "1"]
    assert main(["predict", *words]) == 130
    kept = out if suffix != ".parquet" else out.with_name("out.parquet.jsonl")
    labels = [line["label"] for line in table_of(kept)]
    assert labels == [emotion(name) for name in NAMES[:4]]
    assert (suffix == ".parquet") == (not out.exists())
    monkeypatch.undo()
    capsys.readouterr()
    assert main(["predict", *words]) == 1
    assert f"output must be a new file (or use --force), got {kept}" in capsys.readouterr().err


def test_a_table_is_checked_before_the_model_is_loaded(folder, capsys, monkeypatch):
    monkeypatch.setattr(Recognizer, "__init__", lambda *a: pytest.fail("it went to work"))
    (folder / "out.csv").write_text("precious")
    for words, message in [
        (["-o", f"{folder}/out.csv"], "output must be a new file (or use --force)"),
        (["-o", f"{folder}/none/out.csv"], "output must be in an existing folder"),
        (["-o", f"{folder}/out.csv", "--stream"], "must not be given with --stream"),
        (["--brief", "--stream"], "must not be given with --stream"),
    ]:
        assert main(["predict", str(folder), "--classifier", "nearest", *words]) == 1
        assert message in capsys.readouterr().err
    assert (folder / "out.csv").read_text() == "precious"
    with pytest.raises(SystemExit):
        main(["predict", str(folder), "-o", "out.xlsx"])
    assert "must end in .csv, .jsonl, .parquet, got 'out.xlsx'" in capsys.readouterr().err


@pytest.mark.parametrize("threads", ["1", "4"])
def test_warnings_name_the_recording_and_are_in_the_answer(folder, capsys, threads):
    for name in ("quiet 1.wav", "quiet 2.wav"):
        soundfile.write(folder / name, np.zeros(8000), 16000)
    files = [str(folder / name) for name in ("quiet 1.wav", "03a01Wa.wav", "quiet 2.wav")]
    words = ["--classifier", "nearest", "--json", "--threads", threads]
    assert main(["predict", *files, *words]) == 0
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert [line.partition(": y has no sample")[0] for line in lines] == [
        f"serfast: warning: {files[0]}",
        f"serfast: warning: {files[2]}",
    ]
    first, second, third = json_lines(out)
    assert first["warnings"] == third["warnings"] == [lines[0].partition("quiet 1.wav: ")[2]]
    assert second["warnings"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_odd_names_in_a_table(folder, suffix):
    recording = (folder / "03a01Wa.wav").read_bytes()
    odd = [folder / name for name in ("a\nb.wav", "a\rb.wav", 'a, "c".wav', "ü.wav", "\udcff.wav")]
    for path in odd:
        path.write_bytes(recording)
    out = folder.parent / f"out{suffix}"
    files = [str(path) for path in odd]
    assert main(["predict", *files, "--classifier", "nearest", "-o", str(out)]) == 0
    names = [line["file"] for line in table_of(out)]
    assert names == [*files[:4], f"{folder}/\N{REPLACEMENT CHARACTER}.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_full_disk_names_the_table_and_keeps_what_was_written(folder):
    out = folder.parent / "out.csv"
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))\n"
        "from serfast.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    model = str(folder.parent / "model.zip")
    site = str(folder.parent / "site")
    words = ["predict", str(folder), "--classifier", model, "-o", str(out)]
    done = processes.run(f"import sys; sys.path.insert(0, {site!r})\n{program}", *words)
    assert done.returncode == 1
    said = (
        f"serfast predict: error: {out}: file too large; {out} holds the (\\d+) recordings done\n"
    )
    found = re.fullmatch(said, done.stderr)
    assert found
    n_done = int(found[1])
    lines = table_of(out)
    assert n_done >= 1
    assert len(lines) in (n_done, n_done + 1)  # the last one is cut off
    assert lines[0]["label"] == emotion(NAMES[0])


def test_the_help_loads_no_recognizer():
    program = (
        "import sys\nfrom serfast.cli.main import main\n"
        "try: main(['predict', '--help'])\n"
        "except SystemExit: pass\n"
        "print('serfast.recognizer' in sys.modules, 'serfast.cli._live' in sys.modules)"
    )
    assert processes.printed(program).splitlines()[-1] == "False True"


@pytest.mark.parametrize(
    "option", [("--rate", "8000"), ("--window", "1"), ("--hop", "1"), ("--smoothing", "2")]
)
def test_options_of_live_prediction_need_it(option: tuple[str, str], capsys) -> None:
    """They would change nothing, without a word."""
    assert main(["predict", "no.wav", *option]) == 1
    assert f"{option[0]} must be given with --stream" in capsys.readouterr().err


def test_a_warning_has_the_name_once(tmp_path: Path, capsys) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, signals.voice(16000, 16000, seed=3), 16000)
    path.write_bytes(path.read_bytes() + b"x" * 5000)
    assert main(["predict", str(path), "--brief"]) == 0
    err = capsys.readouterr().err
    assert "are passed over" in err
    assert err.count(str(path)) == 1

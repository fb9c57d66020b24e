"""Embeddings on the command line: train, evaluate, predict, extract, info."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

import serfast
from helpers.cli_corpus import write_corpus
from helpers.embeddings import install_embeddings, install_named, measure
from helpers.plugin_stub import install_nearest
from serfast import presets
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding import Embedding
from serfast.training import Recipe

NAMES = ["tiny.level", "tiny.crossings", "tiny.peak"]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    install_nearest(tmp_path, monkeypatch)
    install_embeddings(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def train(folder: Path, *extra: str) -> tuple[int, Path]:
    model = folder.parent / "model.zip"
    words = ["train", str(folder), "--classifier", "nearest", "--plain", "-o", str(model)]
    return main([*words, "--force", *extra]), model


def test_trains_evaluates_and_predicts(folder, tmp_path, capsys):
    figures = tmp_path / "figures.json"
    words = ["--classifier", "nearest", "--plain", "--embedding", "tiny"]
    assert (
        main(["evaluate", str(folder), *words, "-o", str(figures), "--conditions", "dc=0.01"]) == 0
    )
    status, model = train(folder, "--embedding", "tiny", "--measured", str(figures))
    assert status == 0
    bundle = Bundle.load(model)
    assert (bundle.embedding, bundle.statistics) == (Embedding("tiny").reference, None)
    capsys.readouterr()
    paths = sorted(map(str, folder.glob("*W*.wav")))
    assert main(["predict", *paths, "--classifier", str(model), "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["label"] for answer in answers] == ["anger"] * len(paths)
    assert main(["predict", paths[0], "--stream", "--classifier", str(model)]) == 0


def test_with_the_statistics(folder, tmp_path):
    assert train(folder, "--embedding", "tiny", "--with-statistics")[0] == 0
    bundle = Bundle.load(tmp_path / "model.zip")
    assert (bundle.spec, bundle.statistics) == (presets.speech(), presets.speech_statistics())
    assert bundle.vector_size == 8867 + 3
    (tmp_path / "spec.json").write_text(presets.levels().to_json())
    spec = ["--spec", str(tmp_path / "spec.json")]
    assert train(folder, "--embedding", "tiny", "--with-statistics", *spec)[0] == 0
    assert Bundle.load(tmp_path / "model.zip").statistics == serfast.Statistics()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--embedding", "whisper-base-9"], r"embedding must be an installed one \(.*tiny, tiny-b"),
        (
            ["--embedding", "tiny", "--recipe", "r.json"],
            "must be given without --classifier, --emb",
        ),
        (["--with-statistics", "--recipe", "r.json"], "--with-statistics"),
    ],
)
def test_what_cannot_be_is_said(folder, capsys, words, message):
    assert train(folder, *words)[0] == 1
    assert re.search(message, capsys.readouterr().err)


def test_a_recipe_of_it_is_run_again(folder, tmp_path):
    train(folder, "--embedding", "tiny")
    first = (tmp_path / "model.zip").read_bytes()
    recipe = Recipe("nearest", embedding="tiny", alterations=())
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    again = tmp_path / "again.zip"
    words = ["--recipe", str(tmp_path / "recipe.json"), "-o", str(again)]
    assert main(["train", str(folder), *words]) == 0
    assert again.read_bytes() == first


def expected(folder: Path) -> np.ndarray:
    paths = sorted(folder.glob("*.wav"))
    return np.array([measure(serfast.load(path, 16000)[0]) for path in paths])


@pytest.mark.parametrize("suffix", ["csv", "npz", "parquet"])
def test_extracts_a_vector_a_recording(folder, tmp_path, suffix):
    out = tmp_path / f"x.{suffix}"
    words = ["extract", str(folder), "--embedding", "tiny", "-o", str(out), "--threads", "2"]
    assert main(words) == 0
    if suffix == "csv":
        with out.open(newline="") as file:
            header, *lines = csv.reader(file)
        vectors = np.array([line[5:] for line in lines], float)
        labels = [line[3] for line in lines]
    elif suffix == "npz":
        content = np.load(out)
        header = ["file", "start", "end", "label", "speaker", *content["columns"].tolist()]
        vectors, labels = content["vectors"], content["label"].tolist()
        about = json.loads(str(content["embedding"]))
        assert "statistics" not in content
    else:
        table = parquet.read_table(out)
        header, labels = table.column_names, table["label"].to_pylist()
        vectors = np.stack([table[name].to_numpy() for name in NAMES], axis=1)
        about = json.loads(table.schema.metadata[b"serfast.embedding"])
    assert header == ["file", "start", "end", "label", "speaker", *NAMES]
    assert labels == ["sadness", "sadness", "anger", "anger"] * 3
    np.testing.assert_allclose(vectors, expected(folder), rtol=1e-6)
    if suffix != "csv":
        assert about == Embedding("tiny").reference.to_dict()


def test_extracts_it_behind_the_statistics(folder, tmp_path):
    out = tmp_path / "x.npz"
    words = ["extract", str(folder), "--embedding", "tiny", "--statistics", "-o", str(out)]
    assert main(words) == 0
    content = np.load(out)
    assert content["vectors"].shape == (12, 8870)
    assert content["columns"].tolist()[-3:] == NAMES
    np.testing.assert_allclose(content["vectors"][:, -3:], expected(folder), rtol=1e-6)
    assert json.loads(str(content["statistics"])) == presets.speech_statistics().to_dict()


def test_info_lists_embeddings_and_those_of_models(folder, capsys):
    assert main(["info", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    mine = {one["name"]: one["distribution"] for one in facts["embeddings"]}
    assert mine["tiny"] == mine["tiny-b"] == "serfast-tiny"
    assert main(["info"]) == 0
    assert "embedding tiny " in capsys.readouterr().out
    _, model = train(folder, "--embedding", "tiny+tiny-b")
    capsys.readouterr()
    assert main(["info", str(model)]) == 0
    text = capsys.readouterr().out
    assert f"tiny+tiny-b: 4 entries, SHA-256 {Embedding('tiny+tiny-b').sha256[:16]}…" in text


def test_info_of_a_model_whose_embedding_is_not_installed(folder, capsys, monkeypatch):
    _, model = train(folder, "--embedding", "tiny+tiny-b")
    monkeypatch.setattr("serfast.models.embeddings.available", lambda: ("tiny",))
    capsys.readouterr()
    assert main(["info", str(model)]) == 0
    assert "…, not installed: tiny-b" in " ".join(capsys.readouterr().out.split())


def test_a_classifier_with_an_embedding_of_its_choice(folder, tmp_path, monkeypatch, capsys):
    _, model = train(folder, "--embedding", "tiny")
    install_named(tmp_path, monkeypatch, model)
    path = str(next(folder.glob("*T*.wav")))
    assert main(["predict", path, "--classifier", "named", "--brief"]) == 0
    assert "sadness" in capsys.readouterr().out
    other = tmp_path / "other.zip"
    words = ["train", str(folder), "--classifier", "named", "--plain", "-o", str(other)]
    assert main(words) == 0
    bundle = Bundle.load(other)
    assert (bundle.plugin, bundle.embedding) == ("named", Embedding("tiny").reference)

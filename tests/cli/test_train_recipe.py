"""`serfast train` and `evaluate` with a recipe, as a user runs them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from helpers.cli_corpus import train_nearest as run
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def test_a_recipe_gives_what_its_arguments_give(folder, capsys):
    words = ["--alter", "gain=-6", "--seed", "3", "--backend", "numba"]
    _, model = run(folder, *words)
    first = model.read_bytes()
    recipe = folder.parent / "recipe.json"
    recipe.write_text(json.dumps(Bundle.load(model).card["recipe"]))
    old = model.rename(folder.parent / "old.zip")
    for source in (recipe, old):
        out = folder.parent / f"again-{source.name}.zip"
        assert main(["train", str(folder), "--recipe", str(source), "-o", str(out)]) == 0
        assert out.read_bytes() == first
    capsys.readouterr()
    words = ["evaluate", str(folder), "--classifier", "nearest", *words, "--json"]
    assert main(words) == 0
    expected = capsys.readouterr().out
    assert main(["evaluate", str(folder), "--recipe", str(recipe), "--json"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    ("text", "extra", "message"),
    [
        ("{}", ["--seed", "3", "--plain"], "--recipe must be given without --plain, --seed"),
        ("{}", [], "recipe.json: recipe format must be 1"),
        ("no JSON", [], "recipe.json: recipe must be JSON"),
        ('{"format": 1, "plugin": "cnn"}', [], "recipe.json: classifier must be an installed"),
        ('{"format": 1, "plugin": "nearest", "seed": -1}', [], "recipe.json: seed must be"),
        (None, [], "recipe.json: no such file"),
    ],
)
def test_bad_recipes(folder, capsys, text, extra, message):
    path = folder.parent / "recipe.json"
    if text is not None:
        path.write_text(text)
    model = folder.parent / "model.zip"
    words = ["train", str(folder), "-o", str(model), "--recipe", str(path), *extra]
    assert main(words) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not model.exists()


def test_a_bundle_without_a_recipe(folder, capsys):
    _, model = run(folder, "--plain")
    bundle = replace(Bundle.load(model), card={})
    old = str(bundle.save(folder.parent / "old.zip"))
    assert main(["evaluate", str(folder), "--recipe", old]) == 1
    assert "old.zip: the bundle's card must have a recipe" in capsys.readouterr().err

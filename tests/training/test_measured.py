"""Figures of an evaluation: stored with their setup, and read for the same setup alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.errors import ParameterError
from serfast.models.bundle.fingerprint import fingerprint
from serfast.statistics.statistics import Statistics
from serfast.training import Condition, Recipe
from serfast.training.evaluation import Evaluation, Fold
from serfast.training.measured import bound_in, measured_card, read_measured, setup_of, sharpness_in

RMS = serfast.FeatureSpec(features=[serfast.RMS()])
MEAN = Statistics(functionals=("mean",), deltas=0)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    install_nearest(tmp_path, monkeypatch)
    return Recipe("nearest", spec=RMS, statistics=MEAN, seed=3)


def evaluation() -> Evaluation:
    folds = [
        Fold(speaker, true, predicted, np.full((len(true), 2), 0.5), {}, ("a", "b"))
        for speaker, true, predicted in (("x", ("a", "b"), ("a", "a")), ("y", ("a",), ("a",)))
    ]
    return Evaluation(("a", "b"), tuple(folds))


def stored(folder: Path, card: object) -> Path:
    path = folder / "measured.json"
    path.write_text(card if isinstance(card, str) else json.dumps(card))
    return path


def test_a_setup_says_what_the_figures_are_of(recipe: Recipe) -> None:
    setup = setup_of(recipe)
    assert setup["plugin"] == "nearest"
    assert setup["fingerprint"] == fingerprint(RMS)
    assert setup["statistics"] == MEAN.to_dict()
    assert setup["plain"] is False
    assert setup_of(replace(recipe, seed=9)) == setup
    assert setup_of(replace(recipe, alterations=()))["plain"] is True
    assert setup_of(replace(recipe, alterations=("gain=6",)))["alter"] == ["gain=6"]


def test_a_setup_with_a_choice_of_copies_is_another_one(recipe: Recipe, tmp_path: Path) -> None:
    chooses = replace(recipe, alterations=None, choose_copies=True)
    setup = setup_of(chooses)
    assert setup == {**setup_of(recipe), "choose_copies": True}
    path = stored(tmp_path, measured_card(evaluation(), recipe))
    with pytest.raises(ParameterError, match=r"choose_copies in .* training, True, got None"):
        read_measured(path, chooses)


def test_the_bound_of_certain_answers_is_read_again(recipe: Recipe, tmp_path: Path) -> None:
    marked = replace(evaluation(), certain_above=0.75)
    read = read_measured(stored(tmp_path, measured_card(marked, recipe)), recipe)
    assert bound_in(read) == 0.75
    assert bound_in(measured_card(evaluation(), recipe)) is None


@pytest.mark.parametrize(
    ("certain", "message"),
    [
        (0.75, "certain must be a mapping"),
        ({"above": 1.5}, "certain above must be a finite number >= 0 and <= 1"),
        ({"above": "0.5"}, "certain above must be a finite number >= 0 and <= 1"),
        ({"above": float("nan")}, "certain above must be a finite number >= 0 and <= 1"),
    ],
)
def test_a_bound_that_is_none_is_refused(
    recipe: Recipe, tmp_path: Path, certain: object, message: str
) -> None:
    card = measured_card(evaluation(), recipe) | {"certain": certain}
    with pytest.raises(ParameterError, match=message):
        read_measured(stored(tmp_path, card), recipe)


def test_the_sharpness_is_read_again(recipe: Recipe, tmp_path: Path) -> None:
    marked = replace(evaluation(), certain_above=0.75, sharpness=1.5)
    read = read_measured(stored(tmp_path, measured_card(marked, recipe)), recipe)
    assert sharpness_in(read) == 1.5
    assert sharpness_in(measured_card(evaluation(), recipe)) is None


@pytest.mark.parametrize("sharpness", [0, -1.0, "1.5", float("nan"), 1e9, True])
def test_a_sharpness_that_is_none_is_refused(
    recipe: Recipe, tmp_path: Path, sharpness: object
) -> None:
    card = measured_card(evaluation(), recipe)
    card["calibration"] = {**card["calibration"], "sharpness": sharpness}
    with pytest.raises(ParameterError, match="calibration sharpness must be a finite number"):
        read_measured(stored(tmp_path, card), recipe)
    with pytest.raises(ParameterError, match="calibration must be a mapping"):
        read_measured(stored(tmp_path, {**card, "calibration": 0.5}), recipe)


def test_an_option_that_came_later_was_measured_with_its_default(tmp_path: Path) -> None:
    recipe = Recipe("svm", spec=RMS, statistics=MEAN)
    card = measured_card(evaluation(), recipe)
    assert card["setup"].pop("options") == {"balance": "weights"}
    path = stored(tmp_path, card)
    assert read_measured(path, recipe)["uar"] == 0.5
    with pytest.raises(ParameterError, match=r"options in .* must be that of the training"):
        read_measured(path, replace(recipe, options={"balance": "none"}))


def test_what_is_stored_is_read_again(recipe: Recipe, tmp_path: Path) -> None:
    card = measured_card(evaluation(), recipe)
    assert card["uar"] == 0.5
    path = stored(tmp_path, card)
    assert read_measured(path, recipe) == json.loads(json.dumps(card))


def test_figures_under_conditions_are_checked(recipe: Recipe, tmp_path: Path) -> None:
    under = [Condition.from_text("gain=6")]
    tested = [replace(fold, conditions=(fold,)) for fold in evaluation().folds]
    result = Evaluation(("a", "b"), tuple(tested), measured_under=tuple(under))
    card = measured_card(result, recipe)
    assert read_measured(stored(tmp_path, card), recipe) == json.loads(json.dumps(card))
    card["conditions"][1]["uar"] = 3
    path = stored(tmp_path, card)
    with pytest.raises(ParameterError, match=r"conditions in .*json: uar must be a finite number"):
        read_measured(path, recipe)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"alterations": ()},
            "plain in .* must be that of the training, True, got False: evaluate",
        ),
        ({"statistics": Statistics()}, "statistics in .* must be that of the training"),
        ({"spec": replace(RMS, hop_length=80)}, "fingerprint in .* must be that of the training"),
        ({"alterations": ("gain=6",)}, r"alter in .* \['gain=6'\], got None: evaluate"),
    ],
)
def test_figures_of_another_setup_are_refused(
    recipe: Recipe, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = stored(tmp_path, measured_card(evaluation(), recipe))
    with pytest.raises(ParameterError, match=message):
        read_measured(path, replace(recipe, **change))


def test_figures_of_other_copies_are_refused_where_there_are_none(
    recipe: Recipe, tmp_path: Path
) -> None:
    """The key is of the figures alone then."""
    louder = replace(recipe, alterations=("gain=6",))
    path = stored(tmp_path, measured_card(evaluation(), louder))
    with pytest.raises(ParameterError, match=r"alter in .* training, None, got \['gain=6'\]"):
        read_measured(path, recipe)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("{", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ([1], "must be written by `serfast evaluate -o`"),
        ({"uar": 0.5}, "must be written by `serfast evaluate -o`"),
        ({"setup": {}, "uar": 1.5}, r"uar in .* must be from 0 to 1, got 1\.5"),
        ({"setup": {}, "uar": "0.5"}, r"uar in .* must be from 0 to 1, got '0\.5'"),
        ({"setup": {}, "uar": 0.5}, "plugin in .* must be that of the training"),
    ],
)
def test_a_file_that_is_none_is_refused(
    recipe: Recipe, tmp_path: Path, card: object, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        read_measured(stored(tmp_path, card), recipe)


def test_a_file_that_is_not_there_is_the_systems_error(recipe: Recipe, tmp_path: Path) -> None:
    assert isinstance(recipe.load_plugin(), NearestPlugin)
    with pytest.raises(FileNotFoundError):
        read_measured(tmp_path / "none.json", recipe)

"""Corpora against each other: who is trained on, who is asked, and what the cells hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError
from serfast.models.plugin import Examples
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe, cross_evaluate
from serfast.training.cross import classes_in_common
from serfast.training.wanted_folds import folds_from

RATE = 16000
LEVELS = {"joy": 0.3, "rage": 0.02, "calm": 0.1}


def write(folder: Path, speakers: str, labels: tuple[str, ...], seed: int) -> list[Recording]:
    """Write two recordings of each speaker and class, which differ in loudness."""
    import soundfile

    folder.mkdir()
    random, recordings = np.random.default_rng(seed), []
    for who in speakers:
        for label in labels:
            for k in range(2):
                path = folder / f"{who}{label}{k}.wav"
                soundfile.write(path, random.normal(0, LEVELS[label], RATE // 4), RATE)
                recordings.append(Recording(path, label, who, f"text {k}"))
    return recordings


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Examples]:
    """Install the stub, and give the list of what it is trained on."""
    install_nearest(tmp_path, monkeypatch)
    trained: list[Examples] = []
    train = NearestPlugin.train
    monkeypatch.setattr(
        NearestPlugin, "train", lambda self, x, **more: trained.append(x) or train(self, x, **more)
    )
    return trained


@pytest.fixture
def corpora(tmp_path: Path) -> dict[str, list[Recording]]:
    """Give two corpora; speaker "a" of the one is another person than that of the other."""
    return {
        "one": write(tmp_path / "one", "abc", ("joy", "rage"), 0),
        "two": write(tmp_path / "two", "ad", ("rage", "calm", "joy"), 1),
    }


def recipe(**more: object) -> Recipe:
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    mean = Statistics(functionals=("mean",), deltas=0)
    return Recipe("nearest", spec=spec, statistics=mean, **{"alterations": ("gain=1",), **more})


def test_each_is_trained_on_and_asked_about(
    corpora: dict[str, list[Recording]], shown: list[Examples]
) -> None:
    done = []
    result = cross_evaluate(recipe(), corpora, cell_done=lambda a, b, _: done.append((a, b)))
    assert result.classes == ("joy", "rage")
    assert result.left_out == {"one": (), "two": ("calm",)}
    assert done == [(a, b) for a in corpora for b in corpora]
    assert all(set(training.labels) == {"joy", "rage"} for training in shown)
    # All, without each of three speakers, all, without each of two; every recording has a copy.
    assert [len(training) for training in shown] == [24, 16, 16, 16, 16, 8, 8]
    assert [fold.speaker for fold in result.cells["one", "one"].folds] == ["a", "b", "c"]
    cell = result.cells["one", "two"]
    assert cell.speakers == ("a", "d")
    assert int(cell.matrix.sum()) == 8
    assert result.uar.min() == 1.0  # loud or not is heard in every corpus


def test_a_cell_is_what_training_on_one_and_predicting_the_other_gives(
    corpora: dict[str, list[Recording]], shown: list[Examples], tmp_path: Path
) -> None:
    noisy = {name: [*some] for name, some in corpora.items()}
    quiet = next(one for one in noisy["two"] if one.label == "rage")
    noisy["two"][noisy["two"].index(quiet)] = Recording(quiet.path, "joy", "a", quiet.text)
    result = cross_evaluate(recipe(alterations=()), noisy)
    bundle = recipe(alterations=()).train(noisy["one"])
    recognizer = serfast.Recognizer(bundle.save(tmp_path / "one.zip"))
    asked = [one for one in noisy["two"] if one.label != "calm"]
    said = [recognizer.predict(one.path).label for one in asked]
    fold = result.cells["one", "two"].folds[0]
    assert list(fold.true) == [one.label for one in asked]
    assert list(fold.predicted) == said
    assert 0.5 < result.cells["one", "two"].uar < 1


def test_the_card_has_every_cell(
    corpora: dict[str, list[Recording]], shown: list[Examples]
) -> None:
    result = cross_evaluate(
        recipe(alterations=()), corpora, folds_for=lambda some: folds_from("2", some)
    )
    card = json.loads(json.dumps(result.card()))
    assert card["corpora"] == ["one", "two"]
    assert card["classes_left_out"] == {"one": [], "two": ["calm"]}
    pairs = [(cell["train"], cell["test"]) for cell in card["cells"]]
    assert pairs == [(a, b) for a in corpora for b in corpora]
    assert card["cells"][0]["protocol"].startswith("2 groups of speakers")
    assert card["cells"][1]["protocol"].startswith("trained on all of one, asked about all of two")
    assert card["cells"][1]["intervals"]["over"] == "2 speakers"
    assert list(card["cells"][1]["uar_by_speaker"]) == ["a", "d"]


def test_a_recording_that_cannot_be_used_is_left_out_everywhere(
    corpora: dict[str, list[Recording]], shown: list[Examples]
) -> None:
    corpora["two"][0].path.write_text("no audio")
    failed = []
    result = cross_evaluate(recipe(), corpora, failed=lambda one, _: failed.append(one))
    assert failed == [corpora["two"][0]]
    assert {int(result.cells[name, "two"].matrix.sum()) for name in corpora} == {7}


def test_runs_have_folders_of_their_own(
    corpora: dict[str, list[Recording]], shown: list[Examples], tmp_path: Path
) -> None:
    told: list[float] = []
    cross_evaluate(recipe(), corpora, folder=tmp_path / "run", tell=lambda s, _: told.append(s))
    folders = {path.relative_to(tmp_path / "run").as_posix() for path in tmp_path.rglob("run/*/*")}
    assert folders == {f"corpus-{k}/{name}" for k in (0, 1) for name in ("speakers", "all")}
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            ("joy", "calm"),
            "at least 2 classes in common .* got joy \\(one: joy, rage; two: calm, joy",
        ),
        (("calm", "fear"), "at least 2 classes in common .* got none"),
    ],
)
def test_too_few_classes_in_common(labels: tuple[str, ...], message: str) -> None:
    def some(*names: str) -> list[Recording]:
        return [Recording(Path(f"{name}.wav"), name, "a") for name in names]

    with pytest.raises(ParameterError, match=message):
        classes_in_common({"one": some("joy", "rage"), "two": some(*labels)})


def test_what_cannot_be_trained_is_refused_before_the_work_by_name(
    corpora: dict[str, list[Recording]], shown: list[Examples]
) -> None:
    alone = {**corpora, "two": [one for one in corpora["two"] if one.speaker == "a"]}
    with (
        pytest.warns(UserWarning, match="one speaker alone"),
        pytest.raises(ParameterError, match="corpus two: without text 'text 0': no"),
    ):
        cross_evaluate(refusing(), alone)
    assert not shown
    with pytest.raises(ParameterError, match="corpora must be at least 2"):
        cross_evaluate(recipe(), {"one": corpora["one"]})


def test_nothing_is_in_two_corpora(
    corpora: dict[str, list[Recording]], shown: list[Examples]
) -> None:
    doubled = {**corpora, "two": [*corpora["two"], corpora["one"][0]]}
    with pytest.raises(ParameterError, match=r"got ajoy0\.wav of speaker a in two, known from one"):
        cross_evaluate(recipe(), doubled)
    halves = {
        name: [replace(one, corpus="emodb") for one in some] for name, some in corpora.items()
    }
    with pytest.raises(ParameterError, match="of speaker a in two, known from one"):
        cross_evaluate(recipe(), halves)


def refusing() -> Recipe:
    """Give a recipe whose plugin is trained on nobody called a."""

    class Refusing(NearestPlugin):
        def check_training(self, labels: list[str], speakers: list[str]) -> None:
            if set(speakers) == {"a"}:
                raise ParameterError("no")

    class Refused(Recipe):
        def load_plugin(self) -> Refusing:
            return Refusing()

    made = recipe()
    return Refused(made.plugin, spec=made.spec, statistics=made.statistics, alterations=())

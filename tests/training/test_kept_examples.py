"""An evaluation that was interrupted doesn't compute its features again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import serfast
from helpers.cli_corpus import write_corpus
from serfast.corpora import Recording, find_recordings
from serfast.errors import AudioError, MissingDecoderError
from serfast.models.input_maker import InputMaker
from serfast.training import Recipe, kept_examples
from serfast.training import recipe_examples as module

RMS = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC()])
MEAN = serfast.Statistics(functionals=("mean", "std"), deltas=0)
RECIPE = Recipe("svm", spec=RMS, statistics=MEAN, alterations=["speed=0.9", "babble=10..20"])
NAMES = ["examples.json", "examples.npy"]


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    """Recordings of three speakers."""
    write_corpus(tmp_path / "wav")
    return find_recordings(tmp_path / "wav")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the list of the examples that are made."""
    every: list[Any] = []
    make = module.make_examples
    monkeypatch.setattr(
        module, "make_examples", lambda *a, **k: every.append(make(*a, **k)) or every[-1]
    )
    return every


def interrupted(folder: Path, recordings: list[Recording], recipe: Recipe = RECIPE, **more) -> None:
    def stop(fold: Any) -> None:
        raise Stop

    with pytest.raises(Stop):
        recipe.evaluate(recordings, folder=folder, fold_done=stop, **more)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("examples.*"))


def test_it_goes_on_with_the_folds(tmp_path: Path, recordings, made) -> None:
    run = tmp_path / "run"
    interrupted(run, recordings)
    assert kept(run) == NAMES
    again = RECIPE.evaluate(recordings, folder=run, threads=2)
    assert len(made) == 1
    assert kept(run) == []  # all folds are done
    assert again.card() == RECIPE.evaluate(recordings).card()


def test_what_comes_back_is_what_was_made(tmp_path: Path, recordings, made, monkeypatch) -> None:
    run = tmp_path / "run"
    interrupted(run, recordings)
    come_back: list[Any] = []
    read = kept_examples.KeptExamples.read
    monkeypatch.setattr(
        kept_examples.KeptExamples, "read", lambda *a: come_back.append(read(*a)) or come_back[-1]
    )
    RECIPE.evaluate(recordings, folder=run)
    for name in ("inputs", "labels", "speakers", "altered", "copies", "texts"):
        np.testing.assert_array_equal(getattr(come_back[0], name), getattr(made[0], name))
    for name in ("names", "spec", "statistics", "embedding", "backend"):
        assert getattr(come_back[0], name) == getattr(made[0], name)


@pytest.mark.parametrize("what", ["a file", "a label", "the seed", "the features"])
def test_of_something_else_they_are_made_again(tmp_path: Path, recordings, made, what: str) -> None:
    run = tmp_path / "run"
    interrupted(run, recordings)
    (run / "without-0" / "fold.json").unlink()  # which would be refused
    recipe = RECIPE
    if what == "a file":
        path = recordings[0].path
        path.write_bytes(path.read_bytes()[:-2] + b"\1\1")
    elif what == "a label":
        recordings = [*recordings[::-1]]
    elif what == "the seed":
        recipe = Recipe("svm", spec=RMS, statistics=MEAN, alterations=RECIPE.alterations, seed=1)
    else:
        recipe = Recipe("svm", spec=RMS, alterations=RECIPE.alterations)
    recipe.evaluate(recordings, folder=run)
    assert len(made) == 2


def test_damaged_ones_are_made_again(tmp_path: Path, recordings, made) -> None:
    interrupted(tmp_path, recordings)
    for damage in (b"", b"{}", b"[1]", b"\x93NUMPY", (tmp_path / "examples.npy").read_bytes()[:-1]):
        for name in NAMES:
            whole = (tmp_path / name).read_bytes()
            (tmp_path / name).write_bytes(damage)
            keeper = kept_examples.kept_examples(
                RECIPE, RECIPE.inputs(), recordings, tmp_path, lambda share, text: None
            )
            assert keeper is not None
            assert keeper.read(None) is None
            (tmp_path / name).write_bytes(whole)
    RECIPE.evaluate(recordings, folder=tmp_path)
    assert len(made) == 1


@pytest.mark.parametrize(
    "change",
    [{"failures": []}, {"failures": ["a"]}, {"doubts": None}, {"doubts": 3}, {"lengths": 1}],
)
def test_fields_of_other_types_are_damage(tmp_path: Path, recordings, made, change) -> None:
    interrupted(tmp_path, recordings)
    path = tmp_path / "examples.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    RECIPE.evaluate(recordings, folder=tmp_path)
    assert len(made) == 2


def test_numbers_in_another_order_are_damage(tmp_path: Path, recordings, made) -> None:
    """A header may say so of the same bytes; then they can't be hashed as they lie."""
    interrupted(tmp_path, recordings)
    path = tmp_path / "examples.npy"
    path.write_bytes(
        path.read_bytes().replace(b"'fortran_order': False", b"'fortran_order': True ")
    )
    RECIPE.evaluate(recordings, folder=tmp_path)
    assert len(made) == 2


def test_those_that_cannot_be_removed_cost_no_result(tmp_path: Path, recordings, made) -> None:
    def block(fold: Any) -> None:
        numbers = tmp_path / "examples.npy"
        if numbers.is_file():
            numbers.unlink()
            (numbers / "inside").mkdir(parents=True)

    assert RECIPE.evaluate(recordings, folder=tmp_path, fold_done=block).uar >= 0


def test_what_failed_and_what_was_doubtful_is_told_again(tmp_path: Path, recordings, made) -> None:
    recordings[1].path.write_bytes(b"")
    soundfile.write(recordings[2].path, np.zeros(8000), 16000)
    run, told = tmp_path / "run", []

    def failing(failures: list[str]) -> Callable[[Recording, Exception], None]:
        return lambda one, why: failures.append(f"{one} {type(why)} {why}")

    for _ in range(2):
        failures: list[str] = []
        with pytest.warns(UserWarning, match=f"{recordings[2].path.name}: y has no sample above"):
            interrupted(run, recordings, failed=failing(failures))
        (run / "without-0" / "fold.json").unlink()
        told.append(failures)
    assert len(made) == 1
    assert len(told[0]) == 1
    assert told[0] == told[1]
    with pytest.raises(AudioError, match="is empty"):
        RECIPE.evaluate(recordings, folder=run)


class OfAPackage(MissingDecoderError):
    """A package may raise what it has made of one of serfast's errors."""


def test_a_class_of_somebody_else_comes_back_as_the_nearest(tmp_path: Path, recordings) -> None:
    inputs = InputMaker(RMS, None, "rows", None)
    keeper = kept_examples.KeptExamples(tmp_path, "digest", inputs, 1, recordings)
    remember = keeper.failing(lambda one, why: None)
    for one, why in zip(recordings, (OfAPackage("ä"), NotADirectoryError(20, "b")), strict=False):
        remember(one, why)
    rest = recordings[2:]
    keeper.write(serfast.training.make_examples(rest, RMS, None, kind="rows", alterations=()))
    again: list[Exception] = []
    assert keeper.read(lambda one, why: again.append(why)) is not None
    assert [type(why) for why in again] == [MissingDecoderError, OSError]
    assert [str(why) for why in again] == ["ä", "[Errno 20] b"]


def test_large_ones_and_those_of_other_folders_are_not_kept(
    tmp_path: Path, recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    noises = tmp_path / "noises"
    write_corpus(noises)
    recipe = Recipe("svm", spec=RMS, statistics=MEAN, alterations=[f"noises={noises}:10"])
    interrupted(tmp_path / "one", recordings, recipe)
    assert kept(tmp_path / "one") == []
    monkeypatch.setattr(kept_examples, "MOST_BYTES", 1000)
    interrupted(tmp_path / "two", recordings)
    assert kept(tmp_path / "two") == []


def test_rows_are_kept_as_vectors_are(tmp_path: Path, recordings) -> None:
    maker = kept_examples.KeptExamples(
        tmp_path,
        "digest",
        InputMaker(RMS, None, "rows", None),
        1,
        recordings,
    )
    examples = serfast.training.make_examples(recordings, RMS, None, kind="rows", alterations=())
    maker.write(examples)
    again = maker.read(None)
    assert again is not None
    assert len(again.inputs) == len(recordings)
    for one, other in zip(again.inputs, examples.inputs, strict=True):
        np.testing.assert_array_equal(one, other)

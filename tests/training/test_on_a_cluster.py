"""Training and evaluation with a cluster give what they give without one."""

from __future__ import annotations

import json
import os
import re
import signal
import warnings
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import pytest
import soundfile

import serfast
from helpers.cli_corpus import write_corpus
from serfast.audio.augmentation import parse_alteration
from serfast.cli.main import main
from serfast.cluster import connected
from serfast.corpora import Recording, find_recordings
from serfast.errors import AudioError, ParameterError
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe, cross_evaluate, make_examples

RMS = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC()])
MEAN = Statistics(functionals=("mean", "std"), deltas=0)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, a process each."""
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as workers,
        distributed.Client(workers) as connected,
    ):
        yield connected


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Recording]:
    """Recordings of three speakers, by paths that only this working folder knows."""
    write_corpus(tmp_path / "wav")
    monkeypatch.chdir(tmp_path)
    return find_recordings("wav")


RECIPE = Recipe("svm", spec=RMS, statistics=MEAN, alterations=["speed=0.9", "noise=10..30"])


def test_the_bundle_has_the_same_bytes(client, recordings) -> None:
    done: list[str] = []
    bundle = RECIPE.train(recordings, client=client, progress=lambda one: done.append(str(one)))
    assert bundle.to_bytes() == RECIPE.train(recordings).to_bytes()
    assert sorted(done) == [str(one.path) for one in recordings]


@pytest.mark.parametrize(
    "alterations", [(), ("noise=10..30",), ("babble=10",)], ids=["plain", "random", "of others"]
)
def test_examples_are_the_same_where_some_recordings_fail(client, recordings, alterations) -> None:
    recordings[1].path.write_bytes(b"")
    options = {"alterations": [parse_alteration(text) for text in alterations], "seed": 3}
    failed: dict[bool, list[str]] = {True: [], False: []}
    both = [
        make_examples(
            recordings,
            RMS,
            MEAN,
            **options,
            client=client if there else None,
            failed=lambda one, error, there=there: failed[there].append(f"{one.path} {error}"),
        )
        for there in (True, False)
    ]
    assert [text.split()[0] for text in failed[False]] == [str(recordings[1].path)]
    assert [text.split()[0] for text in failed[True]] == failed_paths(failed[False])
    for name in ("inputs", "labels", "speakers", "altered", "copies"):
        np.testing.assert_array_equal(getattr(both[0], name), getattr(both[1], name))
    with pytest.raises(AudioError, match="is empty"):
        make_examples(recordings, RMS, MEAN, **options, client=client)


def failed_paths(texts: list[str]) -> list[str]:
    return [text.split()[0] for text in texts]


def figures(evaluation: Any) -> list[Any]:
    return [
        (fold.speaker, fold.true, fold.predicted, fold.chosen, fold.certain)
        for each in (evaluation.folds, *(fold.conditions for fold in evaluation.folds))
        for fold in each
    ]


@pytest.mark.parametrize("kill", [False, True], ids=["all well", "a worker is killed"])
def test_an_evaluation_has_the_same_figures(client, recordings, kill, tmp_path) -> None:
    here = RECIPE.evaluate(recordings, conditions=["gain=-20", "noise=10"])
    folds: list[str] = []

    def done(fold: Any) -> None:
        if kill and not folds:
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        folds.append(fold.speaker)

    there = RECIPE.evaluate(
        recordings,
        conditions=["gain=-20", "noise=10"],
        client=client,
        fold_done=done,
        folder=tmp_path / "run",
    )
    assert figures(there) == figures(here)
    assert sorted(folds) == [fold.speaker for fold in here.folds]
    np.testing.assert_allclose(
        np.concatenate([fold.probabilities for fold in there.folds]),
        np.concatenate([fold.probabilities for fold in here.folds]),
        atol=1e-9,
    )


def test_folds_that_are_kept_are_not_computed_again(client, recordings, tmp_path) -> None:
    run = tmp_path / "run"
    first = RECIPE.evaluate(recordings, client=client, folder=run)
    kept = sorted(run.glob("*/fold.json"))
    assert len(kept) == len(first.folds)
    before = [path.stat().st_mtime_ns for path in kept]
    for options in ({"client": client}, {}):
        again = RECIPE.evaluate(recordings, folder=run, **options)
        assert figures(again) == figures(first)
    assert [path.stat().st_mtime_ns for path in kept] == before


def test_a_file_that_is_no_schedulers_is_refused(tmp_path) -> None:
    path = tmp_path / "scheduler.json"
    for text in ("{}", '{"a":', "[]"):
        path.write_text(text)
        with pytest.raises(ParameterError, match="scheduler"), connected(str(path)):
            pass


def test_a_fold_that_the_plugin_refuses_is_named(client, recordings) -> None:
    few = [one for one in recordings if one.speaker != recordings[-1].speaker]
    messages = []
    for options in ({}, {"client": client}):
        with pytest.raises(ParameterError, match="without speaker") as error:
            RECIPE.evaluate(few, **options)
        messages.append(str(error.value))
    speakers = sorted({one.speaker for one in few})  # either fold may fail first on a cluster
    assert messages[0].startswith(f"without speaker {speakers[0]!r}")
    assert len(set(map(without_names, messages))) == 1


def without_names(message: str) -> str:
    return re.sub(r"'\w+'", "…", message)


def test_the_commands_take_a_cluster(client, recordings, capsys) -> None:
    address = ["--cluster", client.scheduler.address]
    words = ["wav", "--alter", "noise=20", "--spec", "spec.json"]
    Path("spec.json").write_text(RMS.to_json())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert main(["train", *words, "-o", "here.zip"]) == 0
        assert main(["train", *words, "-o", "there.zip", *address]) == 0
        assert Path("here.zip").read_bytes() == Path("there.zip").read_bytes()
        assert main(["evaluate", *words, "-o", "here.json"]) == 0
        assert main(["evaluate", *words, "-o", "there.json", *address]) == 0
    here, there = (json.loads(Path(f"{word}.json").read_text()) for word in ("here", "there"))
    assert here == there


def test_the_examples_are_no_longer_here_when_the_cluster_has_them(
    client, recordings, monkeypatch
) -> None:
    """Examples can be as large as memory, so two copies of them must not be in this process."""
    alive: list[bool] = []
    make = Recipe.examples

    def examples(self: Recipe, *arguments: Any, **options: Any) -> Any:
        made = make(self, *arguments, **options)
        held.append(weakref.ref(made))
        return made

    held: list[Any] = []
    monkeypatch.setattr(Recipe, "examples", examples)
    RECIPE.evaluate(
        recordings, client=client, fold_done=lambda _: alive.append(held[0]() is not None)
    )
    assert alive == [False] * 3


def test_corpora_against_each_other_have_the_same_figures(client, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    corpora = {}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_corpus(tmp_path / name / "wav")
        corpora[name] = [replace(one, corpus=None) for one in find_recordings(f"{name}/wav")]
    here = cross_evaluate(RECIPE, corpora)
    cells: list[Any] = []
    there = cross_evaluate(
        RECIPE, corpora, client=client, cell_done=lambda a, b, _: cells.append((a, b))
    )
    assert list(here.cells) == list(there.cells) == cells
    for cell in here.cells:
        assert figures(there.cells[cell]) == figures(here.cells[cell])


def test_a_warning_of_a_worker_is_shown_here(client, recordings) -> None:
    path = recordings[1].path
    soundfile.write(path, soundfile.read(path)[0], 16000, format="FLAC")
    path.write_bytes(path.read_bytes() + bytes(99999))
    with pytest.warns(UserWarning, match=rf"{path.name}: at least \d+ bytes behind"):
        RECIPE.evaluate(recordings, client=client)

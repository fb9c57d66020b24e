"""The benchmarks of adaptation and of sounds that are no speech count what they say."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from helpers.benching import ROOT, environment

sys.path.append(str(ROOT))

from benchmarks import RESULTS, adaptation, strangers  # it is no installed package
from benchmarks.left_out import result_name


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_scikit_learns(seed: int) -> None:
    random = np.random.default_rng(seed)
    speech, others = random.integers(0, 6, 40) / 4, random.integers(2, 9, 17) / 4
    true = np.repeat([0, 1], [len(speech), len(others)])
    expected = roc_auc_score(true, np.concatenate([speech, others]))
    assert strangers.area(speech, others) == pytest.approx(expected, abs=1e-12)


def test_sounds_are_those_of_the_seed_and_within_full_scale() -> None:
    once, again, other = strangers.sounds(1, 2), strangers.sounds(1, 2), strangers.sounds(2, 2)
    for kind, ys in once.items():
        assert all(np.array_equal(y, z) for y, z in zip(ys, again[kind], strict=True))
        assert any(not np.array_equal(y, z) for y, z in zip(ys, other[kind], strict=True)), kind
        assert all(0 < np.abs(y).max() <= 1 for y in ys), kind


@pytest.mark.parametrize(
    ("classifier", "measured"),
    [
        ("svm", "serfast-svm/measured.json"),
        ("onnx", "serfast-onnx/measured.json"),
        ("whisper", "serfast-whisper/measured.json"),
        ("whisper-campplus", "serfast-campplus/measured-both.json"),
    ],
)
def test_every_models_adaptation_is_kept_under_its_name(classifier: str, measured: str) -> None:
    report = json.loads((RESULTS / f"{result_name('adaptation', classifier)}.json").read_text())
    assert tuple(report["curves"]) == tuple(adaptation.CONDITIONS)
    card = json.loads((ROOT / "plugins" / measured).read_text())
    alone = report["curves"]["clean"]["alone"]["all"]
    assert alone == pytest.approx(card["uar"], abs=0.005)


def test_every_number_of_recordings_has_one_place() -> None:
    places = [adaptation.place_of(n) for n in range(1, 30)]
    runs = [(name, len(list(group))) for name, group in itertools.groupby(places)]
    assert runs == [("1", 1), ("2 to 5", 4), ("6 to 10", 5), ("from 11", 19)]


def test_recalls_are_of_each_place_and_of_all() -> None:
    answers = {"alone": [("1", "a", "a"), ("1", "b", "a"), ("2 to 5", "b", "b"), ("1", "b", "b")]}
    found = adaptation.recalls(answers)["alone"]
    assert found == {"1": 0.75, "2 to 5": 1.0, "all": pytest.approx((1 + 2 / 3) / 2)}


@pytest.mark.parametrize("name", ["adaptation", "strangers"])
def test_they_run_on_a_small_corpus(emodb: Path, tmp_path: Path, name: str) -> None:
    """Two recordings of a class and speaker are enough to see every cell of the tables filled."""
    corpus = tmp_path / "wav"
    corpus.mkdir()
    for speaker, code in itertools.product(("08", "14", "16"), "WLEAFTN"):
        for path in sorted(emodb.glob(f"{speaker}???{code}?.wav"))[:2]:
            (corpus / path.name).symlink_to(path.resolve())
    code = (
        "import sys, pathlib\n"
        f"from benchmarks import {name}\n"  # first: then the installed serfast is found
        "import serfast\n"
        "from serfast.training import Recipe\n"
        "recordings = serfast.corpora.find_recordings(sys.argv[1])\n"
        "folder = pathlib.Path(sys.argv[2])\n"
        "recipe = Recipe('svm', alterations=())\n"
        f"print({name}.table({name}.measured(recordings, folder, recipe)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus), str(tmp_path / "run")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(rows) > 9
    assert "nan" not in done.stdout

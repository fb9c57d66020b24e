"""Rows as a data set of PyTorch: the engine's, altered by seed and epoch, the same in workers."""

from __future__ import annotations

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch.utils.data import DataLoader

import serfast
from serfast.audio.augmentation import Babble, Gain, OneOf, Unaltered, parse_alteration
from serfast.corpora import Recording
from serfast.errors import AudioError, ParameterError
from serfast.torch import Rows

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
RANDOM = np.random.default_rng(0)
SIGNALS = [RANDOM.normal(0, 0.1, 4000 + 500 * i).astype(np.float32) for i in range(7)]
LABELS = ["low", "high", "low", "high", "low", "high", "middle"]
ALTERED = "none|(speed=0.9..1.1,noise=10..30)|gain=-20..5"
STARTS = ["spawn"] + ["fork"] * hasattr(os, "fork")


def loaded(rows: Rows, **options: object) -> list[torch.Tensor]:
    """Give what a loader gives: rows and lengths of every batch, one after the other."""
    loader = DataLoader(rows, batch_size=3, collate_fn=rows.collate, **options)
    return [part for batch in loader for part in batch[:2]]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return len(a) == len(b) and all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_entries_are_the_extractors_rows() -> None:
    rows = Rows(SIGNALS, SPEC, labels=LABELS)
    assert len(rows) == 7
    assert rows.classes == ("high", "low", "middle")
    assert rows.columns == SPEC.columns
    extractor = serfast.Extractor(SPEC)
    for i, y in enumerate(SIGNALS):
        entry, code = rows[i]
        assert entry.dtype == torch.float32
        np.testing.assert_array_equal(entry.numpy(), extractor(y))
        assert rows.classes[code] == LABELS[i]
    assert torch.equal(rows[-1][0], rows[6][0])
    assert len(list(rows)) == 7  # an index behind the last one is an IndexError


def test_every_kind_of_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, SIGNALS[0], 16000, subtype="FLOAT")
    archive = tmp_path / "corpus.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(path, "b.wav")
    part = Recording(path, "x", "s", start=0.0625, end=0.125)
    kinds = [path, str(path), archive / "b.wav", Recording(path, "x", "s"), SIGNALS[0], part]
    entries = list(Rows(kinds, SPEC))
    for entry in entries[1:5]:
        assert torch.equal(entry, entries[0])
    np.testing.assert_array_equal(entries[5], serfast.Extractor(SPEC)(SIGNALS[0][1000:2000]))


def test_the_sample_rate_of_arrays_counts() -> None:
    pcm = (SIGNALS[0] * 32767).astype(np.int16)
    expected = serfast.Extractor(SPEC)(pcm, sample_rate=8000)
    np.testing.assert_array_equal(Rows([pcm], SPEC, sample_rate=8000)[0], expected)


def test_recordings_have_their_labels(tmp_path: Path) -> None:
    recordings = [Recording(tmp_path / f"{i}.wav", name, "s") for i, name in enumerate("ba")]
    assert Rows(recordings, SPEC).classes == ("a", "b")
    assert Rows(recordings, SPEC, labels=["y", "x"]).classes == ("x", "y")
    assert Rows(recordings, SPEC, classes=["b", "c", "a"]).classes == ("b", "c", "a")
    assert Rows([*recordings, SIGNALS[0]], SPEC).classes == ()


def test_an_alteration_draws_by_seed_epoch_and_index() -> None:
    alteration = parse_alteration("speed=0.9..1.1,noise=10..30")
    rows = Rows(SIGNALS, SPEC, alteration=alteration, seed=5)
    rows.set_epoch(2)
    altered = alteration(SIGNALS[3], 16000, np.random.default_rng((5, 2, 3)))
    np.testing.assert_array_equal(rows[3], serfast.Extractor(SPEC)(altered))


def test_epochs_and_seeds_differ_and_come_again() -> None:
    rows = Rows(SIGNALS, SPEC, alteration=ALTERED)
    epochs = []
    for epoch in (0, 1, 0):
        rows.set_epoch(epoch)
        assert rows.epoch == epoch
        epochs.append(loaded(rows))
    assert same(epochs[0], epochs[2])
    assert not same(epochs[0], epochs[1])
    assert not same(epochs[0], loaded(Rows(SIGNALS, SPEC, alteration=ALTERED, seed=1)))


def test_a_choice_leaves_some_as_they_are() -> None:
    half = OneOf((Unaltered(), Gain(-6.0)))
    altered = Rows([SIGNALS[0]] * 200, SPEC, alteration=half)
    plain = Rows(SIGNALS[:1], SPEC)[0]
    unaltered = sum(torch.equal(entry, plain) for entry in altered)
    assert 60 < unaltered < 140  # 100 ± 5.7 standard deviations


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("persistent", [False, True], ids=["anew", "persistent"])
def test_workers_give_the_same_bits(start: str, persistent: bool) -> None:
    rows = Rows(SIGNALS, SPEC, labels=LABELS, alteration=ALTERED)
    loader = DataLoader(
        rows,
        batch_size=3,
        collate_fn=rows.collate,
        num_workers=2,
        multiprocessing_context=start,
        persistent_workers=persistent,
    )
    for epoch in range(3):
        rows.set_epoch(epoch)
        batches = [part for batch in loader for part in batch[:2]]
        assert same(batches, loaded(rows))


def test_babble_takes_the_speakers_other_recordings(tmp_path: Path) -> None:
    recordings = []
    for i, y in enumerate(SIGNALS[:3]):
        path = tmp_path / f"{i}.wav"
        soundfile.write(path, y, 16000, subtype="FLOAT")
        recordings.append(Recording(path, "x", "anna" if i < 2 else "ben"))
    rows = Rows(recordings, SPEC, alteration="babble=5:2")
    bound = Babble(5, 2).with_others([lambda: SIGNALS[1]])
    altered = bound(SIGNALS[0], 16000, np.random.default_rng((0, 0, 0)))
    np.testing.assert_array_equal(rows[0][0], serfast.Extractor(SPEC)(altered))
    copy = pickle.loads(pickle.dumps(rows))
    assert torch.equal(copy[0][0], rows[0][0])


def test_a_copy_keeps_its_epoch() -> None:
    rows = Rows(SIGNALS, SPEC, alteration=ALTERED)
    rows.set_epoch(3)
    copy = pickle.loads(pickle.dumps(rows))
    assert copy.epoch == 3
    assert same(loaded(copy), loaded(rows))
    copy.set_epoch(4)
    assert rows.epoch == 3


def test_a_batch_is_padded_with_zeros() -> None:
    rows = Rows(SIGNALS, SPEC, labels=LABELS)
    batch = rows.collate([rows[2], rows[0]])
    assert batch.rows.shape == (2, 1 + 5000 // 160, 2)
    assert batch.lengths.tolist() == [1 + 5000 // 160, 1 + 4000 // 160]
    assert torch.equal(batch.rows[1, : batch.lengths[1]], rows[0][0])
    assert not batch.rows[1, batch.lengths[1] :].any()
    assert batch.labels is not None
    assert batch.labels.tolist() == [1, 1]
    assert rows.collate([torch.ones(2, 1)]).labels is None
    packed = torch.nn.utils.rnn.pack_padded_sequence(batch.rows, batch.lengths, batch_first=True)
    assert packed.batch_sizes.sum() == batch.lengths.sum()


@pytest.mark.parametrize(
    ("recordings", "options", "message"),
    [
        ("a.wav", {}, "recordings must be a sequence of paths, Recordings or signals, got 'a.wav'"),
        ([], {}, "recordings must be at least 1, got none"),
        ([[[0.0]]], {}, r"recordings\[0\] must be a path, .* got \[\[0\.0\]\]"),
        ([np.zeros(9, np.int64)], {}, r"recordings\[0\] must be a path, .*int16, got array"),
        (SIGNALS, {"labels": "low"}, "labels must be a sequence of str, got 'low'"),
        (SIGNALS, {"labels": ["low"]}, "labels must be 7, one for each recording, got 1"),
        (SIGNALS[:2], {"labels": ["low", None]}, r"labels\[1\] must be a str, got None"),
        (SIGNALS, {"classes": ["low"]}, r"classes must be given with labels, got \['low'\]"),
        (SIGNALS, {"labels": LABELS, "classes": ["low", "low"]}, "classes must be .* each once"),
        (
            SIGNALS,
            {"labels": LABELS, "classes": ["low", "high"]},
            "labels must be of the classes low, high, got 'middle'",
        ),
        (SIGNALS, {"alteration": 3}, "alteration must be an Alteration, its text or None, got 3"),
        (SIGNALS, {"alteration": "nois=20"}, "did you mean 'noise'"),
        (SIGNALS, {"alteration": "noises=nowhere:20"}, "nowhere"),
        (SIGNALS, {"seed": -1}, "seed must be an int >= 0, got -1"),
        (SIGNALS, {"sample_rate": 0}, "sample_rate must be a finite number > 0, got 0"),
    ],
)
def test_bad_arguments(recordings: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Rows(recordings, SPEC, **options)


def test_other_bad_calls() -> None:
    rows = Rows(SIGNALS, SPEC)
    with pytest.raises(ParameterError, match="epoch must be an int >= 0, got True"):
        rows.set_epoch(True)
    with pytest.raises(ParameterError, match="items must be at least 1, got none"):
        rows.collate([])
    with pytest.raises(ParameterError, match="spec must be a FeatureSpec, got 'speech'"):
        Rows(SIGNALS, "speech")
    with pytest.raises(IndexError):
        rows[7]
    with pytest.raises(ParameterError, match="finite"):
        Rows([np.array([0.0, np.nan])], SPEC, alteration="gain=3")[0]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, workers: int) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    with pytest.raises(AudioError, match=r"bad\.wav"):
        loaded(Rows([tmp_path / "bad.wav"], SPEC), num_workers=workers)

"""The recordings of a dataset come out of the list as they went in, and are found by their keys."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from serfast import ParameterError
from serfast.corpora import Recording
from serfast.corpora import source_list as module
from serfast.corpora.source_list import KeyIndex, SourceList, repeated

A = Path("corpus/a.wav")
PART = Recording(A, "anger", "anna", start=1.5, end=2.0)
OPEN_END = Recording(A, "anger", "anna", start=1.5)
OPEN_BEGIN = Recording(A, "fear", "ben", end=2.0)


def test_recordings_and_paths_come_out_as_they_went_in() -> None:
    given = [A, PART, OPEN_END, OPEN_BEGIN, Recording(Path("b.wav"), "anger", "anna")]
    sources = SourceList(given)
    assert [source.recording or source.path for source in sources] == given
    assert [source.name for source in sources] == ["corpus/a.wav"] * 4 + ["b.wav"]
    assert [source.about for source in sources][:2] == [(None, None), ("anger", "anna")]


def test_of_a_recording_only_what_a_dataset_has_is_kept() -> None:
    [source] = SourceList([Recording(A, "anger", "anna", text="a01", arousal=0.5, fold="1")])
    assert source.recording == Recording(A, "anger", "anna")


def test_keys_are_those_of_the_sources() -> None:
    sources = SourceList(["a.wav", PART, OPEN_END, OPEN_BEGIN])
    assert [sources.key(i) for i in range(4)] == [source.key for source in sources]
    assert [sources.key(i - 4) for i in range(4)] == [source.key for source in sources]
    for place in (4, -5):
        with pytest.raises(IndexError):
            sources.key(place)
    index = KeyIndex(sources)
    assert [index.place(source.key) for source in sources] == [0, 1, 2, 3]
    assert index.place("b.wav") is None
    assert index.place(("corpus/a.wav", 1.5, 2.1)) is None


def test_two_recordings_that_are_the_same_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"different ones, got 'corpus/a.wav'"):
        KeyIndex(SourceList([A, PART, "b.wav", str(A)]))


def test_keys_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "hash", lambda key: len(str(key)) % 2, raising=False)
    names = [f"{i}.wav" for i in range(20)]
    sources = SourceList(names)
    index = KeyIndex(sources)
    assert [index.place(name) for name in names] == list(range(20))
    assert index.place("20.wav") is None
    with pytest.raises(ParameterError, match="different ones"):
        KeyIndex(SourceList([*names, "7.wav"]))


def test_chosen_ones_are_a_sequence() -> None:
    sources = SourceList(["a.wav", "b.wav", "c.wav"])
    chosen = sources.chosen([2, 0])
    assert [one.name for one in chosen] == ["c.wav", "a.wav"]
    assert [one.name for one in chosen[1:]] == ["a.wav"]
    assert len(sources[1:]) == 2


def test_every_place_that_repeats_a_key_is_found_whatever_the_hashes() -> None:
    keys = ["a", "b", "a", "c", "b", "a"]
    for hashes in ([1, 2, 1, 3, 2, 1], [0] * 6, [7, 7, 7, 3, 7, 7]):
        assert sorted(repeated(array("q", hashes), keys.__getitem__)) == [2, 4, 5]
    assert list(repeated(array("q"), keys.__getitem__)) == []

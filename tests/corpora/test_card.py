"""What a model's card says of a corpus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from serfast.corpora import CORPORA, Recording, card_of, find_recordings
from serfast.corpora.card import card_of_recordings


@pytest.mark.parametrize("name", CORPORA)
def test_a_known_corpus_is_told_with_its_licence_and_source(name: str) -> None:
    [about] = card_of(name)["corpora"]
    corpus = CORPORA[name]
    assert about["licence"] == corpus.licence
    assert (about["title"], about["source"]) == (corpus.title, corpus.source)


def test_another_licence_and_another_corpus() -> None:
    assert card_of("emodb", "by contract")["corpora"][0]["licence"] == "by contract"
    assert card_of("", "CC BY 4.0") == {"corpora": [{"licence": "CC BY 4.0"}]}
    assert card_of("") == {}


def test_recordings_know_their_corpus_and_are_equal_without(tmp_path: Path) -> None:
    (tmp_path / "03a01Fa.wav").touch()
    [recording] = find_recordings(tmp_path)
    assert recording.corpus == "emodb"
    assert recording == Recording(recording.path, "happiness", "03", "a01")
    several = [recording, replace(recording, corpus="tess"), replace(recording, corpus=None)]
    titles = [about["title"] for about in card_of_recordings(several)["corpora"]]
    assert titles == ["EmoDB", "TESS"]
    assert card_of_recordings(several[2:]) == {}

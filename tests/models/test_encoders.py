"""Encoders that somebody added: tried, copied, checked again where they are opened."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.embeddings import Scaled, install_embeddings, install_scaled, measure
from helpers.recordings import tone
from serfast.errors import ModelError, ParameterError, UnknownPluginError
from serfast.models import embeddings, encoders

Y = tone(0.5)
CARD = {"kind": "scaled", "licence": "CC-BY-4.0"}


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    install_scaled(tmp_path, monkeypatch)
    path = tmp_path / "my.encoder"
    path.write_bytes(b"4")
    return path


def test_one_that_was_added_is_an_embedding_like_any_other(file):
    assert encoders.added() == ()
    place = encoders.add("mine", file, CARD, force=False)
    assert place == encoders.folder() / "mine"
    assert encoders.added() == ("mine",)
    assert "mine" in embeddings.available()
    embedding = serfast.Embedding("mine")
    np.testing.assert_allclose(embedding(Y, 16000), 4 * np.array(measure(Y)), rtol=1e-6)
    assert embedding.licence == "CC-BY-4.0"
    (info,) = [one for one in embeddings.info() if one.name == "mine"]
    assert (info.distribution, info.error) == (str(place), None)
    encoders.remove("mine")
    assert encoders.added() == ()
    with pytest.raises(UnknownPluginError, match="embedding must be an installed one"):
        serfast.Embedding("mine")


def test_a_kind_that_opens_files_gets_the_path(file, monkeypatch):
    paths = []

    def open_file(self, path, card):
        paths.append(path)
        return self.open(path.read_bytes(), card)

    monkeypatch.setattr(Scaled, "open_file", open_file, raising=False)
    encoders.add("mine", file, CARD, force=False)
    embedding = serfast.Embedding("mine")
    assert paths == [encoders.folder() / "mine" / "encoder"]
    np.testing.assert_allclose(embedding(Y, 16000), 4 * np.array(measure(Y)), rtol=1e-6)


@pytest.mark.parametrize("opens_files", [False, True])
def test_what_is_replaced_while_it_is_opened_is_refused(file, monkeypatch, opens_files):
    place = encoders.add("mine", file, CARD, force=False)
    opened, replacing = Scaled.open, [True]

    def open_late(self, data, card):
        if replacing:
            replacing.clear()
            other = file.with_name("other")
            other.write_bytes(b"5")
            other.replace(place / "encoder")
        return opened(self, data, card)

    monkeypatch.setattr(Scaled, "open", open_late)
    if opens_files:
        monkeypatch.setattr(
            Scaled, "open_file", lambda self, path, card: open_late(self, b"4", card), raising=False
        )
    with pytest.raises(ModelError, match="must stay as it is while it is opened, got another one"):
        serfast.Embedding("mine")
    with pytest.raises(ModelError, match="must have the SHA-256"):
        serfast.Embedding("mine")


def test_another_one_of_the_name_replaces_it_only_by_force(file):
    encoders.add("mine", file, CARD, force=False)
    before = serfast.Embedding("mine")
    file.write_bytes(b"7")
    with pytest.raises(ParameterError, match="name must be a new one, got 'mine'"):
        encoders.add("mine", file, CARD, force=False)
    encoders.add("mine", file, CARD, force=True)
    after = serfast.Embedding("mine")
    assert after.sha256 != before.sha256
    np.testing.assert_allclose(after(Y, 16000) / before(Y, 16000), 7 / 4, rtol=1e-6)
    assert [path.name for path in encoders.folder().iterdir()] == ["mine"]


def test_nothing_is_added_if_it_is_refused(file):
    file.write_bytes(b"no number")
    with pytest.raises(ModelError, match="encoder must be digits"):
        encoders.add("mine", file, CARD, force=True)
    with pytest.raises(FileNotFoundError):
        encoders.add("mine", file.parent / "none", CARD, force=True)
    assert not encoders.folder().exists()


def test_what_was_changed_since_is_refused(file):
    place = encoders.add("mine", file, CARD, force=False)
    (place / "encoder").write_bytes(b"5")
    with pytest.raises(
        ModelError, match=r"an added encoder can't be opened: .* the SHA-256 .* add it"
    ):
        serfast.Embedding("mine")
    assert "add it again" in {one.name: one.error for one in embeddings.info()}["mine"]
    (place / "encoder").unlink()
    with pytest.raises(ModelError, match="added encoder can't be read"):
        serfast.Embedding("mine")


def test_a_kind_that_is_not_installed(file, monkeypatch):
    with pytest.raises(UnknownPluginError, match=r"an installed one \(.*scaled.*\), got 'caffe'$"):
        encoders.add("mine", file, {**CARD, "kind": "caffe"}, force=False)
    place = encoders.add("mine", file, CARD, force=False)
    card = json.loads((place / "card.json").read_text())
    assert (card["name"], card["kind"], card["width"]) == ("mine", "scaled", 3)
    monkeypatch.setattr("serfast.models.encoders.entries.points", lambda group, name: [])
    with pytest.raises(UnknownPluginError, match=r"pip install \./plugins/serfast-onnx$"):
        encoders.add("other", file, {"licence": "MIT"}, force=False)


def test_an_installed_embedding_of_the_same_name(file, tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    encoders.add("tiny", file, CARD, force=False)
    message = "'tiny' must come from one place, got an added encoder and serfast-tiny: remove one"
    with pytest.raises(UnknownPluginError, match=message):
        embeddings.get("tiny")


@pytest.mark.parametrize("text", ["[]", "{", "3", '"card"'])
def test_what_is_no_card(tmp_path, text):
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(ModelError, match=r"card\.json: card must be"):
        encoders.read_card(tmp_path / "card.json")


def test_removing_what_was_not_added(file):
    encoders.add("mine", file, CARD, force=False)
    with pytest.raises(ParameterError, match=r"\(mine\), got 'mines'; did you mean 'mine'\?"):
        encoders.remove("mines")
    with pytest.raises(ParameterError, match="name must be that of an added encoder"):
        encoders.remove("..")


def test_the_folder_is_the_systems_or_ones_own(monkeypatch, tmp_path):
    monkeypatch.delenv("SERFAST_EMBEDDINGS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert encoders.folder() == tmp_path / "serfast" / "embeddings"
    monkeypatch.setenv("SERFAST_EMBEDDINGS", str(tmp_path / "mine"))
    assert encoders.folder() == tmp_path / "mine"


def test_what_is_half_added_is_no_embedding(file):
    (encoders.folder() / "empty").mkdir(parents=True)
    (encoders.folder() / ".adding-x").mkdir()
    (encoders.folder() / ".adding-x" / "card.json").write_text("{}")
    assert encoders.added() == ()

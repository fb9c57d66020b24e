"""The registry of embeddings, with real distributions laid on sys.path."""

from __future__ import annotations

import sys

import pytest

from helpers.embeddings import Tiny, install_embeddings
from helpers.plugin_stub import install
from serfast.errors import ModelError, UnknownPluginError
from serfast.models import embeddings
from serfast.models.embedder import Embedder


def test_lists_without_importing(tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch, "raise RuntimeError('imported')\n")
    assert {"tiny", "tiny-b"} <= set(embeddings.available())
    before = set(sys.modules)
    assert set(embeddings.available()) > {"tiny"}
    assert set(sys.modules) == before
    with pytest.raises(ModelError, match=r"'tiny' of serfast-tiny 1.2.*RuntimeError: imported"):
        embeddings.get("tiny")


def test_gives_what_the_function_makes(tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    embedder = embeddings.get("tiny")
    assert isinstance(embedder, Embedder)
    assert embedder.names == Tiny.names
    assert embeddings.owner("tiny") == "serfast-tiny 1.2"


def test_unknown_names_say_what_there_is_and_what_to_install(tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    with pytest.raises(UnknownPluginError, match=r"an installed one \(.*tiny.*\), got 'whisper-b"):
        embeddings.get("whisper-base-9")
    advice = r"pip install \./plugins/serfast-whisper$"
    with pytest.raises(UnknownPluginError, match=advice):
        embeddings.get("whisper-enormous-12-layers")  # like none that may be installed
    with pytest.raises(UnknownPluginError, match=r"got 'tinny'; did you mean 'tiny'\?$"):
        embeddings.get("tinny")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("odd = 42", "must be a function that gives an embedder, got 42"),
        ("odd = lambda: None", "must give an object with names, .*, got None"),
        ("odd = lambda: Tiny", "must give an object with names"),
        ("odd = lambda: 1 / 0", "can't be opened: ZeroDivisionError"),
        ("def odd(): import no_such_runtime", "can't be opened: ModuleNotFoundError.*runtime"),
        ("odd = lambda: Tiny(names=['a'])", "must have different names of its entries"),
        ("odd = lambda: Tiny(names=('a', 'a'))", "must have different names of its entries"),
        ("odd = lambda: Tiny(names=())", "must have different names of its entries"),
        ("odd = lambda: Tiny(sample_rate=16e3)", "must have a sample_rate from 1 to 1000000 Hz"),
        ("odd = lambda: Tiny(longest=799)", "must have 1 <= shortest <= longest / 2, got 400, 79"),
        ("odd = lambda: Tiny(shortest=0)", "must have 1 <= shortest"),
        ("odd = lambda: Tiny(spec='mel')", "must have a FeatureSpec or None as its spec"),
        ("odd = lambda: Tiny(licence=None)", "must have a licence, got None"),
        ("odd = lambda: Tiny(sha256='ABC')", "must have 64 hexadecimal digits as its sha256"),
    ],
)
def test_what_is_no_embedder_is_said_and_reported(tmp_path, monkeypatch, source, fault):
    install_embeddings(tmp_path, monkeypatch, source + "\n", "odd = {module}:odd")
    with pytest.raises(ModelError, match=f"embedding 'odd' of serfast-tiny 1.2 {fault}"):
        embeddings.get("odd")
    errors = {one.name: one.error for one in embeddings.info()}
    assert errors["tiny"] is None
    assert "serfast-tiny" in errors["odd"]


def test_a_name_of_two_distributions_is_none(tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    (tmp_path / "more").mkdir()
    group = embeddings.GROUP
    install(tmp_path / "more", "more_mod", "", "serfast-more", "tiny = more_mod:tiny", group=group)
    monkeypatch.syspath_prepend(str(tmp_path / "more"))
    with pytest.raises(UnknownPluginError, match=r"'tiny' must come from one distribution"):
        embeddings.get("tiny")


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a+b", "x" * 65, 5, None])
def test_what_is_no_name(name):
    assert not embeddings.is_name(name)
    assert embeddings.is_name("whisper-base-3")

"""Model bundles: what is written comes back, whole or not at all."""

from __future__ import annotations

import json
import os
import zipfile

import numpy as np
import pytest

from helpers.bundles import assert_same, changed, make, members, write
from serfast import RMS, FeatureSpec, ModelError
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding_reference import EmbeddingReference


def test_what_is_saved_comes_back(tmp_path):
    assert_same(Bundle.load(make().save(tmp_path / "model.zip")), make())


def test_a_folder_is_a_bundle_too(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, data in members(make().save(tmp_path / "model.zip")).items():
        (folder / name).write_bytes(data)
    assert_same(Bundle.load(folder), make())


def test_a_repacked_deflated_zip_is_a_bundle_too(tmp_path):
    contents = members(make().save(tmp_path / "model.zip"))
    assert_same(Bundle.load(write(tmp_path / "other.zip", contents, zipfile.ZIP_DEFLATED)), make())


def test_equal_bundles_give_equal_bytes(tmp_path):
    first = make().save(tmp_path / "a.zip").read_bytes()
    turned = {"bias": make().arrays["bias"], "weights": np.asfortranarray(make().arrays["weights"])}
    assert make(arrays=turned).save(tmp_path / "b.zip").read_bytes() == first


def test_identity_is_of_all_that_makes_the_answers_and_of_nothing_else(tmp_path):
    identity = make().identity()
    assert len(identity) == 64
    assert Bundle.load(make().save(tmp_path / "a.zip")).identity() == identity
    assert make(card={"corpus": "another"}).identity() == identity
    weights = make().arrays["weights"]
    others = [
        make(arrays={**make().arrays, "weights": np.nextafter(weights, 9)}),
        make(arrays={"bias": make().arrays["bias"]}),
        make(files={"notes.txt": b"other"}),
        make(classes=make().classes[::-1]),
        make(plugin="another"),
        make(spec=FeatureSpec(features=[RMS(frame_length=256)]), statistics=None),
    ]
    assert len({identity, *(other.identity() for other in others)}) == 1 + len(others)


def test_saving_replaces_whole_or_not_at_all(tmp_path):
    path = make().save(tmp_path / "model.zip")
    before = path.read_bytes()
    with pytest.raises(ModelError, match="dtype"):
        make(arrays={"x": np.array([object()])}).save(path)
    with pytest.raises(ModelError, match="card must be what JSON can hold"):
        make(card={"uar": float("nan")}).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.zip"]


def test_saving_where_there_is_no_folder(tmp_path):
    with pytest.raises(ModelError, match="folder that exists"):
        make().save(tmp_path / "none" / "model.zip")


def test_saving_cleans_up_after_any_error(tmp_path, monkeypatch):
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        make().save(tmp_path / "model.zip")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_saving_respects_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        path = make().save(tmp_path / "model.zip")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_saving_where_it_cannot_be_names_the_file_wanted(tmp_path):
    (tmp_path / "model.zip").mkdir()
    with pytest.raises(ModelError, match=r"model\.zip: bundle can't be written: Is a directory"):
        make().save(tmp_path / "model.zip")
    assert os.listdir(tmp_path) == ["model.zip"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ("a\nb", "c")}, r"classes must be printable names"),
        ({"classes": ("", "c")}, r"classes must be printable names"),
        ({"classes": ("\udc80", "c")}, r"classes must be printable names"),
        ({"plugin": "x; rm -rf"}, r"plugin must be up to 64 letters"),
        ({"plugin": "\x1b[2J"}, r"plugin must be up to 64 letters"),
        ({"plugin": "-e."}, r"plugin must be up to 64 letters"),
        ({"plugin": ""}, r"plugin must be up to 64 letters"),
    ],
)
def test_what_could_not_be_loaded_is_not_made(changes, message):
    with pytest.raises(ModelError, match=message):
        make(**changes)


def test_card_that_utf8_cannot_hold(tmp_path):
    with pytest.raises(ModelError, match="card must be what JSON can hold"):
        make(card={"corpus": "\udc80"}).save(tmp_path / "model.zip")


@pytest.mark.parametrize("classes", [(), ("one",), ("a", "a"), ("a", "b", "a")])
def test_classes_must_be_different(classes):
    with pytest.raises(ModelError, match="classes must be at least 2 different names"):
        make(classes=classes)


@pytest.mark.parametrize("spoil", ["spec", "plugin", "sha256"])
def test_errors_name_the_bundle(tmp_path, spoil):
    path = changed(tmp_path, **{spoil: None})
    with pytest.raises(ModelError) as error:
        Bundle.load(path)
    assert str(error.value).startswith(f"{path}: ")
    assert str(error.value).count(str(path)) == 1


def test_missing(tmp_path):
    with pytest.raises(ModelError, match=r"none\.zip"):
        Bundle.load(tmp_path / "none.zip")


def test_truncated_anywhere(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    cut = tmp_path / "cut.zip"
    for size in [0, 1, 21, 22, *range(50, len(data) - 1, 97), len(data) - 1]:
        cut.write_bytes(data[:size])
        with pytest.raises(ModelError):
            Bundle.load(cut)


def test_any_flipped_byte_is_harmless(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    path = tmp_path / "flipped.zip"
    random = np.random.default_rng(0)
    for place in random.integers(0, len(data), 300):
        broken = bytearray(data)
        broken[place] ^= 1 << int(random.integers(8))
        path.write_bytes(broken)
        try:
            found = Bundle.load(path)
        except ModelError:
            continue
        assert_same(found, make())  # a byte that says nothing, such as a date


def test_saving_under_a_name_that_no_file_can_have(tmp_path):
    with pytest.raises(ModelError, match="bundle can't be written: embedded null byte"):
        make().save(tmp_path / "nul\0byte.zip")


def test_saving_keeps_the_mode_and_writes_through_a_link(tmp_path):
    path = make().save(tmp_path / "real.zip")
    path.chmod(0o600)
    (tmp_path / "link.zip").symlink_to("real.zip")
    assert make(plugin="other").save(tmp_path / "link.zip") == tmp_path / "link.zip"
    assert (tmp_path / "link.zip").is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert Bundle.load(path).plugin == "other"


REFERENCE = EmbeddingReference("a+b", "0f" * 32, 5)


def test_an_embedding_is_named_and_belongs_to_the_identity(tmp_path):
    bundle = make(embedding=REFERENCE)
    loaded = Bundle.load(bundle.save(tmp_path / "a.zip"))
    assert loaded.embedding == REFERENCE
    others = [make(), make(embedding=EmbeddingReference("a+b", "1f" * 32, 5))]
    assert len({one.identity() for one in (bundle, loaded, *others)}) == 3
    assert "embedding" not in json.loads(members(make().save(tmp_path / "b.zip"))["model.json"])


def test_the_size_of_a_vector():
    statistics, columns = make().statistics, make().spec.columns
    assert make().vector_size == len(statistics.names(columns))
    assert make(embedding=REFERENCE).vector_size == len(statistics.names(columns)) + 5
    assert make(embedding=REFERENCE, statistics=None).vector_size == 5
    message = "statistics in the bundle must be given for the plugin svm, got null"
    with pytest.raises(ModelError, match=message):
        _ = make(statistics=None).vector_size


@pytest.mark.parametrize(
    ("embedding", "message"),
    [
        ("a", "embedding must be an object with the keys"),
        ({**REFERENCE.to_dict(), "dimension": 2**40}, "dimension of an embedding must be"),
        ({**REFERENCE.to_dict(), "name": "../../x"}, "name of an embedding must be"),
    ],
)
def test_what_is_no_embedding_is_refused(tmp_path, embedding, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, embedding=embedding))

"""`serfast embedding`: an encoder is added, trained with, and removed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import serfast
from helpers.cli_corpus import write_corpus
from helpers.embeddings import install_embeddings, install_scaled
from helpers.plugin_stub import install_nearest
from serfast.cli.main import main
from serfast.errors import ModelError
from serfast.models import encoders
from serfast.models.bundle.bundle import Bundle


@pytest.fixture
def words(tmp_path, monkeypatch) -> list[str]:
    install_nearest(tmp_path, monkeypatch)
    install_embeddings(tmp_path, monkeypatch)
    install_scaled(tmp_path, monkeypatch)
    (tmp_path / "mine.bin").write_bytes(b"4")
    (tmp_path / "card.json").write_text(json.dumps({"kind": "scaled", "licence": "MIT"}))
    return ["embedding", "add", str(tmp_path / "mine.bin"), "--card", str(tmp_path / "card.json")]


def test_adds_trains_and_removes(words, tmp_path, capsys):
    assert main(words) == 0
    embedding = serfast.Embedding("mine")
    expected = f"mine: 3 entries, 16000 Hz, MIT, SHA-256 {embedding.sha256[:16]}…, in "
    assert expected in capsys.readouterr().out
    model = tmp_path / "model.zip"
    folder = str(write_corpus(tmp_path / "wav"))
    training = ["train", folder, "--embedding", "mine", "--classifier", "nearest", "--plain"]
    assert main([*training, "-o", str(model)]) == 0
    assert serfast.Recognizer(model).classes == ("anger", "sadness")
    assert main(["info"]) == 0
    assert "embedding mine " in capsys.readouterr().out
    assert main(["embedding", "remove", "mine"]) == 0
    assert main(["predict", folder, "--classifier", str(model)]) == 1
    assert "embedding must be an installed one" in capsys.readouterr().err


def test_json_and_a_name_of_ones_own(words, capsys):
    assert main([*words, "--name", "four", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts == {
        **serfast.Embedding("four").reference.to_dict(),
        "licence": "MIT",
        "sample_rate": 16000,
        "folder": str(encoders.folder() / "four"),
    }


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--name", "tiny"], "name must be a new one, got that of serfast-tiny 1.2"),
        (["--card", "none.json"], "none.json"),
        (["--name", "a/b"], "name must be up to 64 letters"),
    ],
)
def test_what_cannot_be_added_is_said(words, capsys, extra, message):
    assert main([*words, *extra]) == 1
    assert message in capsys.readouterr().err
    assert encoders.added() == ()


def test_twice_only_by_force(words, capsys):
    assert main(words) == 0
    assert main(words) == 1
    assert "name must be a new one" in capsys.readouterr().err
    Path(words[2]).write_bytes(b"9")
    assert main([*words, "--force"]) == 0


def test_a_bundle_may_carry_it(words, tmp_path, capsys):
    assert main(words) == 0
    folder, model = str(write_corpus(tmp_path / "wav")), tmp_path / "model.zip"
    training = ["train", folder, "--classifier", "nearest", "--plain", "-o", str(model), "--force"]
    assert main([*training, "--embedding", "mine", "--carry"]) == 0
    assert main(["embedding", "remove", "mine"]) == 0
    recognizer = serfast.Recognizer(model)
    paths = sorted((tmp_path / "wav").glob("*W*.wav"))
    assert {recognizer.predict(path).label for path in paths} == {"anger"}
    bundle = Bundle.load(model)
    files = {**bundle.files, "embedding.mine.encoder": b"5"}
    with pytest.raises(ModelError, match="must be the one with the SHA-256"):
        serfast.Recognizer(replace(bundle, files=files).save(tmp_path / "other.zip"))
    files["embedding.mine.encoder"] = b"no number"
    with pytest.raises(ModelError, match="'mine' of the bundle can't be opened: encoder must be d"):
        serfast.Recognizer(replace(bundle, files=files).save(tmp_path / "other.zip"))
    files["embedding.mine.json"] = b"[]"
    with pytest.raises(ModelError, match=r"can't be opened: embedding\.mine\.json must be an obj"):
        serfast.Recognizer(replace(bundle, files=files).save(tmp_path / "other.zip"))
    capsys.readouterr()
    for extra, message in (
        (["--embedding", "tiny"], "must be an added encoder to be carried, got 'tiny'"),
        ([], "--carry must be given with --embedding"),
    ):
        assert main([*training, *extra, "--carry"]) == 1
        assert message in capsys.readouterr().err


def test_bad_usage(words, capsys):
    for wrong in (["embedding"], ["embedding", "ad", "x"], words[:2], ["embedding", "remove"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2
    assert "did you mean 'add'" in capsys.readouterr().err
    for wrong, message in ((words[:3], "--card must be given"), (
        ["embedding", "remove", "mine", "--name", "x"], "must be given with add alone",
    )):  # fmt: skip
        assert main(wrong) == 1
        assert message in capsys.readouterr().err

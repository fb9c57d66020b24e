"""The README: its example runs, and it tells of the weights what their card tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

import serfast
import serfast_campplus
from helpers.pages import ROOT, examples

README = "plugins/serfast-campplus/README.md"


def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    y, rate = serfast.load(ROOT / "examples" / "speech.flac")
    soundfile.write(tmp_path / "speech.wav", y, rate)
    monkeypatch.chdir(tmp_path)
    (block,) = examples(README)
    names: dict[str, object] = {}
    exec(compile(block, README, "exec"), names)
    assert "(1024,)" in capsys.readouterr().out


def test_licence_and_source_are_those_of_the_card() -> None:
    models = Path(serfast_campplus.__file__).parent / "models"
    card = json.loads((models / "campplus-2.json").read_text("utf-8"))
    page = (ROOT / README).read_text("utf-8")
    for name in ("licence", "source", "sha256", "checkpoint_sha256"):
        assert card[name] in page
    notice = (ROOT / "plugins/serfast-campplus/NOTICE").read_text("utf-8")
    assert card["source"] in notice

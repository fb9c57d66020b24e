"""The examples of docs/python.md run: scikit-learn, pandas and FastAPI.

test_torch_page.py runs those of PyTorch and Keras.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

import serfast
from helpers.pages import ROOT, at_examples, run_section

PAGE = "docs/python.md"


@pytest.fixture(autouse=True)
def at_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with what the examples read."""
    at_examples(tmp_path)
    monkeypatch.chdir(tmp_path)


def test_every_section_is_run() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / PAGE).read_text("utf-8"), re.MULTILINE)
    assert headings == ["scikit-learn", "pandas", "PyTorch", "Keras", "FastAPI"]


def test_scikit_learn(capsys: pytest.CaptureFixture[str]) -> None:
    names = run_section(PAGE, "scikit-learn")
    printed = capsys.readouterr().out
    assert "UAR 100.0%, speakers left out" in printed  # white noise and low-passed noise
    assert list(names["said"]) == names["labels"]
    assert names["search"].best_score_ == 1
    assert any(Path("vectors").glob("*.npy"))
    recognizer = serfast.Recognizer("mine.zip")
    [*labels] = (recognizer.predict(one.path).label for one in names["recordings"])
    assert labels == names["labels"]


def test_pandas(capsys: pytest.CaptureFixture[str]) -> None:
    names = run_section(PAGE, "pandas")
    assert re.search(r"^\d+ Hz$", capsys.readouterr().out, re.MULTILINE)
    assert names["loudness"].shape == (24,)
    kept = pd.read_parquet("rows.parquet")
    assert kept.attrs["units"]["f0"] == "Hz"


def test_fastapi() -> None:
    names = run_section(PAGE, "FastAPI")
    client, recognizer = TestClient(names["app"]), names["recognizer"]
    content = Path("examples/speech.flac").read_bytes()
    answer = client.post("/emotion", content=content).json()
    expected = recognizer.predict(content)
    assert answer["label"] == expected.label
    assert answer["probabilities"] == pytest.approx(expected.probabilities)
    bad = client.post("/emotion", content=b"no sound")
    assert bad.status_code == 422
    assert "<bytes>" in bad.json()["detail"]
    assert client.post("/emotion", content=b"").status_code == 422
    assert client.post("/emotion", content=bytes(10_000_001)).status_code == 413


def test_fastapi_live() -> None:
    names = run_section(PAGE, "FastAPI")
    y, _ = serfast.load("examples/speech.flac", sample_rate=16000)
    pcm = np.round(y * 32767).astype(np.int16)
    stream = names["recognizer"].stream(sample_rate=16000, window=1.0, hop=0.5)
    expected = [(event.start, event.label) for event in stream.accept(pcm)]
    assert expected
    with TestClient(names["app"]).websocket_connect("/live") as socket:
        for begin in range(0, len(pcm), 1600):
            socket.send_bytes(pcm[begin : begin + 1600].tobytes())
        events = [socket.receive_json() for _ in expected]
        assert [(event["start"], event["label"]) for event in events] == expected
        socket.send_bytes(b"odd")
        assert socket.receive()["code"] == 1007

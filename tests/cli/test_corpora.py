"""What `serfast corpora NAME FOLDER` says of a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from serfast.cli.main import main

RATE = 16000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    noise = random.normal(size=(3, RATE)) * 0.1
    for name, y in {
        "03a01Fa.wav": noise[0],
        "03a02Wa.wav": noise[1],
        "08a01Fb.wav": noise[0],
        "08a02Na.wav": np.zeros(RATE),
        "09a01Na.wav": noise[2][:1600],
        "other.wav": noise[2],
    }.items():
        soundfile.write(tmp_path / name, y, RATE)
    (tmp_path / "09a02Wa.wav").write_bytes(b"nothing")
    return tmp_path


def test_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpora", "emodb", str(folder), "--json"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["recordings"] == 6
    assert facts["missing"] == 535 - 6
    assert facts["counts"]["anger"] == {"03": 1, "08": 0, "09": 1}
    assert facts["seconds"] == 4.1 - 0.0
    assert facts["sample_rates"] == {"16000": 5}
    assert [Path(one).name for one in facts["unlabelled"]] == ["other.wav"]
    assert [[Path(one).name for one in same] for same in facts["doubled"]] == [
        ["03a01Fa.wav", "08a01Fb.wav"]
    ]
    odd = {Path(one["file"]).name: one["what"] for one in facts["odd"]}
    assert odd.pop("09a02Wa.wav")
    assert odd == {"08a02Na.wav": "silent", "09a01Na.wav": "only 0.1 s long"}


def test_its_table_and_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = folder / "counts.png"
    assert main(["corpora", "auto", str(folder), "--plot", str(picture)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("recordings: 6 recordings, 3 speakers, 0 min 4 s (16000 Hz: 5)\n")
    assert "anger       1   0   1    2\n" in out
    assert "doubled: 1\n" in out
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpora"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") > 20
    assert "CREMA-D" in out
    assert main(["corpora", "nemo"]) == 0
    assert "Polish" in capsys.readouterr().out
    assert main(["corpora", "nemo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == [
        *("anger", "fear", "happiness", "neutral", "sadness", "surprise"),
    ]


def test_bad_calls(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["corpora", "nmo"]) == 1
    assert "corpus must be one of emodb, ravdess" in capsys.readouterr().err
    assert main(["corpora", "--plot", str(tmp_path / "a.png")]) == 1
    assert "--plot must be given with a FOLDER" in capsys.readouterr().err

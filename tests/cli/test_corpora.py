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
    assert odd.pop("09a02Wa.wav").startswith("not audio that can be read")
    assert odd == {"08a02Na.wav": "silent", "09a01Na.wav": "only 0.1 s long"}


def test_its_table_and_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = folder / "counts.png"
    assert main(["corpora", "auto", str(folder), "--plot", str(picture)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("recordings: 6 recordings, 3 speakers, 0 min 4 s (16000 Hz: 5)\n")
    assert "anger       1   0   1    2\n" in out
    assert "doubled: 1\n" in out
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_parts_beyond_the_end_of_their_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for i, name in enumerate(("a.wav", "b.wav")):
        soundfile.write(tmp_path / name, np.random.default_rng(i).normal(size=RATE) * 0.1, RATE)
    rows = ["a.wav,joy,1,0,1.05", "b.wav,joy,2,0,0.5", "b.wav,joy,2,0.5,9", "b.wav,joy,2,5,"]
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(["path,label,speaker,start,end", *rows]))
    assert main(["corpora", str(table), str(tmp_path), "--json"]) == 0
    [odd] = json.loads(capsys.readouterr().out)["odd"]
    assert Path(odd["file"]).name == "b.wav"
    assert odd["what"] == "2 parts reach beyond its end at 1.00 s, up to 9.00 s"


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
    assert main(["corpora", "nemoo"]) == 1
    assert "got 'nemoo'; did you mean 'nemo'?" in capsys.readouterr().err
    assert main(["corpora", "--plot", str(tmp_path / "a.png")]) == 1
    assert "--plot must be given with a FOLDER" in capsys.readouterr().err

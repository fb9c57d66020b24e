"""`serfast extract --statistics`: one row a recording, as training sees it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyarrow import parquet

import serfast
from helpers.cli_corpus import write_corpus
from serfast import presets
from serfast.cli.main import main
from serfast.features.spec import FeatureSpec
from serfast.statistics.statistics import Statistics

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
STATISTICS = Statistics(functionals=("mean", "max"), deltas=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "wav")


@pytest.fixture
def words(folder: Path) -> list[str]:
    """Features and statistics of our own."""
    for name, text in [
        ("spec.json", SPEC.to_json()),
        ("some.json", json.dumps(STATISTICS.to_dict())),
    ]:
        (folder.parent / name).write_text(text)
    mine = ["--spec", str(folder.parent / "spec.json")]
    return [*mine, "--statistics", "--statistics-file", str(folder.parent / "some.json")]


def expected(folder: Path) -> dict[str, np.ndarray]:
    """Mean and maximum of the two columns, by NumPy."""
    extractor = serfast.Extractor(SPEC)
    vectors = {}
    for path in sorted(folder.glob("*.wav")):
        rows = extractor(serfast.load(path, 16000)[0]).astype(np.float64)
        vectors[str(path)] = np.stack([rows.mean(axis=0), rows.max(axis=0)], axis=1).ravel()
    return vectors


def about(folder: Path) -> list[tuple[str, str]]:
    """Label and speaker by EmoDB's names."""
    emotions = {"W": "anger", "T": "sadness"}
    return [(emotions[path.stem[5]], path.stem[:2]) for path in sorted(folder.glob("*.wav"))]


def table_of(path: Path) -> tuple[list[str], list[tuple[str, str]], np.ndarray]:
    """Names, labels and speakers, and vectors in a table."""
    names = list(STATISTICS.names(SPEC.columns))
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as data:
            assert data["columns"].tolist() == names
            assert FeatureSpec.from_json(str(data["spec"])) == SPEC
            assert Statistics.from_dict(json.loads(str(data["statistics"]))) == STATISTICS
            pairs = zip(data["label"].tolist(), data["speaker"].tolist(), strict=True)
            return data["files"].tolist(), list(pairs), data["vectors"]
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            lines = list(csv.DictReader(file))
    else:
        table = parquet.read_table(path)
        assert FeatureSpec.from_json(table.schema.metadata[b"serfast.spec"]) == SPEC
        lines = [
            {name: "" if cell is None else cell for name, cell in line.items()}
            for line in table.to_pylist()
        ]
    assert list(lines[0]) == ["file", "start", "end", "label", "speaker", *names]
    vectors = np.array([[float(line[name]) for name in names] for line in lines])
    return (
        [line["file"] for line in lines],
        [(line["label"], line["speaker"]) for line in lines],
        vectors,
    )


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".parquet"])
def test_a_row_a_recording(folder: Path, words: list[str], suffix: str) -> None:
    out = folder.parent / f"out{suffix}"
    assert main(["extract", str(folder), "-o", str(out), *words, "--threads", "2"]) == 0
    files, pairs, vectors = table_of(out)
    wanted = expected(folder)
    assert files == list(wanted)
    assert pairs == about(folder)
    np.testing.assert_allclose(vectors, np.stack(list(wanted.values())), rtol=1e-5, atol=1e-7)
    one = serfast.Extractor(SPEC)(serfast.load(files[0], 16000)[0])
    np.testing.assert_array_equal(vectors[0], STATISTICS(one, SPEC.columns))  # every bit


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".parquet"])
def test_labels_that_are_not_known_are_empty(folder: Path, words: list[str], suffix: str) -> None:
    soundfile.write(folder / "a stranger.wav", np.full(8000, 0.1), 16000)
    out = folder.parent / f"out{suffix}"
    assert main(["extract", str(folder), "-o", str(out), *words]) == 0
    files, pairs, _ = table_of(out)
    assert dict(zip(files, pairs, strict=True))[f"{folder}/a stranger.wav"] == ("", "")
    assert sum(pair == ("", "") for pair in pairs) == 1


def test_labels_of_a_table(folder: Path, words: list[str]) -> None:
    labels = folder.parent / "labels.csv"
    labels.write_text("path,label,speaker\nwav/03a01Wa.wav,loud,me\n")
    out = folder.parent / "out.csv"
    extra = ["--labels", str(labels)]
    assert main(["extract", str(folder), "-o", str(out), *words, *extra]) == 0
    files, pairs, _ = table_of(out)
    assert [pair for pair in pairs if pair != ("", "")] == [("loud", "me")]
    assert pairs[files.index(f"{folder}/03a01Wa.wav")] == ("loud", "me")


def test_the_speech_presets_statistics_are_the_default(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder.parent / "out.npz"
    file = str(folder / "03a01Wa.wav")
    assert main(["extract", file, "-o", str(out), "--statistics", "--json"]) == 0
    names = presets.speech_statistics().names(presets.speech().columns)
    with np.load(out) as data:
        assert data["columns"].tolist() == list(names)
    assert json.loads(capsys.readouterr().out) == {
        "output": str(out),
        "recordings": 1,
        "rows": 1,
        "columns": len(names),
        "passed_over": 0,
        "failed": 0,
    }


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--labels", "emodb"], "must be given with --statistics"),
        (["--statistics-file", "x.json"], "must be given with --statistics"),
        (["--statistics", "--labels", "martian"], "labels must be one of auto"),
        (
            ["--statistics", "--labels", "folders"],
            "labels must be auto, a corpus's name or a table",
        ),
        (["--statistics", "--labels", "pattern:x"], "got 'pattern:x'"),
        (["--embedding", "x", "--preset", "speech"], "must be given without --embedding alone"),
        (["--statistics", "--statistics-file", "gone.json"], "gone.json: no such file"),
    ],
)
def test_bad_arguments_write_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], extra: list[str], message: str
) -> None:
    out = folder.parent / "out.csv"
    assert main(["extract", str(folder), "-o", str(out), *extra]) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_bad_recording_is_reported_and_left_out(
    folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "03a01Wc.wav").write_text("no audio")
    out = folder.parent / "out.csv"
    assert main(["extract", str(folder), "-o", str(out), *words]) == 1
    stdout, err = capsys.readouterr()
    assert "03a01Wc.wav" in err
    assert stdout == f"{out}: 12 recordings, 12 rows of 4 columns, 1 failed\n"
    assert len(table_of(out)[0]) == 12

"""`serfast extract --segments`, the presets of GeMAPS, and ARFF tables."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyarrow import parquet

import serfast
from helpers import signals
from serfast import presets
from serfast.cli.main import main
from serfast.streaming.running import RunningStatistics

RATE = 16000
NAMES = list(presets.egemaps_statistics().names(presets.egemaps().columns))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings that EmoDB might have named, of 2.5 and 0.2 s."""
    corpus = tmp_path / "it's a corpus"
    corpus.mkdir()
    soundfile.write(corpus / "03a01Wa.wav", signals.voice(RATE, 40000, seed=1), RATE)
    soundfile.write(corpus / "08a01Ta.wav", signals.voice(RATE, 3200, seed=2), RATE)
    return corpus


def extracted(folder: Path, suffix: str, *words: str, status: int = 0) -> Path:
    """Extract GeMAPS of some kind, and give the table's path."""
    out = folder.parent / f"out{suffix}"
    arguments = ["extract", str(folder), "-o", str(out), "--force", *words]
    assert main(arguments) == status
    return out


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def rows_of(path: Path) -> np.ndarray:
    return serfast.Extractor(presets.egemaps())(serfast.load(path, RATE)[0])


def test_one_row_a_recording(folder: Path) -> None:
    out = extracted(folder, ".parquet", "--preset", "egemaps", "--statistics")
    table = parquet.read_table(out)
    assert table.column_names == ["file", "start", "end", "label", "speaker", *NAMES]
    one, two = table.to_pylist()
    assert (one["start"], one["end"], two["start"], two["end"]) == (0, 2.5, 0, 0.2)
    assert (one["label"], one["speaker"], two["label"]) == ("anger", "03", "sadness")
    expected = presets.egemaps_statistics()(
        rows_of(folder / "03a01Wa.wav"), presets.egemaps().columns
    )
    assert [one[name] for name in NAMES] == expected.tolist()


def test_the_smaller_set(folder: Path) -> None:
    out = extracted(folder, ".csv", "--preset", "gemaps", "--statistics")
    assert len(lines_of(out)[0]) == 5 + 62


def test_rows_without_statistics(folder: Path) -> None:
    out = extracted(folder, ".npz", "--preset", "egemaps")
    with np.load(out) as data:
        assert tuple(data["columns"]) == presets.egemaps().columns
        assert np.array_equal(data["rows_0"], rows_of(folder / "03a01Wa.wav"))


@pytest.mark.parametrize(
    ("words", "window", "hop", "times"),
    [
        (["1"], 100, 100, [(0, 1), (1, 2), (1.51, 2.5)]),
        (["1", "--overlap", "0.5"], 100, 50, [(0, 1), (0.5, 1.5), (1, 2), (1.5, 2.5)]),
        (["9"], 900, 900, [(0, 2.5)]),
    ],
)
def test_a_row_a_segment_as_a_stream_would_have_it(
    folder: Path, words: list[str], window: int, hop: int, times: list[tuple[float, float]]
) -> None:
    words = ["--preset", "egemaps", "--statistics", "--segments", *words]
    lines = [line for line in lines_of(extracted(folder, ".csv", *words)) if "03a" in line["file"]]
    assert [(float(line["start"]), float(line["end"])) for line in lines] == times
    columns = presets.egemaps().columns
    running = RunningStatistics(presets.egemaps_statistics(), columns, window=window, hop=hop)
    summaries = running.accept(rows_of(folder / "03a01Wa.wav")) + running.flush()
    for line, summary in zip(lines, summaries, strict=True):
        assert line["label"] == "anger"
        assert [float(line[name]) for name in NAMES] == summary.vector.tolist()


def test_segments_in_an_npz(folder: Path) -> None:
    words = ["--preset", "egemaps", "--statistics", "--segments", "1"]
    with np.load(extracted(folder, ".npz", *words)) as data:
        assert data["start"].tolist() == [0, 1, 1.51, 0]
        assert data["end"].tolist() == [1, 2, 2.5, 0.2]
        assert len(data["files"]) == len(data["label"]) == len(data["vectors"]) == 4
        assert len(set(data["files"].tolist())) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--segments", "1"], "--segments and --overlap must be given with --statistics"),
        (["--statistics", "--overlap", "1"], "--overlap must be given with --segments"),
        (
            ["--statistics", "--segments", "1", "--overlap", "1"],
            "--overlap must be less than --segments, got 1",
        ),
        (["--statistics", "--segments", "0"], "--segments must be 0.01 s or more, got 0"),
    ],
)
def test_segments_that_are_none_are_refused(
    folder: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    extracted(folder, ".csv", *words, status=1)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("text", ["-1", "x", "nan", "1e9"])
def test_what_is_no_duration_is_refused(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        extracted(folder, ".csv", "--statistics", f"--segments={text}")
    assert f"must be seconds from 0 to 86400, got '{text}'" in capsys.readouterr().err


def test_a_bad_file_is_left_out_and_the_rest_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "03a01Wb.wav").write_bytes(b"RIFF of nothing")
    words = ["--preset", "egemaps", "--statistics"]
    lines = lines_of(extracted(folder, ".csv", *words, status=1))
    assert [Path(line["file"]).name for line in lines] == ["03a01Wa.wav", "08a01Ta.wav"]
    assert "03a01Wb.wav" in capsys.readouterr().err


def arff(path: Path) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Attributes and rows of an ARFF file, read as Weka's description of the format says."""
    text = path.read_text("utf-8")
    head, _, data = text.partition("@data\n")
    assert re.match(r"@relation \S+\n", head)
    attributes = re.findall(r"^@attribute ('(?:\\.|[^'])*'|\S+) (.+)$", head, re.MULTILINE)
    cell = re.compile(r"'((?:\\.|[^'\\])*)'|([^,]+)")
    rows = []
    for line in data.splitlines():
        cells = [
            re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2]
            for match in cell.finditer(line)
        ]
        rows.append(cells)
    return attributes, rows


def test_arff_has_a_name_numbers_and_a_class(folder: Path) -> None:
    out = extracted(folder, ".arff", "--preset", "egemaps", "--statistics")
    attributes, rows = arff(out)
    numeric = [(name, "numeric") for name in NAMES]
    assert attributes == [("name", "string"), *numeric, ("class", "{anger,sadness}")]
    assert [row[0] for row in rows] == [f"{folder}/03a01Wa.wav", f"{folder}/08a01Ta.wav"]
    assert [row[-1] for row in rows] == ["anger", "sadness"]
    lines = lines_of(extracted(folder, ".csv", "--preset", "egemaps", "--statistics"))
    assert [row[1:-1] for row in rows] == [[line[name] for name in NAMES] for line in lines]


def test_arff_of_segments_of_unknown_recordings_and_of_rows(folder: Path) -> None:
    (folder / "08a01Ta.wav").unlink()
    (folder / "03a01Wa.wav").rename(folder / "100 % mine.wav")
    words = ["--preset", "gemaps", "--statistics", "--segments", "1"]
    attributes, rows = arff(extracted(folder, ".arff", *words))
    assert [name for name, _ in attributes[:3]] == ["name", "start", "end"]
    assert attributes[-1] == ("class", "{unknown}")
    assert [row[:3] for row in rows] == [
        [f"{folder}/100 % mine.wav", start, end]
        for start, end in (("0", "1"), ("1", "2"), ("1.51", "2.5"))
    ]
    assert {row[-1] for row in rows} == {"?"}
    attributes, rows = arff(extracted(folder, ".arff", "--preset", "gemaps"))
    columns = presets.gemaps().columns
    assert [name for name, _ in attributes] == ["name", "frameTime", *columns]
    assert len(rows) == 251
    assert rows[7][1] == "0.07"
    values = np.array([[float(cell) for cell in row[2:]] for row in rows], np.float32)
    expected = serfast.Extractor(presets.gemaps())(serfast.load(folder / "100 % mine.wav", RATE)[0])
    assert np.array_equal(values, expected)

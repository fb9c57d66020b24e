"""Tables of labels in every kind of file, with columns of any name."""

from __future__ import annotations

import gc
import json
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet
import pytest

from serfast.corpora.columns import columns_of_text
from serfast.corpora.finding import find_recordings
from serfast.corpora.label_tables import recordings_of_table, sources_of_table
from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError

ROWS = [
    {"file": "b.wav", "emo": "joy", "who": "1", "start": 0.5, "end": 1.25, "arousal": 3},
    {"file": "b.wav", "emo": "rage", "who": "2", "start": 2, "end": 3, "arousal": 4.5},
    {"file": "a.wav", "emo": "joy", "who": "1", "start": 0, "end": 1, "arousal": 1},
]
COLUMNS = {"path": "file", "label": "emo", "speaker": "who"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).touch()
    return tmp_path


def expected(folder: Path) -> list[Recording]:
    parts = [(2, "joy", "1", 0.0, 1.0, 1.0), (0, "joy", "1", 0.5, 1.25, 3.0)]
    parts.append((1, "rage", "2", 2.0, 3.0, 4.5))
    return [
        Recording(
            folder / str(ROWS[k]["file"]), label, speaker, start=start, end=end, arousal=arousal
        )
        for k, label, speaker, start, end, arousal in parts
    ]


def write(path: Path) -> None:
    separator = "\t" if path.suffix == ".tsv" else ","
    if path.suffix in (".csv", ".tsv"):
        lines = [separator.join(map(str, row.values())) for row in ROWS]
        path.write_text("\n".join([separator.join(ROWS[0]), *lines]))
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, ROWS)) + "\n")
    elif path.suffix == ".json":
        path.write_text(json.dumps(dict(enumerate(ROWS))))
    else:
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".json", ".parquet"])
def test_kinds_of_table(folder: Path, suffix: str) -> None:
    table = folder / f"labels{suffix}"
    write(table)
    assert find_recordings(folder, table, columns=COLUMNS) == expected(folder)
    assert find_recordings(folder, table, columns="speaker=who") == expected(folder)
    assert find_recordings(table, columns=COLUMNS) == expected(folder)


def test_paths_may_begin_at_the_folder(folder: Path) -> None:
    (folder / "tables").mkdir()
    table = folder / "tables" / "labels.csv"
    table.write_text("path,label,speaker\na.wav,joy,1\n")
    assert [one.path for one in find_recordings(folder, table)] == [folder / "a.wav"]


def test_a_manifest_without_speakers_has_those_of_the_file_names(tmp_path: Path) -> None:
    """EmoBox's manifests (Ma et al., 2024) tell file and emotion, and nothing of the speaker."""
    for name in ("03a01Fa.wav", "16a01Fa.wav", "other.wav"):
        (tmp_path / "wav").mkdir(exist_ok=True)
        (tmp_path / "wav" / name).touch()
    lines = [
        {"key": f"emodb-{k}", "dataset": "emodb", "wav": f"wav/{name}", "emo": "happy"}
        for k, name in enumerate(("03a01Fa.wav", "16a01Fa.wav"))
    ]
    table = tmp_path / "emodb_test_fold_1.jsonl"
    table.write_text("\n".join(map(json.dumps, lines)))
    found = find_recordings(tmp_path, table, emotions="standard")
    assert [(one.label, one.speaker) for one in found] == [("happiness", "03"), ("happiness", "16")]
    lines.append({**lines[0], "wav": "wav/other.wav"})
    table.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(ParameterError, match=r"line 3: speaker isn't told, .* by other\.wav"):
        find_recordings(tmp_path, table)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a.wav,joy,1,x,", "start must be a number, got 'x'"),
        ("a.wav,joy,1,-1,2", "start must be a finite number >= 0, got -1.0"),
        ("a.wav,joy,1,2,1", "end must be later than start, 2 s, got 1.0"),
    ],
)
def test_bad_times(folder: Path, row: str, problem: str) -> None:
    table = folder / "labels.csv"
    table.write_text(f"path,label,speaker,start,end\n{row}\n")
    with pytest.raises(ParameterError, match=f"line 2: {problem}"):
        find_recordings(table)


def test_times_as_audformat_writes_them(folder: Path) -> None:
    table = folder / "db.emotion.csv"
    table.write_text(
        "file,start,end,emotion,speaker\n"
        "a.wav,0 days 00:00:01.500000,0 days 00:01:02,joy,1\nb.wav,0 days 00:00:00,NaT,joy,2\n"
    )
    first, second = find_recordings(folder, table)
    assert (first.start, first.end) == (1.5, 62.0)
    assert (second.start, second.end) == (0.0, None)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("path", "columns must be NAME=COLUMN,…, got 'path'"),
        ("path=", "columns must be NAME=COLUMN"),
        ("path=a,path=b", "columns must be one column for path, got 'path=a,path=b'"),
        ("emotion=emo", "emotion"),
    ],
)
def test_bad_columns(columns: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        columns_of_text(columns)


def test_a_column_that_is_not_there(folder: Path) -> None:
    table = folder / "labels.csv"
    table.write_text("path,label,speaker\na.wav,joy,1\n")
    with pytest.raises(
        ParameterError, match=r"labels\.csv: header must name 'emo', got path,label"
    ):
        find_recordings(folder, table, columns="label=emo")
    with pytest.raises(ParameterError, match="columns must be given with a table of labels"):
        find_recordings(folder, columns="label=emo")


def test_many_bad_lines_end_the_reading(folder: Path) -> None:
    table = folder / "labels.csv"
    table.write_text("path,label,speaker\n" + "none.wav,joy,1\n" * 1000)
    with pytest.raises(ParameterError, match=r"line 2: no such file.*and 95 more"):
        find_recordings(folder, table)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        *((".jsonl", "{"), (".jsonl", "[1]"), (".json", "3"), (".json", "{"), (".parquet", "PAR1")),
        (".json", "[" * 100_000),
    ],
)
def test_tables_that_are_none(folder: Path, suffix: str, content: str) -> None:
    table = folder / f"labels{suffix}"
    table.write_text(content)
    with pytest.raises(
        ParameterError, match=rf"labels\{suffix}: can't be read as {suffix[1:].upper()}"
    ):
        find_recordings(folder, table)


@pytest.mark.parametrize("path", ['["a.wav"]', '{"a": 1}'])
def test_a_path_that_is_no_text(folder: Path, path: str) -> None:
    table = folder / "labels.jsonl"
    table.write_text(f'{{"path": {path}, "label": "joy", "speaker": "1"}}\n')
    with pytest.raises(ParameterError, match=r"jsonl: line 1: path must be text, got [\[{]"):
        find_recordings(folder, table)


def test_ratings_that_are_no_numbers(folder: Path) -> None:
    table = folder / "labels.csv"
    table.write_text("path,label,speaker,arousal,valence\na.wav,joy,1,nan,2.5\n")
    [found] = find_recordings(folder, table)
    assert (found.arousal, found.valence, found.dominance) == (None, 2.5, None)
    table.write_text("path,label,speaker,arousal\na.wav,joy,1,inf\n")
    with pytest.raises(ParameterError, match="line 2: arousal must be a finite number, got inf"):
        find_recordings(folder, table)


# --- what a dataset has of a table ----------------------------------------------------------------


def listed(folder: Path, lines: list[str]) -> Path:
    """Write a table of wav files that are there."""
    for name in {line.partition(",")[0] for line in lines}:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    table = folder / "table.csv"
    table.write_text("\n".join(["path,label,speaker,start,end", *lines]) + "\n")
    return table


@pytest.mark.parametrize("is_sorted", [True, False])
def test_a_datasets_sources_are_the_recordings_in_their_order(
    tmp_path: Path, is_sorted: bool
) -> None:
    lines = [
        "a b/c.wav,joy,x,,",
        "a.wav,joy,x,,",
        "a/b.wav,rage,y,0.5,1.5",
        "a/b.wav,joy,y,1.5,2",
        "a/b.wav,joy,y,11,",
        "ä.wav,joy,y,,",
    ]
    table = listed(tmp_path, lines if is_sorted else [*lines[::-1]])
    recordings = recordings_of_table(table, tmp_path)
    sources = sources_of_table(table, tmp_path)
    assert [source.recording for source in sources] == recordings
    assert [source.path for source in sources] == [one.path for one in recordings]


def test_sources_that_are_listed_twice_are_named_with_their_lines(tmp_path: Path) -> None:
    lines = ["a.wav,joy,x,,", "b.wav,joy,x,1,2", "./a.wav,rage,x,,", "b.wav,joy,x,1,2"]
    table = listed(tmp_path, lines)
    for read in (recordings_of_table, sources_of_table):
        with pytest.raises(ParameterError, match=r"line 4: .*a\.wav is listed twice; line 5: .*b"):
            read(table, tmp_path)


def test_bad_lines_of_sources_are_named(tmp_path: Path) -> None:
    table = listed(tmp_path, ["a.wav,joy,x,,", "b.wav,,x,1,2"])
    with pytest.raises(ParameterError, match="line 3: label is empty"):
        sources_of_table(table, tmp_path)
    table.write_text("path,label,speaker\n")
    with pytest.raises(ParameterError, match="has no row"):
        sources_of_table(table, tmp_path)
    table.write_text("path,label,speaker\ngone.wav,joy,x\n")
    with pytest.raises(ParameterError, match=r"line 2: no such file: .*gone\.wav"):
        sources_of_table(table, tmp_path)


# --- many rows are read at once, and bad ones each by itself ------------------------------------


def test_bad_lines_among_many_are_named_and_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serfast.corpora.label_tables.ROWS", 3)
    lines = [f"a.wav,joy,1,{k},{k + 0.5}" for k in range(20)]
    lines[4], lines[5], lines[17] = "a.wav,,1,4,5", "none.wav,joy,1,5,6", "a.wav,joy,1,9,8"
    table = folder / "labels.csv"
    table.write_text("\n".join(["path,label,speaker,start,end", *lines]))
    with pytest.raises(ParameterError) as raised:
        find_recordings(table)
    problems = str(raised.value).removeprefix(f"{table}: ").split("; ")
    assert [one.partition(":")[0] for one in problems] == ["line 6", "line 7", "line 19"]


def test_cells_that_are_equal_and_not_the_same(folder: Path) -> None:
    """1, 1.0 and true are one key of a dictionary, and three names of speakers."""
    table = folder / "labels.jsonl"
    cells = [("a.wav", 1), ("b.wav", True), ("c.wav", 1.0), ("d.wav", "1")]
    for name, _ in cells:
        (folder / name).touch()
    rows = [{"path": name, "label": "joy", "speaker": who} for name, who in cells]
    table.write_text("\n".join(map(json.dumps, rows)))
    assert [one.speaker for one in find_recordings(table)] == ["1", "True", "1.0", "1"]


def test_labels_of_a_table_are_kept_once(folder: Path) -> None:
    """A million rows have few labels and speakers, which then take no memory of their own."""
    table = folder / "labels.csv"
    table.write_text("path,label,speaker\na.wav, joy,anna\nb.wav,joy ,anna\n")
    one, other = find_recordings(table)
    assert one.speaker is other.speaker
    assert one.label == other.label == "joy"


def test_the_search_for_garbage_goes_on_after_a_table(folder: Path) -> None:
    table = folder / "labels.csv"
    for text in ("a.wav,joy,1", "none.wav,joy,1"):
        table.write_text(f"path,label,speaker\n{text}\n")
        with suppress(ParameterError):
            find_recordings(table)
        assert gc.isenabled()


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("Path,Emotions,Speaker", "joy"),  # as tables beside notebooks of several corpora have them
        ("filepath,labels,actor_id", "joy"),
        ("Path,Emotion,Speaker,emotion", "calm"),  # small letters first
        ("path,LABEL,Spk,Class", "joy"),
    ],
)
def test_columns_in_other_letters_are_known(folder: Path, header: str, label: str) -> None:
    table = folder / "table.csv"
    cells = ["a.wav", "joy", "anna", "calm"][: header.count(",") + 1]
    table.write_text(f"{header}\n{','.join(cells)}\n")
    [found] = find_recordings(table)
    assert (found.path.name, found.label, found.speaker) == ("a.wav", label, "anna")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", 'path,label,speaker\n\na.wav,"joy\n",1\n"b.wav,joy,1\n', "begins in line 5:"),
        ("t.tsv", 'path\tlabel\tspeaker\n"a.wav"x\tjoy\t1\n', "begins in line 2:"),
        ("t.csv", '"path,label,speaker\n', "begins in line 1:"),
        (
            "t.jsonl",
            '{"path": "a.wav", "label": "joy", "speaker": 1}\n\n{"path": "b.wav" "label": 1}\n',
            "line 3, column 18:",
        ),
    ],
)
def test_where_a_table_is_damaged_is_told(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(ParameterError, match=message):
        find_recordings(folder / name)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (["joy"], r"label must be text or a number, got \['joy'\]"),
        ({"name": "joy"}, "label must be text or a number, got {'name'"),
        (b"joy", "label must be text or a number, got b'joy'"),
        (float("nan"), "label is empty"),
        (None, "label is empty"),
    ],
)
def test_what_is_no_text_is_no_label(folder: Path, cell: object, message: str) -> None:
    """A list of one label, or text that was stored as bytes, would be a class of its own."""
    rows = [{"path": "a.wav", "label": cell, "speaker": "1"}]
    table = folder / "labels.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), table)
    with pytest.raises(ParameterError, match=f"line 2: {message}"):
        find_recordings(table)


def test_bytes_are_no_path(folder: Path) -> None:
    table = folder / "labels.parquet"
    rows = [{"path": b"a.wav", "label": "joy", "speaker": "1"}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), table)
    with pytest.raises(ParameterError, match=r"line 2: path must be text, got b'a\.wav'"):
        find_recordings(table)

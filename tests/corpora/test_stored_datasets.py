"""Datasets as Hugging Face's `datasets` keeps them: what that package wrote is read without it."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import soundfile

import serfast
from serfast.cli.main import main
from serfast.corpora import Recording, extract, find_recordings, samples_of
from serfast.errors import AudioError, ParameterError

RATE = 16000
CLASSES = ["anger", "joy"]
SPEAKERS = ["anna", "anna", "ben", "ben", "carl", "carl"]
CODES = [0, 1, 0, 1, 0, 1]
SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
SIGNALS = [(np.sin(np.arange(4000) / (5 + i)) / 2).astype(np.float32) for i in range(6)]


def wav(y: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, y, RATE, format="WAV", subtype="FLOAT")
    return file.getvalue()


def dataset(codes: list[int] = CODES, **more: list[Any]) -> datasets.Dataset:
    cells = [{"bytes": wav(y), "path": f"take {i}.wav"} for i, y in enumerate(SIGNALS)]
    columns = {"emotion": codes, "speaker": SPEAKERS, **more}
    made = datasets.Dataset.from_dict({"audio": cells, **columns})
    made = made.cast_column("emotion", datasets.ClassLabel(names=CLASSES))
    return made.cast_column("audio", datasets.Audio())


def facts(recordings: list[Recording]) -> list[tuple[str, str, str | None]]:
    return [(one.label, one.speaker, one.fold) for one in recordings]


def check_samples(recordings: list[Recording]) -> None:
    for one, y in zip(recordings, SIGNALS, strict=True):
        np.testing.assert_array_equal(samples_of(one, RATE), y)


def test_a_dataset_of_several_files(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved", num_shards=2)
    recordings = find_recordings(tmp_path / "saved")
    expected = [(CLASSES[c], s, None) for c, s in zip(CODES, SPEAKERS, strict=True)]
    assert facts(recordings) == expected
    file = tmp_path / "saved" / "data-00001-of-00002.arrow"
    assert recordings[4].path == file / "audio" / "000001-take 4.wav"
    check_samples(recordings)


def test_splits_are_folds(tmp_path: Path) -> None:
    whole = dataset()
    splits = {"train": whole.select([0, 1, 2, 3]), "test": whole.select([4, 5])}
    datasets.DatasetDict(splits).save_to_disk(tmp_path / "dict")
    recordings = find_recordings(tmp_path / "dict", "datasets")
    assert {(one.speaker, one.fold) for one in recordings} == {
        ("anna", "train"),
        ("ben", "train"),
        ("carl", "test"),
    }
    assert len(recordings) == 6


def test_files_that_were_added_by_path_are_read_too(tmp_path: Path) -> None:
    paths = []
    for i, y in enumerate(SIGNALS):
        (tmp_path / f"{i}.wav").write_bytes(wav(y))
        paths.append(str(tmp_path / f"{i}.wav"))
    made = datasets.Dataset.from_dict({"audio": paths, "label": ["x", "y"] * 3})
    made = made.cast_column("audio", datasets.Audio())
    made.save_to_disk(tmp_path / "saved")
    recordings = find_recordings(tmp_path / "saved")
    assert facts(recordings)[:2] == [("x", "unknown", None), ("y", "unknown", None)]
    check_samples(recordings)


def test_the_cache(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "state.json").unlink()  # as it is in the cache, beside results of `map`
    shutil.copy(tmp_path / "saved/data-00000-of-00001.arrow", tmp_path / "saved/cache-1.arrow")
    check_samples(find_recordings(tmp_path / "saved"))


def parquet(path: Path, rows_per_group: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = dataset().with_format("arrow")[:]
    pyarrow.parquet.write_table(table, path, row_group_size=rows_per_group)
    return path


def test_parquet_as_a_hub_has_it(tmp_path: Path) -> None:
    parquet(tmp_path / "data" / "train-00000-of-00001.parquet")
    recordings = find_recordings(tmp_path)
    assert {one.fold for one in recordings} == {"train"}
    assert [one.label for one in recordings] == [CLASSES[c] for c in CODES]
    check_samples(recordings)
    check_samples(recordings[::-1][::-1])
    for k in (5, 0, 3):  # in any order
        np.testing.assert_array_equal(samples_of(recordings[k], RATE), SIGNALS[k])


def test_one_parquet_file(tmp_path: Path) -> None:
    file = parquet(tmp_path / "x.parquet")
    recordings = find_recordings(file)
    assert {one.fold for one in recordings} == {None}
    check_samples(recordings)


def test_parquet_without_bytes_is_read_from_its_paths(tmp_path: Path) -> None:
    for i, y in enumerate(SIGNALS):
        (tmp_path / f"take {i}.wav").write_bytes(wav(y))
    cells = [{"bytes": None, "path": f"take {i}.wav"} for i in range(6)]
    kind = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    table = pa.table({"audio": pa.array(cells, kind), "label": ["x", "y"] * 3})
    pyarrow.parquet.write_table(table, tmp_path / "train.parquet")
    recordings = find_recordings(tmp_path, "datasets")
    assert [one.path for one in recordings] == [tmp_path / f"take {i}.wav" for i in range(6)]


def test_what_has_no_label_is_left_out(tmp_path: Path) -> None:
    dataset([0, 1, -1, 1, 0, -1]).save_to_disk(tmp_path / "saved")
    with pytest.warns(UserWarning, match="left out, without a label: 2 of 6 rows") as caught:
        recordings = find_recordings(tmp_path / "saved")
    assert caught[0].filename == __file__
    assert [one.label for one in recordings] == ["anger", "joy", "joy", "anger"]
    np.testing.assert_array_equal(samples_of(recordings[2], RATE), SIGNALS[3])


def test_parts_and_ratings(tmp_path: Path) -> None:
    more = {"start": [0.0] * 6, "end": [0.125] * 6, "valence": [0.5] * 6, "split": ["a"] * 6}
    dataset(**more).save_to_disk(tmp_path / "saved")
    first = find_recordings(tmp_path / "saved")[0]
    assert (first.start, first.end, first.valence, first.fold) == (0.0, 0.125, 0.5, "a")
    assert len(samples_of(first, RATE)) == 2000


def test_columns_by_other_names(tmp_path: Path) -> None:
    more = {"feeling": ["x", "y"] * 3, "who": ["1", "2"] * 3}
    made = dataset(**more).rename_column("audio", "sound")
    made.save_to_disk(tmp_path / "saved")
    columns = "label=feeling,speaker=who,path=sound"
    recordings = find_recordings(tmp_path / "saved", columns=columns)
    assert facts(recordings)[:2] == [("x", "1", None), ("y", "2", None)]
    for wanted in ("path=noise", "label=mood"):
        with pytest.raises(ParameterError, match=wanted.partition("=")[2]):
            find_recordings(tmp_path / "saved", columns=wanted)


def test_without_the_package(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    code = (
        "import sys; sys.modules['datasets'] = None\n"
        "from serfast.corpora import find_recordings\n"
        f"print(len(find_recordings({str(tmp_path / 'saved')!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "6\n"


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    saved = str(tmp_path / "saved")
    assert main(["corpora", "auto", saved, "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts == {
        "anger": {"anna": 1, "ben": 1, "carl": 1},
        "joy": {"anna": 1, "ben": 1, "carl": 1},
    }
    out = tmp_path / "out"
    assert main(["extract", saved, "-o", str(out), "--dataset", "--statistics"]) == 0
    table = pyarrow.parquet.read_table(out)
    assert table.num_rows == 6
    assert set(table.column("label").to_pylist()) == set(CLASSES)
    capsys.readouterr()
    arguments = ["evaluate", saved, "--plain", "-o", str(tmp_path / "measured.json")]
    assert main(arguments) == 0
    assert json.loads((tmp_path / "measured.json").read_text())["classes"] == CLASSES


def test_a_dataset_of_them_notices_what_changed(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    recordings = find_recordings(tmp_path / "saved")
    extract(recordings, SPEC, tmp_path / "out")
    assert extract(recordings, SPEC, tmp_path / "out").kept == 1
    shutil.rmtree(tmp_path / "saved")
    SIGNALS[0], kept = SIGNALS[0] / 2, SIGNALS[0]
    dataset().save_to_disk(tmp_path / "saved")
    SIGNALS[0] = kept
    with pytest.warns(UserWarning, match=r"000000-take 0\.wav has changed; it is computed again"):
        assert extract(recordings, SPEC, tmp_path / "out").kept == 0


def damaged(folder: Path, what: str) -> None:
    """Damage a saved dataset in one way."""
    arrow, state = folder / "data-00000-of-00001.arrow", folder / "state.json"
    if what == "cut":
        arrow.write_bytes(arrow.read_bytes()[:300])
    elif what == "no arrow":
        arrow.write_bytes(b"x" * 100)
    elif what == "missing":
        arrow.unlink()
    elif what == "outside":
        state.write_text('{"_data_files": [{"filename": "../data.arrow"}]}')
    elif what == "no list":
        state.write_text('{"_data_files": 3}')
    elif what == "no JSON":
        state.write_text("{")
    elif what == "no object":
        state.write_text("[]")
    elif what == "splits":
        (folder / "dataset_dict.json").write_text('{"splits": "train"}')


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("cut", r"data-00000-of-00001\.arrow: can't be read"),
        ("no arrow", r"data-00000-of-00001\.arrow: can't be read"),
        ("missing", r"no such file: .*data-00000-of-00001\.arrow"),
        ("outside", r"state\.json: names must be those of files beside it, got '\.\./data\.arrow'"),
        ("no list", r"state\.json: _data_files must be a list of objects, got 3"),
        ("no JSON", r"state\.json must be JSON text"),
        ("no object", r"state\.json: must be an object, got list"),
        ("splits", r"dataset_dict\.json: splits must be a list, got 'train'"),
    ],
)
def test_damaged_datasets(tmp_path: Path, what: str, message: str) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    damaged(tmp_path / "saved", what)
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path / "saved")


def test_other_bad_datasets(tmp_path: Path) -> None:
    made = datasets.Dataset.from_dict({"emotion": ["x"], "file": ["a.wav"]})
    made.save_to_disk(tmp_path / "without")
    with pytest.raises(
        ParameterError, match=r"must have one column of audio .* none among emotion"
    ):
        find_recordings(tmp_path / "without")
    dataset().remove_columns("emotion").save_to_disk(tmp_path / "unlabelled")
    with pytest.raises(ParameterError, match="header must name path, label and speaker"):
        find_recordings(tmp_path / "unlabelled")
    dataset([-1] * 6).save_to_disk(tmp_path / "none")
    with pytest.raises(ParameterError, match="has no recording with a label"):
        find_recordings(tmp_path / "none")
    dataset().select([]).save_to_disk(tmp_path / "empty")
    with pytest.raises(ParameterError, match="has no recording with a label"):
        find_recordings(tmp_path / "empty")


def test_bad_names_in_a_file(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    file = tmp_path / "saved" / "data-00000-of-00001.arrow"
    for name in ("audio/000006-x.wav", "audio/x.wav", "sound/000000.wav", "000000.wav"):
        with pytest.raises(AudioError, match="isn't in the archive"):
            samples_of(Recording(file / name, "x", "s"), RATE)
    with pytest.raises(AudioError, match="has no bytes in it"):
        samples_of(Recording(file / "emotion/000000", "x", "s"), RATE)


def test_bad_audio_in_a_file_is_named(tmp_path: Path) -> None:
    cells = [{"bytes": b"no sound", "path": "bad.wav"}]
    made = datasets.Dataset.from_dict({"audio": cells, "label": ["x"]})
    made.cast_column("audio", datasets.Audio()).save_to_disk(tmp_path / "saved")
    [recording] = find_recordings(tmp_path / "saved")
    with pytest.raises(AudioError, match=r"audio/000000-bad\.wav"):
        samples_of(recording, RATE)


def test_pyarrow_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"reading data.*\.arrow needs pyarrow: pip install pya"):
        find_recordings(tmp_path / "saved")


def test_a_state_beside_recordings_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{}")
    (tmp_path / "03a01Fa.wav").touch()
    assert [one.label for one in find_recordings(tmp_path)] == ["happiness"]


def test_what_datasets_says_may_be_anything(tmp_path: Path) -> None:
    table = dataset().with_format("arrow")[:]
    for text in (
        b"{",
        b"3",
        b'{"info": 3}',
        b'{"info": {"features": {"emotion": {"names": {"x": 1}}}}}',
    ):
        odd = table.replace_schema_metadata({b"huggingface": text})
        pyarrow.parquet.write_table(odd, tmp_path / "x.parquet")
        assert [one.label for one in find_recordings(tmp_path / "x.parquet")] == list("010101")


def test_offsets_that_lead_elsewhere_are_refused(tmp_path: Path) -> None:
    audio = pa.array([{"bytes": b"x" * 77}] * 2)
    table = pa.table({"audio": audio, "label": ["x", "y"]})
    (tmp_path / "dataset_info.json").write_text("{}")
    file = tmp_path / "x.arrow"
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    assert len(find_recordings(tmp_path)) == 2
    offsets, far = struct.pack("<3i", 0, 77, 154), struct.pack("<3i", 0, 2**30, 154)
    assert file.read_bytes().count(offsets) == 1
    file.write_bytes(file.read_bytes().replace(offsets, far))
    with pytest.raises(ParameterError, match=r"x\.arrow: can't be read"):
        find_recordings(tmp_path)


def test_plain_extraction_knows_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.wav").write_bytes(wav(SIGNALS[0]))
    out = str(tmp_path / "x.csv")
    arguments = [str(tmp_path / "a.wav"), "-o", out, "--statistics", "--labels", "audformat"]
    assert main(["extract", *arguments]) != 0
    assert "labels must be auto, a corpus's name or a table's path" in capsys.readouterr().err

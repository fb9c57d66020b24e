"""Labels from file names and from tables, and what is said when they don't fit."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from serfast.corpora.finding import audio_files, find_recordings
from serfast.corpora.recordings import Recording
from serfast.errors import ParameterError

# Expectations follow the corpora's own documentation: EmoDB's "A" is Angst, fear; RAVDESS codes
# 01 neutral to 08 surprised; CREMA-D has 91 actors from 1001 and 12 sentences.
NAMES = [
    ("03a01Fa.wav", "happiness", "03", "a01"),
    ("16b10Wb.wav", "anger", "16", "b10"),
    ("08a07Ld.wav", "boredom", "08", "a07"),
    ("11b03Ec.wav", "disgust", "11", "b03"),
    ("09a02Aa.wav", "fear", "09", "a02"),
    ("12a05Ta.wav", "sadness", "12", "a05"),
    ("14a04Nc.wav", "neutral", "14", "a04"),
    ("03-01-05-02-01-01-12.wav", "anger", "12", "01"),
    ("03-01-01-01-02-02-24.wav", "neutral", "24", "02"),
    ("01-01-02-01-02-02-07.wav", "calm", "07", "02"),
    ("03-01-03-01-01-02-01.wav", "happiness", "01", "01"),
    ("03-01-04-01-01-02-01.wav", "sadness", "01", "01"),
    ("03-01-06-01-01-02-01.wav", "fear", "01", "01"),
    ("03-01-07-01-01-02-01.wav", "disgust", "01", "01"),
    ("03-01-08-01-01-02-01.wav", "surprise", "01", "01"),
    ("1001_DFA_ANG_XX.wav", "anger", "1001", "DFA"),
    ("1091_IEO_DIS_HI.wav", "disgust", "1091", "IEO"),
    ("1002_IEO_FEA_LO.wav", "fear", "1002", "IEO"),
    ("1002_TIE_HAP_MD.wav", "happiness", "1002", "TIE"),
    ("1002_WSI_NEU_XX.flac", "neutral", "1002", "WSI"),
    ("1040_ITH_SAD_X.wav", "sadness", "1040", "ITH"),
]


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize(("name", "label", "speaker", "text"), NAMES)
def test_names(tmp_path: Path, name: str, label: str, speaker: str, text: str) -> None:
    touch(tmp_path, name)
    assert find_recordings(tmp_path) == [Recording(tmp_path / name, label, speaker, text)]


def test_found_in_subfolders_and_sorted(tmp_path: Path) -> None:
    touch(tmp_path, "b/03a02Wa.WAV", "a/16a01Nb.wav", "03a01Fa.wav", "notes.txt", ".x/03a04Wa.wav")
    touch(tmp_path, "a/._16a01Nb.wav")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = find_recordings(tmp_path, labels="emodb")
    names = ["03a01Fa.wav", "a/16a01Nb.wav", "b/03a02Wa.WAV"]
    assert [recording.path.relative_to(tmp_path).as_posix() for recording in found] == names


@pytest.mark.parametrize(
    "stranger",
    [
        "03a01Xa.wav",  # no emotion X
        "demo.wav",
        "03-03-05-02-01-01-12.wav",  # neither speech nor song
        "02-01-05-02-01-01-12.wav",  # picture without sound
        "03-01-09-02-01-01-12.wav",
        "1001_DFA_ANG_ZZ.wav",
        "x03a01Fa.wav",
    ],
)
def test_files_named_otherwise_are_left_out_and_listed(tmp_path: Path, stranger: str) -> None:
    touch(tmp_path, "03a01Fa.wav", stranger)
    message = f"left out, not named as EmoDB does: 1 file: {stranger}"
    with pytest.warns(UserWarning, match=message) as told:
        found = find_recordings(tmp_path)
    assert told[0].filename == __file__  # the line that called is named
    assert [recording.path.name for recording in found] == ["03a01Fa.wav"]


def test_two_schemes_are_ambiguous(tmp_path: Path) -> None:
    touch(tmp_path, "03a01Fa.wav", "1001_DFA_ANG_XX.wav")
    message = "one corpus, got 2 .EmoDB 1 file: 03a01Fa.wav; CREMA-D 1 file: 1001_DFA_ANG"
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path)
    with pytest.warns(UserWarning, match="1001_DFA_ANG_XX"):
        assert len(find_recordings(tmp_path, "emodb")) == 1


def test_no_scheme_fits(tmp_path: Path) -> None:
    touch(tmp_path, *(f"take{i}.wav" for i in range(7)))
    message = "got 7 files: take0.wav, take1.wav, take2.wav, take3.wav, take4.wav, and 2 more"
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path)
    with pytest.raises(ParameterError, match="files named as RAVDESS does, got 7 files"):
        find_recordings(tmp_path, "ravdess")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="folder must be a folder with recordings in it"):
        find_recordings(tmp_path)
    with pytest.raises(ParameterError, match="folder must be an existing folder, got '"):
        find_recordings(tmp_path / "none")
    with pytest.raises(
        ParameterError, match=r"labels must be one of auto, folders, .*datasets, emodb, "
    ):
        find_recordings(tmp_path, "timit")


def test_links_to_folders_cannot_loop(tmp_path: Path) -> None:
    touch(tmp_path, "a/03a01Fa.wav")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert audio_files(tmp_path) == [tmp_path / "a" / "03a01Fa.wav"]


# --- CSV --------------------------------------------------------------------------------------


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv(tmp_path: Path, encoding: str, newline: str) -> None:
    touch(tmp_path, "x/b.wav", "a, c.wav", "not listed.wav")
    lines = ["speaker,path,label,note,text", "anna,x/b.wav,wütend,,s1", "", 'bo,"a, c.wav", ok ,!,']
    path = table(tmp_path, newline.join(lines), encoding)
    expected = [
        Recording(tmp_path / "a, c.wav", "ok", "bo", None),
        Recording(tmp_path / "x" / "b.wav", "wütend", "anna", "s1"),
    ]
    assert find_recordings(tmp_path, path) == expected
    assert find_recordings(tmp_path, str(path)) == expected
    assert find_recordings(path) == expected


@pytest.mark.parametrize(
    "header", ["", "path,label", "path;label;speaker", "path,path,label,speaker"]
)
def test_csv_header(tmp_path: Path, header: str) -> None:
    message = f"labels.csv: header must name path, label and speaker, each once, got {header}"
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path, table(tmp_path, header + "\n"))


def test_csv_without_rows(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="has no row below its header"):
        find_recordings(tmp_path, table(tmp_path, "path,label,speaker\n\n"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a.wav,joy", "must have 3 cells, got 2"),
        ("a.wav,joy,1,2", "must have 3 cells, got 4"),
        ("a.wav,,1", "label is empty"),
        ("a.wav,joy, ", "speaker is empty"),
        (",joy,1", "path is empty"),
        ("none.wav,joy,1", "no such file: .*none.wav"),
        ("good.wav,joy,1", ".*good.wav is listed twice"),
        ("../out.wav,joy,1", ".*out.wav is outside the folder"),
    ],
)
def test_csv_bad_lines_are_numbered(tmp_path: Path, line: str, problem: str) -> None:
    folder = tmp_path / "corpus"
    touch(folder, "good.wav", "a.wav", "../out.wav")
    path = table(folder, f"path,label,speaker\ngood.wav,joy,1\n\n{line}\n")
    with pytest.raises(ParameterError, match=f"labels.csv: line 4: {problem}"):
        find_recordings(folder, path)


@pytest.mark.parametrize(("label", "speaker"), [('"a\nb"', "s"), ("x", '"s\x1b[2J"'), ("", "s")])
def test_labels_that_no_model_could_hold(tmp_path: Path, label: str, speaker: str) -> None:
    (tmp_path / "a.wav").touch()
    table = tmp_path / "labels.csv"
    table.write_text(f"path,label,speaker\na.wav,{label},{speaker}\n")
    with pytest.raises(ParameterError, match=r"labels\.csv: line \d: (label|speaker) (must|is)"):
        find_recordings(table)


def test_csv_lists_a_file_once_by_whatever_way(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.wav").touch()
    table = tmp_path / "labels.csv"
    table.write_text("path,label,speaker\na.wav,x,s\nsub/../a.wav,y,s\n")
    with pytest.raises(ParameterError, match=r"line 3: .*a\.wav is listed twice"):
        find_recordings(table)


def test_pipes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    os.mkfifo(tmp_path / "b.wav")
    assert audio_files(tmp_path) == [tmp_path / "a.wav"]


def test_csv_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    with pytest.raises(ParameterError, match=r"labels\.csv: can't be read as CSV: No such file"):
        find_recordings(tmp_path, path)
    for content in (b"path,label,speaker\n\xff\xfe\n", b'path,label,speaker\n"open\n'):
        path.write_bytes(content)
        with pytest.raises(ParameterError, match=r"labels\.csv: can't be read as CSV"):
            find_recordings(tmp_path, path)


def test_emodb(emodb: Path) -> None:
    found = find_recordings(emodb)
    assert len(found) == 418
    assert {recording.speaker for recording in found} == {
        "03",
        "08",
        "09",
        "10",
        "11",
        "12",
        "14",
        "16",
    }
    assert len({recording.label for recording in found}) == 7

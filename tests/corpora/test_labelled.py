"""Corpora whose labels lie in files beside the recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.corpora.finding import find_recordings, find_sources
from serfast.corpora.recordings import Recording
from serfast.corpora.stems import Stems
from serfast.errors import ParameterError


def put(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


EVALUATION = """% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 3.5000, 4.5000]
C-E2:\tNeutral;\t()

[10.0100 - 11.3925]\tSes01F_impro01_M001\texc\t[4.0000, 3.0000, 2.0000]
[12.0000 - 13.0000]\tSes01F_impro01_F002\txxx\t[2.5000, 2.5000, 2.5000]
[13.0000 - 14.5000]\tSes01F_impro01_F003\tfru\t[2.0000, 4.0000, 3.0000]
"""


@pytest.fixture
def iemocap(tmp_path: Path) -> Path:
    put(tmp_path, "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", EVALUATION)
    put(tmp_path, "Session1/dialog/EmoEvaluation/._Ses01F_impro01.txt", "rubbish")
    put(tmp_path, "Session1/dialog/wav/Ses01F_impro01.wav")
    put(tmp_path, "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav")
    return tmp_path


def test_iemocaps_customary_four_classes(iemocap: Path) -> None:
    first, second = find_recordings(iemocap)
    assert first == Recording(
        iemocap / "Session1/dialog/wav/Ses01F_impro01.wav",
        *("happiness", "Ses01M", "impro01", 10.01, 11.3925, "Ses01", 3.0, 4.0, 2.0),
    )
    assert second == Recording(
        iemocap / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav",
        *("neutral", "Ses01F", "impro01", None, None, "Ses01", 3.5, 2.5, 4.5),
    )


def test_iemocap_with_all_emotions(iemocap: Path) -> None:
    found = find_recordings(iemocap, "iemocap-all")
    assert sorted(one.label for one in found) == ["excitement", "frustration", "neutral"]


def test_msp_podcast(tmp_path: Path) -> None:
    put(
        tmp_path,
        "Labels/labels_consensus.csv",
        "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set\n"
        "MSP-PODCAST_0001_0008.wav,A,5.2,2.1,4.9,127,Male,Test1\n"
        "MSP-PODCAST_0002_0033.wav,X,4.0,4.0,4.0,128,Female,Train\n"
        "MSP-PODCAST_0003_0001.wav,U,nan,4.5,,Unknown,Female,Train\n",
    )
    for name in ("0001_0008", "0002_0033", "0003_0001"):
        put(tmp_path, f"Audios/MSP-PODCAST_{name}.wav")
    with pytest.warns(UserWarning, match="1 file: MSP-PODCAST_0002_0033.wav"):
        anger, surprise = find_recordings(tmp_path)
    assert (anger.label, anger.speaker, anger.fold) == ("anger", "127", "Test1")
    assert (anger.arousal, anger.valence, anger.dominance) == (5.2, 2.1, 4.9)
    assert (surprise.label, surprise.speaker, surprise.dominance) == ("surprise", "Unknown", None)
    assert surprise.arousal is None


def test_meld_has_the_same_names_in_three_sets(tmp_path: Path) -> None:
    header = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"
    put(tmp_path, "train_sent_emo.csv", f'{header}1,"Oh, my!",Joey,joy,positive,0,1\n')
    put(tmp_path, "test_sent_emo.csv", f"{header}1,No.,Ross,anger,negative,0,1\n")
    put(tmp_path, "train_splits/dia0_utt1.wav")
    put(tmp_path, "output_repeated_splits_test/dia0_utt1.wav")
    test, train = find_recordings(tmp_path, "meld")
    assert (test.label, test.speaker, test.fold) == ("anger", "Ross", "test")
    assert (train.label, train.speaker, train.fold) == ("happiness", "Joey", "train")


@pytest.mark.parametrize("above", ["", "MELD-RAW/MELD.Raw/"])
def test_meld_as_its_makers_pack_it(tmp_path: Path, above: str) -> None:
    """The training set's table lies in the folder of that set, the other two above."""
    header = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"
    for table, recordings in (
        ("train/train_sent_emo.csv", "train/train_splits"),
        ("dev_sent_emo.csv", "dev/dev_splits_complete"),
        ("test_sent_emo.csv", "test/output_repeated_splits_test"),
    ):
        put(tmp_path, f"{above}{table}", f"{header}1,Oh!,Joey,joy,positive,0,1\n")
        put(tmp_path, f"{above}{recordings}/dia0_utt1.wav")
        put(tmp_path, f"{above}{recordings}/._dia0_utt1.wav")
    found = find_recordings(tmp_path)
    assert [one.fold for one in found] == ["dev", "test", "train"]
    assert [one.path.parts[-3] for one in found] == ["dev", "test", "train"]


def test_a_datasets_sources_of_a_lists_lines_are_the_recordings(
    iemocap: Path, tmp_path: Path
) -> None:
    """Those of parts of a dialogue come in the order of their begins, whatever the list's is."""
    lines = EVALUATION.split("\n")
    lines[2], lines[5] = lines[5], lines[2]
    put(iemocap, "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt", "\n".join(lines))
    recordings = find_recordings(iemocap, "iemocap-all")
    assert [one.start for one in recordings] == [10.01, 13.0, None]
    sources, result = find_sources(iemocap, "iemocap-all")
    assert result.corpus == "iemocap-all"
    bare = [
        Recording(one.path, one.label, one.speaker, start=one.start, end=one.end)
        for one in recordings
    ]
    assert [source.recording for source in sources] == bare


def test_of_files_with_one_name_the_last_counts() -> None:
    paths = [Path("a/1.wav"), Path("b/1.flac"), Path("c/2.wav")]
    assert Stems(paths).place("1") == 1
    assert Stems(paths, lambda folder: folder.name != "b").place("1") == 0
    assert Stems(paths).place("1.wav") is None
    assert Stems([]).place("1") is None


def test_emozionalmente(tmp_path: Path) -> None:
    put(
        tmp_path,
        "metadata/samples.csv",
        "file_name,emotion_expressed,sentence,timestamp,actor\n"
        "12.wav,neutrality,Oggi è lunedì,2020,anna\n",
    )
    put(tmp_path, "audio/12.wav")
    [recording] = find_recordings(tmp_path)
    assert (recording.label, recording.speaker) == ("neutral", "anna")


def test_a_table_without_its_columns_is_named(tmp_path: Path) -> None:
    put(tmp_path, "metadata/samples.csv", "file_name,emotion\n12.wav,anger\n")
    put(tmp_path, "audio/12.wav")
    with pytest.raises(ParameterError, match=r"samples\.csv: header must name emotion_expressed"):
        find_recordings(tmp_path, "emozionalmente")


MELD = "Utterance,Speaker,Emotion,Dialogue_ID,Utterance_ID\n"
MSP = "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Split_Set\n"


@pytest.mark.parametrize(
    ("corpus", "name", "text", "message"),
    [
        ("meld", "train_sent_emo.csv", "Speaker,Emotion\nRoss,joy\n", "must name Dialogue_ID, got"),
        ("meld", "train_sent_emo.csv", MELD + "Hi,Ross\n", "line 2: must have 5 cells, got 2"),
        (
            "msp-podcast",
            "labels_consensus.csv",
            MSP + "a.wav,A,x,1,1,7,Test1\n",
            "line 2: arousal .*'x'",
        ),
        ("msp-podcast", "labels_consensus.csv", "FileName\na.wav\n", "must name EmoClass, got"),
        (
            "msp-podcast",
            "labels_consensus.csv",
            MSP + 'a.wav,A,1,1,1,"7\n8",Test1\n',
            "line 3: speaker must be printable text",
        ),
    ],
)
def test_bad_lines_are_named(
    tmp_path: Path, corpus: str, name: str, text: str, message: str
) -> None:
    put(tmp_path, "audio/a.wav")
    put(tmp_path, name, text)
    with pytest.raises(ParameterError, match=rf"{name}: (header )?{message}"):
        find_recordings(tmp_path, corpus)


@pytest.mark.parametrize(
    ("times", "message"),
    [("1.2.3 - 4.0", "could not convert"), ("4.0 - 3.0", "end must be later than start, 4 s")],
)
def test_bad_times_of_iemocap_are_named(iemocap: Path, times: str, message: str) -> None:
    name = "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
    put(iemocap, name, EVALUATION.replace("10.0100 - 11.3925", times))
    with pytest.raises(ParameterError, match=rf"Ses01F_impro01\.txt: line 6: {message}"):
        find_recordings(iemocap, "iemocap")


def test_another_corpuss_table_does_not_hide_the_file_names(tmp_path: Path) -> None:
    put(tmp_path, "03a01Fa.wav")
    put(tmp_path, "metadata/samples.csv", "id,what\n1,2\n")
    [found] = find_recordings(tmp_path)
    assert found.label == "happiness"

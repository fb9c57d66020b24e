"""The names of known corpora's files, as their authors' documents describe them."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.corpora.by_name import NamePatterns
from serfast.corpora.catalogue import CORPORA
from serfast.corpora.finding import find_recordings
from serfast.corpora.named import NAMED
from serfast.corpora.path_list import files_of
from serfast.errors import ParameterError

# A path, and what the corpus's own document says of it: label, speaker, sentence.
NAMES = {
    "ravdess-song": [("Actor_07/03-02-02-01-01-02-07.wav", "calm", "07", "01")],
    "tess": [
        (
            "TESS Toronto emotional speech set data/YAF_pleasant_surprised/YAF_back_ps.wav",
            *("surprise", "YAF", "back"),
        ),
        ("OAF_Pleasant_surprise/OAF_back_ps.wav", "surprise", "OAF", "back"),
        ("YAF_sad/YAF_youth_sad.wav", "sadness", "YAF", "youth"),
        ("OAF_neutral/OA_bite_neutral.wav", "neutral", "OAF", "bite"),
    ],
    "savee": [
        ("AudioData/JK/sa01.wav", "sadness", "JK", "01"),
        ("AudioData/KL/su15.wav", "surprise", "KL", "15"),
        ("ALL/DC_a03.wav", "anger", "DC", "03"),
        ("ALL/JE_n30.wav", "neutral", "JE", "30"),
    ],
    "esd": [
        (
            "Emotion Speech Dataset/0001/Angry/test/0001_000371.wav",
            *("anger", "0001", "000371"),
        ),
        ("0011/Happy/0011_000701.wav", "happiness", "0011", "000701"),
        ("0003/Sad/train/0003_001070.wav", "sadness", "0003", "001070"),
        ("0020/Surprise/0020_001750.wav", "surprise", "0020", "001750"),
    ],
    "emovo": [
        ("m2/gio-m2-n4.wav", "happiness", "m2", "n4"),
        ("f3/pau-f3-l1.wav", "fear", "f3", "l1"),
        ("f1/tri-f1-d2.wav", "sadness", "f1", "d2"),
    ],
    "cafe": [
        ("Colère/Fort/01-C-2-1.wav", "anger", "01", "1"),
        ("Neutre/12-N-0-6.wav", "neutral", "12", "6"),
        ("Tristesse/Faible/07-T-1-3.wav", "sadness", "07", "3"),
    ],
    "shemo": [
        ("female/F01W02.wav", "surprise", "F01", "02"),
        ("male/M56N11.wav", "neutral", "M56", "11"),
    ],
    "casia": [
        ("angry/201-angry-liuchanhg.wav", "anger", "liuchanhg", "201"),
        ("wangzhe/neutral/201.wav", "neutral", "wangzhe", "201"),
        ("liuchanhg/happy/201.wav", "happiness", "liuchanhg", "201"),
        ("ZhaoZuoxiang/surprise/450.wav", "surprise", "ZhaoZuoxiang", "450"),
    ],
    "subesco": [("M_12_NAYEM_S_10_DISGUST_5.wav", "disgust", "M_12", "10")],
    "jl-corpus": [
        ("male1_excited_10b_2.wav", "excitement", "male1", "10b"),
        ("female2_neutral_1a_1.wav", "neutral", "female2", "1a"),
    ],
    "aesdd": [
        ("happiness/h20 (5).wav", "happiness", "5", "20"),
        ("sadness/s05 (3)b.wav", "sadness", "3", "05"),
    ],
    "nemo": [
        ("samples/WR0_anger_1.wav", "anger", "WR0", "1"),
        ("samples/SB0_surprised_90.wav", "surprise", "SB0", "90"),
    ],
    "urdu": [("Happy/SF12_F08_H056.wav", "happiness", "SF12", "08")],
    "ased": [("Sad/s4-02-03-02-31.wav", "sadness", "31", "02")],
    "emov-db": [
        ("jenie/Angry/anger_393-420_0397.wav", "anger", "jenie", "0397"),
        ("bea_Sleepy/sleepiness_1-28_0001.wav", "sleepiness", "bea", "0001"),
        ("sam/neutral_1-28_0028.wav", "neutral", "sam", "0028"),
    ],
    "thorsten": [(f"whisper/{'0af9' * 8}.wav", "whisper", "thorsten", "0af9" * 8)],
    "mead": [("W009/audio/contempt/level_3/021.m4a", "contempt", "W009", "021")],
}


@pytest.mark.parametrize(
    ("corpus", "path", "label", "speaker", "text"),
    [(corpus, *row) for corpus, rows in NAMES.items() for row in rows],
)
def test_names(tmp_path: Path, corpus: str, path: str, label: str, speaker: str, text: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    [recording] = find_recordings(tmp_path)
    assert (recording.label, recording.speaker, recording.text) == (label, speaker, text)
    assert find_recordings(tmp_path, corpus) == [recording]


def test_no_corpus_takes_another_ones_files() -> None:
    for name, corpus in NAMED.items():
        paths = [
            Path("data", corpus.example),
            *(Path("data", row[0]) for row in NAMES.get(name, ())),
        ]
        for path in paths:
            fitting = [one.name for one in NAMED.values() if len(one.labels.fits([path], None))]
            assert fitting == [name], path


def test_all_patterns_at_once_say_what_each_says_alone() -> None:
    others = ["0011/Happy/0012_000701.wav", "a.wav", ".wav", "DC/a01", "x/1001_DFA_ANG_ZZ.wav", "/"]
    rows = [path for rows in NAMES.values() for path, *_ in rows]
    paths = [Path("data", path) for path in (*rows, *others)]
    corpora = {name: corpus.labels for name, corpus in NAMED.items()}
    together = NamePatterns(corpora).matching(files_of(paths))
    found = {(name, place) for place, names in together for name in names}
    alone = ((name, labels.fits(paths, None)) for name, labels in corpora.items())
    assert found == {(name, place) for name, places in alone for place in places}
    assert {place for _, place in found} == {*range(len(rows)), len(rows) + 3}


def test_each_entry_is_complete() -> None:
    assert len(CORPORA) >= 23
    for name, corpus in CORPORA.items():
        assert name == corpus.name
        assert corpus.licence
        assert corpus.source
        assert corpus.url.startswith("http")
        assert len(corpus.classes) >= 4, name


def test_speech_and_song_can_lie_in_one_folder(tmp_path: Path) -> None:
    for name in ("03-01-05-02-01-01-12.wav", "03-02-05-02-01-01-12.wav"):
        (tmp_path / name).touch()
    with pytest.warns(UserWarning, match="not named as RAVDESS does: 1 file: 03-02"):
        [speech] = find_recordings(tmp_path)
    assert speech.path.name.startswith("03-01")
    with pytest.warns(UserWarning, match="03-01"):
        assert find_recordings(tmp_path, "ravdess-song")[0].path.name.startswith("03-02")


def test_a_wrong_name_has_its_most_similar(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    with pytest.raises(ParameterError, match=r"got 'ravdes'; did you mean 'ravdess'\?"):
        find_recordings(tmp_path, "ravdes")

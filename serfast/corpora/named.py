"""The corpora whose file names tell emotion, speaker and sentence, as data.

Patterns describe a file's name without its suffix, and the folders above it where they tell
something, with slashes between; where copies are spread that are named otherwise, there are
several. EMOTION stands for the corpus's codes, whatever their case.
Numbers of speakers and recordings are those that the authors publish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .by_name import ByName, Layout
from .corpus import Corpus

__all__ = ["NAMED", "by_name", "pairs"]


def pairs(text: str) -> dict[str, str]:
    """Give a table of codes and names that is written as "code=name code=name"."""
    return dict(pair.split("=") for pair in text.split())


def by_name(
    patterns: str | Sequence[str], emotions: dict[str, str], speaker: str = "", speakers: str = ""
) -> ByName:
    """Give the labels that patterns read, in which EMOTION stands for any of the codes."""
    codes = "|".join(sorted(map(re.escape, emotions), key=len, reverse=True))
    emotion = f"(?P<emotion>(?i:{codes}))"
    written = [patterns] if isinstance(patterns, str) else patterns
    return ByName(
        [Layout.written(pattern.replace("EMOTION", emotion)) for pattern in written],
        {code.lower(): name for code, name in emotions.items()},
        pairs(speakers),
        speaker,
    )


def _corpus(
    name: str,
    title: str,
    pattern: str | Sequence[str],
    emotions: str,
    *,
    speaker: str = "",
    **facts: Any,
) -> Corpus:
    table, aliases = pairs(emotions), facts.pop("speakers", "")
    labels = by_name(pattern, table, speaker, aliases)
    return Corpus(name=name, title=title, emotions=table, labels=labels, **facts)


_WORDS = "angry=anger disgust=disgust fear=fear happy=happiness neutral=neutral sad=sadness"
_RAVDESS = {
    "language": "English",
    "licence": "CC BY-NC-SA 4.0",
    "source": "Livingstone and Russo, The Ryerson Audio-Visual Database of Emotional Speech and "
    "Song, PLOS ONE 13(5), 2018",
    "url": "https://doi.org/10.5281/zenodo.1188976",
    "family": "ravdess",
}

_CORPORA = (
    # Speaker, sentence, emotion (initial of its German name), version.
    _corpus(
        "emodb",
        "EmoDB",
        r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)EMOTION[a-z]",
        "W=anger L=boredom E=disgust A=fear F=happiness T=sadness N=neutral",
        language="German",
        n_speakers=10,
        n_recordings=535,
        licence="CC0 1.0",
        source="Burkhardt et al., A database of German emotional speech, Interspeech 2005",
        url="https://doi.org/10.5281/zenodo.7447302",
        example="wav/03a01Fa.wav",
    ),
    # Modality (01 sound and picture, 03 sound), channel (01 speech, 02 song), emotion, intensity,
    # statement, repetition, actor.
    _corpus(
        "ravdess",
        "RAVDESS",
        r"0[13]-01-EMOTION-0[12]-(?P<text>0[12])-0[12]-(?P<speaker>\d\d)",
        "01=neutral 02=calm 03=happiness 04=sadness 05=anger 06=fear 07=disgust 08=surprise",
        n_speakers=24,
        n_recordings=1440,
        example="Actor_12/03-01-05-02-01-01-12.wav",
        **_RAVDESS,
    ),
    _corpus(
        "ravdess-song",
        "RAVDESS (song)",
        r"0[13]-02-EMOTION-0[12]-(?P<text>0[12])-0[12]-(?P<speaker>\d\d)",
        "01=neutral 02=calm 03=happiness 04=sadness 05=anger 06=fear",
        n_speakers=23,
        n_recordings=1012,
        example="Actor_12/03-02-05-02-01-01-12.wav",
        **_RAVDESS,
    ),
    # Actor, sentence, emotion, level (LO, MD, HI, XX; one file ends in a single X).
    _corpus(
        "crema-d",
        "CREMA-D",
        r"(?P<speaker>1\d\d\d)_(?P<text>[A-Z]{3})_EMOTION_(?:LO|MD|HI|XX?)",
        "ANG=anger DIS=disgust FEA=fear HAP=happiness NEU=neutral SAD=sadness",
        language="English",
        n_speakers=91,
        n_recordings=7442,
        licence="ODbL 1.0",
        source="Cao et al., CREMA-D: Crowd-sourced emotional multimodal actors dataset, IEEE "
        "Transactions on Affective Computing 5(4), 2014",
        url="https://github.com/CheyneyComputerScience/CREMA-D",
        example="AudioWAV/1001_DFA_ANG_XX.wav",
    ),
    # Speaker (older or younger actress; one file says OA), word, emotion (ps: pleasant surprise).
    _corpus(
        "tess",
        "TESS",
        r"(?P<speaker>OAF?|YAF)_(?P<text>[a-z]+)_EMOTION",
        f"{_WORDS} ps=surprise",
        speakers="OA=OAF",
        language="English",
        n_speakers=2,
        n_recordings=2800,
        licence="CC BY-NC-ND 4.0",
        source="Pichora-Fuller and Dupuis, Toronto emotional speech set, 2020",
        url="https://doi.org/10.5683/SP2/E8H2MF",
        example="OAF_angry/OAF_back_angry.wav",
    ),
    # Speaker (as a folder, or before the name), emotion, sentence.
    _corpus(
        "savee",
        "SAVEE",
        (
            r"(?P<speaker>DC|JE|JK|KL)/EMOTION(?P<text>\d\d)",
            r"(?P<speaker>DC|JE|JK|KL)_EMOTION(?P<text>\d\d)",
        ),
        "a=anger d=disgust f=fear h=happiness n=neutral sa=sadness su=surprise",
        language="English",
        n_speakers=4,
        n_recordings=480,
        licence="for research",
        source="Haq and Jackson, Speaker-dependent audio-visual emotion recognition, AVSP 2009",
        url="http://kahlan.eps.surrey.ac.uk/savee/",
        example="AudioData/DC/sa01.wav",
    ),
    # Speaker, emotion (a folder), the number of the utterance: sentences are counted from 1 to 350
    # in each emotion.
    _corpus(
        "esd",
        "ESD",
        r"(?P<speaker>00[012]\d)/EMOTION(?:/(?:evaluation|test|train))?/"
        r"(?P<speaker>00[012]\d)_(?P<text>\d{6})",
        "Angry=anger Happy=happiness Neutral=neutral Sad=sadness Surprise=surprise",
        language="English, Mandarin",
        n_speakers=20,
        n_recordings=35000,
        licence="for research",
        source="Zhou et al., Emotional voice conversion: theory, databases and ESD, Speech "
        "Communication 137, 2022",
        url="https://github.com/HLTSingapore/Emotional-Speech-Data",
        example="0011/Angry/0011_000351.wav",
    ),
    # Emotion (first letters of its Italian name), speaker, sentence.
    _corpus(
        "emovo",
        "EMOVO",
        r"EMOTION-(?P<speaker>[fm][1-3])-(?P<text>[bdln]\d)",
        "rab=anger dis=disgust pau=fear gio=happiness neu=neutral tri=sadness sor=surprise",
        language="Italian",
        n_speakers=6,
        n_recordings=588,
        licence="CC BY-NC-SA 4.0",
        source="Costantini et al., EMOVO corpus: an Italian emotional speech database, LREC 2014",
        url="http://voice.fub.it/activities/corpora/emovo/index.html",
        example="f1/rab-f1-b1.wav",
    ),
    # Actor, emotion (initial of its French name), intensity, sentence.
    _corpus(
        "cafe",
        "CaFE",
        r"(?P<speaker>0[1-9]|1[0-2])-EMOTION-[0-2]-(?P<text>[1-6])",
        "C=anger D=disgust P=fear J=happiness N=neutral T=sadness S=surprise",
        language="French",
        n_speakers=12,
        n_recordings=936,
        licence="CC BY-NC-SA 4.0",
        source="Gournay et al., A Canadian French emotional speech dataset, ACM MMSys 2018",
        url="https://doi.org/10.5281/zenodo.1478765",
        example="Colère/Fort/01-C-2-1.wav",
    ),
    # Speaker (sex and number), emotion, utterance.
    _corpus(
        "shemo",
        "ShEMO",
        r"(?P<speaker>[FM]\d\d)EMOTION(?P<text>\d\d)",
        "A=anger F=fear H=happiness N=neutral S=sadness W=surprise",
        language="Persian",
        n_speakers=87,
        n_recordings=3000,
        licence="for research",
        source="Mohamad Nezami et al., ShEMO: a large-scale validated database for Persian speech "
        "emotion detection, Language Resources and Evaluation 53, 2019",
        url="https://github.com/mansourehk/ShEMO",
        example="male/M01A01.wav",
    ),
    # Speaker, emotion (folders), sentence.
    _corpus(
        "casia",
        "CASIA",
        (
            r"(?P<speaker>liuchanhg|wangzhe|zhaoquanyin|ZhaoZuoxiang)/EMOTION/(?P<text>\d+)",
            r"(?P<text>\d+)-EMOTION-(?P<speaker>liuchanhg|wangzhe|zhaoquanyin|ZhaoZuoxiang)",
        ),
        "angry=anger fear=fear happy=happiness neutral=neutral sad=sadness surprise=surprise",
        language="Mandarin",
        n_speakers=4,
        n_recordings=None,
        licence="sold by its makers",
        source="Tao et al., Design of speech corpus for Mandarin text to speech, Blizzard 2008",
        url="http://www.chineseldc.org/resource_info.php?rid=76",
        example="liuchanhg/angry/201.wav",
    ),
    # Sex, speaker, name, "S", sentence, emotion, take.
    _corpus(
        "subesco",
        "SUBESCO",
        r"(?P<speaker>[FM]_\d\d)_[A-Za-z]+_S_(?P<text>\d+)_EMOTION_\d",
        f"{_WORDS} surprise=surprise",
        language="Bangla",
        n_speakers=20,
        n_recordings=7000,
        licence="CC BY 4.0",
        source="Sultana et al., SUST Bangla emotional speech corpus, PLOS ONE 16(4), 2021",
        url="https://doi.org/10.5281/zenodo.4526477",
        example="F_01_OISHI_S_1_ANGRY_1.wav",
    ),
    # Speaker, emotion, sentence (with a letter for its pair), take. The secondary emotions keep
    # their names.
    _corpus(
        "jl-corpus",
        "JL-Corpus",
        r"(?P<speaker>(?:fe)?male[12])_EMOTION_(?P<text>\d+[ab])_\d",
        "angry=anger happy=happiness neutral=neutral sad=sadness excited=excitement "
        "anxious=anxiety apologetic=apologetic assertive=assertive concerned=concern "
        "encouraging=encouraging",
        language="English",
        n_speakers=4,
        n_recordings=2400,
        licence="CC0 1.0",
        source="James et al., An open source emotional speech corpus for human robot interaction "
        "applications, Interspeech 2018",
        url="https://github.com/tli725/JL-Corpus",
        example="female1_angry_10a_1.wav",
    ),
    # Emotion, sentence, speaker in brackets; a second take ends in b.
    _corpus(
        "aesdd",
        "AESDD",
        r"EMOTION(?P<text>\d\d) \((?P<speaker>\d+)\)b?",
        "a=anger d=disgust f=fear h=happiness s=sadness",
        language="Greek",
        n_speakers=6,
        n_recordings=None,
        licence="for research",
        source="Vryzas et al., Speech emotion recognition for performance interaction, Journal of "
        "the Audio Engineering Society 66(6), 2018",
        url="http://m3c.web.auth.gr/research/aesdd-speech-emotion-recognition/",
        example="anger/a01 (1).wav",
    ),
    # Speaker, emotion, sentence.
    _corpus(
        "nemo",
        "nEMO",
        r"(?P<speaker>[A-Z]{2,3}\d?)_EMOTION_(?P<text>\d+)",
        "anger=anger fear=fear happiness=happiness neutral=neutral sadness=sadness "
        "surprise=surprise surprised=surprise",
        language="Polish",
        n_speakers=9,
        n_recordings=4481,
        licence="CC BY-NC-SA 4.0",
        source="Christop, nEMO: dataset of emotional speech in Polish, LREC-COLING 2024",
        url="https://github.com/amu-cai/nEMO",
        example="samples/WR0_anger_1.wav",
    ),
    # Speaker, utterance, emotion with a number.
    _corpus(
        "urdu",
        "URDU",
        r"(?P<speaker>S[FM]\d+)_F(?P<text>\d+)_EMOTION\d+",
        "A=anger H=happiness N=neutral S=sadness",
        language="Urdu",
        n_speakers=None,
        n_recordings=400,
        licence="for research",
        source="Latif et al., Cross lingual speech emotion recognition: Urdu vs. Western languages,"
        " FIT 2018",
        url="https://github.com/siddiquelatif/URDU-Dataset",
        example="Angry/SM1_F10_A010.wav",
    ),
    # Emotion with the sentence's folder, sentence, repetition, sex, speaker.
    _corpus(
        "ased",
        "ASED",
        r"EMOTION\d-(?P<text>\d+)-\d+-0[12]-(?P<speaker>\d+)",
        "a=anger f=fear h=happiness n=neutral s=sadness",
        language="Amharic",
        n_speakers=65,
        n_recordings=2474,
        licence="for research",
        source="Retta et al., A new Amharic speech emotion dataset and classification benchmark, "
        "ACM TALLIP 22(1), 2023",
        url="https://github.com/Ethio2021/ASED_V1",
        example="Anger/a1-01-01-01-05.wav",
    ),
    # Speaker (a folder, perhaps with the emotion), emotion, range of sentences, sentence.
    _corpus(
        "emov-db",
        "EmoV-DB",
        r"(?P<speaker>bea|jenie|josh|sam)(?:_[A-Za-z]+)?(?:/[A-Za-z]+)?/EMOTION_\d+-\d+_"
        r"(?P<text>\d{4})",
        "amused=amusement anger=anger disgust=disgust neutral=neutral sleepiness=sleepiness",
        language="English",
        n_speakers=4,
        n_recordings=None,
        licence="for research",
        source="Adigwe et al., The emotional voices database: towards controlling the emotion "
        "dimension in voice generation systems, arXiv:1806.09514, 2018",
        url="https://www.openslr.org/115/",
        example="jenie/Angry/anger_393-420_0397.wav",
    ),
    # Emotion (a folder), a sentence's hash; there is one speaker.
    _corpus(
        "thorsten",
        "Thorsten emotional",
        r"EMOTION/(?P<text>[0-9a-f]{32})",
        "amused=amusement angry=anger disgusted=disgust drunk=drunk neutral=neutral "
        "sleepy=sleepiness surprised=surprise whisper=whisper",
        speaker="thorsten",
        language="German",
        n_speakers=1,
        n_recordings=2400,
        licence="CC0 1.0",
        source="Müller and Kreutz, Thorsten-Voice dataset 2021.06 emotional, 2021",
        url="https://doi.org/10.5281/zenodo.5525023",
        example="thorsten-emotional_v02/angry/0d1b1c5b0f1a4f9f8f1e2d3c4b5a6978.wav",
    ),
    # Speaker, emotion, level (folders), sentence.
    _corpus(
        "mead",
        "MEAD",
        r"(?P<speaker>[MW]\d{3})/audio/EMOTION/level_[123]/(?P<text>\d+)",
        "angry=anger contempt=contempt disgusted=disgust fear=fear happy=happiness "
        "neutral=neutral sad=sadness surprised=surprise",
        language="English",
        n_speakers=48,
        n_recordings=None,
        licence="for research",
        source="Wang et al., MEAD: a large-scale audio-visual dataset for emotional talking-face "
        "generation, ECCV 2020",
        url="https://github.com/uniBruce/Mead",
        example="M003/audio/angry/level_1/001.m4a",
    ),
)

NAMED = {corpus.name: corpus for corpus in _CORPORA}
"""The corpora that are known by their file names."""

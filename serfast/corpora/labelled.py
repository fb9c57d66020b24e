"""The corpora whose labels lie in files beside the recordings, as data."""

from __future__ import annotations

from typing import Any

from .corpus import Corpus
from .label_files import Evaluations, LabelFiles
from .named import pairs

__all__ = ["LABELLED"]

_CUSTOMARY = pairs("ang=anger hap=happiness exc=happiness sad=sadness neu=neutral")
_ALL = pairs(
    "ang=anger hap=happiness exc=excitement sad=sadness neu=neutral fru=frustration fea=fear "
    "sur=surprise dis=disgust oth=other"
)
_IEMOCAP: dict[str, Any] = {
    "language": "English",
    "n_speakers": 10,
    "licence": "for research",
    "source": "Busso et al., IEMOCAP: interactive emotional dyadic motion capture database, "
    "Language Resources and Evaluation 42, 2008",
    "url": "https://sail.usc.edu/iemocap/",
    "example": "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav",
    "family": "iemocap",
}
_MSP = pairs("a=anger s=sadness h=happiness u=surprise f=fear d=disgust c=contempt n=neutral")
_MELD = pairs(
    "anger=anger disgust=disgust fear=fear joy=happiness neutral=neutral sadness=sadness "
    "surprise=surprise"
)
_EMOZIONALMENTE = pairs(
    "anger=anger disgust=disgust fear=fear joy=happiness neutrality=neutral sadness=sadness "
    "surprise=surprise"
)


_CORPORA = (
    # The customary four classes: excitement counts as happiness.
    Corpus(
        "iemocap",
        "IEMOCAP",
        emotions=_CUSTOMARY,
        n_recordings=5531,
        labels=Evaluations(_CUSTOMARY),
        **_IEMOCAP,
    ),
    Corpus(
        "iemocap-all",
        "IEMOCAP (all emotions)",
        emotions=_ALL,
        n_recordings=None,
        labels=Evaluations(_ALL),
        **_IEMOCAP,
    ),
    Corpus(
        "msp-podcast",
        "MSP-Podcast",
        language="English",
        emotions=_MSP,
        n_speakers=None,
        n_recordings=None,
        licence="for research, by agreement",
        source="Lotfian and Busso, Building naturalistic emotionally balanced speech corpus by "
        "retrieving emotional speech from existing podcast recordings, IEEE Transactions on "
        "Affective Computing 10(4), 2019",
        url="https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Podcast.html",
        labels=LabelFiles(
            "[Ll]abels/labels_consensus.csv|labels_consensus.csv",
            {
                "label": "EmoClass",
                "speaker": "SpkrID",
                "fold": "Split_Set",
                "arousal": "EmoAct",
                "valence": "EmoVal",
                "dominance": "EmoDom",
            },
            "{FileName}",
            _MSP,
        ),
        example="Audios/MSP-PODCAST_0001_0008.wav",
    ),
    Corpus(
        "meld",
        "MELD",
        language="English",
        emotions=_MELD,
        n_speakers=None,
        n_recordings=13708,
        licence="GPL-3.0; the recordings are of a television series",
        source="Poria et al., MELD: a multimodal multi-party dataset for emotion recognition in "
        "conversations, ACL 2019",
        url="https://affective-meld.github.io/",
        labels=LabelFiles(
            "*_sent_emo.csv",
            {"label": "Emotion", "speaker": "Speaker"},
            "dia{Dialogue_ID}_utt{Utterance_ID}",
            _MELD,
            {"train": "train", "dev": "dev", "test": "test"},
        ),
        example="train_splits/dia0_utt0.mp4",
    ),
    Corpus(
        "emozionalmente",
        "Emozionalmente",
        language="Italian",
        emotions=_EMOZIONALMENTE,
        n_speakers=431,
        n_recordings=6902,
        licence="CC BY 4.0",
        source="Catania et al., Emozionalmente: a crowdsourced corpus of simulated emotional "
        "speech in Italian, IEEE/ACM TASLP 33, 2025",
        url="https://doi.org/10.5281/zenodo.6569824",
        labels=LabelFiles(
            "metadata/samples.csv",
            {"label": "emotion_expressed", "speaker": "actor"},
            "{file_name}",
            _EMOZIONALMENTE,
        ),
        example="audio/1.wav",
    ),
)

LABELLED = {corpus.name: corpus for corpus in _CORPORA}
"""The corpora that are known by their files of labels."""

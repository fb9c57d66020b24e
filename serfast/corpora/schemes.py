"""The ways in which known corpora name their files, as data.

The emotions of all schemes have one set of names, so that models and corpora can be compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .recordings import Recording

__all__ = ["SCHEMES", "Scheme"]


@dataclass(frozen=True)
class Scheme:
    """A corpus's way to name files: a pattern with groups speaker, text, emotion.

    `emotions` translates the emotion's code into the name that serfast uses.
    """

    title: str
    pattern: re.Pattern[str]
    emotions: dict[str, str]

    def read(self, path: Path) -> Recording | None:
        """Give the recording that the file's name describes, or None if it is named otherwise."""
        match = self.pattern.fullmatch(path.stem)
        if not match:
            return None
        return Recording(path, self.emotions[match["emotion"]], match["speaker"], match["text"])


def _scheme(title: str, pattern: str, emotions: str) -> Scheme:
    names = dict(pair.split("=") for pair in emotions.split())
    codes = "|".join(names)
    return Scheme(title, re.compile(pattern.replace("EMOTION", f"(?P<emotion>{codes})")), names)


SCHEMES = {
    # Burkhardt et al., "A database of German emotional speech", Interspeech 2005: speaker,
    # sentence, emotion (initial of its German name), version. Example: 03a01Fa.
    "emodb": _scheme(
        "EmoDB",
        r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)EMOTION[a-z]",
        "W=anger L=boredom E=disgust A=fear F=happiness T=sadness N=neutral",
    ),
    # Livingstone and Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song",
    # PLOS ONE 13(5), 2018: modality (01 sound and picture, 03 sound), channel (01 speech; 02, song,
    # is left out), emotion, intensity, statement, repetition, actor. Example: 03-01-05-02-01-01-12.
    "ravdess": _scheme(
        "RAVDESS",
        r"0[13]-01-EMOTION-0[12]-(?P<text>0[12])-0[12]-(?P<speaker>\d\d)",
        "01=neutral 02=calm 03=happiness 04=sadness 05=anger 06=fear 07=disgust 08=surprise",
    ),
    # Cao et al., "CREMA-D: Crowd-sourced emotional multimodal actors dataset", IEEE Transactions
    # on Affective Computing 5(4), 2014: actor, sentence, emotion, level (LO, MD, HI, XX; one file
    # of the corpus ends in a single X). Example: 1001_DFA_ANG_XX.
    "crema-d": _scheme(
        "CREMA-D",
        r"(?P<speaker>1\d\d\d)_(?P<text>[A-Z]{3})_EMOTION_(LO|MD|HI|XX?)",
        "ANG=anger DIS=disgust FEA=fear HAP=happiness NEU=neutral SAD=sadness",
    ),
}
"""The known ways to name files."""

"""How much a recognizer gains that gets used to a speaker: docs/adaptation.md.

    python -m benchmarks.adaptation EMODB [--run FOLDER]

The default SVM is trained without each speaker and hears that one's recordings in five random
orders, by `recognizer.speaker().predict`; the same recordings are judged without adaptation. Then
it hears neutral ones alone, up to ten as they come or enrolled as neutral, or three enrolled, and
is asked about each of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.audio.augmentation import bound_to, parse_alteration
from serfast.corpora.recordings import Recording
from serfast.models.loaded import LoadedModel
from serfast.speaker import Speaker
from serfast.streaming.speaker_state import PRIOR
from serfast.training import Recipe, confusion_matrix, unweighted_average_recall
from serfast.training.others import recordings_of_others

from .left_out import recognizers, run
from .tables import markdown

__all__ = ["CONDITIONS", "PLACES", "measured", "table"]

CONDITIONS = {
    "clean": "none",
    "pink noise 20 dB": "noise=20",
    "pink noise 10 dB": "noise=10",
    "white noise 20 dB": "white=20",
    "white noise 10 dB": "white=10",
    "hum 20 dB": "hum=20",
    "hum 10 dB": "hum=10",
    "babble 20 dB": "babble=20",
    "babble 10 dB": "babble=10",
    "telephone": "telephone",
    "room 0.3 s": "room=0.3",
    "room 0.5 s": "room=0.5",
    "room 0.8 s": "room=0.8",
}
"""Name and text of each condition; a speaker is heard in one of them alone."""

MEAN = "mean of all"
"""The last row of the table."""

PLACES = {"1": (1, 1), "2 to 5": (2, 5), "6 to 10": (6, 10), "from 11": (11, 10**6)}
"""How many recordings were heard, the present one included: first and last."""

PRIORS = (2.0, 10.0, 30.0)
ORDERS = 5
CALM = "neutral"

Answers = dict[str, list[tuple[str, str, str]]]
"""For each way of hearing: place, true and predicted class of each recording."""


def place_of(n: int) -> str:
    """Give the name of the place of the n-th recording."""
    return next(name for name, (first, last) in PLACES.items() if first <= n <= last)


class RememberedInputs(LoadedModel):
    """A recognizer's model that makes the input of each signal once: it is asked many times.

    The signals must stay alive and unchanged as long as the model is used.
    """

    def __init__(self, recognizer: serfast.Recognizer) -> None:
        model = recognizer._model
        super().__init__(model.bundle, model.backend, model.plugin)
        self._remembered: dict[int, tuple[Any, bool]] = {}

    def input_of(self, y: Any, sample_rate: float | None) -> tuple[Any, bool]:
        """Give the input of a signal, as :meth:`LoadedModel.input_of` made it the first time."""
        if id(y) not in self._remembered:
            self._remembered[id(y)] = super().input_of(y, sample_rate)
        return self._remembered[id(y)]

    def label_alone(self, y: Any, sample_rate: float) -> str:
        """Give what the recognizer says without adaptation."""
        x, _ = self.input_of(y, sample_rate)
        return self.judge.result(self.judge.probabilities(x), None).label


def heard(
    recognizer: serfast.Recognizer, signals: Sequence[Any], labels: Sequence[str], rate: int
) -> Answers:
    """Give the answers to one speaker's signals, in each way of hearing."""
    answers: Answers = defaultdict(list)
    model = RememberedInputs(recognizer)
    alone = [model.label_alone(y, rate) for y in signals]
    for seed in range(ORDERS):
        order = np.random.default_rng(seed).permutation(len(signals)).tolist()
        for prior in PRIORS:
            speaker = Speaker(model, prior)
            for n, i in enumerate(order, 1):
                said = speaker.predict(signals[i], rate).label
                answers[f"prior {prior:g}"].append((place_of(n), labels[i], said))
        answers["alone"] += [(place_of(n), labels[i], alone[i]) for n, i in enumerate(order, 1)]
    return answers


def after_calm_speech(
    recognizer: serfast.Recognizer, signals: Sequence[Any], labels: Sequence[str], rate: int
) -> Answers:
    """Give the answers to what isn't calm, after calm recordings only."""
    answers: Answers = defaultdict(list)
    model = RememberedInputs(recognizer)
    pairs = list(zip(signals, labels, strict=True))
    calm = [y for y, label in pairs if label == CALM]
    ways = {
        "up to ten, as they come": (10, None),
        "up to ten, enrolled": (10, CALM),
        "three, enrolled": (3, CALM),
    }
    for way, (count, given) in {"none": (0, None), **ways}.items():
        speaker = Speaker(model, PRIOR)
        for y in calm[:count]:
            speaker.enrol(y, rate, label=given)
        moments = speaker.state.moments
        for y, label in pairs:
            if label != CALM:  # each is asked of the same state: it teaches nothing to the next
                speaker.state.moments = moments
                said = speaker.predict(y, rate).label
                answers[way].append(("all", label, said))
    return answers


def recalls(answers: Answers) -> dict[str, dict[str, float]]:
    """Give the recall of each way and place, and of all places together."""
    result: dict[str, dict[str, float]] = {}
    for way, given in answers.items():
        places = dict.fromkeys(place for place, _, _ in given)
        chosen = {place: [a for a in given if a[0] == place] for place in places} | {"all": given}
        result[way] = {place: recall(some) for place, some in chosen.items()}
    return result


def recall(answers: Sequence[tuple[str, str, str]]) -> float:
    """Give the unweighted average recall of some answers."""
    true, said = [a[1] for a in answers], [a[2] for a in answers]
    classes = sorted({*true, *said})
    return unweighted_average_recall(confusion_matrix(true, said, classes))


def measured(recordings: Sequence[Recording], folder: Path, recipe: Recipe) -> dict[str, Any]:
    """Measure everything."""
    curves: dict[str, Answers] = {name: defaultdict(list) for name in CONDITIONS}
    calm: Answers = defaultdict(list)
    others = None
    for name, recognizer in recognizers(recordings, folder, recipe):
        places = [i for i, recording in enumerate(recordings) if recording.speaker == name]
        chosen = [recordings[i] for i in places]
        labels = [recording.label for recording in chosen]
        rate = int(recognizer.spec.sample_rate)
        others = recordings_of_others(recordings, rate) if others is None else others
        clean = [serfast.load(recording.path, rate)[0] for recording in chosen]
        for k, (condition, text) in enumerate(CONDITIONS.items()):
            alter = parse_alteration(text)
            signals = [
                bound_to(alter, others(place))(y, rate, np.random.default_rng((7, k, i)))
                for i, (place, y) in enumerate(zip(places, clean, strict=True))
            ]
            for way, given in heard(recognizer, signals, labels, rate).items():
                curves[condition][way] += given
        for way, given in after_calm_speech(recognizer, clean, labels, rate).items():
            calm[way] += given
    return {
        "recordings": len(recordings),
        "speakers": len({recording.speaker for recording in recordings}),
        "orders": ORDERS,
        "curves": {condition: recalls(answers) for condition, answers in curves.items()},
        "calm": recalls(calm),
    }


def table(results: dict[str, Any]) -> str:
    """Give the tables of docs/adaptation.md."""
    ways = ["alone", *(f"prior {prior:g}" for prior in PRIORS)]
    header = ["condition", *ways, *(f"{place}: alone → prior 10" for place in PLACES)]
    rows = []
    curves = results["curves"]
    for condition, recalled in {**curves, MEAN: mean_of(curves)}.items():
        row = [condition, *(percent(recalled[way]["all"]) for way in ways)]
        for place in PLACES:
            pair = [percent(recalled[way][place]) for way in ("alone", "prior 10")]
            row.append(" → ".join(pair))
        rows.append(row)
    calm = [[way, percent(recalled["all"])] for way, recalled in results["calm"].items()]
    about = (
        f"UAR % over {results['recordings']} recordings of {results['speakers']} speakers, each "
        f"left out of the training, in {results['orders']} orders; then of the 1st, 2nd to 5th … "
        "recording that is heard:"
    )
    then = "And of clean recordings that aren't neutral, if neutral ones alone were heard before:"
    return "\n\n".join(
        [
            about,
            markdown(header, rows, text=1),
            then,
            markdown(["neutral recordings heard", "UAR %"], calm, text=1),
        ]
    )


def mean_of(curves: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Give the mean over the conditions, of each way of hearing and place."""
    every = list(curves.values())
    return {
        way: {place: float(np.mean([c[way][place] for c in every])) for place in places}
        for way, places in every[0].items()
    }


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    run(__doc__, "adaptation", measured, table)

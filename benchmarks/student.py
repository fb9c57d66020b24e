"""Whether a small causal network can stand for Whisper's third layer: docs/embeddings.md.

    python -m benchmarks.student EMODB [--epochs 12] [--width 192] [--pairs 4] [--save]

A student is taught the layer's frames on recordings of some speakers and altered copies of them,
without their emotions. Beside it stand Whisper's own two convolutions, which lie before the first
layer: they are causal but for 20 ms, and are taught nothing. Linear support vector machines on the
vectors of the student, of the convolutions and of the teacher are trained on the same speakers, and
asked about two others; nothing is chosen on these. With no epochs there is no student.

It needs PyTorch, onnx and scikit-learn, and 1.5 GB of memory. A pair of speakers takes a quarter of
an hour of processor time with the student, and a minute without.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import serfast
from serfast.audio.augmentation import bound_to, parse_alteration
from serfast.corpora.recordings import Recording
from serfast.training import confusion_matrix, unweighted_average_recall
from serfast.training.others import recordings_of_speakers
from serfast_whisper.embedder import open_embedder
from serfast_whisper.plugin import ENCODER

from . import RESULTS
from .conditions import machine
from .reports import write
from .student_network import Array, Pair, learned, pooled, size_of
from .tables import student_table

__all__ = ["measured"]

RATE = 16000
VOICE = "speed=0.89..1.12"
TAUGHT = (
    *("none", "speed=0.89", "speed=1.12", f"{VOICE},noise=5..30", f"{VOICE},babble=5..30"),
    *(f"{VOICE},room=0.2..1:0.7..3", f"{VOICE},telephone"),
)
ASKED = {"clean": "none", "pink noise 10 dB": "noise=10", "telephone": "telephone"}
ASKED["room 0.5 s"] = "room=0.5"
FLOOR = -80.0
COSTS = (2e-4, 2e-3)


@dataclass(frozen=True)
class _Heard:
    """A copy of a recording, with the vectors of the teacher and of its convolutions."""

    recording: Recording
    copy: str
    pair: Pair
    teacher: Array
    convolutions: Array


def _teacher() -> tuple[Any, str, str]:
    """Give the encoder's session, and the names of its pooled frames and of its convolutions'."""
    model = onnx.load(ENCODER)
    means = [node.input[0] for node in model.graph.node if node.op_type == "ReduceMean"]
    frames = means[-2]  # the last one is of the squares of what is left of these
    (convolved,) = (node.input[0] for node in model.graph.node if node.op_type == "Shape")
    for name in (frames, convolved):
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options), frames, convolved


def _heard(recordings: Sequence[Recording]) -> Iterator[_Heard]:
    """Give all copies to teach on and to ask about."""
    embedder, (session, layer, convolved) = open_embedder(ENCODER), _teacher()
    extractor = serfast.Extractor(embedder.spec)
    others = recordings_of_speakers(recordings, RATE)
    for k, copy in enumerate((*TAUGHT, *(f"asked {text}" for text in ASKED.values()))):
        alteration = parse_alteration(copy.removeprefix("asked "))
        for i, recording in enumerate(recordings):
            y = serfast.audio.load(recording.path, RATE)[0]
            random = np.random.default_rng((0, i, k))
            y = bound_to(alteration, others(i))(y, RATE, random)
            (frames, vector) = session.run(
                [layer, "embedding"], {"log_mel": embedder.rows(y)[np.newaxis]}
            )
            rows = _below_loudest(np.asarray(extractor(y)))
            (early,) = session.run([convolved], {"log_mel": rows[np.newaxis]})
            pair = Pair(np.asarray(rows / 20 + 2, np.float32), frames[0])  # about -2 to 2
            yield _Heard(recording, copy, pair, vector[0], _moments(early[0]))


def _below_loudest(rows: Array) -> Array:
    """Give rows below the loudest band so far [dB], which a stream knows too."""
    loudest = np.maximum.accumulate(rows.max(axis=1, keepdims=True))
    return np.asarray(np.maximum(rows - loudest, FLOOR), np.float32)


def _moments(frames: Array) -> Array:
    """Give means, deviations, and root mean squares of the steps from frame to frame."""
    steps = np.sqrt(np.mean(np.diff(frames, axis=0, prepend=frames[:1]) ** 2, axis=0))
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0), steps])


def measured(
    recordings: Sequence[Recording], width: int, epochs: int, pairs: int
) -> Iterator[dict[str, Any]]:
    """Measure both on two speakers after the other, that many pairs; give all so far each time."""
    heard = list(_heard(recordings))
    speakers = sorted({one.recording.speaker for one in heard})
    answers: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    begin = time.process_time()
    for k in range(pairs):
        out = speakers[2 * k : 2 * k + 2]
        taught = [one for one in heard if one.recording.speaker not in out]
        taught = [one for one in taught if one.copy in TAUGHT]
        asked = [one for one in heard if one.recording.speaker in out]
        asked = [one for one in asked if one.copy not in TAUGHT]
        everyone = [*taught, *asked]
        vectors = {
            "teacher": [one.teacher for one in everyone],
            "convolutions": [one.convolutions for one in everyone],
        }
        if epochs:
            student = learned([one.pair for one in taught], width, epochs)
            vectors["student"] = [pooled(student, one.pair.rows) for one in everyone]
        for who, x in vectors.items():
            labels = _answered(np.stack(x), taught)
            for one, label in zip(asked, labels, strict=True):
                answers[who, one.copy].append((one.recording.label, label))
        yield {
            "machine": machine(),
            "speakers": speakers[: 2 * k + 2],
            "parameters": size_of(student) if epochs else None,
            "epochs": epochs,
            "torch": torch.__version__,
            "minutes": round((time.process_time() - begin) / 60, 1),
            "uar": {who: _recalls(answers, who) for who in vectors},
        }


def _answered(x: Array, taught: Sequence[_Heard]) -> list[str]:
    """Train a machine on the first vectors; give its answers on the others.

    Its cost is chosen by two of the speakers that it is trained on, from recordings as they are.
    """
    n = len(taught)
    labels = np.array([one.recording.label for one in taught])
    by = np.array([one.recording.speaker for one in taught])
    inner = np.isin(by, sorted(set(by))[:2])
    asked = inner & np.array([one.copy == "none" for one in taught])
    recalls = {}
    for cost in COSTS:
        answers = _machine(x[:n][~inner], labels[~inner], cost).predict(x[:n][asked])
        recalls[cost] = _uar(labels[asked], answers)
    best = max(COSTS, key=lambda cost: recalls[cost])
    return [str(label) for label in _machine(x[:n], labels, best).predict(x[n:])]


def _machine(x: Array, labels: Any, cost: float) -> Any:
    svm = LinearSVC(C=cost, class_weight="balanced")
    return make_pipeline(StandardScaler(), svm).fit(x, labels)


def _uar(true: Sequence[str], said: Sequence[str]) -> float:
    matrix = confusion_matrix(list(true), list(said), sorted({*true, *said}))
    return round(100 * unweighted_average_recall(matrix), 1)


def _recalls(answers: dict[tuple[str, str], list[tuple[str, str]]], who: str) -> dict[str, float]:
    return {
        name: _uar(*zip(*answers[who, f"asked {text}"], strict=True))
        for name, text in ASKED.items()
    }


def main() -> None:
    """Measure, print the table, and keep it with --save."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    parser.add_argument("--epochs", type=int, default=12, help="0: without the student")
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--pairs", type=int, default=4, help="so many pairs of speakers")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    recordings = serfast.corpora.find_recordings(arguments.corpus)
    for results in measured(recordings, arguments.width, arguments.epochs, arguments.pairs):
        if arguments.save:
            write(RESULTS / "student.json", results)
        print(student_table(results), flush=True)


if __name__ == "__main__":
    main()

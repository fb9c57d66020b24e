"""Whether a small causal network can stand for Whisper's third layer: docs/embeddings.md.

    python -m benchmarks.student EMODB [--epochs 12] [--width 192] [--pairs 4] [--save]

A student is taught the layer's frames on recordings of some speakers and altered copies of them,
without their emotions. A linear support vector machine on its vectors, and one on the teacher's,
are then trained on the same speakers, and asked about two others; nothing is chosen on these.
It needs PyTorch, onnx and scikit-learn, a quarter of an hour of processor
time for each pair, and 1.5 GB of memory.
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
from .tables import markdown

__all__ = ["measured", "table"]

RATE = 16000
VOICE = "speed=0.89..1.12"
TAUGHT = (
    *("none", "speed=0.89", "speed=1.12", f"{VOICE},noise=5..30", f"{VOICE},babble=5..30"),
    *(f"{VOICE},room=0.2..1:0.7..3", f"{VOICE},telephone"),
)
ASKED = {"clean": "none", "pink noise 10 dB": "noise=10", "telephone": "telephone"}
ASKED["room 0.5 s"] = "room=0.5"
FLOOR, COST = -80.0, 2e-4


@dataclass(frozen=True)
class _Heard:
    """A copy of a recording, with the teacher's vector of it."""

    recording: Recording
    copy: str
    pair: Pair
    vector: Array


def _teacher() -> tuple[Any, str]:
    """Give the encoder's session with the frames that it pools as an output, and their name."""
    model = onnx.load(ENCODER)
    means = [node.input[0] for node in model.graph.node if node.op_type == "ReduceMean"]
    frames = means[-2]  # the last one is of the squares of what is left of these
    kind = onnx.helper.make_tensor_value_info(frames, onnx.TensorProto.FLOAT, None)
    model.graph.output.append(kind)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options), frames


def _heard(recordings: Sequence[Recording]) -> Iterator[_Heard]:
    """Give all copies to teach on and to ask about."""
    embedder, (session, name) = open_embedder(ENCODER), _teacher()
    extractor = serfast.Extractor(embedder.spec)
    others = recordings_of_speakers(recordings, RATE)
    for k, copy in enumerate((*TAUGHT, *(f"asked {text}" for text in ASKED.values()))):
        alteration = parse_alteration(copy.removeprefix("asked "))
        for i, recording in enumerate(recordings):
            y = serfast.audio.load(recording.path, RATE)[0]
            random = np.random.default_rng((0, i, k))
            y = bound_to(alteration, others(i))(y, RATE, random)
            (frames, vector) = session.run(
                [name, "embedding"], {"log_mel": embedder.rows(y)[np.newaxis]}
            )
            rows = _relative(np.asarray(extractor(y)))
            yield _Heard(recording, copy, Pair(rows, frames[0]), vector[0])


def _relative(rows: Array) -> Array:
    """Give rows relative to the loudest band so far, which a stream knows too, about -2 to 2."""
    loudest = np.maximum.accumulate(rows.max(axis=1, keepdims=True))
    return np.asarray(np.maximum(rows - loudest, FLOOR) / 20 + 2, np.float32)


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
        student = learned([one.pair for one in taught], width, epochs)
        asked = [one for one in heard if one.recording.speaker in out]
        for who in ("teacher", "student"):
            vectors = [
                one.vector if who == "teacher" else pooled(student, one.pair.rows)
                for one in (*taught, *asked)
            ]
            scaler = StandardScaler().fit(vectors[: len(taught)])
            x = scaler.transform(vectors)
            svm = LinearSVC(C=COST, class_weight="balanced")
            svm.fit(x[: len(taught)], [one.recording.label for one in taught])
            for one, label in zip(asked, svm.predict(x[len(taught) :]), strict=True):
                answers[who, one.copy].append((one.recording.label, str(label)))
        yield {
            "machine": machine(),
            "speakers": speakers[: 2 * k + 2],
            "parameters": size_of(student),
            "epochs": epochs,
            "torch": torch.__version__,
            "minutes": round((time.process_time() - begin) / 60, 1),
            "uar": {who: _recalls(answers, who) for who in ("teacher", "student")},
        }


def _recalls(answers: dict[tuple[str, str], list[tuple[str, str]]], who: str) -> dict[str, float]:
    result = {}
    for name, text in ASKED.items():
        true, said = zip(*answers[who, f"asked {text}"], strict=True)
        matrix = confusion_matrix(list(true), list(said), sorted({*true, *said}))
        result[name] = round(100 * unweighted_average_recall(matrix), 1)
    return result


def table(results: dict[str, Any]) -> str:
    """Give the recalls of both in each condition."""
    rows = [[who, *map(str, uar.values())] for who, uar in results["uar"].items()]
    return markdown(["UAR %", *ASKED], rows)


def main() -> None:
    """Measure, print the table, and keep it with --save."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--pairs", type=int, default=4, help="so many pairs of speakers")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    recordings = serfast.corpora.find_recordings(arguments.corpus)
    for results in measured(recordings, arguments.width, arguments.epochs, arguments.pairs):
        if arguments.save:
            write(RESULTS / "student.json", results)
        print(table(results), flush=True)


if __name__ == "__main__":
    main()

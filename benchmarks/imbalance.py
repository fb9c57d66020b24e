"""What helps where some emotions are rare: the table of docs/training.md.

    python -m benchmarks.imbalance EMODB [--classifier onnx] [--draws 5] [--option NAME=VALUE]

The training recordings are thinned out to a long tail: the most frequent emotion keeps all of its
recordings, the rarest a tenth of as many, the others lie between on an exponential (Cui et al.,
"Class-balanced loss based on effective number of samples", CVPR 2019). Each speaker is left out in
turn; the model is trained on the thinned recordings of the others, without altered copies, and
predicts all recordings of that speaker. Which recordings stay is drawn at random, several times.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

import serfast
from serfast.models.plugin import Examples, Run
from serfast.training import (
    Evaluation,
    Fold,
    Recipe,
    Trainee,
    compare,
    train_and_predict,
)

from . import RESULTS
from .reports import write
from .tables import markdown

__all__ = ["METHODS", "long_tail", "measured", "table"]

TAIL = 10
"""The most frequent class has so many times the recordings of the rarest."""

METHODS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "svm": {
        "none": {"balance": "none"},
        "weights": {"balance": "weights"},
        "balanced sampling": {"balance": "sampling"},
    },
    "onnx": {
        "none": {"loss": "plain"},
        "weights": {"loss": "balanced"},
        "weights, focal loss": {"loss": "focal"},
        "balanced sampling": {"sampling": "balanced"},
    },
}
"""The options of each method, by classifier; the first is what the others are compared with."""

TITLES = {"svm": "SVM", "onnx": "network"}

AT_AN_END = 3
"""So many classes are the rarest, and as many the commonest."""


def long_tail(labels: Sequence[str], seed: int) -> NDArray[np.bool_]:
    """Tell of each recording whether it stays in the long tail."""
    counts = Counter(labels).most_common()
    largest = counts[0][1]
    random, array = default_rng(seed), np.array(labels)
    stays = np.zeros(len(labels), bool)
    for rank, (name, count) in enumerate(counts):
        quota = round(largest * TAIL ** (-rank / (len(counts) - 1)))
        members = np.flatnonzero(array == name)
        stays[random.choice(members, min(count, quota), replace=False)] = True
    return stays


def evaluation_of(recipe: Recipe, examples: Examples, draws: int) -> Evaluation:
    """Give the answers to every speaker, by models of the others' long tail, of all draws."""
    trainee = Trainee(recipe.plugin, recipe.load_plugin(), recipe.spec, recipe.statistics)
    folds: list[Fold] = []
    for draw in range(draws):
        stays = long_tail(examples.labels.tolist(), draw)
        for speaker in sorted(set(examples.speakers.tolist())):
            out = examples.speakers == speaker
            training, test = examples.where(stays & ~out), examples.where(out)
            folds += train_and_predict(trainee, training, {speaker: test}, run=Run(seed=draw))
    return Evaluation(examples.classes, tuple(folds))


def figures_of(evaluation: Evaluation, order: Sequence[str]) -> dict[str, Any]:
    """Give the figures of a method; `order` has the classes, the commonest first."""
    speakers = {
        who: Evaluation(evaluation.classes, tuple(f for f in evaluation.folds if f.speaker == who))
        for who in evaluation.speakers
    }
    recall, intervals = evaluation.recall, evaluation.intervals()
    ends = {"commonest": order[:AT_AN_END], "rarest": order[-AT_AN_END:]}
    return {
        "uar": evaluation.uar,
        "weighted_f1": evaluation.weighted_f1,
        "intervals": {"uar": intervals.uar, "weighted_f1": intervals.weighted_f1},
        "recall": recall,
        **{end: float(np.mean([recall[name] for name in names])) for end, names in ends.items()},
        "ece": evaluation.expected_calibration_error,
        "uar_by_speaker": {who: one.uar for who, one in speakers.items()},
    }


def measured(folder: Path, name: str, draws: int, options: Mapping[str, str]) -> dict[str, Any]:
    """Measure every method of a classifier."""
    recordings = serfast.corpora.find_recordings(folder, "emodb")
    examples = Recipe(name, alterations=()).examples(recordings)
    order = [label for label, _ in Counter(examples.labels.tolist()).most_common()]
    tail = Counter(examples.labels[long_tail(examples.labels.tolist(), 0)].tolist())
    results: dict[str, Any] = {
        "corpus": "EmoDB",
        "recordings": len(recordings),
        "speakers": len({recording.speaker for recording in recordings}),
        "tail": {label: tail[label] for label in order},
        "draws": draws,
        "options": dict(options),
        "methods": {},
    }
    for method, values in METHODS[name].items():
        recipe = Recipe(name, alterations=(), options={**options, **values})
        figures = figures_of(evaluation_of(recipe, examples, draws), order)
        results["methods"][method] = figures
        print(f"{name}, {method}: UAR {100 * figures['uar']:.1f} %", flush=True)
        write(RESULTS / f"imbalance_{name}.json", results)
    return results


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Give the table of docs/training.md from the results of each classifier."""
    header = ["classifier, balance", "UAR %", "interval", "weighted F1 %", "interval"]
    header += ["rarest three, recall %", "commonest three", "ECE", "UAR to none", "by chance, %"]
    rows = []
    for name, result in results.items():
        none = next(iter(result["methods"].values()))
        for method, figures in result["methods"].items():
            row = [f"{TITLES[name]}, {method}"]
            for figure in ("uar", "weighted_f1"):
                low, high = figures["intervals"][figure]
                row += [f"{100 * figures[figure]:.1f}", f"{100 * low:.0f} to {100 * high:.0f}"]
            row += [f"{100 * figures[end]:.1f}" for end in ("rarest", "commonest")]
            rows.append([*row, f"{figures['ece']:.3f}", *_beside(none, figures)])
    return "\n\n".join([_about(results), markdown(header, rows, text=1)])


def _beside(none: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """Give the difference to no balance, the mean over speakers, and its chance."""
    if figures is none:
        return ["", ""]
    result = compare(none, figures)
    low, high = result.interval
    interval = f"{100 * low:+.1f} to {100 * high:+.1f}"
    return [f"{100 * result.difference:+.1f} ({interval})", f"{100 * result.chance:.1f}"]


def _about(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what was measured and how."""
    first = next(iter(results.values()))
    tail = ", ".join(f"{label} {count}" for label, count in first["tail"].items())
    runs = "; ".join(
        f"the {TITLES[name]} over {result['draws']} draw{'s' * (result['draws'] > 1)}"
        + "".join(f", {key} {value}" for key, value in result["options"].items())
        for name, result in results.items()
    )
    return (
        f"{first['corpus']}, {first['recordings']} recordings of {first['speakers']} speakers, "
        "each left out in turn. Trained without altered copies on a long tail of the others' "
        f"recordings (of all speakers: {tail}), asked about all recordings of the one left out; "
        f"{runs}. "
        "Intervals (95 %) are a bootstrap over speakers; the difference to none is the mean over "
        "speakers, by chance as `serfast compare` has it (0.8 % is the least with eight speakers):"
    )


def main() -> None:
    """Measure one classifier and print the table of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    parser.add_argument("--classifier", choices=METHODS, default="svm")
    parser.add_argument("--draws", type=int, default=5, help="of the long tail")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    options = dict(text.split("=", 1) for text in arguments.option)
    name = arguments.classifier
    print(table({name: measured(arguments.corpus, name, arguments.draws, options)}))


if __name__ == "__main__":
    main()

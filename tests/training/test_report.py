"""What a report shows, against scikit-learn's figures."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from helpers.answers import CLASSES, answers
from serfast.errors import ParameterError
from serfast.training import confusion_matrix, figure_intervals, report


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_report_shows_these_scores(seed: int) -> None:
    true, predicted = answers(seed)
    matrix = confusion_matrix(true, predicted, CLASSES)
    lines = report.classification_report(matrix, CLASSES).splitlines()
    assert len({len(line) for line in lines[:5]}) == 1  # aligned
    expected = metrics.classification_report(
        true, predicted, labels=CLASSES, output_dict=True, zero_division=0
    )
    for name, line in zip(CLASSES, lines[1:5], strict=True):
        label, *numbers = line.split()
        keys = ("precision", "recall", "f1-score")
        assert label == name
        assert numbers[:3] == [f"{100 * expected[name][key]:.1f}" for key in keys]
        assert int(numbers[3]) == expected[name]["support"]
    uar = 100 * metrics.balanced_accuracy_score(true, predicted)
    accuracy = 100 * metrics.accuracy_score(true, predicted)
    f1 = 100 * expected["weighted avg"]["f1-score"]
    figures = f"UAR {uar:.1f} %, weighted F1 {f1:.1f} %, accuracy {accuracy:.1f} %"
    assert lines[-1] == f"{figures}, {len(true)} recordings"


def test_intervals_stand_beside_their_figures() -> None:
    pairs = [answers(0, 40) for _ in range(2)] + [answers(3, 40)]
    matrices = [confusion_matrix(*pair, CLASSES) for pair in pairs]
    matrix, intervals = np.sum(matrices, axis=0), figure_intervals(matrices)
    lines = report.classification_report(matrix, CLASSES, intervals).splitlines()
    assert lines[0].endswith("recall's interval")
    for line, interval in zip(lines[1:5], intervals.recall, strict=True):
        assert line.endswith(report.interval_text(interval))
    assert lines[4].split()[-1] == "0"  # no recording, so the support is the last
    low, high = intervals.weighted_f1
    assert lines[-1].endswith(f"weighted F1 {100 * low:.0f} to {100 * high:.0f} %")
    with pytest.raises(ParameterError, match="intervals must be of the recall of 1 classes, got 4"):
        report.classification_report([[1]], ["a"], intervals)


def test_the_confusion_table_has_a_line_for_each_class() -> None:
    matrix = [[30, 0, 2, 1], [1, 12, 0, 0], [4, 4, 4, 4], [0, 0, 0, 125]]
    header, *rows = report.confusion_table(matrix, CLASSES)
    assert header.split()[-4:] == CLASSES
    assert len({len(line) for line in (header, *rows)}) == 1
    for name, counts, line in zip(CLASSES, matrix, rows, strict=True):
        assert line.split() == [name, *map(str, counts)]


@pytest.mark.parametrize("call", [report.classification_report, report.confusion_table])
def test_bad_matrices(call: object) -> None:
    with pytest.raises(ParameterError, match="matrix must be counts >= 0, not all of them 0"):
        call(np.zeros((2, 2), int), ["a", "b"])
    with pytest.raises(ParameterError, match="classes must be 1 names, as matrix has rows"):
        call([[1]], ["a", "b"])

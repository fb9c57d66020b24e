"""Recordings become examples here, and examples become a model bundle and figures.

Training and evaluation both start from a :class:`Recipe`.
"""

from .certainty import certain_bound
from .comparison import Comparison, compare
from .condition_figures import ConditionFigures, condition_table
from .conditions import CONDITIONS, Condition
from .evaluation import Evaluation, Fold, check_speakers, leave_one_speaker_out
from .examples import examples_of, make_examples
from .folds import Folds, SpeakerFolds
from .group_folds import GivenFolds, GroupFolds, folds_from
from .metrics import (
    ClassScores,
    class_scores,
    classification_report,
    confusion_matrix,
    expected_calibration_error,
    unweighted_average_recall,
)
from .plots import figure, plot_conditions, plot_confusion
from .recipe import Recipe
from .training import bundle_of, train

__all__ = [
    "CONDITIONS",
    "ClassScores",
    "Comparison",
    "Condition",
    "ConditionFigures",
    "Evaluation",
    "Fold",
    "Folds",
    "GivenFolds",
    "GroupFolds",
    "Recipe",
    "SpeakerFolds",
    "bundle_of",
    "certain_bound",
    "check_speakers",
    "class_scores",
    "classification_report",
    "compare",
    "condition_table",
    "confusion_matrix",
    "examples_of",
    "expected_calibration_error",
    "figure",
    "folds_from",
    "leave_one_speaker_out",
    "make_examples",
    "plot_conditions",
    "plot_confusion",
    "train",
    "unweighted_average_recall",
]

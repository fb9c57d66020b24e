"""Recordings become examples here, and examples become a model bundle and figures.

Training and evaluation both start from a :class:`Recipe`.
"""

from .bootstrap import FigureIntervals, figure_intervals
from .calibration import ReliabilityCurve, expected_calibration_error, reliability_curve
from .certainty import bound_under_conditions, certain_bound
from .comparison import Comparison, compare
from .condition_figures import ConditionFigures, condition_table
from .conditions import CONDITIONS, Condition
from .cross import CrossEvaluation, cross_evaluate
from .cross_plot import plot_cross
from .evaluation import (
    Evaluation,
    Fold,
    check_speakers,
    leave_one_speaker_out,
    train_and_predict,
)
from .examples import examples_of, make_examples
from .folds import Folds, SpeakerFolds
from .given_test import beside_test_set
from .group_folds import GivenFolds, GroupFolds
from .metrics import (
    ClassScores,
    class_scores,
    confusion_matrix,
    unweighted_average_recall,
    weighted_f1,
)
from .plots import figure, plot_conditions, plot_confusion
from .recipe import Recipe
from .reliability_plot import plot_reliability
from .report import classification_report
from .sampling import balanced_sample
from .sharpness import fit_sharpness
from .text_folds import TextFolds
from .trainee import Trainee
from .training import bundle_of, train
from .wanted_folds import default_folds, folds_from

__all__ = [
    "CONDITIONS",
    "ClassScores",
    "Comparison",
    "Condition",
    "ConditionFigures",
    "CrossEvaluation",
    "Evaluation",
    "FigureIntervals",
    "Fold",
    "Folds",
    "GivenFolds",
    "GroupFolds",
    "Recipe",
    "ReliabilityCurve",
    "SpeakerFolds",
    "TextFolds",
    "Trainee",
    "balanced_sample",
    "beside_test_set",
    "bound_under_conditions",
    "bundle_of",
    "certain_bound",
    "check_speakers",
    "class_scores",
    "classification_report",
    "compare",
    "condition_table",
    "confusion_matrix",
    "cross_evaluate",
    "default_folds",
    "examples_of",
    "expected_calibration_error",
    "figure",
    "figure_intervals",
    "fit_sharpness",
    "folds_from",
    "leave_one_speaker_out",
    "make_examples",
    "plot_conditions",
    "plot_confusion",
    "plot_cross",
    "plot_reliability",
    "reliability_curve",
    "train",
    "train_and_predict",
    "unweighted_average_recall",
    "weighted_f1",
]

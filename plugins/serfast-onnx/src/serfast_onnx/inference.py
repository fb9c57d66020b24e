"""Classifiers that run an ONNX graph: of a whole recording, and of a stream step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import onnxruntime

from serfast import FeatureSpec
from serfast.errors import ModelError, ParameterError
from serfast.models import FLOOR, Typical, sharpened
from serfast.models.classifier import Input, check_input

from .card import Card, Step
from .row_moments import RowMoments
from .session import dtype_of, working

__all__ = ["OnnxClassifier", "StepState", "SteppingClassifier", "laid_out", "probabilities_of"]

Array: TypeAlias = np.ndarray[Any, Any]

TOLERANCE = 1e-3
"""How far from 1 the sum of a graph's probabilities may be; they are divided by it."""


@dataclass(frozen=True, eq=False)
class OnnxClassifier:
    """A graph that takes a whole recording: rows, a vector of statistics, or samples.

    Immutable, and shared by any number of threads; made by :func:`serfast_onnx.loading.load`.

    Parameters
    ----------
    classes : tuple of str
    spec : FeatureSpec
    card : Card
    session : onnxruntime.InferenceSession
        Of ``model.onnx``, checked.
    columns : int or None
        Size of the axis D; None for samples.
    dtype : type
        float32 or float64: what the graph takes.
    sharpness : float
        Probabilities are the graph's to the power of it (:func:`serfast.models.sharpened`).
    offers : mapping of str to object
        Those of `neutral_scores`, `class_scores` and `certain_above` that the bundle has, which
        become attributes: with the first it is :class:`serfast.models.Adaptable`, with the last
        :class:`serfast.models.Doubting`.
    typical : Typical or None
        What means and deviations of the rows' columns were like in training, or the vector.
    fewest_rows : int
        A recording of fewer rows than these is unlike those of training.
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    card: Card
    session: Any
    columns: int | None
    dtype: type[np.floating[Any]]
    sharpness: float = field(default=1.0, kw_only=True)
    offers: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    typical: Typical | None = field(default=None, kw_only=True)
    fewest_rows: int = field(default=1, kw_only=True)
    neutral_scores: Array = field(init=False, repr=False)
    class_scores: Array = field(init=False, repr=False)
    certain_above: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name, value in self.offers.items():
            object.__setattr__(self, name, value)

    @property
    def input(self) -> Input:
        """What it takes."""
        return self.card.model.kind

    def predict_proba(self, x: Array) -> Array:
        """Probability of each class for one recording.

        Parameters
        ----------
        x : ndarray of float32, shape (n_rows, n_columns), (d,) or (n_samples,)
            As `input` says.
        """
        return self.sharp(self._by_graph(x))

    def sharp(self, probabilities: Array) -> Array:
        """Give the graph's probabilities as sharp as they should be; the same bits if they are."""
        return probabilities if self.sharpness == 1 else sharpened(probabilities, self.sharpness)

    def _by_graph(self, x: Array) -> Array:
        return self.run(self._checked(x))

    def _checked(self, x: Array) -> Array:
        time = () if self.input == "vector" else (None,)
        columns = () if self.columns is None else (self.columns,)
        checked: Array = check_input(x, (*time, *columns), self.dtype)
        return checked

    def scores(self, x: Array) -> Array:
        """Logarithms of the graph's probabilities, times the sharpness.

        That is the graph's last layer, but for a number added to all classes, which changes no
        probability.
        """
        return self.sharpness * np.log(np.maximum(self._by_graph(x), FLOOR))

    def probabilities(self, scores: Array) -> Array:
        """Probability of each class that these scores mean: their softmax."""
        shares = np.exp(scores - scores.max())
        return np.asarray(shares / shares.sum())

    def strangeness(self, x: Array) -> float | None:
        """How far an input is from those of training; above 1 it is unlike them.

        It is the mean distance of the columns' means and deviations over the rows that are judged
        (or of a vector's entries) from what is typical; for fewer rows than training's, at least
        how many times as many it would need. None for a model that doesn't know what is typical.
        """
        x = self._checked(x)
        if self.typical is None:
            return None
        if self.input == "vector":
            return self.typical.strangeness(x.astype(np.float64))
        moments = RowMoments(x.shape[1])
        moments.add(self._whole_steps(lengthened(x, self.card.model.min_rows)))
        return self.strangeness_of(moments)

    def strangeness_of(self, moments: RowMoments) -> float | None:
        """Give the strangeness of rows with these moments; None if there are no rows."""
        if self.typical is None or not moments.n_rows:
            return None
        far = self.typical.strangeness(moments.vector())
        short = self.fewest_rows / moments.n_rows
        return max(far, short) if short > 1 else far

    def run(self, x: Array, run_options: Any = None) -> Array:
        """Give the graph's probabilities for a checked input."""
        model = self.card.model
        if self.input != "vector":
            x = self._whole_steps(lengthened(x, model.min_rows))
        with working("model.onnx", "runs"):
            fed = {model.input: laid_out(x, model.layout)}
            (output,) = self.session.run([model.output], fed, run_options)
        return probabilities_of(output, len(self.classes), "model.onnx")

    def _whole_steps(self, x: Array) -> Array:
        return x


@dataclass(frozen=True, eq=False)
class SteppingClassifier(OnnxClassifier):
    """One that has a graph of a step too (:class:`serfast.models.StreamingClassifier`).

    Parameters
    ----------
    stepper : onnxruntime.InferenceSession
        Of ``step.onnx``, checked.
    step_card : Step
    """

    stepper: Any
    step_card: Step

    @property
    def stride(self) -> int:
        """How many rows a step takes."""
        return self.step_card.rows

    def new_state(self) -> StepState:
        """Make the state of a stream that begins."""
        return StepState(self)

    def step(self, rows: Array, state: StepState) -> Array:
        """Take the next `stride` rows of a stream; give the probabilities after them.

        Parameters
        ----------
        rows : ndarray of float32, shape (stride, n_columns)
        state : StepState
            Of this classifier; moved on, unless an error is raised.
        """
        state = self._own(state)
        checked = check_input(rows, (self.stride, self.columns), np.float32)
        state.take(checked)
        probabilities = self.sharp(state.advance())
        if state.moments is not None:
            state.moments.add(checked)
        return probabilities

    def strangeness_so_far(self, state: StepState) -> float | None:
        """How far the rows of a stream so far are from training's: that of them all at once."""
        moments = self._own(state).moments
        return None if moments is None else self.strangeness_of(moments)

    def _own(self, state: Any) -> StepState:
        if not isinstance(state, StepState) or state.owner is not self:
            raise ParameterError(f"state must be of this classifier's new_state(), got {state!r}")
        return state

    def _whole_steps(self, x: Array) -> Array:
        """Leave out the rows short of a step at the end: a stream can't have judged them."""
        x = lengthened(x, self.stride)
        return x[: len(x) // self.stride * self.stride]


class StepState:
    """What a stream's steps hand on, twice: one is read while the other is written.

    So a step that fails leaves the state as it was, and nothing is allocated or copied: both ways
    are bound to the session once.
    """

    __slots__ = ("_bindings", "_found", "_rows", "_tensors", "_turn", "moments", "owner")

    def __init__(self, owner: SteppingClassifier) -> None:
        card, session = owner.step_card, owner.stepper
        types = {
            v.name: dtype_of(v, v.name) for v in (*session.get_inputs(), *session.get_outputs())
        }
        sizes = {"N": 1, "T": card.rows, "D": len(owner.spec.columns)}
        shape = tuple(sizes[axis] for axis in card.layout)
        self.owner = owner
        self.moments = None if owner.typical is None else RowMoments(len(owner.spec.columns))
        """Of the rows so far; None if the model doesn't know what is typical."""
        self._rows = np.zeros(shape, types[card.input])
        output = next(v for v in session.get_outputs() if v.name == card.output)
        k = len(owner.classes)
        self._found = np.zeros((1, k) if len(output.shape) == 2 else k, types[card.output])
        both = [
            {s.input: np.full(s.shape, s.initial, np.float32) for s in card.states}
            for _ in range(2)
        ]
        self._tensors = both
        self._bindings = [self._bound(*both), self._bound(*both[::-1])]
        self._turn = 0

    def _bound(self, before: dict[str, Array], after: dict[str, Array]) -> Any:
        """Bind the session to the state before and after a step."""
        card, value = self.owner.step_card, onnxruntime.OrtValue.ortvalue_from_numpy
        binding = self.owner.stepper.io_binding()
        binding.bind_ortvalue_input(card.input, value(self._rows))
        binding.bind_ortvalue_output(card.output, value(self._found))
        for state in card.states:
            binding.bind_ortvalue_input(state.input, value(before[state.input]))
            binding.bind_ortvalue_output(state.output, value(after[state.input]))
        return binding

    @property
    def binding(self) -> Any:
        """How the session is bound for the next step."""
        return self._bindings[self._turn]

    def take(self, rows: Array) -> None:
        """Copy the rows of the next step to where the session reads them."""
        layout = self.owner.step_card.layout
        np.copyto(self._rows.reshape(self._rows.shape[-2:]), rows.T if "DT" in layout else rows)

    def advance(self, run_options: Any = None) -> Array:
        """Give the graph's probabilities of the rows taken; if it does, the state moves on."""
        with working("step.onnx", "runs"):
            self.owner.stepper.run_with_iobinding(self.binding, run_options)
        probabilities = probabilities_of(self._found, len(self.owner.classes), "step.onnx")
        self._turn = 1 - self._turn
        return probabilities


def laid_out(x: Array, layout: str) -> Array:
    """Give the array of shape (T, D), (D,) or (T,) the graph's axes, contiguous."""
    x = x.T if "DT" in layout else x
    return np.ascontiguousarray(x[None] if layout.startswith("N") else x)


def lengthened(x: Array, least: int) -> Array:
    """Repeat the last row (or sample) until there are `least`."""
    if len(x) >= least:
        return x
    return np.concatenate([x, np.repeat(x[-1:], least - len(x), axis=0)])


def probabilities_of(output: Any, n_classes: int, name: str) -> Array:
    """Make float64 probabilities, adding up to 1, of a graph's output.

    Raises
    ------
    ModelError
        If they aren't finite, >= 0, one a class, and add up to 1 within 1e-3.
    """
    shape = np.shape(output)
    if shape not in ((n_classes,), (1, n_classes)):
        raise ModelError(
            f"output of {name} must be of shape ({n_classes},) or (1, {n_classes}), got {shape}"
        )
    probabilities = np.array(output, dtype=np.float64).reshape(-1)
    values = probabilities.tolist()
    total = sum(values)
    if not min(values) >= 0 or not abs(total - 1) <= TOLERANCE:  # NaN and infinity fail the sum
        raise ModelError(
            f"output of {name} must be probabilities (finite, >= 0, adding up to 1), "
            f"got {values!r:.120}"
        )
    probabilities /= total
    return probabilities

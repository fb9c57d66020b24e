"""From a bundle to a classifier: every promise of its card is tried before the first prediction."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.random import default_rng

from serfast.errors import ModelError
from serfast.models import TYPICAL, Bundle, Input, Typical

from .card import MAX_ROWS, MEMBER, Card, Step
from .inference import OnnxClassifier, SteppingClassifier
from .options import Options
from .session import Shape, check_values, dtype_of, open_session, trial

__all__ = ["load"]

Array: TypeAlias = np.ndarray[Any, Any]

MODEL, STEP = "model.onnx", "step.onnx"

TRIAL_STEPS = 12
TRIAL_LENGTHS = (1, 50)
"""Rows that the whole graph is tried with, without a step: the least, and half a second's."""
TRIAL_SAMPLES = (400, 16000)

MAX_INPUT = 2**22
"""The shortest input, and all steps that are tried, have at most this many numbers."""

SHARPEST = 100.0
"""No probabilities are sharpened more; training's are between 0.05 and 20."""

TOLERANCE = 1e-4
"""How far steps may be from the whole: ten times what is promised for good features, because a
trial's are noise."""


def load(bundle: Bundle, options: Options) -> OnnxClassifier:
    """Make the classifier in a bundle, after looking through its graphs and trying them.

    Parameters
    ----------
    bundle : Bundle
        As BUNDLE.md says.
    options : Options
        How onnxruntime is to work.

    Raises
    ------
    ModelError
        If anything isn't as BUNDLE.md says.
    """
    card = Card.from_bytes(_member(bundle, MEMBER))
    columns = _columns(bundle, card)
    _check_sizes(card, columns or 1)
    session = open_session(_member(bundle, MODEL), MODEL, options)
    model, k = card.model, len(bundle.classes)
    check_values(MODEL, "input", session.get_inputs(), {model.input: _shape(model.layout, columns)})
    _check_output(MODEL, session, model.output, k)
    dtype = dtype_of(session.get_inputs()[0], "input")
    typical = _typical(bundle, card, columns)
    more: dict[str, Any] = {
        "sharpness": _sharpness(bundle),
        "offers": _offers(bundle),
        "typical": typical,
        "fewest_rows": _fewest_rows(bundle, typical, model.kind),
    }
    whole = OnnxClassifier(bundle.classes, bundle.spec, card, session, columns, dtype, **more)
    if card.step is None:
        _try_whole(whole)
        return whole
    stepper = open_session(_member(bundle, STEP), STEP, options)
    _check_step(stepper, card.step, columns, k)
    stepping = SteppingClassifier(
        bundle.classes,
        bundle.spec,
        card,
        session,
        columns,
        dtype,
        stepper,
        card.step,
        **more,
    )
    _try_steps(stepping)
    return stepping


def _offers(bundle: Bundle) -> dict[str, Any]:
    """Give what the classifier offers beyond probabilities, as far as the bundle has arrays.

    A bundle that knows what is typical, and no bound, is certain of whatever isn't strange.
    """
    k, has, sharpness = len(bundle.classes), bundle.arrays, _sharpness(bundle)
    offers: dict[str, Any] = {}
    if "neutral_scores" in has or "class_scores" in has:
        offers["neutral_scores"] = sharpness * bundle.array("neutral_scores", (k,))
    if "class_scores" in has:
        offers["class_scores"] = sharpness * bundle.array("class_scores", (k, k))
    if any(name in has for name in TYPICAL):
        offers["certain_above"] = 0.0
    if "certain_above" in has:
        offers["certain_above"] = float(bundle.array("certain_above", ()))
        if not 0 <= offers["certain_above"] <= 1:
            bound = offers["certain_above"]
            raise ModelError(f"certain_above.npy must be from 0 to 1, got {bound}")
    return offers


def _typical(bundle: Bundle, card: Card, columns: int | None) -> Typical | None:
    """Give what is typical of the columns' means and deviations, or of the vector's entries."""
    if columns is not None:
        return Typical.of_bundle(bundle, columns if card.model.kind == "vector" else 2 * columns)
    if given := [name for name in TYPICAL if name in bundle.arrays]:
        raise ModelError(f"a model of samples must have none of {TYPICAL}, got {given}")
    return None


def _fewest_rows(bundle: Bundle, typical: Typical | None, kind: Input) -> int:
    """Give how many rows a recording has at least that is like training's; 1 if nothing is typical.

    Rows have this number beside what is typical of them, and other inputs have none.
    """
    if kind != "rows" or (typical is None and "fewest_rows" not in bundle.arrays):
        return 1
    fewest = float(bundle.array("fewest_rows", ()))
    if typical is None or not 1 <= fewest <= MAX_ROWS:
        rule = f"from 1 to {MAX_ROWS}, and beside {', '.join(TYPICAL)}"
        raise ModelError(f"fewest_rows.npy must be {rule}, got {fewest}")
    return int(fewest)


def _sharpness(bundle: Bundle) -> float:
    """Give the power that the graph's probabilities are raised to; 1 if the bundle has none."""
    if "sharpness" not in bundle.arrays:
        return 1.0
    sharpness = float(bundle.array("sharpness", ()))
    if not 0 < sharpness <= SHARPEST:
        raise ModelError(f"sharpness.npy must be > 0 and at most {SHARPEST:g}, got {sharpness}")
    return sharpness


def _member(bundle: Bundle, name: str) -> bytes:
    if name not in bundle.files:
        raise ModelError(f"bundle must have the member {name}, got {sorted(bundle.files)!r:.200}")
    return bundle.files[name]


def _columns(bundle: Bundle, card: Card) -> int | None:
    """Size of the axis D."""
    if card.model.kind == "samples":
        return None
    if card.model.kind == "rows":
        return len(bundle.spec.columns)
    if bundle.statistics is None and bundle.embedding is None:
        raise ModelError(
            f"statistics in the bundle must be given for a model with the layout "
            f"{card.model.layout}, got null"
        )
    return bundle.vector_size


def _check_sizes(card: Card, columns: int) -> None:
    """Refuse inputs so long that trying them would take all memory."""
    rows = {"min_rows": card.model.min_rows}
    if card.step is not None:
        rows["rows of step"] = TRIAL_STEPS * card.step.rows
    for what, least in rows.items():
        if least * columns > MAX_INPUT:
            raise ModelError(
                f"{what} must be so few that an input of the model has at most {MAX_INPUT} "
                f"numbers, got {least} rows of {columns} columns"
            )


def _shape(layout: str, columns: int | None, rows: int | None = None) -> Shape:
    return tuple({"N": 1, "T": rows, "D": columns}[axis] for axis in layout)


def _check_output(name: str, session: Any, output: str, n_classes: int) -> None:
    """The output is there, has a type of numbers, and as many of them as there are classes."""
    values = {value.name: value for value in session.get_outputs()}
    axes = len(values[output].shape) if output in values else 2
    wanted = (1, n_classes) if axes == 2 else (n_classes,)
    check_values(name, "output", session.get_outputs(), {output: wanted})


def _check_step(session: Any, step: Step, columns: int | None, n_classes: int) -> None:
    states = {state.input: state.shape for state in step.states}
    wanted = {step.input: _shape(step.layout, columns, step.rows), **states}
    check_values(STEP, "input", session.get_inputs(), wanted)
    _check_output(STEP, session, step.output, n_classes)
    after = {state.output: state.shape for state in step.states}
    check_values(STEP, "output", session.get_outputs(), after)


def _inputs(shape: Shape) -> list[Array]:
    """Zeros and noise of a shape."""
    sizes = tuple(int(size or 1) for size in shape)
    noise = default_rng(0).normal(size=sizes)
    return [np.zeros(sizes, np.float32), noise.astype(np.float32)]


def _try_whole(classifier: OnnxClassifier) -> None:
    kind, columns = classifier.input, classifier.columns
    shapes: list[Shape] = [(columns,)]
    if kind == "rows":
        shapes = [(n, columns) for n in TRIAL_LENGTHS]
    elif kind == "samples":
        shapes = [(n,) for n in TRIAL_SAMPLES]
    with trial(MODEL) as run_options:
        for shape in shapes:
            for x in _inputs(shape):
                classifier.run(x.astype(classifier.dtype), run_options)


def _try_steps(classifier: SteppingClassifier) -> None:
    """Run steps on zeros and noise, and compare the whole graph after the first and the last."""
    stride = classifier.stride
    with trial(STEP) as run_options:
        for rows in _inputs((TRIAL_STEPS * stride, classifier.columns)):
            state = classifier.new_state()
            for stop in range(stride, len(rows) + 1, stride):
                state.take(rows[stop - stride : stop])
                stepped = state.advance(run_options)
                if stop in (stride, len(rows)):
                    whole = classifier.run(rows[:stop].astype(classifier.dtype), run_options)
                    _compare(stepped, whole, stop)


def _compare(stepped: Array, whole: Array, n_rows: int) -> None:
    difference = float(np.abs(stepped - whole).max())
    if difference > TOLERANCE:
        raise ModelError(
            f"{STEP} must give what {MODEL} gives, within {TOLERANCE:g}, "
            f"got a difference of {difference:.3g} after {n_rows} rows"
        )

"""The card: read as it was written, and refused where it breaks its rules."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast import ModelError, ParameterError
from serfast_onnx import Card, Model, Options, State, Step

CARD = Card(
    Model("x", "NDT", "p", 2), Step(4, (State("h", "h2", (1, 8)), State("c", "c2", (), -1.5)))
)
DATA = json.loads(CARD.to_bytes())

WORDS = st.text(min_size=1, max_size=256)
SHAPES = st.lists(st.integers(1, 20), max_size=4).map(tuple)
FLOATS = st.floats(-1e38, 1e38)


@given(
    st.builds(Model, WORDS, st.sampled_from(["TD", "DT", "NTD", "NDT"]), WORDS),
    st.integers(1, 1000),
    st.lists(
        st.builds(State, WORDS, WORDS, SHAPES, FLOATS),
        max_size=5,
        unique_by=(lambda s: s.input, lambda s: s.output),
    ),
)
def test_a_card_comes_back_as_it_was_written(model, rows, states):
    names = {s.input for s in states} | {s.output for s in states}
    step = Step(
        rows, tuple(states), max(names, default="") + "r", "TD", max(names, default="") + "p"
    )
    for card in (Card(model), Card(model, step)):
        assert Card.from_bytes(card.to_bytes()) == card


def test_a_handwritten_card_needs_no_more_than_it_says():
    text = '{"format": 1, "model": {"input": "x", "layout": "ND", "output": "p"}}'
    assert Card.from_bytes(text.encode()) == Card(Model("x", "ND", "p"))


BAD = [
    (("format",), 2, "format in onnx.json must be 1 for this serfast-onnx, got 2"),
    (("format",), True, "format in onnx.json must be 1"),
    (("model",), None, "model must be an object, got None"),
    (("model",), {}, "model must have the keys input, layout, output, maybe min_rows"),
    (("model", "input"), 3, "model's input must be a name of up to 256 characters, got 3"),
    (("model", "input"), "", "model's input must be a name"),
    (("model", "input"), "x" * 257, "model's input must be a name"),
    (("model", "layout"), "TN", "model's layout must be one of TD, DT, NTD, NDT, D, ND, T, NT"),
    (("model", "layout"), ["TD"], "model's layout must be one of"),
    (("model", "layout"), "ND", "layout of a model with a step must be of rows, got 'ND'"),
    (("model", "min_rows"), 0, "min_rows must be an int from 1 to"),
    (("model", "min_rows"), 5, r"min_rows must be <= the step's rows \(4\), got 5"),
    (("model", "library"), "evil.so", "model must have the keys .*'library'"),
    (("step",), [], "step must be an object"),
    (("step", "rows"), 1.0, "rows of step must be an int from 1 to"),
    (("step", "layout"), "D", "step's layout must be one of TD, DT, NTD, NDT, got 'D'"),
    (("step", "states"), {}, "states must be a list"),
    (("step", "states"), [{"input": "h"}], "state must have the keys input, output, shape"),
    (("step", "states", 0, "shape"), [1, -1], "sizes of state 'h' must be an int from 1 to"),
    (("step", "states", 0, "shape"), "18", "shape of state 'h' must be at most 8 sizes"),
    (("step", "states", 0, "shape"), [2**20, 2**20], "state 'h' must be at most 4194304 values"),
    (("step", "states", 0, "shape"), [1] * 9, "shape of state 'h' must be at most 8 sizes"),
    (("step", "states", 0, "initial"), "0", "initial of state 'h' must be a finite float32"),
    (("step", "states", 0, "initial"), 1e39, "initial of state 'h' must be a finite float32"),
    (("step", "states", 0, "initial"), float("nan"), "initial of state 'h' must be a finite"),
    (("step", "states", 1, "input"), "h", "inputs, and of its outputs must be different"),
    (("step", "states", 1, "output"), "probabilities", "outputs must be different"),
    (
        ("step", "states"),
        [{"input": f"h{i}", "output": f"n{i}", "shape": [2**21]} for i in range(3)],
        "states must be of at most 4194304 values in all, got 6291456",
    ),
    (("step", "states"), DATA["step"]["states"][:1] * 65, "states must be at most 64, got"),
]


@pytest.mark.parametrize(("where", "value", "message"), BAD)
def test_a_card_that_breaks_a_rule(where, value, message):
    data = copy.deepcopy(DATA)
    at = data
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    with pytest.raises(ModelError, match=message):
        Card.from_bytes(json.dumps(data).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000])
def test_what_is_no_card(data):
    with pytest.raises(ModelError, match=r"onnx\.json must"):
        Card.from_bytes(data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threads": 0}, "threads must be an int from 1 to 1024, got 0"),
        ({"threads": True}, "threads must be an int"),
        ({"spinning": 1}, "spinning must be True or False, got 1"),
        ({"arena": None}, "arena must be True or False, got None"),
        ({"optimization": "most"}, "optimization must be one of none, basic, extended, all"),
    ],
)
def test_options_that_break_a_rule(options, message):
    with pytest.raises(ParameterError, match=message):
        Options(**options)

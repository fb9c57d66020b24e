"""The plugin's card, ``onnx.json`` in the bundle: how the graphs are to be fed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NoReturn

from serfast.errors import ModelError
from serfast.models.classifier import Input

__all__ = ["FORMAT", "KINDS", "MEMBER", "Card", "Model", "State", "Step"]

MEMBER = "onnx.json"
"""The card's name in the bundle."""

FORMAT = 1
"""Version of the card's format; a higher one is refused."""

KINDS: dict[str, Input] = {
    **dict.fromkeys(("TD", "DT", "NTD", "NDT"), "rows"),
    **dict.fromkeys(("D", "ND"), "vector"),
    **dict.fromkeys(("T", "NT"), "samples"),
}
"""Layouts, and what a model of each takes. N: one recording; T: time; D: columns."""

MAX_BYTES = 2**16
MAX_ROWS = 2**20
MAX_STATES = 64
MAX_AXES = 8
MAX_NAME = 256
MAX_STATE_VALUES = 2**22


@dataclass(frozen=True)
class State:
    """One of the tensors that a step hands to the next.

    Parameters
    ----------
    input, output : str
        The names by which it enters and leaves the graph.
    shape : tuple of int
        Fixed.
    initial : float
        What all of it begins as; finite.
    """

    input: str
    output: str
    shape: tuple[int, ...]
    initial: float = 0.0

    def __post_init__(self) -> None:
        _name("state's input", self.input)
        _name("state's output", self.output)
        if not isinstance(self.shape, (tuple, list)) or len(self.shape) > MAX_AXES:
            _refuse(f"shape of state {self.input!r}", f"at most {MAX_AXES} sizes", self.shape)
        for size in self.shape:
            _whole(f"sizes of state {self.input!r}", size, MAX_STATE_VALUES)
        object.__setattr__(self, "shape", tuple(self.shape))
        if math.prod(self.shape) > MAX_STATE_VALUES:
            _refuse(f"state {self.input!r}", f"at most {MAX_STATE_VALUES} values", self.shape)
        if type(self.initial) not in (int, float) or not abs(self.initial) < 3.4e38:
            _refuse(f"initial of state {self.input!r}", "a finite float32", self.initial)


@dataclass(frozen=True)
class Model:
    """The graph ``model.onnx``, of a whole recording.

    Parameters
    ----------
    input, output : str
        Names in the graph.
    layout : str
        Meaning of the input's axes: one of :data:`KINDS`.
    min_rows : int
        Least size of T; shorter inputs are lengthened by repeating the last row.
    """

    input: str = "rows"
    layout: str = "NTD"
    output: str = "probabilities"
    min_rows: int = 1

    def __post_init__(self) -> None:
        _name("model's input", self.input)
        _name("model's output", self.output)
        _layout("model's layout", self.layout, tuple(KINDS))
        _whole("min_rows", self.min_rows, MAX_ROWS)

    @property
    def kind(self) -> Input:
        """What it takes."""
        return KINDS[self.layout]


@dataclass(frozen=True)
class Step:
    """The graph ``step.onnx``: the same network, some rows at a time.

    Parameters
    ----------
    rows : int
        How many rows a step takes, >= 1.
    states : tuple of State
    input, output : str
        Names in the graph.
    layout : str
        Meaning of the input's axes: TD, DT, NTD or NDT, with T of size `rows`.
    """

    rows: int
    states: tuple[State, ...]
    input: str = "rows"
    layout: str = "NTD"
    output: str = "probabilities"

    def __post_init__(self) -> None:
        _name("step's input", self.input)
        _name("step's output", self.output)
        _layout("step's layout", self.layout, tuple(k for k in KINDS if KINDS[k] == "rows"))
        _whole("rows of step", self.rows, MAX_ROWS)
        object.__setattr__(self, "states", tuple(self.states))
        if len(self.states) > MAX_STATES:
            _refuse("states", f"at most {MAX_STATES}", f"{len(self.states)} states")
        values = sum(math.prod(state.shape) for state in self.states)
        if values > MAX_STATE_VALUES:
            _refuse("states", f"of at most {MAX_STATE_VALUES} values in all", values)
        for names in (self.inputs, self.outputs):
            if len(set(names)) != len(names):
                _refuse("names of a step's inputs, and of its outputs", "different", names)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of all inputs: the rows, then the states."""
        return (self.input, *(state.input for state in self.states))

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs: the probabilities, then the states."""
        return (self.output, *(state.output for state in self.states))


@dataclass(frozen=True)
class Card:
    """How a bundle's graphs are to be fed; BUNDLE.md has it in full.

    Parameters
    ----------
    model : Model
    step : Step or None
        None: the model can't go step by step.

    Raises
    ------
    ModelError
        If a part breaks its rule.

    Examples
    --------
    >>> card = Card(Model(layout="TD"), Step(2, (State("h", "h_next", (1, 64)),), layout="TD"))
    >>> Card.from_bytes(card.to_bytes()) == card
    True
    """

    model: Model = field(default_factory=Model)
    step: Step | None = None

    def __post_init__(self) -> None:
        if self.step is not None and self.model.kind != "rows":
            _refuse("layout of a model with a step", "of rows", self.model.layout)
        if self.step is not None and self.model.min_rows > self.step.rows:
            _refuse("min_rows", f"<= the step's rows ({self.step.rows})", self.model.min_rows)

    def to_bytes(self) -> bytes:
        """Write it as the member ``onnx.json``."""
        data = {"format": FORMAT, "model": asdict(self.model)}
        data["step"] = None if self.step is None else asdict(self.step)
        return json.dumps(data, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Card:
        """Read the member ``onnx.json``.

        Raises
        ------
        ModelError
            If it isn't a card, or one of a newer format.
        """
        if len(data) > MAX_BYTES:
            _refuse(MEMBER, f"at most {MAX_BYTES} bytes", len(data))
        try:
            content = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{MEMBER} must be JSON: {error}") from error
        about = _mapping(MEMBER, content, ("format", "model"), ("step",))
        if type(about["format"]) is not int or about["format"] != FORMAT:
            _refuse(f"format in {MEMBER}", f"{FORMAT} for this serfast-onnx", about["format"])
        model = _mapping("model", about["model"], ("input", "layout", "output"), ("min_rows",))
        return cls(Model(**model), _step(about.get("step")))


def _step(content: Any) -> Step | None:
    if content is None:
        return None
    step = _mapping("step", content, ("rows", "states", "input", "layout", "output"))
    if not isinstance(step["states"], list):
        _refuse("states", "a list", step["states"])
    keys = ("input", "output", "shape")
    states = [State(**_mapping("state", s, keys, ("initial",))) for s in step["states"]]
    return Step(**{**step, "states": tuple(states)})


def _mapping(
    what: str, content: Any, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """`content` as an object with these keys and no others."""
    if not isinstance(content, dict):
        _refuse(what, "an object", content)
    missing, odd = set(needed) - set(content), set(content) - set(needed) - set(optional)
    if missing or odd:
        rule = "the keys " + ", ".join(needed) + "".join(f", maybe {key}" for key in optional)
        raise ModelError(f"{what} must have {rule}, got {sorted(content)!r:.200}")
    return content


def _name(what: str, name: Any) -> None:
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        _refuse(what, f"a name of up to {MAX_NAME} characters", name)


def _layout(what: str, layout: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(layout, str) or layout not in allowed:
        _refuse(what, "one of " + ", ".join(allowed), layout)


def _whole(what: str, value: Any, most: int) -> None:
    if type(value) is not int or not 1 <= value <= most:
        _refuse(what, f"an int from 1 to {most}", value)


def _refuse(what: str, rule: str, given: object) -> NoReturn:
    raise ModelError(f"{what} must be {rule}, got {given!r:.80}")

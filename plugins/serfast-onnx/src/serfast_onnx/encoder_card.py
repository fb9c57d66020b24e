"""The card of an encoder: how a graph that takes samples is fed, and what becomes its vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NoReturn

from serfast.errors import ModelError

__all__ = ["INPUTS", "NORMALISATIONS", "OUTPUTS", "POOLINGS", "EncoderCard"]

FORMAT = 1

INPUTS = ("NT", "T", "NCT")
"""Layouts of the input. N: one recording; T: samples; C: one channel."""

OUTPUTS = ("NTD", "TD", "NDT", "DT", "LNTD", "NLTD", "LTD", "ND", "D")
"""Layouts of the output. N: one recording; T: time; D: entries; L: layers, of which one counts."""

NORMALISATIONS = ("none", "zero-mean-unit-variance")
POOLINGS = ("mean", "deviation", "min", "max", "first", "last")

MAX_NAME = 256
MAX_TEXT = 4096
MAX_LENGTH = 2**26
MAX_LAYERS = 1024
MAX_WIDTH = 2**17


@dataclass(frozen=True, kw_only=True)
class EncoderCard:
    """How an encoder is fed.

    Parameters
    ----------
    licence : str
        Of the weights, as an SPDX expression such as "MIT".
    source : str
        Where they are from; for people.
    sample_rate : int
        Of the samples that it takes [Hz].
    input : str
        Name of the input, float32 (or float64).
    layout : {"NT", "T", "NCT"}
        Meaning of its axes.
    mask : str or None
        Name of another input, int64 (or int32, bool, float) of shape (1, T), that is 1 for every
        sample; None: there is no such input.
    normalise : {"none", "zero-mean-unit-variance"}
        What is done to the samples of each recording first.
    output : str
        Name of the output that is taken. Graphs with an output for each layer have the layer in
        this name.
    output_layout : str
        Meaning of its axes, one of :data:`OUTPUTS`.
    layer : int or None
        Which layer is taken, from 0, or from the last one, -1; for layouts with L.
    pooling : tuple of str
        What becomes the vector, one behind the other, of :data:`POOLINGS`: over time. None of them
        for layouts without T, whose output is the vector.
    shortest, longest : int
        Least and largest number of samples that it takes.
    width : int or None
        Size of D; None: it is found out when the encoder is added.

    Raises
    ------
    ModelError
        If a field breaks its rule.
    """

    licence: str
    sample_rate: int = 16000
    source: str = ""
    input: str = "input_values"
    layout: str = "NT"
    mask: str | None = None
    normalise: str = "none"
    output: str = "last_hidden_state"
    output_layout: str = "NTD"
    layer: int | None = None
    pooling: tuple[str, ...] = ("mean", "deviation")
    shortest: int = 400
    longest: int = 480000
    width: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pooling", _names("pooling", self.pooling))
        _text("licence", self.licence, MAX_NAME, least=1)
        _text("source", self.source, MAX_TEXT)
        _text("input", self.input, MAX_NAME, least=1)
        _text("output", self.output, MAX_NAME, least=1)
        if self.mask is not None:
            _text("mask", self.mask, MAX_NAME, least=1)
        _choice("layout", self.layout, INPUTS)
        _choice("output_layout", self.output_layout, OUTPUTS)
        _choice("normalise", self.normalise, NORMALISATIONS)
        _whole("sample_rate", self.sample_rate, 1, 1_000_000)
        _whole("shortest", self.shortest, 1, MAX_LENGTH)
        _whole("longest", self.longest, 2 * self.shortest, MAX_LENGTH)
        if self.width is not None:
            _whole("width", self.width, 1, MAX_WIDTH)
        self._check_axes()

    def _check_axes(self) -> None:
        """Check that there is a layer where there are layers, and pooling where there is time."""
        has_layers, has_time = "L" in self.output_layout, "T" in self.output_layout
        if has_layers:
            _whole("layer", self.layer, -MAX_LAYERS, MAX_LAYERS)
        elif self.layer is not None:
            _refuse("layer", f"null for the output_layout {self.output_layout}", self.layer)
        if has_time and not self.pooling:
            _refuse("pooling", f"at least one of {', '.join(POOLINGS)}", list(self.pooling))
        if not has_time and self.pooling:
            rule = f"[] for the output_layout {self.output_layout}"
            _refuse("pooling", rule, list(self.pooling))

    @property
    def names(self) -> tuple[str, ...]:
        """Give a name for each entry of the vector; the width must be known."""
        width = self.width or 0
        return tuple(f"{kind}_{i}" for kind in self.pooling or ("out",) for i in range(width))

    def to_dict(self) -> dict[str, Any]:
        """Give the card as JSON can hold it."""
        return {"format": FORMAT, **asdict(self), "pooling": list(self.pooling)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EncoderCard:
        """Read a card.

        Raises
        ------
        ModelError
            If it has no licence, has other fields, or a field breaks its rule.
        """
        given = dict(data)
        if (version := given.pop("format", FORMAT)) != FORMAT or version is True:
            _refuse("format", f"{FORMAT} for this serfast-onnx", version)
        known = [field.name for field in fields(cls)]
        for key in given:
            if key not in known:
                _refuse("fields", ", ".join(known), key)
        if "licence" not in given:
            _refuse("fields", "there, with the licence of the weights", sorted(given))
        return cls(**given)


def _names(what: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or len(set(map(str, value))) != len(value):
        _refuse(what, f"a list of different ones of {', '.join(POOLINGS)}", value)
    for name in value:
        _choice(what, name, POOLINGS)
    return tuple(value)


def _text(what: str, value: Any, most: int, least: int = 0) -> None:
    if not isinstance(value, str) or not least <= len(value) <= most or not value.isprintable():
        _refuse(what, f"printable text of {least} to {most} characters", value)


def _choice(what: str, value: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        _refuse(what, "one of " + ", ".join(allowed), value)


def _whole(what: str, value: Any, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        _refuse(what, f"an int from {least} to {most}", value)


def _refuse(what: str, rule: str, given: object) -> NoReturn:
    raise ModelError(f"{what} of an encoder's card must be {rule}, got {given!r:.80}")

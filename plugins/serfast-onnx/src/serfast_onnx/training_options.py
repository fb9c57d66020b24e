"""Options of training, as `serfast train --option NAME=VALUE` sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from serfast.errors import ParameterError
from serfast.models.plugin import similar

__all__ = ["LOSSES", "NETWORKS", "PRECISIONS", "SAMPLINGS", "TrainingOptions"]

NETWORKS = ("pooled", "recurrent", "baseline")
LOSSES = ("balanced", "focal", "plain")
SAMPLINGS = ("all", "balanced")
PRECISIONS = ("float32", "int8")


@dataclass(frozen=True)
class TrainingOptions:
    """How a network is trained; the defaults are those of the model that comes along.

    Parameters
    ----------
    network : {"pooled", "recurrent", "baseline"}
    width : int
        Channels of each of the recurrent network's layers, 8 to 512.
    epochs : int
        At most so many passes over the recordings, 1 to 10000.
    batch : int
        Recordings per step, 2 to 1024.
    rate : float
        Largest learning rate of the one-cycle schedule.
    decay : float
        Weight decay of AdamW.
    dropout : float
        0 to 0.9.
    average : float
        Weights are averaged exponentially over steps with this factor, 0 (not at all) to 0.9999;
        the average is what is kept.
    loss : {"balanced", "focal", "plain"}
        Cross-entropy with classes weighing the same in sum, focal loss (gamma 2) on top of it, or
        cross-entropy with examples weighing the same.
    sampling : {"all", "balanced"}
        What an epoch has: every recording or a copy of it, or as many of each class, rare ones
        repeatedly. Classes weigh the same then anyway, so loss "balanced" is as "plain".
    smoothing : float
        Share of every label that is spread over all classes, 0 to 0.5.
    mixup : float
        Parameter of the beta distribution by which pairs of examples are mixed in half the steps,
        0 (not at all) to 10: their rows, or the pooled network's statistics.
    masks : int
        Stretches of time, and of mel bands, that are blanked in every example, 0 to 10.
    stretch, warp : float
        Tempo and vocal tract length vary by up to this factor (as a logarithm), 0 to 0.5.
    gain : float
        Deviation of the loudness [dB], 0 to 20.
    validation : int
        Speakers held out to stop early by, 0 (not at all) to 100.
    patience : int
        Epochs without a better recall on these before stopping, >= 1.
    precision : {"float32", "int8"}
        Of the graphs. The pooled network has none in int8: its weights are those of the dense
        layer, whose inputs have no one scale.
    """

    network: str = "pooled"
    width: int = 64
    epochs: int = 100
    batch: int = 32
    rate: float = 3e-3
    decay: float = 1e-2
    dropout: float = 0.4
    average: float = 0.99
    loss: str = "balanced"
    smoothing: float = 0.1
    mixup: float = 0.3
    masks: int = 0
    stretch: float = 0.0
    warp: float = 0.0
    gain: float = 0.0
    validation: int = 1
    patience: int = 30
    precision: str = "float32"
    sampling: str = "all"

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if (value := getattr(self, name)) not in allowed:
                raise ParameterError(f"{name} must be {' or '.join(allowed)}, got {value!r:.80}")
        for name, (low, high) in RANGES.items():
            if not low <= (value := getattr(self, name)) <= high:
                raise ParameterError(f"{name} must be from {low} to {high}, got {value!r:.80}")
        if self.precision == "int8" and self.network == "pooled":
            raise ParameterError(
                "precision must be float32 for the network pooled, got 'int8': all its weights are "
                "in the dense layer, which stays in float32, so that the bundle would only grow; "
                "networks with convolutions are recurrent and baseline"
            )

    def to_dict(self) -> dict[str, Any]:
        """Every option's name and value."""
        return asdict(self)

    def changed(self, values: Mapping[str, str]) -> TrainingOptions:
        """Give these options with some read from text.

        Raises
        ------
        ParameterError
            If there is no such option, or a value breaks its rule.

        Examples
        --------
        >>> TrainingOptions().changed({"epochs": "40"}).epochs
        40
        """
        kinds = {field.name: type(field.default) for field in fields(TrainingOptions)}
        for name in values:
            if name not in kinds:
                rule = f"one of {', '.join(kinds)}"
                near = similar(name, kinds)
                raise ParameterError(f"option must be {rule}, got {name!r:.80}{near}")
        return replace(self, **{k: _read(k, kinds[k], text) for k, text in values.items()})


def _read(name: str, kind: type[Any], text: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        raise ParameterError(f"{name} must be of {kind.__name__}, got {text!r:.80}") from error


CHOICES = {
    "network": NETWORKS,
    "loss": LOSSES,
    "precision": PRECISIONS,
    "sampling": SAMPLINGS,
}
RANGES: dict[str, tuple[float, float]] = {
    "width": (8, 512),
    "epochs": (1, 10_000),
    "batch": (2, 1024),
    "rate": (1e-7, 1.0),
    "decay": (0.0, 1.0),
    "dropout": (0.0, 0.9),
    "average": (0.0, 0.9999),
    "smoothing": (0.0, 0.5),
    "mixup": (0.0, 10.0),
    "masks": (0, 10),
    "stretch": (0.0, 0.5),
    "warp": (0.0, 0.5),
    "gain": (0.0, 20.0),
    "validation": (0, 100),
    "patience": (1, 10_000),
}

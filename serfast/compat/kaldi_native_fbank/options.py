"""The option classes, with kaldi-native-fbank's fields and defaults."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ... import _checks as checks

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "FbankOptions",
    "FrameExtractionOptions",
    "MelBanksOptions",
    "MfccOptions",
    "Options",
    "WhisperFeatureOptions",
]


class Options:
    """Options are fields that have a type; what has another type raises TypeError.

    They can be changed, copied, pickled, and made from a dictionary.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        cls: Any = type(self)  # hashable, whatever mypy says
        kind = _kinds(cls).get(name)
        object.__setattr__(self, name, value if kind is None else _as_kind(kind, name, value))

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name; options within options are dictionaries themselves."""
        values = {f.name: getattr(self, f.name) for f in _fields(self)}
        return {k: v.as_dict() if isinstance(v, Options) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Give the options that :meth:`as_dict` wrote; a missing key stands for the default.

        Raises
        ------
        ParameterError
            If a key is no field.
        TypeError
            If it is no mapping, or a value has another type.
        """
        result = cls()
        if not isinstance(fields, Mapping):
            raise TypeError(f"{cls.__name__} must be a mapping, got {checks.shown(fields)}")
        checks.known_keys(cls.__name__, fields, [f.name for f in _fields(result)])
        for name, value in fields.items():
            inner = getattr(result, name)
            made = type(inner).from_dict(value) if isinstance(inner, Options) else value
            setattr(result, name, made)
        return result

    def values(self) -> tuple[Any, ...]:
        """Give the values of the fields; those of options within are tuples themselves."""
        values = (getattr(self, f.name) for f in _fields(self))
        return tuple(v.values() if isinstance(v, Options) else v for v in values)

    @classmethod
    def of_values(cls, values: tuple[Any, ...]) -> Self:
        """Give the options that have these values."""
        itself: Any = cls  # hashable, whatever mypy says
        inner = (kind if issubclass(kind, Options) else None for kind in _kinds(itself).values())
        pairs = zip(inner, values, strict=True)
        return cls(*(kind.of_values(v) if kind else v for kind, v in pairs))

    def __str__(self) -> str:
        """Give a line for each field, as Kaldi prints its options."""
        return "".join(_line(f.name, getattr(self, f.name)) for f in _fields(self))


def _fields(options: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(options)


def _line(name: str, value: Any) -> str:
    if isinstance(value, Options):
        return f"{name}: \n{value}\n"
    if isinstance(value, float):
        return f"{name}: {value:g}\n"
    return f"{name}: {int(value) if isinstance(value, bool) else value}\n"


def _as_kind(kind: type[Any], name: str, value: Any) -> Any:
    """Give the value as a bool, an int, a float, a str or options, or raise TypeError."""
    if kind is int:
        return operator.index(value)
    if kind is float and not isinstance(value, (str, bytes)):
        return float(value)
    if kind is bool and value in (0, 1):
        return bool(value)
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be of type {kind.__name__}, got {checks.shown(value)}")
    return value


@cache
def _kinds(cls: Any) -> dict[str, type[Any]]:
    """Give the type of each field by its name."""
    named: dict[str, type[Any]] = {one.__name__: one for one in (bool, int, float, str)}
    named |= {one.__name__: one for one in (FrameExtractionOptions, MelBanksOptions)}
    return {f.name: named[str(f.type)] for f in _fields(cls)}


@dataclass(eq=False, repr=False, slots=True)
class FrameExtractionOptions(Options):
    """They say how a signal is cut into frames, and what happens to each before the transform."""

    samp_freq: float = 16000.0
    frame_shift_ms: float = 10.0
    frame_length_ms: float = 25.0
    dither: float = 3e-5
    preemph_coeff: float = 0.97
    remove_dc_offset: bool = True
    window_type: str = "povey"
    round_to_power_of_two: bool = True
    blackman_coeff: float = 0.42
    snip_edges: bool = True


@dataclass(eq=False, repr=False, slots=True)
class MelBanksOptions(Options):
    """They say which bands there are.

    `vtln_low` and `vtln_high` count where a factor warps the bands; `debug_mel` prints nothing.
    """

    num_bins: int = 25
    low_freq: float = 20.0
    high_freq: float = 0.0
    vtln_low: float = 100.0
    vtln_high: float = -500.0
    debug_mel: bool = False
    htk_mode: bool = False
    is_librosa: bool = False
    norm: str = "slaney"
    use_slaney_mel_scale: bool = True
    floor_to_int_bin: bool = False


def _usual_bands() -> MelBanksOptions:
    return MelBanksOptions(num_bins=23)


@dataclass(eq=False, repr=False, slots=True)
class FbankOptions(Options):
    """They say how filter banks are computed."""

    frame_opts: FrameExtractionOptions = field(default_factory=FrameExtractionOptions)
    mel_opts: MelBanksOptions = field(default_factory=_usual_bands)
    use_energy: bool = False
    energy_floor: float = 0.0
    raw_energy: bool = True
    htk_compat: bool = False
    use_log_fbank: bool = True
    use_log_floor: bool = True
    eps: float = 2.0**-23
    use_power: bool = True


@dataclass(eq=False, repr=False, slots=True)
class MfccOptions(Options):
    """They say how cepstral coefficients are computed."""

    frame_opts: FrameExtractionOptions = field(default_factory=FrameExtractionOptions)
    mel_opts: MelBanksOptions = field(default_factory=_usual_bands)
    num_ceps: int = 13
    use_energy: bool = True
    energy_floor: float = 0.0
    raw_energy: bool = True
    cepstral_lifter: float = 22.0
    htk_compat: bool = False


@dataclass(eq=False, repr=False, slots=True)
class WhisperFeatureOptions(Options):
    """They say how many bands Whisper's features have; the frames are always Whisper's."""

    frame_opts: FrameExtractionOptions = field(default_factory=FrameExtractionOptions)
    dim: int = 80

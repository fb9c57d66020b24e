"""A FeatureSpec says which features are computed, and on which grid of rows."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from .. import _checks as checks
from ..errors import ParameterError, SerfastError
from . import installed
from .base import MAX_TRANSFORM, Feature
from .catalogue import FEATURES
from .computed import Function
from .framing import PAD_MODES, Grid, PadMode
from .order import every_feature, in_order
from .track import BaseTrack

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["FeatureSpec", "feature_from_dict"]

MAX_COLUMNS = 2**18
"""A row has at most this many columns: those of eight spectra of 65536 samples."""

FORMAT = 1
"""This is the version of the dictionary and JSON form."""


LATER: dict[str, Any] = {
    "center_offset": 0,
    "min_row_samples": None,
    "first_row_samples": None,
    "signal_preemphasis": 0.0,
    "frame_length": None,
    "window_periodic": True,
    "triangle_axis": "hz",
    "edge_rounding": None,
    "first_bin": 0,
    "last_bin": None,
    "power_offset": 0.0,
    "log_gain": 1.0,
    "log_bias": 0.0,
    "first_mfcc": 0,
    "lifter_start": 1.0,
}
"""Fields that format 1 didn't have at first, with their defaults.

A spec without them is written as before: embeddings have the hash of that text, and older versions
can read it.
"""


@dataclass(frozen=True, kw_only=True)
class FeatureSpec:
    """A spec lists the features wanted, each with a frame length, on one grid of rows.

    It is frozen and hashable, and JSON holds it without loss. Row t of every feature describes the
    moment ``(t * hop_length + center_offset) / sample_rate``: that is the middle of its frames if
    they are centred, and their beginning if they are left-aligned.

    Parameters
    ----------
    sample_rate : int or float
        The signal has this many samples per second [Hz], > 0.
    hop_length : int
        A row follows the one before it after this many samples, >= 1.
    center : bool
        If True, frames are centred on multiples of the hop. If False, they are left-aligned, and
        nothing is padded.
    center_offset : int
        Centred frames have their middle this many samples after t · hop_length, within ±2²².
        Kaldi's are in the middle of each hop: hop_length // 2.
    min_row_samples : int or None
        At the signal's end there is a row t if this many samples, >= 0, follow t · hop_length; the
        rest of its frames is padding. None takes the frame's middle if frames are centred (as
        librosa), and the whole frame if they are left-aligned. A whole hop drops librosa's last
        row.
    first_row_samples : int or None
        A signal of fewer samples, >= 1, has no row, and one of as many has one, even where
        min_row_samples asks for more. None takes what min_row_samples says.
    pad_mode : {"constant", "edge", "reflect", "symmetric"}
        Beyond the signal's ends a frame has zeros, the nearest sample, or the mirrored signal,
        where the last sample comes once ("reflect") or twice ("symmetric", as in Kaldi). A feature
        may have another padding.
    sample_scale : float
        The samples are multiplied by it before any feature, 1e-9 to 1e9. Take 1 for samples in
        [-1, 1), and 32768 to agree with toolkits that take 16-bit integers unscaled.
    signal_preemphasis : float
        The whole signal becomes x[i] - signal_preemphasis · x[i-1] before it is framed and padded,
        0 to 1, where 0 stands before the first sample. NeMo and python_speech_features do that;
        Kaldi and HTK do it in each frame, which is a spectrum's `preemphasis`.
    features : iterable of Feature
        There is at least one. Their columns stand side by side in this order.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, two columns have the same name, or a feature is impossible
        at this sample rate.

    Examples
    --------
    >>> import serfast
    >>> spec = FeatureSpec(features=[serfast.RMS(), serfast.YIN(fmin=80)])
    >>> spec.columns
    ('rms', 'f0', 'aperiodicity')
    >>> FeatureSpec.from_json(spec.to_json()) == spec
    True
    """

    sample_rate: float = 16000
    hop_length: int = 160
    center: bool = True
    center_offset: int = 0
    min_row_samples: int | None = None
    first_row_samples: int | None = None
    pad_mode: PadMode = "constant"
    sample_scale: float = 1.0
    signal_preemphasis: float = 0.0
    features: tuple[Feature, ...] = ()

    def __new__(cls, *given: Any, **fields: Any) -> Self:
        """Refuse what is no field, with the name that may have been meant."""
        checks.known_arguments(cls, given, fields, "features=[…]")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        checks.plain(self)
        rate = checks.number("sample_rate", self.sample_rate, above=0)
        object.__setattr__(self, "sample_rate", int(rate) if rate.is_integer() else rate)
        checks.integer("hop_length", self.hop_length)
        checks.boolean("center", self.center)
        checks.integer("center_offset", self.center_offset, -MAX_TRANSFORM, MAX_TRANSFORM)
        if self.center_offset and not self.center:
            checks.fail("center_offset", "0 for center=False", self.center_offset)
        if self.min_row_samples is not None:
            checks.integer("min_row_samples", self.min_row_samples, 0, MAX_TRANSFORM)
        if self.first_row_samples is not None:
            checks.integer("first_row_samples", self.first_row_samples, 1, MAX_TRANSFORM)
        checks.choice("pad_mode", self.pad_mode, PAD_MODES)
        checks.number("sample_scale", self.sample_scale, minimum=1e-9, maximum=1e9)
        checks.number("signal_preemphasis", self.signal_preemphasis, minimum=0, maximum=1)
        features = _feature_tuple(self.features)
        fitted = tuple(feature.fitted(rate, self.hop_length) for feature in features)
        object.__setattr__(self, "features", fitted)
        n_columns = 0
        for feature in self.features:
            feature.check(rate)
            n_columns += len(feature.columns)
            if n_columns > MAX_COLUMNS:
                checks.refuse("features", f"of at most {MAX_COLUMNS} columns", f"{n_columns}")
        self._check_reads()
        names = self.columns
        if len(set(names)) < len(names):
            twice = [name for name, count in Counter(names).items() if count > 1]
            raise ParameterError(
                f"features must have different column names, got {twice[0]!r} twice: "
                "give one of them a name=…"
            )

    def _check_reads(self) -> None:
        """Raise ParameterError if a function reads a column that isn't there at its turn."""
        every = every_feature(self.features)
        early = {c: f for f in self.features if not isinstance(f, BaseTrack) for c in f.columns}
        for feature in every:
            readable = early
            for track in every if feature.reads and feature not in self.features else ():
                if isinstance(track, BaseTrack) and feature in track.sources:
                    beside = [f for f in track.sources if not isinstance(f, BaseTrack)]
                    readable = {c: f for f in beside for c in f.columns} | readable
            for name in feature.reads:
                if name not in readable or readable[name].whole_signal:
                    rule = f"a column of the same row, for {type(feature).__name__}"
                    checks.fail("column read", f"{rule}: one of {checks.listed(readable)}", name)
        in_order(every)

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the name of every column of the rows, in order."""
        return tuple(name for feature in self.features for name in feature.columns)

    @property
    def units(self) -> dict[str, str]:
        """Give the unit of every column, by its name.

        "1" stands for a number without a unit, "amplitude" for the signal's own, "neper" and "bel"
        for the natural and the decadic logarithm of a power; "" where a feature doesn't say it.

        Examples
        --------
        >>> from serfast import LogMel, YIN
        >>> FeatureSpec(features=[YIN(), LogMel(n_mels=1)]).units
        {'f0': 'Hz', 'aperiodicity': '1', 'logmel_0': 'dB'}
        """
        pairs = (zip(one.columns, one.units, strict=True) for one in self.features)
        return {column: unit for columns in pairs for column, unit in columns}

    @property
    def frame_lengths(self) -> tuple[int, ...]:
        """Give the number of samples in a frame of each feature."""
        return tuple(feature.length for feature in self.features)

    @property
    def lookahead(self) -> int:
        """Give the number of later rows for which a row waits in a stream, because of tracks."""
        return max(feature.lookahead for feature in self.features)

    @property
    def first_rows(self) -> int:
        """Give the number of rows that must be there before a stream gives the first one."""
        return max(feature.first_rows for feature in self.features)

    @property
    def grid(self) -> Grid:
        """Give the grid: where frames lie and how many rows there are, in all back ends.

        It is made once: an extractor asks for it in every call.
        """
        made = vars(self).get("_made_grid")
        if made is None:
            made = self._make_grid()
            object.__setattr__(self, "_made_grid", made)
        return cast(Grid, made)

    def _make_grid(self) -> Grid:
        lengths = [feature.length for feature in every_feature(self.features)]
        return Grid.from_lengths(
            lengths,
            self.hop_length,
            self.center,
            self.center_offset,
            self.min_row_samples,
            self.first_row_samples,
        ).ahead_by(self.lookahead, self.first_rows)

    @property
    def whole_signal(self) -> tuple[Feature, ...]:
        """Give the features that need the whole signal (top_db, ref="max"): streams can't do it."""
        return tuple(feature for feature in self.features if feature.whole_signal)

    def frame_count(self, n_samples: int, final: bool = True) -> int:
        """Give the number of rows of n_samples; see :func:`serfast.features.framing.frame_count`.

        Before the end (``final=False``), rows wait for those that their tracks look ahead to.
        """
        return self.grid.rows_after(n_samples, final)

    def times(self, n_rows: int) -> list[float]:
        """Give the moment of each row [s]."""
        offset = self.center_offset
        return [(t * self.hop_length + offset) / self.sample_rate for t in range(n_rows)]

    def to_dict(self) -> dict[str, Any]:
        """Give the spec as plain dictionaries, lists, strings and numbers.

        Fields that came later (`LATER`) are left out where they have their default.
        """
        fields = _values(self)
        fields["features"] = [_feature_dict(feature) for feature in self.features]
        return {"format": FORMAT, **fields}

    def to_json(self, indent: int | None = None) -> str:
        """Give the spec as JSON text."""
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FeatureSpec:
        """Give the spec that :meth:`to_dict` wrote.

        A missing key stands for the default; an unknown key raises ParameterError.

        Raises
        ------
        ParameterError
            If a value breaks its rule, or one without a default is missing.
        UnknownPluginError, ModelError
            If a feature is of a package that isn't installed, or can't be imported.
        """
        if not isinstance(data, Mapping):
            checks.fail("spec", "a mapping", data)
        fields = dict(data)
        if (version := fields.pop("format", None)) != FORMAT or version is True:
            checks.fail("spec format", str(FORMAT), data.get("format"))
        features = fields.pop("features", ())
        if not isinstance(features, (list, tuple)):
            checks.fail("features", "a list", features)
        _known_keys(cls, fields, "spec")
        try:
            return cls(features=tuple(feature_from_dict(item) for item in features), **fields)
        except (SerfastError, MemoryError):
            raise
        except Exception as error:  # a feature of a package may raise anything
            raise ParameterError(
                f"spec must hold features that can be made, got {type(error).__name__}: {error}"
            ) from error

    @classmethod
    def from_json(cls, text: str | bytes) -> FeatureSpec:
        """Give the spec that :meth:`to_json` wrote."""
        return cls.from_dict(checks.json_value("spec", text))


def _feature_tuple(features: Any) -> tuple[Feature, ...]:
    if isinstance(features, Feature):
        features = (features,)
    if not isinstance(features, Iterable):
        checks.fail("features", "an iterable of features", features)
    result = tuple(features)
    if not result:
        checks.fail("features", "at least 1 feature", result)
    for i, feature in enumerate(result):
        if type(feature) not in FEATURES.values() and not isinstance(feature, Function):
            checks.fail(f"features[{i}]", "a feature such as serfast.RMS()", feature)
    return result


def _values(thing: Any) -> dict[str, Any]:
    """Give the fields of a spec or a feature; later ones only where they aren't the default."""
    every = dataclasses.fields(thing)
    values = {f.name: (getattr(thing, f.name), f.default) for f in every}
    return {
        name: value
        for name, (value, default) in values.items()
        if value != default or name not in LATER or LATER[name] != default
    }


def _feature_dict(feature: Feature) -> dict[str, Any]:
    """Give a feature as a dictionary; the feature of a track is a dictionary inside it."""
    kind = {"type": type(feature).__name__}
    if type(feature) not in FEATURES.values():
        kind["package"] = installed.package_of(type(feature))
    values = _values(feature)
    nested = {k: _feature_dict(v) for k, v in values.items() if isinstance(v, Feature)}
    return {**kind, **values, **nested}


def _known_keys(cls: type[Any], fields: Mapping[str, Any], what: str) -> None:
    checks.known_keys(what, fields, sorted(f.name for f in dataclasses.fields(cls)))


def feature_from_dict(item: Any) -> Feature:
    """Give the feature from its dictionary; JSON's lists become tuples again."""
    if not isinstance(item, Mapping):
        checks.fail("feature", "a mapping", item)
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in item.items()}
    cls = _feature_class(fields)
    inner = {k: v for k, v in fields.items() if isinstance(v, Mapping) and "type" in v}
    nested = {k: feature_from_dict(v) for k, v in inner.items()}
    _known_keys(cls, fields, cls.__name__)
    for field in dataclasses.fields(cls):
        if field.name not in fields and _has_no_default(field):
            checks.refuse(f"{field.name} of {cls.__name__}", "given", "none")
    return cls(**fields | nested)


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING and field.init


def _feature_class(fields: dict[str, Any]) -> type[Feature]:
    """Give the class that "type" names, from the "package" if there is one; remove both keys."""
    kind, package = fields.pop("type", None), fields.pop("package", None)
    if not isinstance(kind, str) or (package is None and kind not in FEATURES):
        similar = checks.similar(kind, FEATURES) if isinstance(kind, str) else ""
        shown = f"{checks.shown(kind)}{similar}"
        checks.refuse("feature type", "one of " + ", ".join(FEATURES), shown)
    if package is None:
        return FEATURES[kind]
    if not isinstance(package, str):
        checks.fail("package of a feature", "a str", package)
    return installed.get(kind, package)

"""A feature's rows in one call: ``serfast.mfcc(y, sample_rate=16000)``, one function a feature."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from functools import lru_cache
from typing import Any

import numpy as np

from . import _checks as checks
from . import _former_names
from .backends import chosen
from .extractor import Extractor
from .features import FEATURES
from .features.base import Feature, snake_case
from .features.order import with_sources
from .features.spec import FeatureSpec

__all__ = ["CALLS", "OneCall"]

Rows = np.ndarray[Any, np.dtype[np.float32]]

GRID = tuple(
    f for f in dataclasses.fields(FeatureSpec) if f.name not in ("sample_rate", "features")
)
"""The fields of a spec that every function takes too: they lay the grid of the rows."""

MISSING = dataclasses.MISSING

DOC = """Give the rows of :class:`serfast.{cls}` of a whole signal: a row a moment, a column a name.

{summary}

Parameters
----------
y : array_like of float32, float64 or int16, shape (n,)
    Samples in [-1, 1], or 16-bit PCM. (``serfast.load`` reads a file.)
sample_rate : float
    Of `y` [Hz]; nothing is resampled.
hop_length, center, center_offset, min_row_samples, first_row_samples, pad_mode, sample_scale
    As in :class:`serfast.FeatureSpec`: by default a row every 160 samples, frames around it.
{fields}
    As in :class:`serfast.{cls}`.

Returns
-------
ndarray of float32, shape (n_rows, n_columns)
    Rows × columns, C-contiguous: ``rows[t]`` belongs to the moment t · hop_length / sample_rate.
    (librosa's arrays are the transpose.) Columns by default: {columns}.

Raises
------
ParameterError
    If an argument breaks its rule.

Notes
-----
The same bits as ``Extractor(FeatureSpec(sample_rate=…, features=[{cls}(…)]))(y)``, which shares
work between several features, threads and calls, and can stream. The extractors of the latest calls
are kept, so another call costs microseconds more than that one.{reads}

Examples
--------
>>> import serfast
>>> y = np.sin(0.1 * np.arange(16000))
>>> serfast.{name}(y, sample_rate=16000{example}).shape
(101, {n_columns})
"""

READS = """

It reads the columns {columns} of {sources}, which is computed too, and isn't returned. In a
spec, that feature may be another one."""


class OneCall:
    """The function of one feature; ``help()`` has its arguments.

    Where a module of an earlier version had the same name (``serfast.mfcc``), its names can still
    be had as attributes, with a DeprecationWarning.
    """

    def __init__(self, name: str, cls: type[Feature]) -> None:
        self.__name__ = self.__qualname__ = name
        self.__module__ = __name__
        self.feature = cls
        example = cls.example()
        names = [field.name for field in _fields(cls)]
        sources = [type(feature).__name__ for feature in _with_sources(example)[:-1]]
        self.__signature__ = _signature(cls)
        self.__doc__ = DOC.format(
            cls=cls.__name__,
            summary=(cls.__doc__ or "").partition("\n")[0],
            fields=", ".join(names),
            columns=", ".join(example.columns[:3]) + (" …" if len(example.columns) > 3 else ""),
            name=name,
            example="".join(
                f", {field.name}=serfast.{type(getattr(example, field.name)).__name__}()"
                for field in _fields(cls)
                if _is_required(field)
            ),
            reads=READS.format(columns=", ".join(example.reads), sources=", ".join(sources))
            if sources
            else "",
            n_columns=len(example.columns),
        )

    def __call__(self, y: Any = MISSING, sample_rate: Any = MISSING, **fields: Any) -> Rows:
        """Give the rows of a signal; the object's own docstring has the rest."""
        grid = {f.name: fields.pop(f.name) for f in GRID if f.name in fields}
        known = {field.name: field for field in _fields(self.feature)}
        for name in fields.keys() - known.keys():
            names = ["sample_rate", *known, *(f.name for f in GRID)]
            similar = checks.similar("sample_rate" if name == "sr" else name, names)
            if name in self.feature.__dataclass_fields__:  # rightly written, but only the class's
                similar = f": it is one of serfast.{self.feature.__name__}"
            raise TypeError(f"serfast.{self.__name__} has no argument {name!r}{similar}")
        for name, value in (("y", y), ("sample_rate", sample_rate)):
            if value is MISSING:
                raise TypeError(f"serfast.{self.__name__} must be given the argument {name!r}")
        for name in known.keys() - fields.keys():
            if _is_required(known[name]):
                raise TypeError(f"serfast.{self.__name__} must be given the argument {name!r}")
        feature = self.feature(**fields)
        features = _with_sources(feature)
        spec = FeatureSpec(sample_rate=sample_rate, features=features, **grid)
        rows = _extractor(spec, chosen(None))(y)
        return rows if len(features) == 1 else rows[:, -len(feature.columns) :].copy()

    def __getattr__(self, name: str) -> Any:
        """Look a name up in the module that had this one's name in an earlier version."""
        former = sys.modules.get(f"serfast.{_former_names.FORMER.get(self.__name__)}")
        if name.startswith("__") or not hasattr(former, name):
            raise AttributeError(f"serfast.{self.__name__} has no attribute {name!r}")
        return getattr(_former_names.find_former(self.__name__), name)

    def __repr__(self) -> str:
        return f"<function serfast.{self.__name__}{self.__signature__}>"

    def __reduce__(self) -> str:
        return self.__name__  # pickled by name, as functions are


def _signature(cls: type[Feature]) -> inspect.Signature:
    """Give the arguments: the signal and its rate, then by keyword the feature's and the grid's."""
    kinds = inspect.Parameter
    first = [kinds(name, kinds.POSITIONAL_OR_KEYWORD) for name in ("y", "sample_rate")]
    rest = [kinds(f.name, kinds.KEYWORD_ONLY, default=f.default) for f in (*_fields(cls), *GRID)]
    return inspect.Signature([*first, *rest])


def _fields(cls: type[Feature]) -> list[dataclasses.Field[Any]]:
    """Give the feature's fields but for its padding, which is that of the grid."""
    return [f for f in dataclasses.fields(cls) if f.name not in ("name", "pad_mode")]


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING


def _with_sources(feature: Feature) -> tuple[Feature, ...]:
    """Give a feature after those whose columns it reads, if it reads any."""
    if not feature.reads:
        return (feature,)
    return with_sources(feature, [cls.example() for cls in FEATURES.values()])


@lru_cache(maxsize=32)
def _extractor(spec: FeatureSpec, backend: str) -> Extractor:
    """Keep the extractors of the latest specs."""
    return Extractor(spec, backend)


CALLS = {snake_case(name): OneCall(snake_case(name), cls) for name, cls in FEATURES.items()}
"""The function of every built-in feature, by its name."""

globals().update(CALLS)
__all__ += [*CALLS]

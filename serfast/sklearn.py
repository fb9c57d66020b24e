"""Transformers for scikit-learn are here: recordings go in, a matrix of vectors comes out.

This module alone needs scikit-learn; ``import serfast`` doesn't load it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from . import _checks as checks
from . import presets
from ._version import __version__
from .corpora.archives import member
from .corpora.recordings import Recording
from .corpora.samples import loaded, samples_of
from .errors import ParameterError
from .extractor import Extractor
from .features.spec import FeatureSpec
from .files import replacing
from .statistics.statistics import Statistics
from .urls import as_path

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Vectors"]

Array: TypeAlias = np.ndarray[Any, Any]


class Vectors(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Vectors are the statistics of recordings, as a transformer of scikit-learn.

    It learns nothing from the recordings, so it can't tell a test speaker from a training one. What
    does learn, such as a scaler, stands behind it in a pipeline.

    Parameters
    ----------
    spec : FeatureSpec, optional
        Features of the rows; None stands for the preset's.
    statistics : Statistics, optional
        They make a vector of the rows; None stands for the preset's, or
        :func:`serfast.presets.usual_statistics` if the preset has none or `spec` is given.
    preset : str
        A name in :mod:`serfast.presets`.
    sample_rate : int, optional
        Sample rate of arrays [Hz]; None stands for the spec's. Files say theirs themselves.
    cache : path, optional
        Vectors are kept in this folder. Their names are made of a recording's content, the spec,
        the statistics, the back end and the version of serfast, so a changed one is computed anew.

    Attributes
    ----------
    spec_ : FeatureSpec
    statistics_ : Statistics

    Notes
    -----
    Recordings are a sequence of paths, of :class:`serfast.corpora.Recording`, whose label isn't
    looked at, of one-dimensional arrays of floats (full scale 1), or of some of each; a matrix is
    taken as one signal a row. A path may lead into an archive. A recording of 3 s costs some
    milliseconds with the speech preset; one from the cache costs reading its bytes.

    Where rows of a matrix are signals, scikit-learn's own checks of estimators hold, but for those
    of sparse matrices and of int32 and int64, whose full scale isn't known: both are refused.

    Examples
    --------
    >>> from serfast.sklearn import Vectors
    >>> signals = np.sin(np.outer([0.05, 0.1, 0.2], np.arange(8000)))
    >>> vectors = Vectors(preset="levels").fit(signals)
    >>> vectors.transform(signals).shape == (3, len(vectors.get_feature_names_out()))
    True
    """

    def __init__(
        self,
        spec: FeatureSpec | None = None,
        statistics: Statistics | None = None,
        preset: str = "speech",
        sample_rate: int | None = None,
        cache: str | os.PathLike[str] | None = None,
    ) -> None:
        self.spec = spec
        self.statistics = statistics
        self.preset = preset
        self.sample_rate = sample_rate
        self.cache = cache

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters; nothing is learnt from `X`.

        Raises
        ------
        ParameterError
            If a parameter breaks its rule, or `X` is no sequence of recordings.
        """
        _recordings(X)
        if self.spec is not None and not isinstance(self.spec, FeatureSpec):
            checks.fail("spec", "a FeatureSpec or None", self.spec)
        if self.statistics is not None and not isinstance(self.statistics, Statistics):
            checks.fail("statistics", "Statistics or None", self.statistics)
        if self.sample_rate is not None:
            checks.integer("sample_rate", self.sample_rate)
        spec, statistics = self.spec, self.statistics
        if spec is None:
            spec = _of_preset(self.preset)
            usual = getattr(presets, f"{self.preset}_statistics", None)
            if statistics is None and usual is not None:
                statistics = usual()
        self.statistics_ = presets.usual_statistics(spec) if statistics is None else statistics
        self.spec_ = spec
        self._names = self.statistics_.names(spec.columns)
        return self

    def transform(self, X: Any) -> Array:
        """Give the vectors of recordings, float64 of shape (n, d).

        Raises
        ------
        ParameterError
            If `X` is no sequence of recordings.
        AudioError
            If a file can't be read.
        """
        if not hasattr(self, "spec_"):  # nothing is learnt, so fitting may be left out
            self.fit(X)
        extractor, recordings = Extractor(self.spec_), _recordings(X)
        vectors = np.empty((len(recordings), len(self._names)))
        for i, recording in enumerate(recordings):
            vectors[i] = self._cached(extractor, recording)
        return vectors

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """Give the name of each entry of the vectors; `input_features` changes nothing."""
        if not hasattr(self, "spec_"):
            self.fit([])
        return np.array(self._names, dtype=object)

    def _vector(self, extractor: Extractor, recording: Any) -> Array:
        """Compute the vector of a path or a signal."""
        rate: float | None
        if isinstance(recording, Recording):
            rate = self.spec_.sample_rate
            signal = samples_of(recording, rate)
        elif isinstance(recording, (str, os.PathLike)):
            signal, rate = loaded(as_path(recording))
        else:
            signal, rate = recording, self.sample_rate
        rows = extractor(signal, sample_rate=rate)
        return self.statistics_(rows, self.spec_.columns, backend=extractor.backend)

    def _cached(self, extractor: Extractor, recording: Any) -> Array:
        """Give the vector of a recording from the folder, or compute it and keep it there."""
        if self.cache is None:
            return self._vector(extractor, recording)
        file = Path(self.cache) / f"{self._key(extractor, recording)}.npy"
        try:
            kept = np.load(file, allow_pickle=False)
        except (OSError, ValueError, EOFError):  # there is none, or it is damaged
            kept = np.empty(0)
        if isinstance(kept, np.ndarray) and kept.shape == (len(self._names),):
            return kept
        vector = self._vector(extractor, recording)
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as temporary, temporary.open("wb") as stream:
            np.save(stream, vector, allow_pickle=False)
        return vector

    def _key(self, extractor: Extractor, recording: Any) -> str:
        """Give a name for a recording's vector that nothing else has."""
        if isinstance(recording, Recording):
            content = _content(recording.path)
            about = f"file {recording.start} {recording.end}" if recording.is_part else "file"
        elif isinstance(recording, (str, os.PathLike)):
            content, about = _content(as_path(recording)), "file"
        else:
            content = np.ascontiguousarray(recording).tobytes()
            about = f"{recording.dtype} {self.sample_rate}"
        parts = (__version__, extractor.backend, self.spec_.to_json(), self.statistics_.to_json())
        digest = hashlib.sha256("\0".join((*parts, about, "")).encode())
        digest.update(content)
        return digest.hexdigest()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        tags.no_validation = True
        return tags


def _of_preset(name: Any) -> FeatureSpec:
    """Give the spec of a preset."""
    names = [one for one in presets.__all__ if not one.endswith("statistics")]
    if not isinstance(name, str) or name not in names:
        checks.fail("preset", "one of " + ", ".join(names), name)
    spec: FeatureSpec = getattr(presets, name)()
    return spec


def _recordings(given: Any) -> list[Any]:
    """Give a list of paths and signals."""
    if isinstance(given, (str, bytes, os.PathLike)) or not isinstance(given, Iterable):
        checks.fail("X", "a sequence of paths or one-dimensional signals", given)
    if hasattr(given, "to_numpy"):  # a column or a table of pandas
        given = given.to_numpy()
    if isinstance(given, np.ndarray) and given.ndim == 2 and given.dtype.kind in "OU":
        if given.shape[1] != 1:
            checks.fail("X", "one column of paths", f"{given.shape[1]} columns")
        given = given[:, 0]
    return [_recording(one, i) for i, one in enumerate(given)]


def _content(path: Path) -> bytes:
    """Give the bytes of a file, or of one in an archive."""
    content = None if path.exists() else member(path)
    return path.read_bytes() if content is None else content


def _recording(one: Any, i: int) -> Any:
    if isinstance(one, (str, os.PathLike, Recording)):
        return one
    signal = np.asarray(one)
    if signal.ndim != 1 or signal.dtype.kind not in "fiu":
        raise ParameterError(
            f"X[{i}] must be a path or a one-dimensional signal, got {checks.shown(one)}"
        )
    return signal

"""Rows as tables of pandas are here: a line a row, with its time in seconds, and columns' units.

This module alone needs pandas; ``import serfast`` doesn't load it.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from . import _checks as checks
from .corpora.given import Given, given_recording, given_recordings, given_samples
from .corpora.recordings import Recording
from .extractor import Extractor
from .features.spec import FeatureSpec

__all__ = ["rows"]


def rows(
    recordings: Any,
    spec: FeatureSpec,
    *,
    sample_rate: float | None = None,
    backend: str | None = None,
) -> pd.DataFrame:
    """Give the rows of a recording, or of several, as a table.

    Parameters
    ----------
    recordings : path, Recording, array_like of shape (n_samples,), or a sequence of these
        What :func:`serfast.load` reads, a labelled recording or a part of one, or a signal (full
        scale 1, or int16). A column of pandas with paths is such a sequence.
    spec : FeatureSpec
        What the rows hold.
    sample_rate : float, optional
        Sample rate of signals [Hz]; None stands for the spec's. Files say theirs themselves.
    backend : str, optional
        What computes the rows; see :class:`serfast.Extractor`.

    Returns
    -------
    pandas.DataFrame of float32, shape (n_rows, n_columns)
        Its columns are ``spec.columns``. Its index is ``time``, a row's moment [s] from the file's
        begin, of a part of one too; of several recordings it is ``recording`` and ``time``, where
        the first is the path, or the place in the sequence for a signal.
        ``attrs["units"]`` says each column's unit and that of ``time``, as
        :attr:`serfast.FeatureSpec.units` does; ``attrs["spec"]`` is the spec as JSON.

    Raises
    ------
    ParameterError
        If an argument breaks its rule.
    AudioError
        If a file can't be read.

    Notes
    -----
    pandas keeps ``attrs`` in most operations on one table, and writes them into Parquet files.

    Examples
    --------
    >>> import serfast
    >>> from serfast.pandas import rows
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS(), serfast.F0(75, 500)])
    >>> table = rows(np.sin(np.arange(16000) / 8), spec)
    >>> table.index.name, list(table.columns), table.attrs["units"]["f0"]
    ('time', ['rms', 'f0', 'voicing'], 'Hz')
    >>> float(table.loc[0.2:0.8, "f0"].median().round())
    318.0
    """
    extractor = Extractor(spec, backend)
    if sample_rate is not None:
        checks.number("sample_rate", sample_rate, above=0)
    if _is_one(recordings):
        one = given_recording(recordings, "recordings")
        table = _table(extractor, one, sample_rate)
    else:
        given = given_recordings(recordings)
        tables = [_table(extractor, one, sample_rate) for one in given]
        names = [_name(one, place) for place, one in enumerate(given)]
        table = pd.concat(tables, keys=range(len(given)), names=["recording"])
        codes = table.index.get_level_values(0)
        levels = [pd.Index(names).take(codes), table.index.get_level_values(1)]
        table.index = pd.MultiIndex.from_arrays(levels, names=["recording", "time"])
    table.attrs = {"units": {"time": "s", **spec.units}, "spec": spec.to_json()}
    return table


def _is_one(recordings: Any) -> bool:
    """Tell whether it is one recording and not a sequence of several."""
    if isinstance(recordings, (str, os.PathLike, Recording)):
        return True
    if isinstance(recordings, (np.ndarray, pd.Series)):
        return recordings.ndim == 1 and recordings.dtype.kind in "fiu"
    return False


def _table(extractor: Extractor, one: Given, sample_rate: float | None) -> pd.DataFrame:
    spec = extractor.spec
    values = extractor(given_samples(one, spec.sample_rate, sample_rate))
    times = np.array(spec.times(len(values)), np.float64)
    if isinstance(one, Recording) and one.start:
        times += one.start
    return pd.DataFrame(values, pd.Index(times, name="time"), list(spec.columns))


def _name(one: Given, place: int) -> str | int:
    """Give what a recording is called in the index."""
    if isinstance(one, np.ndarray):
        return place
    return os.fspath(one.path if isinstance(one, Recording) else one)

"""Smile has opensmile-python's methods: features of signals, files and folders as tables."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ... import _checks as checks
from ...audio.resampling import resampled
from ...errors import AudioError, AudioWarning
from . import numbers, tables
from .recordings import read
from .sets import FeatureLevel, FeatureSet, level_of, set_of

__all__ = ["Smile"]

Segment = tuple[Any, float, float, Any]
"""The file or None, start and end [s], and the values."""


class Smile:
    """It extracts the features of a set, at a level, from signals and files.

    Parameters
    ----------
    feature_set : FeatureSet or str
        GeMAPSv01b, eGeMAPSv01b or eGeMAPSv02.
    feature_level : FeatureLevel or str
        Functionals give one row a recording, and LowLevelDescriptors one every 10 ms.
    sampling_rate : int or None
        It is the rate that signals must have, or are resampled to [Hz]. None takes any.
    channels : int or sequence of int
        These channels are taken: each has its own block of columns if there are several.
    mixdown : bool
        If True, the mean of these channels is taken.
    resample : bool
        If True, signals are resampled to `sampling_rate`; if False, other rates are refused.
    num_workers : int or None
        So many threads work at files; None stands for one a core. `multiprocessing` changes
        nothing: threads are enough here, because the engine doesn't hold Python's lock.
    verbose : bool
        If True, the progress over files is printed to stderr.
    short_nan : bool
        A signal shorter than 60 ms has no row. With False it is completed by silence, and with
        True its row is NaN, as in openSMILE; a warning comes in both cases.

    Raises
    ------
    ParameterError
        If serfast lacks the set or the level, or an argument breaks its rule.

    Notes
    -----
    A sample of 1.0 stays the largest one; opensmile-python lets it wrap around to -1.0. Values that
    don't exist, such as the F0 of silence, are 0, as in openSMILE. An own configuration file can't
    be given. docs/opensmile.md has the agreement with openSMILE 2.6.

    Examples
    --------
    >>> smile = Smile("eGeMAPSv02", "LowLevelDescriptors")
    >>> smile.num_features, smile.feature_names[0]
    (25, 'Loudness_sma3')
    """

    def __init__(
        self,
        feature_set: FeatureSet | str = FeatureSet.eGeMAPSv02,
        feature_level: FeatureLevel | str = FeatureLevel.Functionals,
        *,
        sampling_rate: int | None = None,
        channels: int | Sequence[int] = 0,
        mixdown: bool = False,
        resample: bool = False,
        num_workers: int | None = 1,
        multiprocessing: bool = False,
        verbose: bool = False,
        short_nan: bool = False,
    ) -> None:
        self.feature_set = set_of(feature_set)
        self.feature_level = level_of(feature_level)
        if sampling_rate is not None:
            checks.integer("sampling_rate", sampling_rate)
        elif resample:
            checks.fail("sampling_rate", "given for resample=True", None)
        if num_workers is not None:
            checks.integer("num_workers", num_workers)
        for name, value in (("mixdown", mixdown), ("resample", resample), ("verbose", verbose)):
            checks.boolean(name, value)
        checks.boolean("short_nan", short_nan)
        given = list(channels) if isinstance(channels, Iterable) else [channels]
        if not given:
            checks.fail("channels", "at least 1", channels)
        self._channels = [checks.integer("channels", one, 0) for one in given]
        self.sampling_rate, self.mixdown, self.resample = sampling_rate, mixdown, resample
        self.num_workers, self.verbose = num_workers, verbose
        self.short_nan = short_nan

    def __repr__(self) -> str:
        return f"Smile({self.feature_set.name}, {self.feature_level.name})"

    @property
    def feature_names(self) -> list[str]:
        """Give the name of each feature, in the published order."""
        extended = self.feature_set is not FeatureSet.GeMAPSv01b
        if self.feature_level is FeatureLevel.Functionals:
            return list(numbers.functional_names(extended))
        bandwidths = self.feature_set is FeatureSet.eGeMAPSv02
        return list(numbers.descriptor_names(extended, bandwidths))

    @property
    def num_features(self) -> int:
        """Give the number of features."""
        return len(self.feature_names)

    @property
    def num_channels(self) -> int:
        """Give the number of channels with columns of their own."""
        return 1 if self.mixdown else len(self._channels)

    @property
    def column_names(self) -> list[Any]:
        """Give the names of a table's columns; with several channels, pairs of channel and name."""
        if self.num_channels == 1:
            return self.feature_names
        return [(c, name) for c in self._channels for name in self.feature_names]

    def __call__(self, signal: Any, sampling_rate: int) -> Any:
        """Give the features of a signal as an array.

        Parameters
        ----------
        signal : array_like, shape (n_samples,) or (n_channels, n_samples)
        sampling_rate : int
            It is that of the signal [Hz].

        Returns
        -------
        ndarray of float32, shape (num_channels, num_features, n_rows)
        """
        made = [self._values(one, rate) for one, rate in self._mono(signal, sampling_rate)]
        return np.stack([values.T for values in made])

    def process_signal(
        self,
        signal: Any,
        sampling_rate: int,
        *,
        file: str | None = None,
        start: Any = None,
        end: Any = None,
    ) -> Any:
        """Give the table of a signal, or of the part from `start` to `end`.

        Parameters
        ----------
        signal, sampling_rate
            They mean the same as in a call.
        file : str or None
            If it is given, the index begins with it.
        start, end : float, str, timedelta or None
            They are seconds, or text such as "200ms".

        Returns
        -------
        pandas.DataFrame
            Its index has (file,) start and end.
        """
        return tables.table([self._segment(signal, sampling_rate, file, start, end)], self._labels)

    def process_file(
        self, file: Any, *, start: Any = None, end: Any = None, root: str | None = None
    ) -> Any:
        """Give the table of a file; `root` is put before its name to read it."""
        return self.process_files([file], starts=start, ends=end, root=root)

    def process_files(
        self,
        files: Iterable[Any],
        *,
        starts: Any = None,
        ends: Any = None,
        root: str | None = None,
    ) -> Any:
        """Give one table of all files; `starts` and `ends` are for all of them, or one each.

        Raises
        ------
        AudioError
            If a file can't be read: it names the file. :meth:`process_folder` goes on instead.
        """
        if isinstance(files, (str, bytes, os.PathLike)) or not isinstance(files, Iterable):
            checks.fail("files", "a sequence of paths (process_file takes one)", files)
        files = list(files)
        jobs = list(zip(files, _each(starts, files), _each(ends, files), strict=True))
        return tables.table(self._work(jobs, root, skip=False), self._labels)

    def process_folder(self, root: str, *, filetype: str = "wav", include_root: bool = True) -> Any:
        """Give one table of all files below a folder, in the order of their names.

        A file that can't be read is left out, with a warning.
        """
        if not isinstance(root, (str, os.PathLike)) or not os.path.isdir(root):
            checks.fail("root", "a folder", root)
        if not isinstance(filetype, str) or not filetype or set(filetype) & set("*?[]/\\"):
            checks.fail("filetype", "the end of file names, such as 'wav'", filetype)
        folder = Path(root)
        paths = sorted(p for p in folder.rglob(f"*.{filetype}") if p.is_file())
        names = [str(p) if include_root else str(p.relative_to(folder)) for p in paths]
        before = None if include_root else str(folder)
        jobs = [(name, None, None) for name in names]
        return tables.table(self._work(jobs, before, skip=True), self._labels)

    def process_index(self, index: Any, *, root: str | None = None) -> Any:
        """Give the table of an index of files, or of files, starts and ends."""
        names = list(getattr(index, "names", ()))
        if len(names) < 3:
            return self.process_files(list(index), root=root)
        files, starts, ends = (list(index.get_level_values(level)) for level in names[:3])
        return self.process_files(files, starts=starts, ends=ends, root=root)

    def to_numpy(self, frame: Any) -> Any:
        """Give a table as an array of the shape that a call gives."""
        values = frame.to_numpy().reshape(len(frame), self.num_channels, self.num_features)
        return values.transpose(1, 2, 0)

    @property
    def _labels(self) -> Any:
        if self.num_channels == 1:
            return self.feature_names
        return tables.pandas().MultiIndex.from_tuples(self.column_names)

    def _work(self, jobs: list[Any], root: str | None, skip: bool) -> list[Any]:
        """Compute the parts of a table, in the order of the jobs."""

        def one(job: Any) -> Any:
            name, start, end = job
            if not isinstance(name, (str, bytes, os.PathLike)):
                checks.fail("file", "a path", name)
            path = Path(root, os.fsdecode(name)) if root is not None else name
            try:
                signal, rate = read(path)
                return self._segment(signal, rate, name, start, end)
            except AudioError as error:
                if not skip:
                    raise
                return error

        parts = []
        with ThreadPoolExecutor(self.num_workers or os.cpu_count() or 1) as pool:
            for i, made in enumerate(pool.map(one, jobs), 1):
                if isinstance(made, AudioError):
                    warnings.warn(f"a file is left out: {made}", AudioWarning, stacklevel=4)
                else:
                    parts.append(made)
                if self.verbose:
                    print(f"\r{i} of {len(jobs)} files", end="", file=sys.stderr, flush=True)
        if self.verbose and jobs:
            print(file=sys.stderr)
        return parts

    def _segment(self, signal: Any, rate: int, file: Any, start: Any, end: Any) -> Any:
        """Compute the values of a part of a signal: a part of a table."""
        checks.number("sampling_rate", rate, above=0)
        begin, stop = tables.seconds("start", start), tables.seconds("end", end)
        samples = _with_channels(signal)
        if not samples.shape[1]:
            checks.refuse("signal", "at least 1 sample", "none")
        duration = samples.shape[1] / rate
        begin = 0.0 if begin is None else begin
        stop = duration if stop is None else min(stop, duration)
        if not begin < stop:
            checks.refuse("start", f"before the end ({stop:g} s)", f"{begin:g} s")
        part = samples[:, round(begin * rate) : round(stop * rate)]
        values = np.concatenate(
            [self._values(one, made) for one, made in self._mono(part, rate)], axis=1
        )
        whole = self.feature_level is FeatureLevel.Functionals
        return (file, *tables.index_of(len(values), begin, stop, whole), values)

    def _mono(self, signal: Any, rate: int) -> Iterable[tuple[Any, float]]:
        """Give each channel that is wanted, at the rate that is wanted."""
        checks.number("sampling_rate", rate, above=0)
        samples = _with_channels(signal)
        if max(self._channels) >= len(samples):
            rule = f"below {len(samples)}, the number of channels"
            checks.refuse("channels", rule, f"{max(self._channels)}")
        chosen = samples[self._channels]
        if self.mixdown:
            chosen = chosen.mean(axis=0, keepdims=True, dtype=np.float64)
        if self.sampling_rate is not None and rate != self.sampling_rate:
            if not self.resample:
                rule = f"{self.sampling_rate} Hz, or resample=True given"
                checks.fail("sampling_rate", rule, rate)
            wanted = self.sampling_rate
            return [(resampled(one, rate, wanted), wanted) for one in chosen]
        return [(one, rate) for one in chosen]

    def _values(self, signal: Any, rate: float) -> Any:
        """Compute the values of a mono signal, shape (n_rows, num_features)."""
        least = numbers.shortest(rate)
        if len(signal) < least:
            ms = f"{1000 * len(signal) / rate:.0f} ms"
            done = "its row is NaN" if self.short_nan else "silence completes it"
            warnings.warn(f"a signal of {ms} is shorter than 60 ms: {done}", stacklevel=5)
            if self.short_nan:
                return np.full((1, self.num_features), np.nan, dtype=np.float32)
            signal = np.concatenate([signal, np.zeros(least - len(signal), signal.dtype)])
        if self.feature_level is FeatureLevel.Functionals:
            extended = self.feature_set is not FeatureSet.GeMAPSv01b
            return numbers.functionals(signal, rate, extended)[np.newaxis]
        return numbers.descriptors(signal, rate, tuple(self.feature_names))


def _with_channels(signal: Any) -> Any:
    """Give a signal as float32 or int16 of shape (n_channels, n_samples)."""
    samples = np.atleast_2d(np.asarray(signal))
    if samples.ndim != 2 or samples.dtype.kind not in "fiu":
        checks.fail("signal", "samples of shape (n,) or (channels, n)", signal)
    if samples.dtype.kind != "f" and samples.dtype != np.int16:  # their full scale isn't known
        checks.refuse("signal", "of a float type or int16", f"{samples.dtype}")
    return samples if samples.dtype == np.int16 else samples.astype(np.float32)


def _each(values: Any, files: list[Any]) -> list[Any]:
    """Give one value for each file, from a single one or from a sequence."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        return [values] * len(files)
    given = list(values)
    if len(given) != len(files):
        checks.refuse("starts and ends", f"{len(files)}, one for each file", f"{len(given)}")
    return given

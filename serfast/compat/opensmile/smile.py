"""Smile has opensmile-python's methods: features of signals, files and folders as tables."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ... import _checks as checks
from . import cache, log, numbers, tables
from .parts import PartMaker
from .recordings import files_in
from .serialized import Serialized
from .sets import FeatureLevel, FeatureSet, level_of, set_of
from .signals import Wanted, with_channels

__all__ = ["Smile"]


class Smile(Serialized):
    """It extracts the features of a set, at a level, from signals and files.

    Parameters
    ----------
    feature_set : FeatureSet or str
        GeMAPSv01b, eGeMAPSv01b or eGeMAPSv02. Without one, eGeMAPSv02 is taken with a warning:
        opensmile-python takes ComParE_2016 then, which serfast lacks.
    feature_level : FeatureLevel or str
        Functionals give one row a recording, and LowLevelDescriptors one every 10 ms.
    options : mapping or None
        opensmile-python gives them to its configuration files. serfast runs none, so only None and
        an empty mapping are taken.
    loglevel, logfile : int, path or None
        Into the file there go, from level 1 on, files that are left out, from 2 on signals that are
        too short, and from 3 on each part that is done. The level is 0 to 5.
    sampling_rate : int or None
        It is the rate that signals must have, or are resampled to [Hz]. None takes any.
    channels : int or sequence of int
        These channels are taken: each has its own block of columns if there are several. Negative
        ones count from the last.
    mixdown : bool
        If True, the mean of these channels is taken.
    resample : bool
        If True, signals are resampled to `sampling_rate`; if False, other rates are refused.
    segment : object or None
        Its method ``process_signal(signal, sampling_rate, *, file, start, end)`` gives an index
        with the levels start and end, as an ``audinterface.Segment`` does; each segment has rows of
        its own.
    keep_nat : bool
        If True, a file whose end isn't given has NaT as its end in the index.
    num_workers : int or None
        So many threads work at files; None stands for one a core. `multiprocessing` changes
        nothing: threads are enough here, because the engine doesn't hold Python's lock.
    verbose : bool
        If True, the progress over files and segments is printed to stderr.
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
        feature_set: FeatureSet | str | None = None,
        feature_level: FeatureLevel | str = FeatureLevel.Functionals,
        *,
        options: Mapping[str, Any] | None = None,
        loglevel: int = 2,
        logfile: str | None = None,
        sampling_rate: int | None = None,
        channels: int | Sequence[int] = 0,
        mixdown: bool = False,
        resample: bool = False,
        segment: Any = None,
        keep_nat: bool = False,
        num_workers: int | None = 1,
        multiprocessing: bool = False,
        verbose: bool = False,
        short_nan: bool = False,
    ) -> None:
        self.feature_set = set_of(feature_set)
        self.feature_level = level_of(feature_level)
        if options is not None and (not isinstance(options, Mapping) or options):
            checks.fail("options", "None or empty: serfast runs no configuration file", options)
        self.options: dict[str, Any] = {}
        self._log = log.Log(logfile, loglevel)
        self.loglevel, self.logfile = self._log.level, self._log.path
        self._wanted = Wanted(channels, mixdown, sampling_rate, resample)
        checks.boolean("multiprocessing", multiprocessing)
        self.short_nan = checks.boolean("short_nan", short_nan)
        self._parts = PartMaker(
            self._row_values,
            whole=self.feature_level is FeatureLevel.Functionals,
            text_rate=sampling_rate,
            segment=segment,
            keep_nat=keep_nat,
            num_workers=num_workers,
            verbose=verbose,
            logged=self._log,
        )
        self.verbose = verbose
        self.name, self.params = "smile", self.to_dict(flatten=True)
        self.win_dur = self.hop_dur = None

    def __repr__(self) -> str:
        return f"Smile({self.feature_set.name}, {self.feature_level.name})"

    @property
    def config_name(self) -> str:
        """Give the name of the configuration file that opensmile-python runs for the set."""
        return self.feature_set.value.rpartition("/")[2]

    @property
    def arguments(self) -> dict[str, Any]:
        """Give the arguments on which the numbers depend, as JSON has them."""
        return {
            "feature_set": self.feature_set.name,
            "feature_level": self.feature_level.name,
            "options": {},
            "sampling_rate": self._wanted.sampling_rate,
            "channels": self._wanted.given,
            "mixdown": self._wanted.mixdown,
            "resample": self._wanted.resample,
            "short_nan": self.short_nan,
        }

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
        return 1 if self._wanted.mixdown else len(self._wanted.channels)

    @property
    def column_names(self) -> Any:
        """Give the columns of a table as pandas' Index; several channels have pairs."""
        if self.num_channels == 1:
            return tables.columns_of(self.feature_names)
        pairs = [(c, name) for c in self._wanted.channels for name in self.feature_names]
        return tables.pandas().MultiIndex.from_tuples(pairs)

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
        checks.number("sampling_rate", sampling_rate, above=0)
        mono = self._wanted.mono(with_channels(signal), sampling_rate)
        return np.stack([self._values(one, rate).T for one, rate in mono])

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
            They are seconds, text such as "200ms", or a number of samples as text, "3200".

        Returns
        -------
        pandas.DataFrame
            Its index has (file,) start and end.
        """
        parts = self._parts.of_signal(signal, sampling_rate, file, start, end)
        return tables.table(parts, self.column_names)

    def process_signal_from_index(self, signal: Any, sampling_rate: int, index: Any) -> Any:
        """Give the table of the parts of a signal that an index with start and end says.

        The index may begin with file, and may be one of files alone.
        """
        parts = self._parts.of_segments(tables.entries(index), signal, sampling_rate)
        return tables.table(parts, self.column_names)

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
        return tables.table(
            self._parts.of_files(jobs, root, skip=False), self.column_names, of_files=True
        )

    def process_folder(
        self, root: str | os.PathLike[str], *, filetype: str = "wav", include_root: bool = True
    ) -> Any:
        """Give one table of the files in a folder, in the order of their names.

        As in opensmile-python, files in folders inside it and hidden ones aren't taken. A file that
        can't be read is left out, with a warning. The index has absolute paths, or with
        ``include_root=False`` the names in the folder.
        """
        checks.boolean("include_root", include_root)
        folder, names = files_in(root, filetype)
        files = [os.path.join(folder, name) for name in names] if include_root else names
        jobs = [(name, None, None) for name in files]
        return tables.table(
            self._parts.of_files(jobs, folder, skip=True), self.column_names, of_files=True
        )

    def process_index(
        self,
        index: Any,
        *,
        preserve_index: bool = False,
        root: str | None = None,
        cache_root: str | None = None,
    ) -> Any:
        """Give the table of an index of files, or of files, starts and ends.

        Parameters
        ----------
        index : pandas.Index or iterable of paths
            It is an index of audformat: of files, or of files, starts and ends.
        preserve_index : bool
            If True, the table has this index instead of one with file, start and end.
        root : str or None
            It is put before the names of files to read them.
        cache_root : path or None
            The table is kept in this folder, as a file of NumPy's, and is read from there when the
            same files, unchanged, are asked for with the same settings.

        Raises
        ------
        AudioError
            If a file can't be read: it names the file.
        ParameterError
            If the index has other levels, can't be preserved because there are several rows for an
            entry, or a cache is asked for with a `segment`, whose settings aren't known.
        """
        checks.boolean("preserve_index", preserve_index)
        if isinstance(index, Iterator):
            index = list(index)
        jobs = tables.entries(index)
        frame = self._indexed(jobs, root, cache_root)
        if preserve_index and self._parts.segment is None:
            if len(frame) != len(jobs):
                rule = "False where an entry has several rows"
                checks.fail("preserve_index", rule, preserve_index)
            frame.index = index
        return frame

    def _indexed(self, jobs: list[Any], root: str | None, cache_root: Any) -> Any:
        """Give the table of the jobs, from the cache if it is there."""
        if cache_root is None:
            return tables.table(
                self._parts.of_files(jobs, root, skip=False), self.column_names, of_files=True
            )
        if self._parts.segment is not None:
            checks.fail("cache_root", "None if there is a segment", cache_root)
        settings = self.arguments | {"keep_nat": self._parts.keep_nat}
        path = cache.place(cache_root, settings, jobs, root)
        frame = cache.kept(path, self.column_names)
        if frame is None:
            frame = self._indexed(jobs, root, None)
            cache.keep(path, frame)
        return frame

    def _file_table(self, parts: list[Any]) -> Any:
        return tables.table(parts, self.column_names, of_files=True)

    def to_numpy(self, frame: Any) -> Any:
        """Give a table as an array of the shape that a call gives."""
        values = frame.to_numpy().reshape(len(frame), self.num_channels, self.num_features)
        return values.transpose(1, 2, 0)

    def _row_values(self, samples: Any, rate: float) -> Any:
        """Compute the values of all channels that are wanted, side by side."""
        mono = self._wanted.mono(samples, rate)
        return np.concatenate([self._values(one, made) for one, made in mono], axis=1)

    def _values(self, signal: Any, rate: float) -> Any:
        """Compute the values of a mono signal, shape (n_rows, num_features)."""
        least = numbers.shortest(rate)
        if len(signal) < least:
            ms = f"{1000 * len(signal) / rate:.0f} ms"
            done = "its row is NaN" if self.short_nan else "silence completes it"
            message = f"a signal of {ms} is shorter than 60 ms: {done}"
            self._log.write(log.REPLACED, message)
            warnings.warn(message, stacklevel=5)
            if self.short_nan:
                return np.full((1, self.num_features), np.nan, dtype=np.float32)
            signal = np.concatenate([signal, np.zeros(least - len(signal), signal.dtype)])
        if self.feature_level is FeatureLevel.Functionals:
            extended = self.feature_set is not FeatureSet.GeMAPSv01b
            return numbers.functionals(signal, rate, extended)[np.newaxis]
        return numbers.descriptors(signal, rate, tuple(self.feature_names))


def _each(values: Any, files: list[Any]) -> list[Any]:
    """Give one value for each file, from a single one or from a sequence."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        return [values] * len(files)
    given = list(values)
    if len(given) != len(files):
        checks.refuse("starts and ends", f"{len(files)}, one for each file", f"{len(given)}")
    return given

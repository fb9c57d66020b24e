"""Extractor: a FeatureSpec made ready to run. Immutable, so threads may share it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from . import _checks as checks
from . import backends
from .audio.preemphasis import Preemphasis, preemphasized
from .audio.resampling import checked_rate, resampled
from .audio.samples import converted
from .backends.interface import Run
from .backends.output import check_out
from .backends.stream import Stream
from .errors import ParameterError
from .features.catalogue import FEATURES
from .features.order import every_feature
from .features.spec import FeatureSpec
from .forking import forks_wait

__all__ = ["Extractor", "native_extractor"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Extractor:
    """Turns signals into rows of features.

    Parameters
    ----------
    spec : FeatureSpec
        What to compute. Tables are made once, here.
    backend : {"native", "numba", "reference"} or None
        What computes it; see docs/backends.md. None: what the environment variable
        SERFAST_BACKEND names, else "native".

    Raises
    ------
    ParameterError
        If spec isn't a FeatureSpec, its window is unknown, or there is no such back end.
    BackendError
        If the back end can't be loaded; the message says what to install.

    Warns
    -----
    UserWarning
        If a mel band holds no bin, or a frame fewer than two periods of the lowest F0.

    Notes
    -----
    A row depends on its own samples and the spec alone (a function of the previous spectrum: on
    the row before's samples too; ``top_db`` and ``ref="max"``: on all): a back end gives the same
    bits for any thread count and instruction set. Different back ends agree as closely as
    docs/backends.md says.

    Examples
    --------
    >>> import numpy as np, serfast
    >>> extractor = Extractor(serfast.FeatureSpec(features=[serfast.RMS()]))
    >>> rows = extractor(np.ones(16000, dtype=np.float32))
    >>> rows.shape, rows.dtype
    ((101, 1), dtype('float32'))
    """

    __slots__ = ("_backend", "_n_columns", "_run", "_spec")

    def __init__(self, spec: FeatureSpec, backend: str | None = None) -> None:
        messages: list[str] = []
        self._prepare(spec, backend, messages.append)
        for message in messages:
            warnings.warn(message, stacklevel=2)

    @classmethod
    def _without_warnings(cls, spec: FeatureSpec, backend: str) -> Extractor:
        """An extractor for a caller that has its own warnings for what the tables warn of."""
        extractor = cls.__new__(cls)
        extractor._prepare(spec, backend, lambda message: None)
        return extractor

    def _prepare(self, spec: FeatureSpec, backend: str | None, warn: checks.Warn) -> None:
        """Make the tables, and the back end ready to run them."""
        if not isinstance(spec, FeatureSpec):
            checks.fail("spec", "a FeatureSpec", spec)
        self._backend = backends.chosen(backend)
        self._spec = spec
        self._n_columns = len(spec.columns)
        make = _kept if self._backend == "native" and _is_small(spec) else _prepared
        self._run, messages = make(spec, self._backend)
        for message in messages:
            warn(message)

    @property
    def spec(self) -> FeatureSpec:
        """What is computed."""
        return self._spec

    @property
    def backend(self) -> str:
        """What computes it."""
        return self._backend

    @property
    def columns(self) -> tuple[str, ...]:
        """Name of every column of the rows."""
        return self._spec.columns

    def __repr__(self) -> str:
        return f"Extractor({self._spec!r}, backend={self._backend!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Extractor, (self._spec, self._backend)

    def __call__(
        self, signal: Any, out: Rows | None = None, *, sample_rate: float | None = None
    ) -> Rows:
        """All rows of a signal.

        Parameters
        ----------
        signal : array_like of float32, float64 or int16, shape (n_samples,)
            Samples at ``spec.sample_rate``; int16 is divided by 32768. Any strides; never
            written to.
        out : ndarray of float32, shape (n_rows, n_columns), C-contiguous, optional
            Where to put the rows; it is returned. ``spec.frame_count(n_samples)`` says n_rows, for
            the number of samples at the spec's rate.
        sample_rate : float, optional
            Of the signal [Hz]; if it is another than the spec's, the signal is resampled with soxr.
            An array doesn't know its rate: without this it is taken to be the spec's.

        Returns
        -------
        ndarray of float32, shape (n_rows, n_columns), C-contiguous
            Time on axis 0, ``spec.columns`` on axis 1.

        Raises
        ------
        ParameterError
            If the signal is empty, not one-dimensional, of another dtype, holds NaN or infinity,
            or is shorter than a left-aligned frame; if `out` doesn't fit; or if the sample rate is
            more than a factor of 256 from the spec's. `out` is untouched then.
        ImportError
            If the signal must be resampled and soxr is missing.
        """
        if sample_rate is not None:
            signal = resampled(signal, sample_rate, self._spec.sample_rate)
        samples, array = converted(signal)
        spec = self._spec
        if spec.signal_preemphasis:
            samples = preemphasized(samples, spec.signal_preemphasis)
        n_rows = spec.frame_count(len(samples))
        if n_rows == 0:
            reason = "the longest frame, center=False"
            for name in ("min_row_samples", "first_row_samples"):
                reason = name if getattr(spec, name) is not None else reason
            checks.refuse(
                "signal",
                f"at least {spec.grid.shortest} samples long ({reason})",
                f"{len(samples)} samples",
            )
        fits = None if out is None else check_out(out, self._n_columns, n_rows)
        rows = np.empty((n_rows, self._n_columns), np.float32) if fits is None else fits
        bad = self._run(samples, rows)
        if bad is not None:
            checks.refuse_sample("signal", array, bad)
        return rows

    def stream(self, sample_rate: float | None = None) -> Stream:
        """A stream of its own state, over the tables of this extractor.

        Parameters
        ----------
        sample_rate : float, optional
            Of the chunks [Hz]; another than the spec's is resampled on the way, with soxr.

        Returns
        -------
        Stream

        Raises
        ------
        ParameterError
            If a feature needs the whole signal (``top_db``, ``ref="max"``), or a centred one is
            padded with "reflect".
        BackendError
            If the back end has no streams.
        """
        return _checked_stream(self._spec, self._run, sample_rate)

    def map(
        self, signals: Iterable[Any], threads: int = 1, *, sample_rate: float | None = None
    ) -> list[Rows]:
        """Rows of many signals, computed by several threads.

        Parameters
        ----------
        signals : iterable of array_like
            As in a call.
        threads : int
            Threads, >= 1. The engine releases the GIL.
        sample_rate : float, optional
            Of all signals [Hz], as in a call.

        Returns
        -------
        list of ndarray
            Rows of each signal, in order: bit for bit what one thread gives.

        Raises
        ------
        ParameterError
            As in a call; that of the first signal in order that has one.
        """
        checks.integer("threads", threads)
        rows_of = partial(self, sample_rate=sample_rate)
        if threads == 1:
            return [rows_of(signal) for signal in signals]
        return _shared_out(rows_of, list(signals), threads)


def _prepared(spec: FeatureSpec, backend: str) -> tuple[Run, tuple[str, ...]]:
    """Make the tables, and the back end ready to run them; give the warnings as well."""
    with forks_wait:
        from .program.planner import program_of  # heavy: 4 ms that `import serfast` needn't wait

    prepare = backends.get(backend)
    messages: list[str] = []
    program = program_of(spec, messages.append)
    return prepare(program), tuple(messages)


_kept = lru_cache(maxsize=16)(_prepared)
"""The last specs' engines, which never change: the second extractor of a spec needs no tables."""

SMALL_FRAME, SMALL_ROW = 2**13, 2**11
"""Samples of a frame and columns of a row up to which an engine is kept: it has a few MB then."""


def _is_small(spec: FeatureSpec) -> bool:
    """Tell whether the spec's engine may be kept: nothing large, and no function of a package."""
    built_in = set(FEATURES.values())
    return len(spec.columns) <= SMALL_ROW and all(
        type(feature) in built_in and getattr(feature, "n_fft", feature.length) <= SMALL_FRAME
        for feature in every_feature(spec.features)
    )


def _shared_out(function: Callable[[Any], Rows], signals: list[Any], threads: int) -> list[Rows]:
    """Every signal's rows. A thread that is done takes the next signal; this one works too.

    Handing each signal to a pool as a task of its own would cost as much as some seconds of speech.
    """
    with forks_wait:
        from concurrent.futures import ThreadPoolExecutor  # heavy: 3 ms, for several threads only

    rows: dict[int, Rows] = {}
    failures: dict[int, BaseException] = {}
    places = iter(range(len(signals)))  # its next() is atomic

    def work() -> None:
        while not failures and (i := next(places, None)) is not None:
            try:
                rows[i] = function(signals[i])
            except BaseException as error:  # raised below, in the caller's thread
                failures[i] = error

    with ThreadPoolExecutor(max(1, threads - 1)) as pool:
        for _ in range(min(threads, len(signals)) - 1):
            pool.submit(work)
        work()
    for i in sorted(failures):
        raise failures[i]
    return [rows[i] for i in range(len(signals))]


def native_extractor(spec: bytes) -> Extractor:
    """Make the extractor of a spec's JSON for C programs, whatever SERFAST_BACKEND says."""
    wanted = FeatureSpec.from_json(spec)
    if wanted.signal_preemphasis:
        rule = "0 in a C program, which must pre-emphasise its samples before"
        checks.fail("signal_preemphasis", rule, wanted.signal_preemphasis)
    return Extractor(wanted, "native")


def _checked_stream(spec: FeatureSpec, run: Run, sample_rate: float | None = None) -> Stream:
    """A stream for a spec, if it can be streamed; of chunks at `sample_rate`, if that is another.

    Raises
    ------
    ParameterError
        If a feature needs the whole signal, or padding mirrors what hasn't arrived yet.
    BackendError
        If the back end can't stream.
    """
    for feature in spec.whole_signal:
        advice = f": {feature.for_streams}" if feature.for_streams else ""
        raise ParameterError(
            f"features of a stream must not depend on the whole signal, got {feature!r}{advice}"
        )
    if spec.center:
        for feature in every_feature(spec.features):
            if (feature.pad_mode or spec.pad_mode) == "reflect":
                raise ParameterError(
                    "pad_mode of a stream must be 'constant', 'edge' or 'symmetric', got "
                    "'reflect': the end can't be mirrored before it is known; center=False needs "
                    "no padding"
                )
    stream = run.stream(spec)
    if spec.signal_preemphasis:
        stream.resample_with(Preemphasis(spec.signal_preemphasis))
    if sample_rate is None or sample_rate == spec.sample_rate:
        return stream
    stream.resample_from(checked_rate(sample_rate, spec.sample_rate))
    return stream

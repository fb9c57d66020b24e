"""The online classes take samples in pieces and keep the rows until they are popped."""

from __future__ import annotations

import operator
from functools import lru_cache
from typing import Any

import numpy as np

from ...extractor import Extractor
from ...features.spec import FeatureSpec
from .options import FbankOptions, FrameExtractionOptions, MfccOptions, WhisperFeatureOptions
from .specs import fbank_spec, mfcc_spec, whisper_spec

__all__ = ["OnlineFbank", "OnlineMfcc", "OnlineWhisperFbank"]

Row = np.ndarray[Any, np.dtype[np.float32]]


@lru_cache(maxsize=32)
def _extractor(spec: FeatureSpec) -> Extractor:
    """Give the extractor of a spec; its tables are made once for all objects."""
    return Extractor(spec)


class Online:
    """An online feature takes samples in pieces of any size and keeps its rows."""

    __slots__ = ("_dim", "_finished", "_popped", "_rate", "_rows", "_shift", "_stream")

    def __init__(self, spec: FeatureSpec, frame_shift_ms: float) -> None:
        self._stream = _extractor(spec).stream()
        self._dim = len(spec.columns)
        self._rate = float(spec.sample_rate)
        self._shift = frame_shift_ms / 1000
        self._rows: list[Row] = []
        self._popped = 0
        self._finished = False

    @property
    def dim(self) -> int:
        """Give the number of columns."""
        return self._dim

    @property
    def frame_shift_in_seconds(self) -> float:
        """Give the time from a row to the next one [s]."""
        return self._shift

    @property
    def num_frames_ready(self) -> int:
        """Give the number of rows so far; those that were popped count."""
        return self._popped + len(self._rows)

    def accept_waveform(self, sampling_rate: float, waveform: Any) -> None:
        """Take the next samples, and compute the rows that they complete.

        Parameters
        ----------
        sampling_rate : float
            It must be that of the options [Hz].
        waveform : array_like, shape (n,)
            The samples count as they are, whatever their type: nothing scales them.

        Raises
        ------
        TypeError
            If they have more than one dimension, or aren't numbers.
        ValueError
            If the rate is another one, or a sample is NaN or infinite.
        RuntimeError
            If the input has finished.
        """
        samples = waveform
        if type(samples) is not np.ndarray or samples.dtype != np.float32:
            samples = np.asarray(waveform)
            if samples.dtype.kind == "c":
                raise TypeError("waveform must be real numbers, got complex ones")
            samples = samples.astype(np.float32)
        if samples.ndim != 1:
            raise TypeError(f"waveform must have 1 dimension, got {samples.ndim}")
        if not len(samples):
            return
        if self._finished:
            raise RuntimeError("accept_waveform was called after input_finished")
        if sampling_rate != self._rate:
            raise ValueError(
                f"sampling_rate must be that of the options, {self._rate:g}, got {sampling_rate!r}"
            )
        self._rows.extend(self._stream.accept(samples))

    def input_finished(self) -> None:
        """End the signal; frames that reach past its end are computed if edges aren't snipped."""
        if not self._finished:
            self._finished = True
            self._rows.extend(self._stream.flush())

    def is_last_frame(self, frame: int) -> bool:
        """Tell whether this is the last row of a signal that has ended."""
        return self._finished and frame == self.num_frames_ready - 1

    def get_frame(self, frame: int) -> Row:
        """Give a row, shape (dim,).

        Raises
        ------
        RuntimeError
            If it was popped, or its number is negative.
        IndexError
            If it isn't there yet.
        """
        place = operator.index(frame) - self._popped
        if frame < 0:
            raise RuntimeError(f"frame must be >= 0, got {frame}")
        if place < 0:
            raise RuntimeError(f"frame {frame} was popped: the first one left is {self._popped}")
        if place >= len(self._rows):
            raise IndexError(f"frame must be < {self.num_frames_ready}, got {frame}")
        return self._rows[place]

    def pop(self, n: int) -> None:
        """Forget the first n rows that are left; the others keep their numbers."""
        n = min(max(operator.index(n), 0), len(self._rows))
        del self._rows[:n]
        self._popped += n


class OnlineFbank(Online):
    """Filter banks of a signal that comes in pieces.

    Parameters
    ----------
    opts : FbankOptions
    """

    __slots__ = ()

    def __init__(self, opts: FbankOptions) -> None:
        if not isinstance(opts, FbankOptions):
            raise TypeError(f"opts must be FbankOptions, got {type(opts).__name__}")
        super().__init__(fbank_spec(opts), opts.frame_opts.frame_shift_ms)


class OnlineMfcc(Online):
    """Cepstral coefficients of a signal that comes in pieces.

    Parameters
    ----------
    opts : MfccOptions
    """

    __slots__ = ()

    def __init__(self, opts: MfccOptions) -> None:
        if not isinstance(opts, MfccOptions):
            raise TypeError(f"opts must be MfccOptions, got {type(opts).__name__}")
        super().__init__(mfcc_spec(opts), opts.frame_opts.frame_shift_ms)


class OnlineWhisperFbank(Online):
    """Whisper's power in mel bands, before the logarithm, of a signal that comes in pieces.

    Parameters
    ----------
    opts : WhisperFeatureOptions
        Of its frame options nothing counts; versions before 1.18 took these alone.
    """

    __slots__ = ()

    def __init__(self, opts: WhisperFeatureOptions | FrameExtractionOptions) -> None:
        if isinstance(opts, FrameExtractionOptions):
            opts = WhisperFeatureOptions(opts)
        if not isinstance(opts, WhisperFeatureOptions):
            raise TypeError(f"opts must be WhisperFeatureOptions, got {type(opts).__name__}")
        super().__init__(whisper_spec(opts), 10.0)

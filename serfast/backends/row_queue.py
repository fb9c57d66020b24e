"""A row queue takes samples in pieces and keeps their rows until they are popped.

It is what kaldi-native-fbank's online classes are. The native module has the same class in
ext/row_queue.pxi, whose calls cost less than a row; this one serves the other back ends.
"""

from __future__ import annotations

import operator
from typing import Any, NoReturn

import numpy as np

from ..audio.samples import as_array
from .stream import Stream

__all__ = ["RowQueue", "real_numbers", "refuse_frame"]

Row = np.ndarray[Any, np.dtype[np.float32]]


class RowQueue:
    """A row queue has a stream, and the rows that it gave so far.

    Parameters
    ----------
    stream : Stream
    rate : float
        The sample rate that every piece must name [Hz].
    shift : float
        The time from a row to the next one [s].
    """

    __slots__ = ("_finished", "_popped", "_rate", "_rows", "_shift", "_stream")

    def __init__(self, stream: Stream, rate: float, shift: float) -> None:
        self._stream, self._rate, self._shift = stream, rate, shift
        self._rows: list[Row] = []
        self._popped = 0
        self._finished = False

    def __reduce__(self) -> NoReturn:
        raise TypeError("an online feature can't be pickled: pickle its options")

    @property
    def dim(self) -> int:
        """Give the number of columns."""
        return len(self._stream.columns)

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
            If they have more than one dimension, or aren't real numbers.
        ValueError
            If the rate is another one, or a sample is NaN or infinite.
        RuntimeError
            If the input has finished.
        """
        samples = real_numbers(waveform)
        if not len(samples):
            return
        if sampling_rate != self._rate:
            raise ValueError(
                f"sampling_rate must be that of the options, {self._rate:g}, got {sampling_rate!r}"
            )
        if self._finished:
            raise RuntimeError("accept_waveform was called after input_finished")
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
        frame = operator.index(frame)
        if not self._popped <= frame < self.num_frames_ready:
            refuse_frame(frame, self._popped, self.num_frames_ready)
        return self._rows[frame - self._popped]

    def pop(self, n: int) -> None:
        """Forget the first n rows that are left; the others keep their numbers."""
        n = min(max(operator.index(n), 0), len(self._rows))
        del self._rows[:n]
        self._popped += n


def real_numbers(waveform: Any) -> Row:
    """Give real numbers of any type as float32, none of them scaled.

    Raises
    ------
    TypeError
        If they have more than one dimension, or aren't real numbers.

    Examples
    --------
    >>> real_numbers([1, 32767, 0.5]).tolist()
    [1.0, 32767.0, 0.5]
    """
    try:
        array = as_array(waveform, "waveform")
        if array.dtype.kind not in "biufO":
            raise TypeError(f"waveform must be real numbers, got dtype {array.dtype}")
        with np.errstate(over="ignore"):
            samples = array.astype(np.float32, order="C")
    except ValueError as error:  # a ragged list
        raise TypeError(f"waveform must be real numbers, got {error}") from error
    if samples.ndim != 1:
        raise TypeError(f"waveform must have 1 dimension, got {samples.ndim}")
    return samples


def refuse_frame(frame: int, popped: int, ready: int) -> NoReturn:
    """Raise the error of a row that isn't there: kaldi-native-fbank has these types."""
    if frame < 0:
        raise RuntimeError(f"frame must be >= 0, got {frame}")
    if frame < popped:
        raise RuntimeError(f"frame {frame} was popped: the first one left is {popped}")
    raise IndexError(f"frame must be < {ready}, got {frame}")

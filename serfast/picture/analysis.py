"""A recording is analysed for its picture: spectrogram, F0, formants, loudness and emotions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..audio.resampling import at_rate
from ..audio.samples import as_samples
from ..extractor import Extractor
from ..features.catalogue import F0, Formants, Loudness, PowerSpectrum
from ..features.spec import FeatureSpec
from ..streaming.events import Event

if TYPE_CHECKING:
    from ..recognizer import Recognizer

__all__ = ["FORMANTS", "LONGEST", "RANGE_DB", "Analysis", "analysed"]

Array = np.ndarray[Any, Any]

RATE = 16000
"""The recording is analysed at this rate [Hz], as models hear it."""

HOP = 160
COLUMNS = 1500
"""A spectrogram has about so many columns at most: more than these are no finer in a picture."""

WIDTH = 80
"""The window of the spectrogram has so many samples, 5 ms: formants show, harmonics don't."""

LONGEST = 600.0
"""A longer stretch is refused [s]: nothing could be told apart in its picture."""

RANGE_DB = 70.0
FORMANTS = 3


@dataclass(frozen=True, eq=False)
class Analysis:
    """An analysis holds what a picture of a recording shows.

    Parameters
    ----------
    begin, end : float
        This stretch of the recording is shown [s].
    samples : ndarray of float32, shape (n,)
        They are at 16 kHz.
    levels : ndarray of float32, shape (n_columns, n_bins)
        The spectrogram [dB], with 6 dB more for every octave; 0 is its largest value.
    frequencies : ndarray, shape (n_bins,)
        They are those of its bins [Hz].
    times : ndarray, shape (n_rows,)
        They are those of the rows [s].
    f0, voicing, loudness : ndarray, shape (n_rows,)
        F0 is NaN in unvoiced rows [Hz].
    formants : ndarray, shape (n_rows, 3)
        They are NaN in unvoiced rows [Hz].
    events : tuple of Event
        They are what a model hears; the windows of two may overlap.
    """

    begin: float
    end: float
    samples: Array
    levels: Array
    frequencies: Array
    times: Array
    f0: Array
    voicing: Array
    loudness: Array
    formants: Array
    events: tuple[Event, ...]


def analysed(
    y: Any,
    sample_rate: float,
    *,
    begin: float = 0.0,
    duration: float | None = None,
    recognizer: Recognizer | None = None,
) -> Analysis:
    """Analyse a recording, or a stretch of it.

    Parameters
    ----------
    y : array_like of float32, float64 or int16, shape (n,)
    sample_rate : int
        It is that of y [Hz].
    begin : float
        The stretch begins here [s], >= 0 and before the end.
    duration : float, optional
        It is as long as this [s], > 0; by default it goes on to the end. 10 minutes are the most.
    recognizer : Recognizer, optional
        Its events are shown: of windows of 3 s, every 0.5 s, where there is speech; of a shorter
        stretch, one.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or the stretch is empty or too long.
    """
    samples = as_samples(y, "y")
    checks.number("sample_rate", sample_rate, above=0)
    whole = len(samples) / sample_rate
    checks.number("begin", begin, minimum=0)
    end = whole if duration is None else begin + checks.number("duration", duration, above=0)
    if begin >= whole:
        checks.fail("begin", f"before the end of the recording, {whole:.6g} s", begin)
    end = min(end, whole)
    if end - begin > LONGEST:
        rule = f"at most {LONGEST:g} s in one picture (give begin and duration)"
        checks.refuse("recording", rule, f"{end - begin:.6g} s")
    first = min(round(begin * sample_rate), len(samples) - 1)
    part = samples[first : max(round(end * sample_rate), first + 1)]
    events = () if recognizer is None else _events(recognizer, part, sample_rate, begin)
    return _measured(at_rate(part, sample_rate, RATE), begin, end, events)


def _measured(y: Array, begin: float, end: float, events: tuple[Event, ...]) -> Analysis:
    spec = FeatureSpec(sample_rate=RATE, hop_length=HOP, features=(F0(), Formants(n=3), Loudness()))
    rows = Extractor(spec)(y)
    columns = {name: rows[:, i] for i, name in enumerate(spec.columns)}
    is_voiced = columns["f0"] > 0
    formants = np.stack([columns[f"f{k + 1}"] for k in range(FORMANTS)], axis=1)
    levels, frequencies = _spectrogram(y)
    return Analysis(
        begin=begin,
        end=end,
        samples=y,
        levels=levels,
        frequencies=frequencies,
        times=begin + np.arange(len(rows)) * HOP / RATE,
        f0=np.where(is_voiced, columns["f0"], np.nan),
        voicing=columns["voicing"],
        loudness=columns["loudness"],
        formants=np.where(is_voiced[:, np.newaxis] & (formants > 0), formants, np.nan),
        events=events,
    )


def _spectrogram(y: Array) -> tuple[Array, Array]:
    """Give levels [dB] below the largest one, and the frequencies of the bins."""
    n_fft = 512
    hop = max(32, -(-len(y) // COLUMNS))
    feature = PowerSpectrum(n_fft=n_fft, win_length=WIDTH, preemphasis=0.97)
    spec = FeatureSpec(sample_rate=RATE, hop_length=hop, features=(feature,))
    peak = max(float(np.abs(y).max()), 1.0)  # so that the power of loud samples is finite
    power = Extractor(spec)(y / np.float32(peak))
    largest = max(float(power.max()), 1e-20)
    levels = 10 * np.log10(np.maximum(power / largest, 10 ** (-RANGE_DB / 10)))
    return levels, np.arange(n_fft // 2 + 1) * RATE / n_fft


def _events(
    recognizer: Recognizer, y: Array, sample_rate: float, begin: float
) -> tuple[Event, ...]:
    """Give the events of a stretch, at the times of the recording."""
    stream = recognizer.stream(sample_rate=sample_rate)
    events = [*stream.accept(y), *stream.flush()]
    return tuple(
        Event(
            start=begin + event.start,
            end=begin + event.end,
            label=event.label,
            probabilities=event.probabilities,
            voiced=event.voiced,
            uncertain=event.uncertain,
        )
        for event in events
    )

"""The packages that are measured: a file for each, loaded only in the process of that package.

Such a file has

`DISTRIBUTION`, `INSTALL`
    The name under which the package is installed, and how to install it.
`MAKE`
    For each kind of work that it can do, a function of (work, signal) that makes everything ready
    and gives the call to be timed.
`ROWS`
    For each kind whose result isn't rows × columns in the work's unit, a function that makes it so.
`EXACT`
    For each kind, a function of (work, signal) that gives what the result would be without
    rounding: a FeatureSpec for the float64 reference, an array, or, where the parameters can't be
    made the same, a sentence that says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from ..works import Work

if TYPE_CHECKING:
    import serfast

Array = np.ndarray[Any, np.dtype[Any]]
Call: TypeAlias = Callable[[], Any]
Make: TypeAlias = Callable[[Work, Array], Call]
Exact: TypeAlias = "Callable[[Work, Array], serfast.FeatureSpec | Array | str]"


class Subject(Protocol):
    """What such a file has."""

    DISTRIBUTION: str
    INSTALL: str
    MAKE: dict[str, Make]
    ROWS: dict[str, Callable[[Any], Array]]
    EXACT: dict[str, Exact]


SEPARATELY = "as those of its columns one by one"
"""What is said about the error of a whole row."""

LIBROSAS = "equal; see docs/librosa.md"
"""What is said where both give librosa's numbers."""

NAMES = (
    "serfast",
    "librosa",
    "audioflux",
    "kaldi_native_fbank",
    "asrfront",
    "specux",
    "torchaudio",
    "libsonare",
    "essentia",
    "python_speech_features",
    "aubio_yinfft",
    "aubio_yinfast",
    "pyfftw",
    "mkl_fft",
)

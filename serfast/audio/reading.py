"""Reading recordings: a file becomes mono samples, whole or piece by piece, at the rate wanted.

Everything behind this module takes one kind of signal: one-dimensional float32, full scale at 1.
soundfile (libsndfile) or PyAV (FFmpeg) decodes and soxr resamples; each is imported when it is
first used. docs/formats.md says which formats are read how.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._checks import fail, integer
from ..errors import AudioError
from .decoder import Decoder, Signal, Source, decoder_of
from .resampling import LARGEST_RATIO, far_apart, resampler, whole_rate
from .samples import as_samples

__all__ = ["Source", "blocks", "blocks_at", "load"]

_BLOCK = 1 << 16


def load(path: Source | NDArray[Any], sample_rate: float | None = None) -> tuple[Signal, int]:
    """Read a recording as mono float32 samples.

    Channels are averaged. The recording is resampled with soxr ("HQ") if `sample_rate` asks for
    another rate than its own.

    Parameters
    ----------
    path : path, bytes, binary file object or numpy.ndarray
        WAV, FLAC, OGG (Vorbis, Opus), MP3, AIFF and whatever else libsndfile reads; with PyAV
        (``pip install av``) also m4a, AAC, mp4, WebM, AMR, wma and the like. Bytes are
        a file's content. A file object is read from its start; one that can't seek, and a pipe's
        path, is read to its end first, or up to 2 GiB. An array (float32, float64 or int16) is a
        signal already at `sample_rate`, which must then be given.
    sample_rate : int, optional
        Sample rate of the result [Hz], a whole number; default: the recording's own.

    Returns
    -------
    y : numpy.ndarray, shape (n_samples,), float32
        The samples, full scale at ±1 (lossy formats may exceed it a little).
    sample_rate : int
        Their rate [Hz].

    Raises
    ------
    AudioError
        The file is missing, a folder, a device, a pipe that nobody writes to, not audio, can't be
        read, is shorter than its header says, holds no samples, one that isn't finite (the message
        has its index), or several recordings at different rates. The message names the file.
        docs/formats.md says where a cut-off file is noticed; in other formats it may pass for a
        shorter one.
    MissingDecoderError
        Only PyAV can read the file, and it isn't installed.
    ParameterError
        An argument breaks its rule.
    ImportError
        soundfile or soxr is missing; the message says what to install.

    Warns
    -----
    AudioWarning
        Bytes of the file that belong to no recording are passed over, or it ends within a frame.

    Examples
    --------
    >>> import io, soundfile
    >>> wav = io.BytesIO()
    >>> soundfile.write(wav, [[0.5, 0.0], [0.25, 0.25]], 8000, format="WAV")
    >>> y, sample_rate = load(wav)
    >>> y.tolist(), sample_rate
    ([0.25, 0.25], 8000)
    """
    target = _optional_rate(sample_rate)
    if isinstance(path, np.ndarray):
        if target is None:
            fail("sample_rate", "an int >= 1 when path is an array", sample_rate)
        return as_samples(path, "path"), target
    with closing(decoder_of(path)) as decoder:
        parts = list(blocks_at(decoder, target, _BLOCK))
        return np.concatenate(parts), target or decoder.sample_rate


def blocks(path: Source, sample_rate: float | None = None, block: int = _BLOCK) -> Iterator[Signal]:
    """Read a recording piece by piece, in constant memory; the pieces joined are `load`'s samples.

    Parameters
    ----------
    path : path, bytes or binary file object
        As for `load`.
    sample_rate : int, optional
        Sample rate of the pieces [Hz]; default: the recording's own.
    block : int
        Most samples to decode at once, at the recording's own rate.

    Yields
    ------
    numpy.ndarray, shape (n,), float32
        Never empty; of varying length when the recording is resampled.

    Raises
    ------
    AudioError, ParameterError, ImportError
        As `load`. Arguments are checked at once, the file as far as it has been read.

    Examples
    --------
    >>> import io, soundfile
    >>> wav = io.BytesIO()
    >>> soundfile.write(wav, [0.0] * 1000, 8000, format="WAV")
    >>> [len(piece) for piece in blocks(wav, block=400)]
    [400, 400, 200]
    """
    return _opened_blocks(path, _optional_rate(sample_rate), integer("block", block))


def _opened_blocks(path: Source, target: int | None, block: int) -> Iterator[Signal]:
    with closing(decoder_of(path)) as decoder:
        yield from blocks_at(decoder, target, block)


def blocks_at(decoder: Decoder, target: int | None, block: int) -> Iterator[Signal]:
    """Give an open recording's pieces at the rate `target`; at least one."""
    rate, pieces = decoder.sample_rate, decoder.blocks(block)
    if target is None or target == rate:
        yield from pieces
        return
    if far_apart(rate, target):
        limit = f"more than a factor of {LARGEST_RATIO} from {target} Hz"
        raise AudioError(f"{decoder.name}: its sample rate of {rate} Hz is {limit}")
    stream = resampler(rate, target)
    any_sample = False
    for piece in _then_none(pieces):
        chunk = np.empty(0, np.float32) if piece is None else piece
        resampled = stream.resample_chunk(chunk, last=piece is None)
        if resampled.size:
            any_sample = True
            yield resampled
    if not any_sample:
        raise AudioError(f"{decoder.name}: too short to leave a sample at {target} Hz")


def _then_none(pieces: Iterator[Signal]) -> Iterator[Signal | None]:
    yield from pieces
    yield None


def _optional_rate(sample_rate: float | None) -> int | None:
    return None if sample_rate is None else whole_rate("sample_rate", sample_rate)

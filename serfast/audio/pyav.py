"""FFmpeg's libraries, through PyAV: what libsndfile can't read (m4a, AAC, mp4, WebM, AMR, wma …).

Of several audio streams FFmpeg chooses the best. Encoders put some samples in front and behind;
where the container says how many (an edit list in MPEG-4, the codec's delay and the padding in
Matroska), they are left out, so that the length is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from ..errors import AudioError, MissingDecoderError
from ..forking import forks_wait
from .content import Content, Pieces, Span
from .sndfile import Frames
from .sniffing import Kind

__all__ = ["PyAvFile"]

_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "flt": 1.0, "dbl": 1.0}
"""Full scale of FFmpeg's sample formats."""
_SLACK = 0.1
"""How much shorter than its header says a recording may be [s]: headers round up to frames."""
_COUNTED = ("mov", "asf", "avi", "flv")
"""Demuxers of containers that say how long a stream is; for others FFmpeg guesses."""
_MATROSKA_DURATION = (b"\x44\x89\x84", b"\x44\x89\x88")
"""Names of the field for the whole file; it may be missing, and FFmpeg guesses then."""
_HEADER = 1 << 12


class PyAvFile:
    """A recording, open.

    Raises
    ------
    MissingDecoderError
        PyAV isn't installed.
    AudioError
        The recording can't be read, holds no sound, or is damaged.
    """

    def __init__(self, content: Content, kind: Kind) -> None:
        self.name = content.name
        self._content = content
        self._kind = kind
        self._av = _library(content.name, kind)
        self._view = Pieces(content, (Span(0, content.length),))
        try:
            self._container = self._av.open(self._view, format=kind.demuxer)
        except (self._av.FFmpegError, ValueError, LookupError) as error:
            raise self._damage(error) from error
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Decode the first frame: its rate is right, the stream's is half of it in HE-AAC."""
        if not self._container.streams.audio:
            raise AudioError(f"{self.name}: has no sound in it ({self._kind.title})")
        stream = self._container.streams.best("audio") or self._container.streams.audio[0]
        self._promised = self._duration(stream)
        decoded = self._decoded(stream)
        first = next(decoded, None)
        if first is None:
            raise AudioError(f"{self.name}: holds no samples")
        if (kind := first.format.name).removesuffix("p") not in _SCALES:
            raise AudioError(f"{self.name}: holds samples ({kind}) that PyAV makes no array of")
        self.sample_rate = int(first.sample_rate)
        self._decoded_frames = chain([first], decoded)

    def close(self) -> None:
        """Close what was opened here; the content stays open."""
        self._container.close()

    def frames(self, block: int) -> Iterator[Frames]:
        """Give the samples of all channels, shape (n, n_channels), up to `block` at once."""
        n_read = 0
        exact = self._kind.demuxer == "mov" and self._promised > 0
        limit = round(self._promised * self.sample_rate) if exact else None
        for frame in self._decoded_frames:
            if frame.sample_rate != self.sample_rate:
                change = f"{frame.sample_rate} Hz, not {self.sample_rate} Hz"
                raise AudioError(f"{self.name}: goes on at {change} after {n_read} samples")
            samples = _samples(frame)
            if limit is not None:
                samples = samples[: max(0, limit - n_read)]
            n_read += len(samples)
            for start in range(0, len(samples), block):
                yield samples[start : start + block]
        seconds = n_read / self.sample_rate
        if seconds + _SLACK < self._promised:
            promise = f"of the {self._promised:.2f} s that its header promises"
            raise AudioError(f"{self.name}: is cut off after {seconds:.2f} s {promise}")

    def _decoded(self, stream: Any) -> Iterator[Any]:
        try:
            yield from self._container.decode(stream)
        except (self._av.FFmpegError, ValueError, LookupError) as error:
            raise self._damage(error) from error
        if self._view.failure is not None:
            raise self._view.failure

    def _duration(self, stream: Any) -> float:
        """Give the seconds that the container promises, 0 if it doesn't."""
        if self._kind.demuxer in _COUNTED and stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if self._kind.demuxer != "matroska" or len(self._container.streams) > 1:
            return 0.0
        is_promised = any(self._content.find(name, 0, _HEADER) > 0 for name in _MATROSKA_DURATION)
        return (self._container.duration or 0) / self._av.time_base if is_promised else 0.0

    def _damage(self, error: Exception) -> BaseException:
        if self._view.failure is not None:
            return self._view.failure
        reason = getattr(error, "strerror", None) or str(error)
        return AudioError(f"{self.name}: is damaged or cut off ({self._kind.title}: {reason:.100})")


def _samples(frame: Any) -> Frames:
    """Give a frame's samples as float32, one column a channel, full scale at 1."""
    kind = frame.format.name.removesuffix("p")
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    if kind == "u8":
        values = values.astype(np.float32) - np.float32(128)
    scaled = values if _SCALES[kind] == 1 else values / np.float64(_SCALES[kind])
    return np.ascontiguousarray(scaled.T, dtype=np.float32)


def _library(name: str, kind: Kind) -> Any:
    try:
        with forks_wait:
            import av  # optional: the extra serfast[av]; libsndfile reads the usual formats
    except ImportError as error:
        hint = f"needs PyAV: pip install av ({error})"
        raise MissingDecoderError(f"{name}: is {kind.title}, which {hint}") from error
    return av

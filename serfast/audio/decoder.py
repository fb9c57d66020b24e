"""One recording, decoded: opened, checked, read piece by piece, by the library that can read it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from ..errors import AudioError, MissingDecoderError
from .containers import Part, after_tags, read_parts
from .content import Content, Span
from .pyav import PyAvFile
from .recording import Recording, Source, opened
from .remarks import warn_of
from .sndfile import Frames, Refusal, SndFile, recognises
from .sniffing import HEAD, Kind, kind_of

__all__ = ["Decoder", "Signal", "Source", "decoder_of", "first_not_finite", "is_recording"]

Signal = NDArray[np.float32]


class Decoder:
    """An open recording.

    Parameters
    ----------
    recording : Recording
        It is closed with the decoder, and if this fails.
    parts : list of Part, optional
        What to decode of it; default: what its container says.

    Raises
    ------
    AudioError
        If it can't be read.
    """

    def __init__(self, recording: Recording, parts: list[Part] | None = None) -> None:
        self._recording = recording
        self.name = recording.content.name
        try:
            self._parts = self._checked_parts() if parts is None else parts
            self._first = self._first_file()
        except BaseException:
            recording.content.close()
            raise
        self.sample_rate = self._first.sample_rate

    def close(self) -> None:
        """Close what was opened here."""
        self._first.close()
        self._recording.content.close()

    def blocks(self, block: int) -> Iterator[Signal]:
        """Decode up to `block` samples at once: the mean of the channels, checked."""
        n_samples = 0
        for frames in self._frames(block):
            with np.errstate(over="ignore", invalid="ignore"):  # reported just below
                y = frames.mean(axis=1)
            if (index := first_not_finite(y)) is not None:
                where = f"sample {n_samples + index}"
                raise AudioError(f"{self.name}: {where} is not a finite float32")
            n_samples += y.size
            yield y
        if not n_samples:
            raise AudioError(f"{self.name}: holds no samples")

    def _frames(self, block: int) -> Iterator[Frames]:
        """Decode part by part."""
        yield from self._first.frames(block)
        for part in self._parts[1:]:
            with closing(SndFile(self._recording, part)) as file:
                if file.refusal is not None:
                    raise AudioError(f"{self.name}: its next recording is {_named(file.refusal)}")
                if file.sample_rate != self.sample_rate:
                    rates = f"at {self.sample_rate} Hz and at {file.sample_rate} Hz"
                    raise AudioError(f"{self.name}: holds several recordings, {rates}")
                yield from file.frames(block)

    def _checked_parts(self) -> list[Part]:
        parts, remark = read_parts(self._recording.content)
        for part in parts:
            if part.lack:
                raise AudioError(f"{self.name}: is cut off: {part.lack}")
        for text in filter(None, (*(part.doubt for part in parts), remark)):
            warn_of(self.name, text)
        return parts or [Part((Span(0, self._recording.content.length),), is_known=False)]

    def _first_file(self) -> SndFile | PyAvFile:
        """Open the first part with libsndfile, or the whole recording with PyAV."""
        file = SndFile(self._recording, self._parts[0])
        if file.refusal is None:
            return file
        content = self._recording.content
        kind = kind_of(content.at(after_tags(content, 0), HEAD))
        if kind is None:
            raise AudioError(f"{self.name}: {_named(file.refusal)}")
        self._parts = []  # FFmpeg reads all of them
        return (
            PyAvFile(content, kind) if file.refusal.is_foreign else self._tried(file.refusal, kind)
        )

    def _tried(self, refusal: Refusal, kind: Kind) -> PyAvFile:
        """Open with PyAV what libsndfile takes for damaged: it may know less than it thinks."""
        problem = f"{self.name}: {_named(refusal)}"
        try:
            file = PyAvFile(self._recording.content, kind)
        except MissingDecoderError as error:
            hint = "PyAV may be able to: pip install av"
            raise AudioError(f"{problem}; {hint}") from error
        except AudioError:
            raise AudioError(problem) from None
        warn_of(self.name, f"read by FFmpeg, perhaps not rightly: libsndfile says {refusal.reason}")
        return file


def decoder_of(path: Source) -> Decoder:
    """Open what a caller gave as a recording."""
    return Decoder(opened(path, is_recording))


def is_recording(data: bytes) -> bool:
    """Tell whether these bytes begin a recording of a kind that is known here."""
    behind_tags = after_tags(Content("", io.BytesIO(data)), 0)
    if behind_tags >= len(data):  # a picture may be larger than what has come
        return True
    return kind_of(data[behind_tags : behind_tags + HEAD]) is not None or recognises(data)


def first_not_finite(y: Signal) -> int | None:
    """Index of the first NaN or infinity."""
    finite = np.isfinite(y)
    return None if finite.all() else int(finite.argmin())


def _named(refusal: Refusal) -> str:
    return f"not audio that can be read ({refusal.reason})"

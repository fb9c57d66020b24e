"""libsndfile, through soundfile: one part of a recording, read from its beginning to its end.

libsndfile is trusted with the formats, not with damage: it takes a cut-off file for a short one.
What it says and what it delivers are compared here; each error names the recording.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import AudioError
from ..forking import forks_wait
from .containers.part import NEGLIGIBLE, Part
from .content import Pieces, Span
from .recording import Recording
from .remarks import warn_of

__all__ = ["Frames", "Refusal", "SndFile", "recognises", "soundfile_library"]

Frames = NDArray[np.float32]

# The frame count of an MP3 may be wrong by a little; two frames of layer III are forgiven.
_MP3_SLACK = 2 * 1152
_NO_RATE = "its header has no sample rate"
_UNKNOWN = 2**62
_MOST_AT_ONCE = 1 << 20
_UNKNOWN_FORMAT, _UNKNOWN_ENCODING = 1, 4


class Refusal(NamedTuple):
    """Why libsndfile can't open a file."""

    reason: str
    is_foreign: bool
    """Whether it doesn't know the format; otherwise the file is damaged."""


class SndFile:
    """One part of a recording, open, or the reason why libsndfile can't open it in `refusal`."""

    def __init__(self, recording: Recording, part: Part) -> None:
        self.name = recording.content.name
        self.refusal: Refusal | None = None
        self.sample_rate = 0
        self._part = part
        self._view = Pieces(recording.content, part.pieces)
        simple = part.is_known and not part.open_end
        whole = part.pieces == (Span(0, recording.content.length),)
        source = recording.path if simple and whole and recording.path else self._view
        self._library = soundfile_library()
        try:
            with forks_wait:  # soundfile holds a lock while it opens a file
                self._file = _sequential()(source, "r")
        except self._library.LibsndfileError as error:
            self._check_view()
            foreign = error.code in (_UNKNOWN_FORMAT, _UNKNOWN_ENCODING)
            self.refusal = Refusal(_reason(error.error_string), foreign)
        else:
            self._check_view()
            self.sample_rate = int(self._file.samplerate)
            if self.sample_rate <= 1:  # what libsndfile makes of none
                self._file.close()
                self.refusal = Refusal(_NO_RATE, is_foreign=False)

    def close(self) -> None:
        """Close what was opened here."""
        if self.refusal is None:
            self._file.close()

    def frames(self, block: int) -> Iterator[Frames]:
        """Give the samples of all channels, shape (n, n_channels), up to `block` at once."""
        promised = int(self._file.frames)
        counted = promised < _UNKNOWN and not self._part.estimated
        n_read, self._view.fell_short = 0, False
        while True:
            at_once = min(block, _MOST_AT_ONCE, promised - n_read if counted else block)
            if at_once <= 0 or not (frames := self._read(at_once)).size:
                break
            n_read += len(frames)
            yield frames
        is_mpeg = self._file.format in ("MP3", "MPEG")
        if self._view.fell_short and not (is_mpeg or self._part.is_known):
            raise AudioError(f"{self.name}: is cut off")  # libsndfile repeats the last block
        slack = _MP3_SLACK if is_mpeg else 0
        if counted and n_read + slack < promised:
            rest = f"of the {promised} samples that its header promises"
            raise AudioError(f"{self.name}: is cut off after {n_read} {rest}")
        if self._part.open_end and (left := self._view.left()) > NEGLIGIBLE:
            warn_of(self.name, f"at least {left} bytes behind the last sample are passed over")

    def _read(self, at_once: int) -> Frames:
        try:
            frames = self._file.read(at_once, dtype="float32", always_2d=True)
        except self._library.LibsndfileError as error:
            self._check_view()
            reason = error.error_string.removeprefix("Error : ").rstrip(".")
            raise AudioError(f"{self.name}: is damaged or cut off ({reason})") from error
        self._check_view()
        return cast(Frames, frames)

    def _check_view(self) -> None:
        """Raise what was raised while libsndfile asked for bytes."""
        if self._view.failure is not None:
            raise self._view.failure


def _reason(text: str) -> str:
    """Give libsndfile's reason, in words about the file instead of libsndfile."""
    return _NO_RATE if "SF_INFO struct" in text else text.rstrip(".")


def recognises(data: bytes) -> bool:
    """Tell whether libsndfile knows what these bytes begin.

    Examples
    --------
    >>> recognises(b"no sound at all")
    False
    """
    library = soundfile_library()
    try:
        with forks_wait:  # soundfile holds a lock while it opens a file
            library.SoundFile(io.BytesIO(data), "r").close()
    except library.LibsndfileError as error:
        return bool(error.code != _UNKNOWN_FORMAT)
    return True


@lru_cache(maxsize=1)
def _sequential() -> Any:
    """Make a class of soundfile's that doesn't seek.

    soundfile seeks after every read, to where it is already. An MP3 frame needs bits of those
    before it, which libsndfile forgets then: a file that is read in pieces would be wrong at each
    joint.
    """

    class Sequential(soundfile_library().SoundFile):  # type: ignore[misc]
        def seekable(self) -> bool:
            return False

    return Sequential


def soundfile_library() -> Any:
    """Give soundfile, imported when it is first needed.

    Raises
    ------
    ImportError
        If it or its libsndfile is missing; the message says what to install.
    """
    try:
        with forks_wait:
            import soundfile  # heavy: 30 ms and libsndfile; most programs read no file
    except (ImportError, OSError) as error:  # OSError: the wheel lacks its libsndfile
        hint = "reading audio files needs soundfile: pip install soundfile"
        raise ImportError(f"{hint} ({error})") from error
    return soundfile

"""One recording, decoded by libsndfile through soundfile: opened, checked, read piece by piece.

libsndfile is trusted with the formats, not with damage: it takes a cut-off WAV for a short one, and
hands out NaN. What it says and what it delivers are compared here; each error names the file.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from .._checks import fail
from ..errors import AudioError
from ..forking import forks_wait
from .containers import is_cut_off, shortfall
from .pipe import gathered, read_pipe

__all__ = ["Decoder", "Signal", "Source", "first_not_finite"]

Source = str | os.PathLike[str] | BinaryIO
Signal = NDArray[np.float32]

# The frame count of an MP3 may be an estimate; two frames of MPEG audio layer III are forgiven.
_MP3_SLACK = 2 * 1152

# libsndfile's number for content of no format that it knows.
_UNRECOGNISED = 1


class Decoder:
    """An open recording."""

    def __init__(self, path: Source) -> None:
        soundfile = _soundfile()
        self._error = soundfile.LibsndfileError
        self.name, source = _readable(path)
        try:
            self._file = soundfile.SoundFile(source)
        except self._error as error:
            reason = f"not audio that can be read ({error.error_string.rstrip('.')})"
            raise AudioError(f"{self.name}: {reason}") from error
        self.sample_rate = int(self._file.samplerate)

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._file.close()

    def blocks(self, block: int) -> Iterator[Signal]:
        """Decode up to `block` samples at once: the mean of the channels, checked."""
        n_samples = 0
        while (frames := self._read(block)).size:
            with np.errstate(over="ignore", invalid="ignore"):  # reported just below
                y = frames.mean(axis=1)
            if (index := first_not_finite(y)) is not None:
                where = f"sample {n_samples + index}"
                raise AudioError(f"{self.name}: {where} is not a finite float32")
            n_samples += y.size
            yield y
        if not n_samples:
            raise AudioError(f"{self.name}: holds no samples")
        slack = _MP3_SLACK if self._file.format in ("MP3", "MPEG") else 0
        if n_samples + slack < self._file.frames:
            promise = f"of the {self._file.frames} samples that its header promises"
            raise AudioError(f"{self.name}: is cut off after {n_samples} {promise}")

    def _read(self, block: int) -> NDArray[np.float32]:
        try:
            frames = self._file.read(block, dtype="float32", always_2d=True)
        except self._error as error:
            reason = error.error_string.removeprefix("Error : ").rstrip(".")
            raise AudioError(f"{self.name}: is damaged or cut off ({reason})") from error
        return cast(NDArray[np.float32], frames)


def _readable(path: Source) -> tuple[str, str | bytes | BinaryIO]:
    """Name for messages, and what soundfile opens; raises if the file can't be read in full."""
    if hasattr(path, "read"):
        name = getattr(path, "name", None)
        name = name if isinstance(name, str) else f"<{type(path).__name__}>"
        stream = _seekable(name, path)
        _check_container(name, stream)
        stream.seek(0)
        return name, stream
    try:
        name = os.fsdecode(path)
    except TypeError:
        fail("path", "a path, a binary file object or an array", path)
    if name.lower().endswith(".raw"):
        raise AudioError(f"{name}: has no header to tell rate and format; convert it to WAV")
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISFIFO(mode):
            content = io.BytesIO(read_pipe(name, _may_be_audio))
            _check_container(name, content)
            content.seek(0)
            return name, content
        _check_kind(name, mode)
        with open(name, "rb") as file:
            _check_container(name, file)
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise AudioError(f"{name}: {reason[:1].lower()}{reason[1:]}") from error
    return name, name if os.name == "nt" else os.fsencode(name)  # keeps undecodable names


def _check_kind(name: str, mode: int) -> None:
    """Refuse what isn't a file before opening it: a device may never end."""
    if stat.S_ISDIR(mode):
        raise AudioError(f"{name}: is a folder, not a recording")
    if not stat.S_ISREG(mode):
        raise AudioError(f"{name}: is a device or socket, not a recording")


def _seekable(name: str, file: Any) -> BinaryIO:
    if getattr(file, "closed", False):
        fail("path", "an open file", file)
    if isinstance(file, io.TextIOBase):
        fail("path", "opened in binary mode", file)
    if hasattr(file, "seekable") and file.seekable():
        return cast(BinaryIO, file)

    def read(size: int) -> bytes:
        block = file.read(size)
        if not isinstance(block, bytes):
            fail("path", "opened in binary mode", file)
        return block

    return io.BytesIO(gathered(name, read, _may_be_audio))


def _may_be_audio(head: bytes) -> bool:
    """Say whether libsndfile knows the format of a recording that begins so, cut off as it is."""
    soundfile = _soundfile()
    try:
        soundfile.SoundFile(io.BytesIO(head)).close()
    except soundfile.LibsndfileError as error:
        known = error.code != _UNRECOGNISED
        return known or head.startswith(b"ID3")  # a tag with pictures may be longer than the head
    return True


def _check_container(name: str, file: BinaryIO) -> None:
    if file.seek(0, os.SEEK_END) == 0:
        raise AudioError(f"{name}: is empty")
    if lack := shortfall(file):
        promise = f"its header promises {lack.promised} bytes of samples"
        raise AudioError(f"{name}: is cut off: {promise}, the file holds {lack.present}")
    if is_cut_off(file):
        raise AudioError(f"{name}: is cut off: no Ogg page says that it is the last")


def first_not_finite(y: Signal) -> int | None:
    """Index of the first NaN or infinity."""
    finite = np.isfinite(y)
    return None if finite.all() else int(finite.argmin())


def _soundfile() -> Any:
    try:
        with forks_wait:
            import soundfile  # heavy: 30 ms and libsndfile; most programs read no file
    except (ImportError, OSError) as error:  # OSError: the wheel lacks its libsndfile
        hint = "reading audio files needs soundfile: pip install soundfile"
        raise ImportError(f"{hint} ({error})") from error
    return soundfile

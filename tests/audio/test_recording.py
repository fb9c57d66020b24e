"""What can be given as a recording, and what it is refused with."""

from __future__ import annotations

import asyncio
import builtins
import io
import os
from pathlib import Path

import numpy as np
import pytest

from helpers.encoded import Pipe, gated_tone, written
from helpers.recordings import RATE, tone, wav
from serfast.audio.reading import load
from serfast.errors import AudioError, ParameterError

WAV = written(tone(), RATE, "WAV", "FLOAT")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO, Pipe])
def test_bytes_of_a_file(kind: type) -> None:
    np.testing.assert_array_equal(load(kind(WAV))[0], tone())


@pytest.mark.parametrize("data", [b"", b"speech.wav", bytes(100_000), b"x" * 100_000])
def test_bytes_that_are_no_recording(data: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        load(data)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", ["a.raw", "a.RAW"])
def test_an_object_called_raw(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(WAV)
    with path.open("rb") as file:
        np.testing.assert_array_equal(load(file)[0], tone())
    path.write_bytes(bytes(1000))
    with path.open("rb") as file, pytest.raises(AudioError, match="not audio that can be read"):
        load(file)


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "I/O")])
def test_a_path_that_the_system_refuses(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wav(tmp_path / "a.wav", tone())

    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(builtins, "open", refused)
    with pytest.raises(AudioError, match=r"a\.wav: (permission denied|i/O)"):
        load(path)


class Broken(io.BytesIO):
    """A file whose disk fails after some bytes."""

    def __init__(self, error: Exception) -> None:
        super().__init__(WAV)
        self.error = error

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= 1000:
            raise self.error
        return super().read(min(size or 0, 1000) if size and size > 0 else 1000)


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("error", [OSError(5, "I/O error"), ValueError("gone"), KeyError("x")])
def test_a_file_object_that_fails(error: Exception, seekable: bool) -> None:
    file = Broken(error)
    file.seekable = lambda: seekable
    with pytest.raises(AudioError, match="can't be read"):
        load(file)


def test_an_interrupt_while_reading_is_no_audio_error() -> None:
    class Interrupted(Broken):
        def read(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(Interrupted(OSError()))


class Awaited:
    """What an asynchronous library gives: its `read` must be awaited."""

    async def read(self, size: int = -1) -> bytes:
        return WAV[:size]


class Late(Awaited):
    """Its `read` is no coroutine function, but gives a coroutine."""

    def read(self, size: int = -1):  # type: ignore[override]
        return super().read(size)


class Sought(Awaited):
    async def seekable(self) -> bool:
        return True

    async def seek(self, offset: int, whence: int = 0) -> int:
        return offset


@pytest.mark.parametrize("kind", [Awaited, Late, Sought])
@pytest.mark.filterwarnings("error")
def test_a_read_that_must_be_awaited(kind: type) -> None:
    with pytest.raises(ParameterError, match=r"whose read\(\) must be awaited: give the bytes"):
        load(kind())
    np.testing.assert_array_equal(load(asyncio.run(Awaited().read(len(WAV))))[0], tone())


class Odd:
    """An object whose `read` gives something else than bytes."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def read(self, size: int = -1) -> object:
        return self.answer


@pytest.mark.parametrize("answer", ["text", None, 3, [1, 2]])
def test_a_read_that_gives_no_bytes(answer: object) -> None:
    with pytest.raises(ParameterError, match="path must be"):
        load(Odd(answer))


def test_a_file_without_a_name_in_text(tmp_path: Path) -> None:
    descriptor = os.open(wav(tmp_path / "a.wav", tone()), os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as file:  # its name is a number
        np.testing.assert_array_equal(load(file)[0], tone())


@pytest.mark.parametrize("rate", [8000.0, np.float32(8000), np.float64(8000), np.int16(8000)])
def test_a_whole_rate_of_any_type(rate: float) -> None:
    y, found = load(WAV, rate)
    assert (y.size, found, type(found)) == (tone().size // 2, 8000, int)
    assert load(tone(), rate)[1] == 8000


def test_a_fraction_is_no_rate_of_a_recording() -> None:
    with pytest.raises(ParameterError, match=r"sample_rate must be an int >= 1, got 44100\.5"):
        load(WAV, 44100.5)


def test_a_pipe_with_a_picture_that_is_larger_than_what_is_looked_at() -> None:
    """The first MiB of it is nothing but the tag."""
    size = 3 << 20
    header = b"ID3\x03\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    mp3 = written(gated_tone(0.5), 44100, "MP3")
    np.testing.assert_array_equal(load(Pipe(header + bytes(size) + mp3))[0], load(mp3)[0])


def test_a_pipe_without_end_is_not_waited_for() -> None:
    class Endless:
        n_bytes = 0

        def read(self, size: int) -> bytes:
            self.n_bytes += size
            return b"y\n" * (size // 2)

    endless = Endless()
    with pytest.raises(AudioError, match="by its first MiB"):
        load(endless)
    assert endless.n_bytes < 4 << 20

"""Recordings as files of many kinds, in memory: by libsndfile, by FFmpeg, or changed by hand."""

from __future__ import annotations

import io
import struct
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

RATE = 44100


def gated_tone(seconds: float = 8.0, rate: int = RATE) -> np.ndarray:
    """A 200 Hz tone that is switched on and off 1.3 times a second, and noise."""
    t = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(0).standard_normal(t.size)
    gate = np.sin(2 * np.pi * 1.3 * t) > 0
    return (0.4 * np.sin(2 * np.pi * 200 * t) * gate + 0.05 * noise).astype(np.float32)


def written(y: np.ndarray, rate: int, kind: str, subtype: str | None = None, **options) -> bytes:
    """The samples as a file of one of libsndfile's formats."""
    file = io.BytesIO()
    soundfile.write(file, y, rate, format=kind, subtype=subtype, **options)
    return file.getvalue()


def encoded(y: np.ndarray, rate: int, container: str, codec: str, **options: str) -> bytes:
    """The samples as a file of one of FFmpeg's formats."""
    with tempfile.NamedTemporaryFile() as file:  # FFmpeg opens it again to move an index forward
        _encode(file.name, y, rate, container, codec, options)
        return Path(file.name).read_bytes()


def _encode(
    path: str, y: np.ndarray, rate: int, container: str, codec: str, options: dict[str, str]
) -> None:
    with av.open(path, "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.codec_context.layout = "mono"
        stream.codec_context.bit_rate = 128_000 if rate > 8000 else 12_200
        frame = av.AudioFrame.from_ndarray(np.atleast_2d(y), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)


def mpeg_in_wav(mpeg: bytes, rate: int) -> bytes:
    """MPEG audio of layer III, mono, in a WAV file."""
    fields = struct.pack("<HHIIHHH", 0x55, 1, rate, len(mpeg), 1, 0, 12)
    fields += struct.pack("<HIHHH", 1, 2, 1152, 1, 1393)
    chunks = b"fmt " + struct.pack("<I", len(fields)) + fields
    chunks += b"data" + struct.pack("<I", len(mpeg)) + mpeg + bytes(len(mpeg) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def replaced(data: bytes, changes: dict[int, bytes]) -> bytes:
    """The file with other bytes at some places."""
    changed = bytearray(data)
    for at, new in changes.items():
        changed[at : at + len(new)] = new
    return bytes(changed)


class Pipe:
    """A binary file that can't seek."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)
        self.n_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.n_bytes += len(data)
        return data

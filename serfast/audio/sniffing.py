"""What kind of recording some bytes begin, and FFmpeg's name for it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["HEAD", "Kind", "kind_of"]

HEAD = 1024
"""Bytes at a file's beginning that tell its kind."""


class Kind(NamedTuple):
    """A kind of file, and FFmpeg's name of the demuxer that reads it."""

    title: str
    demuxer: str


_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (4, b"ftyp", Kind("MPEG-4 (m4a, mp4, mov, 3gp)", "mov")),
    (4, b"moov", Kind("QuickTime", "mov")),
    (0, b"\x1aE\xdf\xa3", Kind("Matroska or WebM", "matroska")),
    (0, b"#!AMR", Kind("AMR", "amr")),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), Kind("Windows Media", "asf")),
    (0, b"FLV\x01", Kind("Flash video", "flv")),
    (0, b"MAC ", Kind("Monkey's Audio", "ape")),
    (0, b"wvpk", Kind("WavPack", "wv")),
    (0, b"TTA1", Kind("True Audio", "tta")),
    (0, b"MPCK", Kind("Musepack", "mpc8")),
    (0, b"MP+", Kind("Musepack", "mpc")),
    (0, b".RMF", Kind("RealMedia", "rm")),
    (0, b"\x00\x00\x01\xba", Kind("MPEG program stream", "mpeg")),
    (0, b"riff\x2e\x91\xcf\x11", Kind("Wave64", "w64")),
    (0, b"\x0b\x77", Kind("Dolby Digital (AC-3)", "ac3")),
    (8, b"AVI ", Kind("AVI", "avi")),
    (8, b"WAVE", Kind("WAV", "wav")),
    (8, b"AIFF", Kind("AIFF", "aiff")),
    (8, b"AIFC", Kind("AIFF-C", "aiff")),
    (0, b"caff", Kind("CAF", "caf")),
    (0, b".snd", Kind("AU", "au")),
    (0, b"OggS", Kind("Ogg", "ogg")),
    (0, b"fLaC", Kind("FLAC", "flac")),
)
"""Which bytes tell a kind, and where. A demuxer that is named keeps FFmpeg from guessing one."""


def kind_of(head: bytes, shortest: int = 2) -> Kind | None:
    """Tell the kind of file that begins so, or None.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or fewer.
    shortest : int
        Names that have fewer bytes than this tell nothing.

    Examples
    --------
    >>> kind_of(b"#!AMR").title
    'AMR'
    """
    for at, magic, kind in _MAGIC:
        if len(magic) >= shortest and head[at : at + len(magic)] == magic:
            return kind
    if len(head) >= 7 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and _adts_repeats(head):
        return Kind("AAC", "aac")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Kind("MPEG transport stream", "mpegts")
    return None


def _adts_repeats(head: bytes) -> bool:
    """Tell whether another AAC frame follows the first, as far as these bytes go."""
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return size >= 7 and head[size : size + 2] in (b"", head[:2], head[:1])

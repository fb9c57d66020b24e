"""What a container's reader says of a recording: its parts, to be decoded one after the other."""

from __future__ import annotations

from typing import NamedTuple

from ..content import Content, Piece, Span, n_bytes

__all__ = [
    "BEGINNINGS",
    "NEGLIGIBLE",
    "Part",
    "Reading",
    "Shortfall",
    "is_printable",
    "missing",
    "next_like",
    "replaced",
    "unending",
]

BEGINNINGS = frozenset(
    {
        b"RIFF",
        b"RIFX",
        b"RF64",
        b"FORM",
        b"OggS",
        b"fLaC",
        b"caff",
        b"riff",
        b".snd",
        b"dns.",
        b"NIST",
    }
)
"""The first four bytes of containers, which no chunk is named by."""

NEGLIGIBLE = 1024
"""So many bytes that belong to no part aren't worth a word."""

_OVERSTATED = 64
"""More than the ratio of the largest MPEG frame to the smallest one."""
_TAIL = 128


class Shortfall(NamedTuple):
    """The sample bytes that a header promises, and those that are there."""

    promised: int
    present: int

    def __str__(self) -> str:
        """Say it in words."""
        promise = f"its header promises {self.promised} bytes of samples"
        return f"{promise}, the file holds {self.present}"


class Part(NamedTuple):
    """One stream of samples that a decoder can read."""

    pieces: tuple[Piece, ...]
    """The bytes to hand to it."""
    estimated: bool = False
    """Whether a decoder can only guess how many samples they hold, and guesses too many."""
    is_known: bool = True
    """Whether its container was looked into here."""
    open_end: bool = False
    """Whether it isn't known here where the last sample is, so that other things may follow it."""
    lack: Shortfall | str = ""
    """If the part is cut off: how one can tell."""
    doubt: str = ""
    """If the part may be cut off: how one might tell."""


class Reading(NamedTuple):
    """The parts that begin at a position, and where they end."""

    parts: tuple[Part, ...]
    stop: int
    skipped: int = 0
    """Bytes between that belong to no part and to no tag."""


def missing(promised: int, present: int) -> Shortfall | str:
    """Tell how many bytes are missing, or give nothing if none are."""
    return "" if promised <= present else Shortfall(promised, max(0, present))


def replaced(content: Content, span: Span, changes: dict[int, bytes]) -> tuple[Piece, ...]:
    """Give the pieces of a span with other bytes at some positions.

    Parameters
    ----------
    content : Content
    span : Span
    changes : dict
        Position in the recording → the bytes to put there.
    """
    pieces: list[Piece] = []
    at = span.start
    for position in sorted(changes):
        pieces += [Span(at, position), changes[position]]
        at = position + len(changes[position])
    return (*pieces, Span(at, max(at, min(span.stop, content.length))))


def next_like(content: Content, start: int, position: int, same: slice) -> int:
    """Give where another container begins as the one at `start` does, or where the file ends.

    Four bytes can be among samples by chance, so some of those behind them are compared, too.

    Parameters
    ----------
    content : Content
    start : int
    position : int
        Where to search from.
    same : slice
        Which of the first 12 bytes are compared, besides the first four.
    """
    head = content.at(start, 12)
    while (position := content.find(head[:4], position, content.length)) >= 0:
        if content.at(position, 12)[same] == head[same]:
            return position
        position += 1
    return content.length


def unending(content: Content, pieces: tuple[Piece, ...]) -> Part:
    """Give a part that claims to be far longer than its pieces.

    libsndfile estimates how many samples an MP3 holds by its size and the size of one frame, and
    stops there. With this estimate it doesn't stop before the last frame has been decoded. It looks
    for a tag in the last bytes, so that there must be some.
    """
    missing_bytes = _OVERSTATED * sum(map(n_bytes, pieces))
    behind = Span(content.length, content.length + missing_bytes)
    return Part((*pieces, behind, bytes(_TAIL)), estimated=True)


def is_printable(identifier: bytes) -> bool:
    """Tell whether these bytes can name a chunk, and don't begin another container."""
    return all(0x20 <= byte < 0x7F for byte in identifier) and identifier not in BEGINNINGS

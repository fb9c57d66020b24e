"""`serfast predict --stream`: events from a recording or from standard input, as they come."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..audio.arriving import Arriving, live_blocks, live_decoder
from ..audio.reading import blocks
from ..audio.resampling import whole_rate
from ..corpora.messages import printable
from ..errors import ModelError, ParameterError
from ..streaming.events import Event
from ._recordings import STANDARD_INPUT

if TYPE_CHECKING:
    from ..recognizer import Recognizer
    from ..speaker import Speaker

__all__ = ["add_arguments", "check_unused", "run"]

_DEFAULTS = {"rate": None, "window": 3.0, "hop": 0.5, "smoothing": 0.0, "adapt": False}

CHUNK = 0.01
"""How much is read at once [s]."""

Chunk = np.ndarray[Any, Any]


_TEXT = 256
"""Bytes at the beginning of standard input that are looked at: text is no sound."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of a live run."""
    group = parser.add_argument_group("live")
    group.add_argument(
        "--stream",
        action="store_true",
        help="print an event for every window, as a live run would; FILE - is standard input: a "
        "recording (WAV, AIFF, FLAC and MP3 are decoded as they come, others when they have ended) "
        "or else 16-bit little-endian mono PCM",
    )
    group.add_argument(
        "--rate",
        type=float,
        metavar="HZ",
        help="sample rate of FILE - if it is PCM (default: the model's)",
    )
    group.add_argument(
        "--window",
        type=window,
        default=_DEFAULTS["window"],
        metavar="S",
        help="seconds judged (%(default)s); or utterance: each from its beginning, for a "
        "classifier with a state",
    )
    group.add_argument(
        "--hop",
        type=float,
        default=_DEFAULTS["hop"],
        metavar="S",
        help="seconds between events (%(default)s)",
    )
    group.add_argument(
        "--smoothing",
        type=float,
        default=_DEFAULTS["smoothing"],
        metavar="S",
        help="time constant of smoothing the probabilities, in seconds (%(default)s: none)",
    )
    group.add_argument(
        "--adapt",
        action="store_true",
        help="get used to the one speaker in the stream (--speaker NAME does so, too)",
    )


def check_unused(arguments: argparse.Namespace) -> None:
    """Refuse the options of live prediction where there is none: they would change nothing."""
    for name, default in _DEFAULTS.items():
        if getattr(arguments, name) != default:
            raise ParameterError(f"--{name} must be given with --stream")


def window(text: str) -> float | None:
    """Seconds; None for the word `utterance`."""
    return None if text == "utterance" else float(text)


def run(arguments: argparse.Namespace, recognizer: Recognizer, speaker: Speaker | None) -> int:
    """Print the events of one recording or of standard input, which this speaker learns from."""
    if len(arguments.files) > 1:
        raise ParameterError(f"FILE must be one with --stream, got {len(arguments.files)}")
    path = arguments.files[0]
    rate, chunks = _source(path, arguments.rate, recognizer)
    stream = recognizer.stream(
        window=arguments.window,
        hop=arguments.hop,
        smoothing=arguments.smoothing,
        sample_rate=rate,
        adapt=speaker or arguments.adapt,
    )
    write = _json if arguments.json else _text
    n_events = 0
    for events in _until_the_end(stream, chunks):
        n_events += len(events)
        for event in events:
            print(write(event), flush=True)
    if not n_events:
        print(f"serfast predict: no speech in {_named(path)}", file=sys.stderr)
    return 0


def _until_the_end(stream: Any, chunks: Iterator[Chunk]) -> Iterator[list[Event]]:
    """Give the events as they come; if the model fails, those that were ready, then its error."""
    again = partial(stream.accept, np.empty(0, np.float32))
    try:
        for chunk in chunks:
            yield stream.accept(chunk)
        again = stream.flush
        yield stream.flush()
    except ModelError:
        yield again()
        raise


def _source(path: Path, rate: float | None, recognizer: Recognizer) -> tuple[int, Iterator[Chunk]]:
    """Sample rate of the chunks, and the chunks."""
    model_rate = int(recognizer.spec.sample_rate)
    if path == STANDARD_INPUT:
        return _standard_input(rate, model_rate)
    if rate is not None:
        raise ParameterError(f"--rate must be given for FILE - alone, got {rate} for {path}")
    return model_rate, blocks(path, model_rate, _n_samples(model_rate))


def _n_samples(rate: int) -> int:
    return max(1, round(CHUNK * rate))


def _standard_input(rate: float | None, model_rate: int) -> tuple[int, Iterator[Chunk]]:
    """Sample rate of the chunks of standard input, and the chunks: a recording's, or raw PCM."""
    if sys.stdin is None or sys.stdin.isatty():
        raise ParameterError(
            "standard input must be a recording or raw PCM, got a terminal or nothing"
        )
    given = None if rate is None else whole_rate("--rate", rate)
    arriving = Arriving(sys.stdin.buffer)
    if decoder := live_decoder("standard input", arriving):
        file_rate = decoder.sample_rate
        if given not in (None, file_rate):
            raise ParameterError(f"--rate must be {file_rate}, the recording's own, got {given}")
        return model_rate, live_blocks(decoder, arriving, model_rate, _n_samples(file_rate))
    if _is_text(arriving.read(_TEXT)):
        raise ParameterError("standard input must be a recording or raw PCM, got text")
    arriving.seek(0)
    pcm_rate = given or model_rate
    return pcm_rate, _pcm(arriving, _n_samples(pcm_rate))


def _is_text(head: bytes) -> bool:
    """Tell whether this is the beginning of a text: so many samples look like one never."""
    text = head.decode("utf-8", "replace")[:-1]  # the last character may be cut
    return (
        len(text) >= _TEXT // 8
        and all(c.isprintable() or c in "\t\r\n" for c in text)
        and ("\ufffd" not in text)
    )


def _pcm(source: Arriving, n_samples: int) -> Iterator[Chunk]:
    """Read 16-bit little-endian samples, so many at once, to the end."""
    while data := source.read(2 * n_samples):
        if len(data) % 2:
            print("serfast: warning: standard input ended within a sample", file=sys.stderr)
        yield np.frombuffer(data[: len(data) & ~1], dtype="<i2")


def _json(event: Event) -> str:
    return json.dumps(
        {
            "start": round(event.start, 6),
            "end": round(event.end, 6),
            "label": event.label,
            "probabilities": {name: round(p, 6) for name, p in event.probabilities.items()},
            "voiced": None if event.voiced is None else round(event.voiced, 6),
            "uncertain": event.uncertain,
        }
    )


def _text(event: Event) -> str:
    width = max(map(len, event.probabilities))
    share = 100 * event.probabilities[event.label]
    line = f"{event.start:8.2f} – {event.end:.2f} s  {event.label:{width}}  {share:5.1f} %"
    if event.voiced is not None:
        line += f"  voiced {100 * event.voiced:3.0f} %"
    return line + "  uncertain" * event.uncertain


def _named(path: Path) -> str:
    return "standard input" if path == STANDARD_INPUT else printable(path)

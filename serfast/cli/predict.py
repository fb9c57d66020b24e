"""`serfast predict`: the emotion in recordings."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from ..audio.reading import load
from ..corpora.messages import printable
from ..errors import SerfastError
from ..recognizer import Recognizer
from . import _live
from ._recordings import as_texts, named, source

__all__ = ["add_parser"]

_EPILOG = """\
The time is that of reading the recording (for the first one, loading the decoder too) and
recognising it. A recording that can't be read is reported and the rest goes on; the exit status
is then 1.

With --stream every window of 3 s is judged, every 0.5 s, as soon as it has been read; those
without speech are skipped.

examples:
  serfast predict speech.wav
  serfast predict *.wav --json > emotions.json
  serfast predict speech.flac --classifier my-model.zip
  serfast predict --stream meeting.wav
  arecord -t raw -f S16_LE -c 1 -r 16000 | serfast predict --stream - --rate 16000
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "predict",
        description="Tell the emotion in recordings.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="recording; - is standard input"
    )
    parser.add_argument(
        "--classifier",
        default="svm",
        metavar="NAME",
        help="an installed plugin, or the path of a model bundle (default: %(default)s)",
    )
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print a JSON list, one object a file; "
        "with --stream one object a line, one for each event",
    )
    _live.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Predict; exit status 1 if a recording failed."""
    recognizer = Recognizer(arguments.classifier, arguments.backend)
    if arguments.stream:
        return _live.run(arguments, recognizer)
    found = []
    texts = as_texts(arguments.files)
    for path in arguments.files:
        try:
            answer = {"file": texts[path], **_answer(recognizer, path)}
        except (SerfastError, OSError) as error:
            answer = {"file": texts[path], "error": named(path, error)}
            print(f"serfast predict: {answer['error']}", file=sys.stderr)
        else:
            if not arguments.json:
                print(_text(answer))
        found.append(answer)
    if arguments.json:
        print(json.dumps(found, indent=1))
    return 1 if any("error" in answer for answer in found) else 0


def _answer(recognizer: Recognizer, path: Path) -> dict[str, Any]:
    start = perf_counter()
    y, sample_rate = load(source(path))
    result = recognizer.predict(y, sample_rate)
    seconds = perf_counter() - start
    duration = len(y) / sample_rate
    return {
        "label": result.label,
        "probabilities": {name: round(p, 6) for name, p in result.probabilities.items()},
        "duration_s": round(duration, 6),
        "elapsed_s": round(seconds, 6),
        "times_real_time": round(duration / seconds, 1),
    }


def _text(answer: dict[str, Any]) -> str:
    ranked = sorted(answer["probabilities"].items(), key=lambda item: -item[1])
    width = max(len(name) for name, _ in ranked)
    bars = [f"  {name:{width}}  {100 * p:5.1f} %  {'█' * round(30 * p)}" for name, p in ranked]
    speed = (
        f"  {answer['duration_s']:.2f} s of sound in {1000 * answer['elapsed_s']:.1f} ms: "
        f"{answer['times_real_time']:.0f} times faster than real time"
    )
    first = f"{printable(answer['file'])}: {answer['label']}"
    return "\n".join([first, *map(str.rstrip, bars), speed])

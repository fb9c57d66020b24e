"""`serfast predict`: the emotion in recordings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..audio.reading import load
from ..corpora.in_order import in_order
from ..corpora.messages import printable
from ..errors import ParameterError, SerfastError
from ..thread_warnings import collected
from . import _live
from ._answers import SUFFIXES, answers_table, check_table, output
from ._json import add_json, print_json
from ._progress import Progress
from ._recordings import as_texts, find, named, source
from ._speakers import add_speaker, check_speaker, kept_speaker
from ._threads import add_threads
from ._warnings import show_warnings

if TYPE_CHECKING:
    from ..recognizer import Recognizer
    from ..speaker import Speaker

__all__ = ["add_parser"]

_EPILOG = f"""\
The time is that of reading the recording (for the first one, loading the decoder too) and
recognising it, while other threads are at work. A recording that can't be read is reported and the
rest goes on; the exit status is then 1. Of a folder, the recordings in it and below are taken.

OUT has a line for each recording: file, label, the probability of each class (p_ and its name),
uncertain, strangeness, duration, warnings, error. The line is in OUT as soon as it is known: if the
program is stopped, OUT has what was done. Parquet can't be written so: its lines are in OUT.jsonl
until all is done. The suffix {", ".join(SUFFIXES)} chooses the kind. In .jsonl a line is what
--json prints.

An answer is uncertain if its probability is below the bound that the model's training measured, or
if the recording is unlike the training's speech (strangeness above 1); not every model tells.

With --speaker NAME, the recordings are heard one after the other, in the order given; the file
NAME.json keeps what was learned, some numbers and no audio. It is in the folder serfast/speakers
of $XDG_STATE_HOME, or else of ~/.local/state (macOS: ~/Library/Application Support, Windows:
%LOCALAPPDATA%). Another call of the same name and model goes on with it; to forget the speaker,
remove the file.

With --stream every window of 3 s is judged, every 0.5 s, as soon as it has been read; those
without speech are skipped.

examples:
  serfast predict speech.wav
  serfast predict recordings/ --brief
  serfast predict recordings/ -o emotions.csv --threads 4
  serfast predict *.wav --json > emotions.jsonl
  serfast predict speech.flac --classifier my-model.zip
  serfast predict --speaker anna --enrol --label neutral calm.wav
  serfast predict --speaker anna monday.wav tuesday.wav
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
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="recording, or folder of recordings; - is standard input",
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
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument(
        "--brief", action="store_true", help="print one line a recording: its label and how likely"
    )
    add_json(shown, "one for each recording, with --stream for each event")
    parser.add_argument(
        "-o", "--output", type=output, metavar="OUT", help="table to write, as the answers come"
    )
    parser.add_argument("--force", action="store_true", help="replace OUT if it exists")
    add_threads(parser)
    add_speaker(parser)
    _live.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Predict; exit status 1 if a recording failed."""
    if arguments.stream and (arguments.output or arguments.brief):
        raise ParameterError("--output and --brief must not be given with --stream")
    if not arguments.stream:
        _live.check_unused(arguments)
    check_speaker(arguments)
    check_table(arguments.output, arguments.force)
    from ..recognizer import Recognizer  # heavy: the help doesn't need it

    recognizer = Recognizer(arguments.classifier, arguments.backend)
    with kept_speaker(arguments.speaker, recognizer) as speaker:
        if arguments.stream:
            return _live.run(arguments, recognizer, speaker)
        return _run(arguments, recognizer, speaker)


def _run(arguments: argparse.Namespace, recognizer: Recognizer, speaker: Speaker | None) -> int:
    """Predict or enrol recordings."""
    result = find(arguments.files, again=True)
    lines = [*result.problems, *filter(None, [result.rest()])]
    texts = as_texts(result.paths)
    n_failed = 0
    with (
        answers_table(arguments.output, recognizer.classes, arguments.force) as add,
        Progress(len(result.paths), visible=_is_quiet(arguments)) as bar,
    ):
        for line in lines:
            bar.write(f"serfast predict: {line}")
        for path, rest in _answers(arguments, result.paths, recognizer, speaker):
            answer = {"file": texts[path], **rest}
            n_failed += "error" in answer
            _tell(answer, path, bar)
            add(answer)
            _print(arguments, answer)
            bar.step_path(path)
    n_failed += len(result.problems)
    if arguments.output and not arguments.json:
        print(f"{arguments.output}: {len(result.paths)} recordings, {n_failed} failed")
    return 1 if n_failed else 0


def _is_quiet(arguments: argparse.Namespace) -> bool:
    """Tell whether nothing else than the bar comes to the terminal."""
    prints = not arguments.output or arguments.brief or arguments.json
    return not (prints and sys.stdout.isatty())


def _answers(
    arguments: argparse.Namespace,
    paths: Sequence[Path],
    recognizer: Recognizer,
    speaker: Speaker | None,
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give each recording's answer, in their order; a speaker hears one after the other."""
    if speaker is None:
        for path, future in in_order(
            partial(_answer, partial(_predicted, recognizer)), paths, arguments.threads
        ):
            yield path, future.result()
        return
    label = arguments.label
    judge = partial(_enrolled, speaker, label) if arguments.enrol else partial(_predicted, speaker)
    for path in paths:
        yield path, _answer(judge, path)


def _answer(judge: Callable[[Path], dict[str, Any]], path: Path) -> dict[str, Any]:
    """Give what is found out about a recording, or why nothing is."""
    with collected() as messages:
        try:
            answer = judge(path)
        except (SerfastError, OSError, MemoryError) as error:
            answer = {"error": named(path, error)}
    return {**answer, "warnings": messages}


def _predicted(recognizer: Recognizer | Speaker, path: Path) -> dict[str, Any]:
    start = perf_counter()
    y, sample_rate = load(source(path))
    result = recognizer.predict(y, sample_rate)
    seconds = perf_counter() - start
    duration = len(y) / sample_rate
    strangeness = result.strangeness
    return {
        "label": result.label,
        "probabilities": {name: round(p, 6) for name, p in result.probabilities.items()},
        "uncertain": result.uncertain,
        "strangeness": None if strangeness is None else round(strangeness, 6),
        "reason": result.reason,
        "duration_s": round(duration, 6),
        "elapsed_s": round(seconds, 6),
        "times_real_time": round(duration / seconds, 1),
    }


def _enrolled(speaker: Speaker, label: str | None, path: Path) -> dict[str, Any]:
    y, sample_rate = load(source(path))
    learned = speaker.enrol(y, sample_rate, label=label)
    return {"learned": learned, "duration_s": round(len(y) / sample_rate, 6)}


def _tell(answer: dict[str, Any], path: Path, bar: Progress) -> None:
    """Say what went wrong, and what was odd, on standard error."""
    show_warnings(path, answer["warnings"], bar.write)
    if "error" in answer:
        bar.write(f"serfast predict: {answer['error']}")


def _print(arguments: argparse.Namespace, answer: dict[str, Any]) -> None:
    """Print the answer in the way that is asked for; a table is enough unless one is."""
    if arguments.json:
        print_json(answer)
    elif "error" in answer:
        return
    elif arguments.enrol:
        heard = "heard" if answer["learned"] else "not learned from"
        print(f"{printable(answer['file'])}: {heard}", flush=True)
    elif arguments.brief:
        share = 100 * answer["probabilities"][answer["label"]]
        line = f"{printable(answer['file'])}: {answer['label']} {share:.1f} %"
        print(line + " uncertain" * answer["uncertain"], flush=True)
    elif not arguments.output:
        print(_text(answer), flush=True)


def _text(answer: dict[str, Any]) -> str:
    ranked = sorted(answer["probabilities"].items(), key=lambda item: -item[1])
    width = max(len(name) for name, _ in ranked)
    bars = [f"  {name:{width}}  {100 * p:5.1f} %  {'█' * round(30 * p)}" for name, p in ranked]
    speed = (
        f"  {answer['duration_s']:.2f} s of sound in {1000 * answer['elapsed_s']:.1f} ms: "
        f"{answer['times_real_time']:.0f} times faster than real time"
    )
    first = f"{printable(answer['file'])}: {answer['label']}"
    if answer["uncertain"]:
        first += f" (uncertain: {answer['reason']})"
    return "\n".join([first, *map(str.rstrip, bars), speed])

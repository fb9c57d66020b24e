"""`serfast plot`: a picture of a recording's voice, and of what a model hears in it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..audio.reading import load
from ..corpora.messages import printable
from ..errors import AudioError, ParameterError
from ._json import add_json, print_json
from ._output import check_outputs, check_plot, writing
from ._recordings import source

__all__ = ["add_parser"]

_EPILOG = """\
From above: the waveform; the spectrogram (window of 5 ms, 6 dB more for every octave) with the
formants F1 to F3 as dots and F0 as a line, whose axis is on the right; loudness as a line and the
probability of voicing as an area; the emotions in windows of 3 s, paler and with a question mark
where the model is uncertain. A picture shows 10 minutes at most.

examples:
  serfast plot speech.wav
  serfast plot meeting.flac --begin 62 --duration 8 -o disagreement.pdf
  serfast plot speech.wav --classifier none
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "plot",
        description="Draw spectrogram, F0, formants, loudness and emotions of a recording.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="recording; - is standard input")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PNG",
        help="picture to write, .png, .svg or .pdf (default: FILE's name with .png, here)",
    )
    parser.add_argument(
        "--classifier",
        default="svm",
        metavar="NAME",
        help="whose emotions are shown: a plugin, the path of a model bundle, or none "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--begin", type=float, default=0.0, metavar="S", help="where to begin [s] (default: 0)"
    )
    parser.add_argument("--duration", type=float, metavar="S", help="how much to show [s]")
    parser.add_argument("--force", action="store_true", help="replace the picture if it exists")
    add_json(parser, "one, with the picture's path, the stretch and the emotions in it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw the picture."""
    is_piped = os.fspath(arguments.file) == "-"
    if is_piped and arguments.output is None:
        raise ParameterError("--output must be given for standard input")
    if arguments.file.is_dir():
        raise AudioError(f"{printable(arguments.file)}: is a folder, not a recording")
    output = arguments.output or Path(arguments.file.with_suffix(".png").name)
    check_plot(output, "serfast plot")
    check_outputs([output], arguments.force)
    from ..picture import analysed, draw  # heavy: the help doesn't need it
    from ..recognizer import Recognizer  # heavy: the help doesn't need it

    name = arguments.classifier
    recognizer = None if name == "none" else Recognizer(name)
    y, sample_rate = load(source(arguments.file))
    analysis = analysed(
        y,
        sample_rate,
        begin=arguments.begin,
        duration=arguments.duration,
        recognizer=recognizer,
    )
    with writing(output, arguments.force) as temporary:
        draw(analysis, temporary, title=None if is_piped else arguments.file.name)
    if arguments.json:
        events = [
            {"start_s": e.start, "end_s": e.end, "label": e.label, "uncertain": e.uncertain}
            for e in analysis.events
        ]
        stretch = {"begin_s": analysis.begin, "end_s": analysis.end}
        print_json({"output": str(output), **stretch, "events": events})
    else:
        print(f"{output}: {analysis.end - analysis.begin:.2f} s of sound")
    return 0

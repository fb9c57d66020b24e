"""The command `serfast`: reads the arguments, runs one command, tells how it ended.

Exit status: 0 if all went well, 1 after an error (one line on standard error), 2 after bad usage,
130 after Ctrl-C, 141 if whoever read the output went away, 143 after SIGTERM, 129 after SIGHUP, 152
after SIGXCPU (as the shell counts signals). No half-written file is left behind by any of them.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from ..errors import SerfastError
from ._arguments import parsed
from ._output import one_line
from ._streams import drop_output, forgiving, make_usable, of_output
from ._warnings import shown_as_lines

__all__ = ["main"]

COMMANDS = {
    "predict": "tell the emotion in recordings",
    "extract": "write the feature rows of recordings as NPZ, CSV or Parquet",
    "train": "train a classifier on a folder of labelled recordings",
    "evaluate": "measure a classifier, leaving one speaker out",
    "corpora": "list the known corpora, or check a folder of one",
    "compare": "tell which of two evaluations is better, and whether that may be chance",
    "plot": "draw a recording: spectrogram, F0, formants, loudness, emotions",
    "embedding": "add somebody's encoder as an embedding, or remove it",
    "bench": "measure this machine",
    "explain": "print a spec's constants in plain words; say what a toolkit has otherwise",
    "info": "show versions, back ends, plugins and features; or what a model is",
}
"""Each command, which a module of that name describes and runs, and its line in the help."""

_DESCRIPTION = "Speech emotion recognition: features, training and prediction, fast."
_EPILOG = """\
examples:
  serfast predict speech.wav
  serfast extract recordings/ -o features.csv

`serfast COMMAND --help` explains a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, without the program's name; default: the process's own.

    Returns
    -------
    int
        Exit status.

    Raises
    ------
    SystemExit
        After bad usage, and after --help and --version.
    """
    make_usable()
    argv = sys.argv[1:] if argv is None else argv
    arguments = parsed(argv, COMMANDS, _DESCRIPTION, _EPILOG)
    with forgiving():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    """Run the command, and give the exit status that tells how it ended."""
    try:
        with shown_as_lines(), _terminable():
            status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        drop_output()
        return 141
    except KeyboardInterrupt as ended:
        number = ended.number if isinstance(ended, _Terminated) else None
        parts = ["interrupted" if number is None else "terminated", *map(str, ended.args)]
        print(f"serfast: {'; '.join(parts)}", file=sys.stderr)
        return 130 if number is None else 128 + number
    except (SerfastError, OSError, ImportError, MemoryError) as error:
        message = one_line(of_output(error))
        print(f"serfast {arguments.command}: error: {message}", file=sys.stderr)
        return 1


class _Terminated(KeyboardInterrupt):
    """A signal that, like Ctrl-C, shall unwind everything and be caught by nobody else."""

    def __init__(self, number: int) -> None:
        super().__init__()  # the arguments are for what the message tells further
        self.number = number


_ENDING = ("SIGTERM", "SIGHUP", "SIGXCPU", "SIGBREAK")
"""Signals that end a program which has time to tidy up; each system has some of them."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Make these signals an exception meanwhile, so that half-written files are removed.

    Those that are ignored stay so (`nohup`). After the first one the others are ignored: a terminal
    that is closed sends several, and the second must not interrupt the tidying up.
    """
    if threading.current_thread() is not threading.main_thread():  # signals are the main one's
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    handled = [number for number in numbers if before[number] not in (signal.SIG_IGN, None)]

    def terminate(number: int, frame: object) -> NoReturn:
        for other in handled:
            signal.signal(other, signal.SIG_IGN)
        raise _Terminated(number)

    try:
        for number in handled:
            signal.signal(number, terminate)
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])

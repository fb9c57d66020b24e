"""The command `serfast`: reads the arguments, runs one command, tells how it ended.

Exit status: 0 if all went well, 1 after an error (one line on standard error), 2 after bad usage,
130 after Ctrl-C, 141 if whoever read the output went away, 143 after SIGTERM, 129 after SIGHUP, 152
after SIGXCPU (as the shell counts signals). No half-written file is left behind by any of them.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn, TextIO

from .._version import __version__
from ..errors import SerfastError
from ._output import one_line
from ._streams import drop_output, forgiving, make_usable, of_output

__all__ = ["main"]

COMMANDS = {
    "predict": "tell the emotion in recordings",
    "extract": "write the feature rows of recordings as NPZ, CSV or Parquet",
    "train": "train a classifier on a folder of labelled recordings",
    "evaluate": "measure a classifier, leaving one speaker out",
    "bench": "measure this machine",
    "info": "show versions, instruction sets, back ends, plugins and features",
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
    arguments = _parser(argv).parse_args(argv)
    with forgiving():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    """Run the command, and give the exit status that tells how it ended."""
    try:
        with warnings.catch_warnings(), _terminable():
            warnings.showwarning = _show_warning
            status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        drop_output()
        return 141
    except _Terminated as signalled:
        return 128 + signalled.number
    except KeyboardInterrupt:
        print("serfast: interrupted", file=sys.stderr)
        return 130
    except MemoryError as error:
        what = one_line(error) if str(error) else "there is no more"
        print(f"serfast {arguments.command}: error: memory ran out: {what}", file=sys.stderr)
        return 1
    except (SerfastError, OSError, ImportError) as error:
        message = one_line(of_output(error))
        print(f"serfast {arguments.command}: error: {message}", file=sys.stderr)
        return 1


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Describe the arguments: in full for the command that is asked for, the others by one line.

    So no other command's module is loaded, and none for ``serfast --help``.
    """
    parser = argparse.ArgumentParser(
        prog="serfast",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"serfast {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    first_word = next((word for word in argv if word != "--"), None)
    for name, line in COMMANDS.items():
        if name == first_word:
            importlib.import_module(f".{name}", __package__).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=line)
    return parser


class _Terminated(KeyboardInterrupt):
    """A signal that, like Ctrl-C, shall unwind everything and be caught by nobody else."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
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


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Warnings as one line, without Python's source line."""
    print(f"serfast: warning: {message}", file=sys.stderr)

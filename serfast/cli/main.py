"""The command `serfast`: reads the arguments, runs one command, tells how it ended.

Exit status: 0 if all went well, 1 after an error (one line on standard error), 2 after bad usage,
130 after Ctrl-C, 141 if whoever read the output went away, 143 after SIGTERM (as the shell counts
signals). No half-written file is left behind by any of them.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn, TextIO

from .._version import __version__
from ..errors import SerfastError

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
    _make_streams_usable()
    argv = sys.argv[1:] if argv is None else argv
    arguments = _parser(argv).parse_args(argv)
    try:
        with warnings.catch_warnings(), _terminable():
            warnings.showwarning = _show_warning
            status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Python flushes standard output once more on its way out; give it somewhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except _Terminated:
        return 143
    except KeyboardInterrupt:
        print("serfast: interrupted", file=sys.stderr)
        return 130
    except MemoryError as error:
        what = _one_line(error) if str(error) else "there is no more"
        print(f"serfast {arguments.command}: error: memory ran out: {what}", file=sys.stderr)
        return 1
    except (SerfastError, OSError, ImportError) as error:
        print(f"serfast {arguments.command}: error: {_one_line(error)}", file=sys.stderr)
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
    """SIGTERM, which like Ctrl-C shall unwind everything and be caught by nobody else."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Make SIGTERM an exception meanwhile, so that half-written files are removed."""

    def terminate(number: int, frame: object) -> NoReturn:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():  # signals are the main one's
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _make_streams_usable() -> None:
    """Whatever they are, they take all text: closed ones drop it, ASCII ones show '?'."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}"
    return " ".join(str(error).split()) or type(error).__name__


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

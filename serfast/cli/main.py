"""The command `serfast`: reads the arguments, runs one command, tells how it ended.

Exit status: 0 if all went well, 1 after an error (one line on standard error), 2 after bad usage,
130 after Ctrl-C, 141 if whoever read the output went away (as the shell counts signals).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

from .. import __version__
from ..errors import SerfastError

__all__ = ["main"]

COMMANDS = ("predict", "extract", "train", "evaluate", "info")

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
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Python flushes standard output once more on its way out; give it somewhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("serfast: interrupted", file=sys.stderr)
        return 130
    except (SerfastError, OSError, ImportError) as error:
        print(f"serfast {arguments.command}: error: {_one_line(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="serfast",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"serfast {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f".{name}", __package__).add_parser(subparsers)
    return parser


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

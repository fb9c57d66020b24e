"""Reading the arguments: which command, its options, and what was meant by those that are wrong."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from .._checks import similar
from .._version import __version__

__all__ = ["parsed"]


def parsed(
    argv: Sequence[str], commands: Mapping[str, str], description: str, epilog: str
) -> argparse.Namespace:
    """Read the arguments of one command.

    Parameters
    ----------
    argv : sequence of str
        Without the program's name.
    commands : mapping of str to str
        Each command, which a module beside this one describes, and its line in the help.
    description, epilog : str
        Of the help.

    Raises
    ------
    SystemExit
        After bad usage, --help and --version. What is said of a wrong option has the command's
        usage, and the option that may have been meant.
    """
    parser = _Parser(
        prog="serfast",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"serfast {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    word = next((word for word in argv if not word.startswith("-")), None)
    for name, line in commands.items():
        if name == word:  # so no other command's module is loaded, and none for --help
            importlib.import_module(f".{name}", __package__).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=line)
    if word is not None and word not in commands:
        parser.error(f"{word!r} is no command{similar(word, commands)}; see serfast --help")
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        _refuse(subparsers.choices[arguments.command], argv, unknown)
    return arguments


class _Parser(argparse.ArgumentParser):
    """A parser, also of a command, that suggests the right one of an argument's choices."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            near = similar(value, map(str, action.choices or ()))
            raise argparse.ArgumentError(action, f"{error.message}{near}") from None


def _refuse(command: argparse.ArgumentParser, argv: Sequence[str], unknown: Sequence[str]) -> None:
    """Say what is wrong with the arguments that were left."""
    options = command._option_string_actions
    name = command.prog.split()[-1]
    for word in unknown:
        option = word.partition("=")[0]
        if option in options and argv.index(word) < argv.index(name):
            command.error(f"{option} must come after {name}")
        if word.startswith("-"):
            command.error(f"there is no option {option}{similar(option, options)}")
    command.error(f"there are more arguments than {name} takes: {' '.join(unknown)}")

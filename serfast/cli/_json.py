"""The argument --json: what a command has to say goes to standard output, one JSON text a line.

It means this in every command. One that says one thing prints one line; one that speaks of many
recordings or events prints a line for each, as soon as it is known.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

__all__ = ["add_json", "print_json"]


def add_json(parser: argparse._ActionsContainer, what: str) -> None:
    """Describe the argument; `what` says what a line is."""
    parser.add_argument("--json", action="store_true", help=f"print JSON lines: {what}")


def print_json(value: Any) -> None:
    """Print one line, so that a reader at the other end of a pipe has it at once."""
    print(json.dumps(value), flush=True)

"""The argument --threads: how many recordings at a time."""

from __future__ import annotations

import argparse
import os

__all__ = ["add_threads", "processors"]


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Describe the argument."""
    parser.add_argument(
        "--threads",
        type=_threads,
        default=processors(),
        metavar="N",
        help="recordings at a time (default: the processors, %(default)s here)",
    )


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an int >= 1, got {text!r}")
    return int(text)

"""A process that measures answers on this channel; the file needs the standard library alone.

A measurement may run in an interpreter that doesn't have serfast: there the file is loaded by its
path (`process.ANSWERING`). A message is one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator

__all__ = ["Channel"]


class Channel:
    """The child's end of its channel to the process that started it.

    The channel takes the place of standard input and output. What a package prints from then on
    goes to standard error, and what it reads is empty, so neither can come between the messages.
    """

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._requests = os.fdopen(os.dup(0), encoding="utf-8")
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)

    def send(self, kind: str, content: object) -> None:
        """Send one message: ``{kind: content}``."""
        print(json.dumps({kind: content}), file=self._answers, flush=True)

    def lines(self) -> Iterator[str]:
        """Give each line that the parent sends, until it closes the channel."""
        yield from self._requests

    def wait(self) -> None:
        """Wait for one line of the parent, whatever it says."""
        self._requests.readline()

    def answer(
        self, work: Callable[[], object], expected: tuple[type[Exception], ...] = ()
    ) -> None:
        """Send what the work returns as "answer", or what went wrong as "error".

        Parameters
        ----------
        work : function
            It is called without arguments.
        expected : tuple of exception classes
            An error of these is described by its message alone. Any other one is described by its
            class and message, and its traceback goes to standard error.
        """
        try:
            result = work()
        except expected as error:
            self.send("error", _one_line(str(error)) or type(error).__name__)
        except Exception as error:
            self.send("error", _one_line(f"{type(error).__name__}: {error}"))
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            self.send("answer", result)


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""A fork waits: a process isn't copied while one of its threads imports or compiles.

After ``os.fork()`` the child has one thread, the one that forked, but every lock as it was. What
another thread was importing or compiling stays locked in the child for ever, so that it hangs when
it needs the same module. Therefore all that serfast imports or compiles late stands in a block

    with forks_wait:
        import soundfile

and a fork waits until no other thread is in such a block. Blocks don't wait for one another.
Plugins may use it for what they import late.
"""

from __future__ import annotations

import importlib
import os
import threading

__all__ = ["LONGEST", "ForksWait", "forks_wait"]

LONGEST = 300.0
"""A fork waits at most so long [s]: it must not wait for ever for a block that waits for it.

A block waits for a fork if the fork is made by a module that is being imported, and the block needs
that module.
"""


class ForksWait:
    """It counts the blocks that run at present, by thread; serfast has one, :data:`forks_wait`.

    Examples
    --------
    >>> with forks_wait:
    ...     import json
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._blocks: dict[int, int] = {}
        self._forking = 0
        """This is the thread that forks, while it does, and otherwise 0."""
        self._before_logging = not hasattr(os, "register_at_fork")
        self._register()

    def __enter__(self) -> None:
        if not self._before_logging and threading.active_count() > 1:  # else nobody forks meanwhile
            self._enter()
            try:
                importlib.import_module("logging")
                self._register()
                self._before_logging = True
            finally:
                self.__exit__()
        self._enter()

    def _enter(self) -> None:
        thread = threading.get_ident()
        with self._changed:
            self._blocks[thread] = self._blocks.get(thread, 0) + 1

    def __exit__(self, *_: object) -> None:
        thread = threading.get_ident()
        with self._changed:
            self._blocks[thread] -= 1
            if not self._blocks[thread]:
                del self._blocks[thread]
                self._changed.notify_all()

    def _register(self) -> None:
        """Have every fork wait from now on.

        What was registered last is called first. A fork must wait before it takes the lock of
        logging, which a block may need, so this is called once more when logging is imported; that
        import is a block of its own, which doesn't need the lock, so a fork that has it goes on.
        The second time a fork waits no more.
        """
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._before, after_in_parent=self._in_parent, after_in_child=self._in_child
            )

    def _before(self) -> None:
        """Wait until no other thread is in a block; none can enter one until the fork is done."""
        self._changed.acquire()
        thread = threading.get_ident()
        if self._forking == thread:  # it has waited: this was registered more than once
            self._changed.release()
            return
        self._changed.wait_for(lambda: not self._blocks.keys() - {thread}, LONGEST)
        self._forking = thread

    def _in_parent(self) -> None:
        if self._forking == threading.get_ident():
            self._forking = 0
            self._changed.release()

    def _in_child(self) -> None:
        """Forget the other threads, which the child doesn't have, and the lock that they had."""
        if self._forking:
            thread = threading.get_ident()
            self._changed, self._forking = threading.Condition(), 0
            self._blocks = {thread: self._blocks[thread]} if thread in self._blocks else {}


forks_wait = ForksWait()
"""A fork waits for the end of every ``with`` block of it."""

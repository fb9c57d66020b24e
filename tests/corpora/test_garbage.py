"""The search for garbage waits in a block, whatever other threads do, and goes on afterwards."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import pytest

from serfast.corpora.garbage import collection_waits

FORKED = """
import gc, os, threading
from serfast.corpora.garbage import collection_waits

inside, done = threading.Event(), threading.Event()

def read():
    with collection_waits():
        inside.set()
        done.wait()

thread = threading.Thread(target=read)
thread.start()
inside.wait()
child = os.fork()
if child == 0:
    was_on = gc.isenabled()
    with collection_waits():
        was_on = was_on and not gc.isenabled()
    os._exit(0 if was_on and gc.isenabled() else 1)
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0
assert not gc.isenabled()
done.set()
thread.join()
assert gc.isenabled()
"""


def test_a_collector_that_is_off_stays_so() -> None:
    gc.disable()
    try:
        with collection_waits():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="bad"), collection_waits():
        raise ValueError("bad")
    assert gc.isenabled()


def test_the_last_of_blocks_that_overlap_turns_it_on() -> None:
    """If each looked for itself, one could turn it off after another had turned it on for it."""
    ends = [threading.Event(), threading.Event()]
    begun = threading.Barrier(3)

    def wait(end: threading.Event) -> None:
        with collection_waits():
            begun.wait()
            end.wait()

    threads = [threading.Thread(target=wait, args=(end,)) for end in ends]
    for thread in threads:
        thread.start()
    begun.wait()
    states = []
    for end, thread in zip(ends, threads, strict=True):
        states.append(gc.isenabled())
        end.set()
        thread.join()
    assert [*states, gc.isenabled()] == [False, False, True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_has_no_block_of_other_threads() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=60)

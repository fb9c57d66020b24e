"""A child of os.fork() can do everything, whatever other threads were doing at that moment."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import NoReturn

import pytest

from helpers.pages import ROOT
from helpers.processes import printed, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

PROGRAM = """
import importlib.machinery, os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore")

statement, slow = sys.argv[1:]
statement = statement.replace("COSINE", repr("cosine"))
begun = threading.Event()


class Slowly:
    # Finds the module `slow`, which then takes half a second to run.
    @staticmethod
    def find_spec(name, path, target=None):
        if name != slow:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run = spec.loader.exec_module

        def exec_module(module):
            begun.set()
            time.sleep(0.5)
            run(module)

        spec.loader.exec_module = exec_module
        return spec


import numpy, serfast
assert slow not in sys.modules, f"{slow} is not imported late"
sys.meta_path.insert(0, Slowly)
thread = threading.Thread(target=exec, args=(statement, {"np": numpy, "serfast": serfast}))
thread.start()
assert begun.wait(60), f"{slow} is not imported"
child = os.fork()
if child == 0:
    signal.alarm(30)  # ends the child if it hangs
    exec(statement, {"np": numpy, "serfast": serfast})
    os._exit(0)
print(os.waitpid(child, 0)[1])
thread.join()
"""

SPEC = "serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])"

LATE = [
    (f"serfast.Extractor({SPEC})", "serfast.program.planner"),
    (f"serfast.Extractor({SPEC}, 'reference')(np.ones(4000))", "serfast.backends.reference"),
    (f"serfast.Extractor({SPEC}).map([np.ones(4000)] * 4, threads=2)", "concurrent.futures.thread"),
    ("serfast.Recognizer", "serfast.recognizer"),
    ("serfast.Statistics", "serfast.statistics"),
    ("serfast.presets.speech()", "serfast.presets"),
    ("serfast.compat.librosa", "serfast.compat.librosa"),
    ("serfast.audio.resample(np.ones(480), 48000, 16000)", "soxr"),
    (f"serfast.load({str(ROOT / 'examples' / 'speech.flac')!r})", "soundfile"),
    ("serfast.models.registry.available()", "importlib.metadata"),
    ("serfast.models.registry.get('svm')", "serfast_svm"),
    (f"serfast.Extractor({SPEC.replace('YIN()', 'MFCC(window=COSINE)')})", "scipy.signal"),
]


@pytest.mark.native
@pytest.mark.parametrize(("statement", "slow"), LATE, ids=[slow for _, slow in LATE])
def test_a_child_imports_what_another_thread_was_importing(statement: str, slow: str) -> None:
    assert printed(PROGRAM, statement, slow) == "0"


BUSY = """
import os, signal, sys, threading, time, warnings
import numpy as np, serfast
warnings.simplefilter("ignore")
{setup}
stop = threading.Event()


def again():
    while not stop.is_set():
        {statement}


{statement}
threads = [threading.Thread(target=again, daemon=True) for _ in range(4)]
for thread in threads:
    thread.start()
statuses = []
for _ in range(25):
    time.sleep(0.01)
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        {statement}
        os._exit(0)
    statuses.append(os.waitpid(child, 0)[1])
stop.set()
for thread in threads:
    thread.join()
print(sum(statuses))
"""

REPEATED = {
    "extractor": (
        f"spec, y = {SPEC}, np.ones(4000)",
        "serfast.Extractor(spec)(y)",
    ),
    "statistics of the reference": (
        "from serfast.statistics import functionals as f; y = np.arange(40.0).reshape(2, 20)",
        "f.apply(tuple(f.FUNCTIONALS), y)",
    ),
    "compat.librosa": (
        "import itertools; counter, y = itertools.count(), np.ones(4000)",
        "serfast.compat.librosa.feature.mfcc(y=y, sr=16000 + next(counter), n_mfcc=5)",
    ),
    "a stream's events": (
        "recognizer, y = serfast.Recognizer('svm'), np.zeros(16000)",
        "recognizer.stream().accept(y)",
    ),
}


@pytest.mark.native
@pytest.mark.parametrize("place", REPEATED)
def test_a_child_does_what_other_threads_were_doing(place: str) -> None:
    setup, statement = REPEATED[place]
    assert printed(BUSY.format(setup=setup, statement=statement)) == "0"


COMPILING = """
import os, signal, threading, time
import numpy as np, serfast
from serfast.backends.numba import engine
spec, begun = serfast.FeatureSpec(features=[serfast.RMS()]), threading.Event()
compiled = engine.compiled


def slowly(*arguments):
    begun.set()
    time.sleep(0.5)
    return compiled(*arguments)


engine.compiled = slowly
thread = threading.Thread(target=serfast.Extractor, args=(spec, "numba"))
thread.start()
assert begun.wait(60)
child = os.fork()
if child == 0:
    signal.alarm(200)
    assert serfast.Extractor(spec, "numba")(np.ones(1000)).all()
    os._exit(0)
print(os.waitpid(child, 0)[1])
thread.join()
"""


def test_a_child_compiles_what_another_thread_was_compiling(
    lacking: Callable[[str], NoReturn],
) -> None:
    if find_spec("numba") is None:
        lacking("numba not found: pip install 'numba>=0.60'")
    assert printed(COMPILING) == "0"


WAITING = """
import os, threading, time
from serfast.forking import forks_wait
inside, order = threading.Event(), []


def block():
    with forks_wait, forks_wait:
        inside.set()
        time.sleep(0.3)
        order.append("block")


with forks_wait:  # the block of the thread that forks doesn't stop it
    thread = threading.Thread(target=block)
    thread.start()
    inside.wait()
    child = os.fork()
    order.append("fork")
if child == 0:
    with forks_wait:  # the child's blocks are its own
        os._exit(7)
print(*order, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork_waits_for_other_threads_blocks_alone() -> None:
    assert printed(WAITING) == "block fork 7"


FIRST_CALLS = """
import os, signal, threading
import numpy as np
import serfast.compat.librosa as librosa

signal.alarm(60)
y = np.random.default_rng(0).normal(0, 0.1, 20000).astype(np.float32)
threads = [
    threading.Thread(target=librosa.feature.mfcc, kwargs={"y": y, "sr": 44100}) for _ in range(4)
]
for thread in threads:
    thread.start()
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # ends the child if it hangs
        librosa.feature.mfcc(y=y, sr=44100)
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children])
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("lap", range(8))
def test_forks_during_the_first_calls_of_threads_end(lap: int) -> None:
    """A fork that held the lock of logging waited for a block that needed it."""
    done = run(FIRST_CALLS)
    assert (done.returncode, done.stdout) == (0, "[0, 0, 0]\n"), done.stderr

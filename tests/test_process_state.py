"""What belongs to the whole process is left alone, and no lock outlives a fork."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from helpers.pages import ROOT
from helpers.processes import printed

SOURCES = [
    path
    for folder in (ROOT / "serfast", *ROOT.glob("plugins/*/src"))
    for path in sorted(folder.rglob("*.py"))
]
assert len(SOURCES) > 150

WHOLE_PROCESS = re.compile(
    r"catch_warnings|simplefilter|filterwarnings|resetwarnings|showwarning\b|seterr\b|setlocale"
    r"|random\.seed|setrecursionlimit|signal\.signal|set_int_max_str_digits|set_num_threads"
    r"|manual_seed|os\.environ\[[^]]*\] *=[^=]|os\.(?:putenv|chdir|umask)\(|environ\.(?:update|pop)"
)
"""What changes the process for everybody in it."""

MAY_CHANGE_THE_PROCESS = {
    "serfast/cli/main.py": "the command is the process's own",
    "serfast/cli/_warnings.py": "the same: main shows the warnings of its command",
    "serfast/thread_warnings.py": "a cluster's worker alone, while a task runs",
    "plugins/serfast-onnx/src/serfast_onnx/train/torch_state.py": "torch has no other way",
}

LOCKS = re.compile(
    r"\b(?:Lock|RLock|threading\.Condition|Semaphore|Timer|cached_property|threading\.Event)\b"
)
"""What has a lock; functools.cached_property has one before Python 3.12."""

MAY_LOCK = {
    "serfast/cli/_dataset.py": "a program by itself, which forks nothing",
    "serfast/forking.py": "it is what makes a fork wait",
    "serfast/corpora/garbage.py": "a fork takes it and gives it back",
    "serfast/thread_warnings.py": "a cluster's worker, whose tasks fork nothing",
    "serfast/backends/numba/engine.py": "only in a block in which a fork waits",
    "serfast/backends/numba/stream.py": "never waited for",
    "plugins/serfast-onnx/src/serfast_onnx/session.py": "only in a block in which a fork waits",
    "plugins/serfast-onnx/src/serfast_onnx/train/torch_state.py": "only in such a block",
}

NUMPY_LATE = re.compile(
    r"(?<!`)\bnp\.(?:fft|ma|polynomial|testing|ctypeslib|rec|char|random\.(?!Generator))\b"
)
"""Modules that NumPy imports when their names are first used."""


def _is_prose(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def using(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """The lines of each source file with the pattern in them, comments and prose left out."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [x for x in body if not _is_prose(x)] or [ast.Pass()]
        lines = [line for line in ast.unparse(tree).splitlines() if pattern.search(line)]
        lines = [line for line in lines if not line.lstrip().startswith(("def ", "'"))]
        if lines:
            found[path.relative_to(ROOT).as_posix()] = lines
    return found


def test_the_process_is_left_as_it_is() -> None:
    found = using(WHOLE_PROCESS)
    assert {path: found[path] for path in found.keys() - MAY_CHANGE_THE_PROCESS} == {}


def test_nothing_waits_for_a_lock_that_a_fork_copies() -> None:
    found = using(LOCKS)
    assert {path: found[path] for path in found.keys() - MAY_LOCK} == {}


def test_no_module_of_numpy_is_imported_unseen() -> None:
    assert using(NUMPY_LATE) == {}


BY_ITSELF = ("serfast/cli/", "serfast/bench/", "serfast/forking.py")
"""Programs with one thread, which fork nothing; and the block itself."""


def late_imports(text: str) -> list[int]:
    """The lines of the imports inside functions that stand in no block in which a fork waits."""
    found = []

    def visit(node: ast.AST, late: bool, waits: bool) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            late, waits = True, False
        if isinstance(node, ast.With):
            waits = waits or any(ast.unparse(item) == "forks_wait" for item in node.items)
        is_call = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
        if late and not waits and (isinstance(node, (ast.Import, ast.ImportFrom)) or is_call):
            found.append(node.lineno)  # type: ignore[attr-defined]
        for child in ast.iter_child_nodes(node):
            visit(child, late, waits)

    visit(ast.parse(text), False, False)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_fork_waits_for_every_late_import(path: Path) -> None:
    if path.relative_to(ROOT).as_posix().startswith(BY_ITSELF):
        return
    assert late_imports(path.read_text("utf-8")) == []


def test_a_late_import_without_a_block_is_noticed() -> None:
    text = """\
import a
def f():
    import b
    with forks_wait:
        import c
        def g():
            import d
    with other:
        from e import f
    with other, forks_wait:
        importlib.import_module("g")
    return importlib.import_module("h")
"""
    assert late_imports(text) == [3, 7, 9, 12]


PROGRAM = """
import os, random, signal, sys, threading, warnings
import numpy as np, serfast

warnings.simplefilter("ignore")
warnings.filterwarnings("error", message="the user's own")


def state():
    return (
        id(warnings.filters), list(warnings.filters), warnings.showwarning, np.geterr(),
        random.getstate(), str(np.random.get_state()), dict(os.environ), os.getcwd(),
        sys.getrecursionlimit(), signal.getsignal(signal.SIGINT), np.get_printoptions(),
    )


def user():
    try:
        warnings.warn("the user's own")
    except UserWarning:
        return
    lost.append(1)


def work(first):
    for i in range(20):
        rate = 16000 + 8 * i + first  # nothing is taken from a cache
        librosa.feature.mfcc(y=y, sr=rate, n_fft=256, n_mels=200)  # warns: empty filters
        librosa.feature.rms(y=y[:100])  # warns: the frame is longer
        librosa.yin(y, fmin=20, fmax=400, sr=rate, frame_length=1024)
        librosa.feature.spectral_centroid(y=y * 0, sr=rate)
        serfast.Extractor(serfast.FeatureSpec(sample_rate=rate, features=[serfast.MFCC()]))(y)
        user()
    serfast.load(speech, 16000)
    recognizer.predict(y, 16000)


before, lost, speech = state(), [], sys.argv[1]
librosa, y = serfast.compat.librosa, np.random.default_rng(0).normal(size=4000).astype(np.float32)
recognizer = serfast.Recognizer("svm")
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
for thread in threads:
    thread.start()
while any(thread.is_alive() for thread in threads):
    user()
user()
print(len(lost), [i for i, (a, b) in enumerate(zip(before, state())) if a != b])
"""


@pytest.mark.native
def test_threads_change_nothing_for_the_user() -> None:
    speech = ROOT / "examples" / "speech.flac"
    assert printed(PROGRAM, str(speech)) == "0 []"

"""Without the native module, and without what else a back end needs: clear words, no silence."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numba import types
from numba.core.caching import CacheImpl

import serfast
from helpers import signals
from helpers.building import build, copied_tree
from helpers.plugin_stub import install_nearest
from helpers.processes import printed, refused, run
from serfast.backends.numba.compiling import compiled
from serfast.errors import ModelError
from serfast.models.bundle import fingerprint
from serfast.models.bundle.bundle import Bundle
from serfast.statistics.statistics import Statistics

HIDDEN = "import sys; sys.modules['serfast._engine'] = None\n"
"""Before a program: as if the native module had not been built."""
HINT = "choose backend='numba' (pip install 'serfast[numba]') or 'reference' (slow)"


# --- No native module ---------------------------------------------------------------------------


def test_import_works_and_says_how_to_choose() -> None:
    done = run(HIDDEN + "import serfast; print(serfast.__version__)")
    assert done.stdout.strip() == serfast.__version__
    assert HINT in done.stderr


def test_who_has_chosen_is_not_told() -> None:
    done = run(HIDDEN + "import serfast", SERFAST_BACKEND="numba")
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_falls_back_silently() -> None:
    message = refused(HIDDEN + "import serfast; serfast.Extractor(serfast.presets.speech())")
    assert message.startswith("serfast.errors.BackendError: backend 'native' can't be loaded: ")
    assert HINT in message


NUMBA_ROWS = (
    HIDDEN
    + """
import hashlib, sys
import numpy as np
import serfast
from helpers import signals

y = signals.voice(16000, 5000, seed=4)
extractor = serfast.Extractor(serfast.presets.speech(), *sys.argv[1:])
rows = extractor(y)
stream = extractor.stream()
streamed = [*map(stream.accept, np.array_split(y, 9)), stream.flush()]
assert np.array_equal(np.concatenate(streamed), rows)
print(extractor.backend, hashlib.sha256(rows.tobytes()).hexdigest())
"""
)


@pytest.mark.parametrize(("arguments", "variable"), [(["numba"], ""), ([], "numba")])
def test_numba_does_all_the_work(arguments: list[str], variable: str) -> None:
    rows = serfast.Extractor(serfast.presets.speech(), "numba")(signals.voice(16000, 5000, seed=4))
    expected = f"numba {hashlib.sha256(rows.tobytes()).hexdigest()}"
    assert printed(NUMBA_ROWS, *arguments, SERFAST_BACKEND=variable) == expected


@pytest.mark.parametrize("what", ["serfast.native", "serfast.native_info()"])
def test_what_needs_the_native_module_says_so(what: str) -> None:
    message = refused(HIDDEN + f"import serfast; {what}")
    assert message.startswith("serfast.errors.BackendError: ")
    assert "native module" in message


def test_info_shows_it() -> None:
    text = printed(HIDDEN + "from serfast.cli.main import main; main(['info'])")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "ISA in use none: no native back end" in lines
    assert "back end numba available" in lines
    assert any(line.startswith("back end native backend 'native' can't be") for line in lines)


def test_the_wheel_is_for_every_platform(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.mktemp("pure")
    before = dict(os.environ)
    os.environ["SERFAST_NO_NATIVE"] = "1"
    try:
        wheel = build(copied_tree(base), base / "wheel", "wheel")
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert wheel.name == f"serfast-{serfast.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    package = [name for name in names if name.startswith("serfast/")]
    assert "serfast/backends/numba/rows.py" in package
    assert all(name.endswith((".py", ".pyi", "py.typed")) for name in package)


# --- Numba isn't as it should be ----------------------------------------------------------------

MAKE = "import serfast; serfast.Extractor(serfast.presets.speech(), backend='numba')"


def test_numba_missing() -> None:
    message = refused("import sys; sys.modules['numba'] = None\n" + MAKE)
    assert message == (
        "serfast.errors.BackendError: backend 'numba' can't be loaded: it needs Numba: "
        "pip install 'serfast[numba]'"
    )


def test_numba_too_old() -> None:
    old = "import sys, types; m = types.ModuleType('numba'); m.__version__ = '0.59.1'\n"
    message = refused(old + "sys.modules['numba'] = m\n" + MAKE)
    assert "numba must be >= 0.60 (the first for NumPy 2), got 0.59.1: pip install" in message


def test_numba_that_may_not_compile() -> None:
    assert "NUMBA_DISABLE_JIT must be unset" in refused(MAKE, NUMBA_DISABLE_JIT="1")


def test_a_name_that_is_none() -> None:
    message = "must be one of 'native', 'numba', 'reference', got 'cuda'"
    with pytest.raises(serfast.ParameterError, match=f"^backend {message}$"):
        serfast.Extractor(serfast.presets.speech(), backend="cuda")
    program = "import serfast; serfast.Extractor(serfast.presets.speech())"
    assert f"SERFAST_BACKEND {message}" in refused(program, SERFAST_BACKEND="cuda")


def test_nowhere_to_keep_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def double(x: int) -> int:
        return 2 * x

    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    with pytest.warns(UserWarning, match="compiled code can't be kept.*NUMBA_CACHE_DIR"):
        made = compiled(double, types.intp(types.intp))
    assert made(21) == 42


# --- Models -------------------------------------------------------------------------------------

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC()])
Y = signals.voice(16000, 16000)


@pytest.fixture
def nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for models of a plugin `nearest`."""
    install_nearest(tmp_path, monkeypatch, tmp_path / "none.zip")
    return tmp_path


def model(backend: str) -> Bundle:
    return Bundle(
        plugin="nearest",
        classes=("quiet", "loud"),
        spec=SPEC,
        statistics=Statistics(functionals=("mean",), deltas=0),
        backend=backend,
        arrays={"means": np.stack([np.zeros(14), np.ones(14)])},
    )


@pytest.mark.parametrize("used", ["native", "numba", "reference"])
@pytest.mark.parametrize("trained", ["native", "numba", "reference"])
@pytest.mark.native
def test_a_model_works_with_every_back_end(nearest: Path, trained: str, used: str) -> None:
    path = model(trained).save(nearest / "model.zip")
    assert Bundle.load(path, used).backend == trained
    result = serfast.Recognizer(path, backend=used).predict(Y, 16000)
    expected = serfast.Recognizer(path, backend=trained).predict(Y, 16000)
    assert result.label == expected.label
    assert result.probabilities == pytest.approx(expected.probabilities, abs=1e-3)


@pytest.mark.parametrize("trained", ["native", "numba"])
@pytest.mark.native
def test_a_model_whose_rows_differ_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: str
) -> None:
    rows = fingerprint.sample(SPEC, trained).copy()
    rows[5, 3] += 0.05
    monkeypatch.setattr("serfast.models.bundle.bundle.sample", lambda *_: rows)
    path = model(trained).save(tmp_path / "model.zip")
    monkeypatch.undo()
    used = {"native": "numba", "numba": "native"}[trained]
    message = (
        rf"model\.zip: rows of back end '{used}' must agree with those of '{trained}' .*mfcc_0"
    )
    with pytest.raises(ModelError, match=message):
        Bundle.load(path, used)


def test_an_old_model_needs_the_back_end_that_made_it(tmp_path: Path) -> None:
    old = tmp_path / "old"
    with zipfile.ZipFile(model("numba").save(tmp_path / "model.zip")) as archive:
        archive.extractall(old)
    card = json.loads((old / "model.json").read_bytes())
    card["sha256"].pop("fingerprint.npy")
    del card["backend"]
    (old / "fingerprint.npy").unlink()
    (old / "model.json").write_text(json.dumps(card))
    program = HIDDEN + f"from serfast.models import Bundle; Bundle.load({str(old)!r}, 'numba')"
    message = refused(program)
    assert "bundle must have the member fingerprint.npy" in message

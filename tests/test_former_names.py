"""Former names of modules: what could be imported before there were rooms, still can be.

helpers/former_names.json lists every module of that time, below serfast, with the names in its
``__all__``; "" is serfast itself. helpers/former_objects.pickle was written at that time.
"""

from __future__ import annotations

import importlib
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import serfast
from serfast._former_names import CALLABLE, FORMER
from serfast.audio.augmentation import Chain, Noise, Speed
from serfast.streaming.events import Event

HELPERS = Path(__file__).with_name("helpers")

MODULES: dict[str, list[str]] = {
    name: names
    for name, names in json.loads((HELPERS / "former_names.json").read_text("utf-8")).items()
    if not name.startswith("bench.")  # measuring was and is internal
}

GONE_MODULES = {"backends.numba.custom", "backends.numba.delta", "backends.reference.custom"}
"""Internal modules that are gone."""

GONE = {
    "agreement": {"LIMITS"},
    "backends.numba.tables": {"frames_of"},
    "callbacks": {"Call", "Inputs", "native_call", "python_call"},
    "cli._examples": {"features", "find", "make", "plugin_of", "running", "setup"},
    "compat.librosa._engine": {"quiet"},
    "custom": {"warn_of_faults", "warn_of_rows"},
    "program": {"Custom", "Delta", "bin_frequencies"},
    "trial": {"tried_callbacks"},
}
"""Internal names that are gone, or in another module, by the module that had them."""

PRESENT = sorted(set(MODULES) - GONE_MODULES)
MOVED = sorted(set(FORMER) & set(MODULES))


def names_of(name: str) -> list[str]:
    """The names of a former module that can still be imported from it."""
    return sorted(set(MODULES[name]) - GONE.get(name, set()))


def forget(name: str) -> None:
    """Make a former name as unknown as it is in a new process."""
    sys.modules.pop(f"serfast.{name}", None)
    package, _, last = f"serfast.{name}".rpartition(".")
    vars(importlib.import_module(package)).pop(last, None)


def run(code: str) -> tuple[dict[str, object], list[warnings.WarningMessage]]:
    """What this code, of a file caller.py, binds, and the DeprecationWarnings that it gives."""
    names: dict[str, object] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile(code, "caller.py", "exec"), names)
    return names, [w for w in caught if issubclass(w.category, DeprecationWarning)]


def check_warnings(caught: list[warnings.WarningMessage], name: str, line: int) -> None:
    """There is one at least, each names the present module and points at the caller's line."""
    assert caught
    for warning in caught:
        assert str(warning.message) == f"serfast.{name} is now serfast.{FORMER[name]}"
        assert (warning.filename, warning.lineno) == ("caller.py", line)


def test_every_former_module_is_there_or_has_moved() -> None:
    assert set(FORMER) <= set(MODULES)
    missing = {name for name in PRESENT if name not in FORMER and name and not is_file(name)}
    assert missing == set()
    assert not [name for name in GONE_MODULES if is_file(name)]


def is_file(name: str) -> bool:
    """Whether there is a module or package of this name below serfast today."""
    path = Path(serfast.__file__).parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@pytest.mark.parametrize("name", [name for name in MOVED if name not in CALLABLE])
def test_a_former_module_can_be_imported(name: str) -> None:
    forget(name)
    present = importlib.import_module(f"serfast.{FORMER[name]}")
    names, caught = run(f"\n\nimport serfast.{name}\nmodule = serfast.{name}")
    check_warnings(caught, name, 3)
    assert names["module"] is present is sys.modules[f"serfast.{name}"]
    _, caught = run(f"import serfast.{name}")
    assert caught == []  # it is known from now on


@pytest.mark.parametrize("name", [name for name in MOVED if names_of(name)])
def test_its_names_can_be_imported(name: str) -> None:
    forget(name)
    present = importlib.import_module(f"serfast.{FORMER[name]}")
    names, caught = run(f"\nfrom serfast.{name} import {', '.join(names_of(name))}")
    check_warnings(caught, name, 2)
    for public in names_of(name):
        assert names[public] is getattr(present, public)


@pytest.mark.parametrize(
    "name", [name for name in MOVED if "." not in name and name not in CALLABLE]
)
def test_it_is_an_attribute_of_serfast(name: str) -> None:
    for code in (
        f"import serfast\n\n\nmodule = serfast.{name}",
        f"\n\n\nfrom serfast import {name}",
    ):
        forget(name)
        names, caught = run(code)
        check_warnings(caught, name, 4)
        module = names["module" if "module" in names else name]
        assert module is importlib.import_module(f"serfast.{FORMER[name]}")


@pytest.mark.parametrize("name", [name for name in PRESENT if name not in FORMER])
def test_a_module_that_has_not_moved_gives_no_warning(name: str) -> None:
    dotted = f"serfast.{name}" if name else "serfast"
    if name == "__main__":
        return  # importing it runs the command
    imports = [f"from {dotted} import {public}" for public in names_of(name)]
    _, caught = run("\n".join([f"import {dotted}", *imports]))
    assert caught == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", sorted(GONE))
def test_what_is_gone_is_gone(name: str) -> None:
    module = importlib.import_module(f"serfast.{name}")
    assert {public for public in GONE[name] if hasattr(module, public)} == set()


NEW_PROCESS = """
import sys
import serfast
assert not [name for name in sys.modules if name.startswith("serfast.models")]
print(serfast.classifier.Weights, serfast.hooks.Run, serfast.alteration.Speed,
      serfast.statistics.Statistics, serfast.corpus.find_recordings, serfast.report.figure)
import serfast.hooks, serfast.hooks as hooks
from serfast.hooks import Run
from serfast import corpus
assert hooks is serfast.hooks is serfast.models
"""


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_new_process_finds_them_right_after_the_import() -> None:
    done = python(NEW_PROCESS, "-W", "ignore::DeprecationWarning")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "code", ["serfast.hooks", "import serfast.hooks", "from serfast.hooks import Run"]
)
def test_python_shows_the_warning_once_a_line(code: str) -> None:
    """By default it is shown to __main__ alone: so it is __main__ that the warning points at."""
    done = python(f"import serfast\nfor _ in range(2):\n    {code}")
    assert done.returncode == 0
    shown = [line for line in done.stderr.splitlines() if "DeprecationWarning" in line]
    assert shown == ["<string>:3: DeprecationWarning: serfast.hooks is now serfast.models"]


def test_what_has_not_moved_gives_no_warning() -> None:
    code = "import serfast; serfast.audio.load, serfast.statistics.Statistics, serfast.features.RMS"
    done = python(code, "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_name_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'serfast' has no attribute 'hocks'"):
        serfast.hocks  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("serfast.hocks")


def test_dir_shows_public_names_only() -> None:
    names = dir(serfast)
    assert [name for name in names if name.startswith("_")] == ["__version__"]
    assert {"RMS", "SpectralCentroid", "Recognizer", "load", "models", "training"} <= set(names)
    assert not (set(FORMER) - {"statistics", *CALLABLE}) & set(names)
    for name in names:
        assert hasattr(serfast, name)


# ---- pickles, which name classes by their modules ------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", [name for name in PRESENT if names_of(name)])
def test_pickle_finds_every_public_name(name: str) -> None:
    """The bytes are the instructions of protocol 0: look this name up, stop."""
    forget(name) if name in FORMER else None
    module = f"serfast.{name}".rstrip(".")
    for public in names_of(name):
        by_hand = f"c{module}\n{public}\n.".encode()
        assert pickle.loads(by_hand) is getattr(importlib.import_module(module), public)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_objects_pickled_at_that_time_are_the_same_today() -> None:
    written = (HELPERS / "former_objects.pickle").read_bytes()
    for former in ("spec\nFeatureSpec", "mfcc\nMFCC", "events\nEvent", "alteration\nChain"):
        assert f"cserfast.{former}\n".encode() in written
    mfcc = serfast.MFCC(n_mfcc=20)
    spec = serfast.FeatureSpec(
        sample_rate=22050,
        hop_length=256,
        features=[
            serfast.RMS(),
            serfast.ZeroCrossingRate(frame_length=400),
            serfast.PowerSpectrum(n_fft=512),
            serfast.MelPower(n_mels=20),
            serfast.LogMel(n_fft=512, n_mels=40),
            mfcc,
            serfast.YIN(fmin=80),
            serfast.Delta(mfcc, order=2),
        ],
    )
    assert pickle.loads(written) == [
        spec,
        serfast.Statistics(functionals=("mean", "std", "p95"), deltas=1),
        Event(0.5, 3.5, "calm", {"calm": 0.75, "angry": 0.25}, None),
        Chain((Speed(0.9), Noise(15.0))),
    ]

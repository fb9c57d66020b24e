"""Former names of modules: what could be imported before there were rooms, still can be.

helpers/former_names.json lists every module of that time, with the names in its `__all__`.
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
from serfast._former_names import FORMER

MODULES: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("helpers").joinpath("former_names.json").read_text("utf-8")
)
PRIVATE = {
    "agreement": {"LIMITS"},  # now a method of each feature
    "backends.numba.delta": {"delta"},
    "callbacks": {"Call", "Inputs", "native_call", "python_call"},  # now backends.custom.calls
    "cli._examples": None,
    "custom": {"warn_of_faults", "warn_of_rows"},  # now backends.custom.faults
    "program": {"Custom", "Delta", "bin_frequencies"},  # nodes of the planner
    "trial": {"tried_callbacks"},
}
"""Internal names that are gone; None: the module's every name is internal."""

GONE = {
    *("backends.numba.custom", "backends.numba.delta", "backends.reference.custom"),
    *("cli._examples", "cli._spec"),
}
"""Internal modules that are gone."""


def imported(name: str) -> tuple[object, list[warnings.WarningMessage]]:
    """A module of serfast by its name, imported anew, and the warnings that this gave."""
    sys.modules.pop(f"serfast.{name}", None) if name in FORMER else None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        module = importlib.import_module(f"serfast.{name}")
    return module, [w for w in told if issubclass(w.category, DeprecationWarning)]


@pytest.mark.parametrize("name", sorted(set(MODULES) - GONE))
def test_every_former_module_has_its_names(name: str) -> None:
    if name.startswith("bench"):
        pytest.importorskip("serfast.bench")
    try:
        module, told = imported(name)
    except ModuleNotFoundError:
        assert name.startswith("bench."), name  # measuring is internal
        return
    gone = PRIVATE.get(name, set())
    missing = {n for n in MODULES[name] if not hasattr(module, n)} - (gone or set(MODULES[name]))
    if not name.startswith(("bench.", "cli.")):
        assert not missing
    assert bool(told) == (name in FORMER)
    if name in FORMER:
        assert f"serfast.{name} is now serfast.{FORMER[name]}" in str(told[0].message)
        assert module is importlib.import_module(f"serfast.{FORMER[name]}")


@pytest.mark.parametrize("name", sorted(n for n in FORMER if "." not in n))
def test_it_is_an_attribute_right_after_the_import(name: str) -> None:
    vars(serfast).pop(name, None)  # importing it would have made it one
    with pytest.warns(DeprecationWarning, match=f"serfast.{name} is now") as told:
        module = getattr(serfast, name)
    assert module is importlib.import_module(f"serfast.{FORMER[name]}")
    assert told[0].filename == __file__


ATTRIBUTES = """
import warnings; warnings.simplefilter("ignore")
import serfast
print(serfast.classifier.Weights, serfast.hooks.Run, serfast.alteration.Speed,
      serfast.statistics.Statistics, serfast.corpus.find_recordings, serfast.report.figure)
import serfast.hooks, serfast.hooks as hooks
from serfast.hooks import Run
from serfast import corpus
assert hooks is serfast.hooks is serfast.models
"""


def test_a_new_process_finds_them_too() -> None:
    done = subprocess.run([sys.executable, "-c", ATTRIBUTES], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_has_not_moved_gives_no_warning() -> None:
    code = "import serfast; serfast.audio.load, serfast.statistics.Statistics, serfast.features.RMS"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
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
    assert not set(FORMER) & set(names)
    for name in names:
        assert hasattr(serfast, name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pickles_of_that_time_load() -> None:
    """A pickle holds the module's name; protocol 0 is text, so the former name can be put in."""
    spec = serfast.FeatureSpec(features=[serfast.MFCC(), serfast.Delta(serfast.RMS())])
    statistics = serfast.Statistics()
    for value in (spec, statistics):
        text = pickle.dumps(value, protocol=0)
        for name, present in FORMER.items():
            text = text.replace(f"serfast.{present}\n".encode(), f"serfast.{name}\n".encode())
        assert pickle.loads(text) == value
    assert b"serfast.spec\n" in pickle.dumps(spec, protocol=0).replace(
        b"serfast.features.spec\n", b"serfast.spec\n"
    )

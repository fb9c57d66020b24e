"""Modules that have moved: their former names still work, with a DeprecationWarning.

``import serfast.hooks``, ``from serfast.corpus import find_recordings`` and, right after
``import serfast``, the attribute ``serfast.hooks`` give the module that has the names now.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from .forking import forks_wait

__all__ = ["FORMER", "find_former", "install_finder"]

PACKAGE = __name__.rpartition(".")[0]

FORMER = {
    "_about": "models.bundle.manifest",
    "_calls": "models.plugin_calls",
    "_check_steps": "testing.steps",
    "_decoder": "audio.decoder",
    "_entries": "entry_points",
    "_limits": "models.bundle.limits",
    "_members": "models.bundle.archive",
    "_npy": "models.bundle.npy",
    "_numba": "backends.requirement",
    "_pipe": "audio.pipe",
    "_replacing": "files",
    "_requirements": "testing.assertions",
    "agreement": "models.bundle.agreement",
    "alteration": "audio.augmentation",
    "backends.reference_vector": "backends.reference.statistics",
    "bundle": "models.bundle",
    "callbacks": "backends.custom.compiling",
    "classifier": "models",
    "cli._tables": "corpora.tables",
    "corpus": "corpora",
    "custom": "features.custom",
    "delta": "features.delta",
    "energy": "features.energy",
    "evaluation": "training.evaluation",
    "events": "streaming.events",
    "feature": "features.base",
    "fft": "program.fft",
    "fingerprint": "models.bundle.fingerprint",
    "framing": "features.framing",
    "functionals": "statistics.functionals",
    "gate": "streaming.gate",
    "guards": "backends.custom.faults",
    "hooks": "models",
    "inputs": "models.inputs",
    "mel": "features.mel",
    "mfcc": "features.mfcc",
    "offered": "features.installed",
    "ogg": "audio.containers",
    "pitch": "features.pitch",
    "planning": "program.planner",
    "prepared": "statistics.prepared",
    "registry": "models.registry",
    "report": "training",
    "riff": "audio.containers",
    "rows": "streaming.rows",
    "running": "streaming",
    "samples": "audio.samples",
    "signature": "features.arguments",
    "spec": "features.spec",
    "spectrum": "features.spectrum",
    "steps": "streaming.steps",
    "stream": "backends.stream",
    "tempo": "audio.tempo",
    "trial": "backends.reference.trial",
    "utterances": "streaming.utterance_events",
    "vector": "program.vector",
    "windows": "streaming.window_events",
}
"""The former name of each module and package, and the present one, both below ``serfast``."""


CALLABLE = ("delta", "mfcc")
"""Those of them whose names are functions now; see serfast/one_call.py."""


def find_former(name: str) -> ModuleType:
    """Import the module whose former name, below ``serfast``, is `name`, and warn of it.

    Warns
    -----
    DeprecationWarning
        With the present name.
    """
    present = f"{PACKAGE}.{FORMER[name]}"
    warnings.warn(f"{PACKAGE}.{name} is now {present}", DeprecationWarning, stacklevel=3)
    with forks_wait:
        return importlib.import_module(present)


class _FormerNames:
    """Finder and loader of modules by their former names (:data:`sys.meta_path`)."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Say that the module can be loaded, if `fullname` is a former name."""
        package, _, name = fullname.partition(".")
        return ModuleSpec(fullname, self) if package == PACKAGE and name in FORMER else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python: the module made here is replaced at once."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the present module in the place of the one asked for: both names are one object."""
        name = module.__name__.removeprefix(f"{PACKAGE}.")
        present = find_former(name)
        if name in CALLABLE:  # it hands on the module's names
            present = getattr(sys.modules[PACKAGE], name)
        sys.modules[module.__name__] = present


def install_finder() -> None:
    """Let former names be imported."""
    if not any(isinstance(finder, _FormerNames) for finder in sys.meta_path):
        sys.meta_path.append(_FormerNames())

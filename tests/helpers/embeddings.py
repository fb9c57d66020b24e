"""A tiny embedding for tests, with its formula, and a way to install it for a test."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.plugin_stub import install
from serfast.errors import ModelError
from serfast.models import encoders

RATE = 16000
NAMES = ("level", "crossings", "peak")


class Tiny:
    """RMS, share of zero crossings and peak of a signal; it notes what it was given."""

    names = NAMES
    sample_rate = RATE
    shortest = 400
    longest = 32000
    spec = None
    licence = "CC0-1.0"
    sha256 = hashlib.sha256(b"tiny").hexdigest()

    def __init__(self, **changes):
        self.lengths: list[int] = []
        self.threads: list[int] = []
        for name, value in changes.items():
            setattr(self, name, value)

    def vectors(self, signals, *, threads=1):
        assert all(self.shortest <= len(y) <= self.longest for y in signals)
        self.lengths += [len(y) for y in signals]
        self.threads.append(threads)
        return np.array([measure(y) for y in signals], np.float32)


def measure(y):
    """Give RMS, share of zero crossings and peak in float64."""
    y = np.asarray(y, np.float64)
    crossings = np.mean(np.diff(np.signbit(y))) if len(y) > 1 else 0.0
    return [np.sqrt(np.mean(y**2)), crossings, np.abs(y).max()]


def install_embeddings(
    folder: Path, patch: pytest.MonkeyPatch, source: str = "", *entries: str
) -> None:
    """Install the embeddings `tiny` and `tiny-b`, and others of a source, and let them be found."""
    site = folder / "embeddings"
    site.mkdir()
    module = f"tiny_mod_{abs(hash(str(folder)))}"
    text = (
        "from functools import lru_cache\n"
        "from helpers.embeddings import Tiny\n"
        "tiny = lru_cache(Tiny)\n"
        "tiny_b = lru_cache(lambda: Tiny(names=('a',), sha256='b' * 64, vectors=ones))\n"
        "def ones(signals, *, threads=1):\n"
        "    import numpy\n"
        "    return numpy.ones((len(signals), 1), numpy.float32)\n"
    )
    lines = [f"tiny = {module}:tiny", f"tiny-b = {module}:tiny_b"]
    lines += [entry.format(module=module) for entry in entries]
    install(
        site, module, text + source, "serfast-tiny", "\n".join(lines), group="serfast.embeddings"
    )
    patch.syspath_prepend(str(site))
    patch.setenv("SERFAST_EMBEDDINGS", str(folder / "added"))
    importlib.invalidate_caches()
    sys.modules.pop(module, None)


def install_named(folder: Path, patch: pytest.MonkeyPatch, model: Path | None = None) -> None:
    """Install the classifier `named`: `nearest` with `tiny` by default, and with this model."""
    source = (
        "from pathlib import Path\n"
        "from helpers.plugin_stub import NearestPlugin\n"
        "class Named(NearestPlugin):\n"
        "    def default_embedding(self):\n"
        "        return 'tiny'\n"
        f"PLUGIN = Named({f'Path({str(model)!r})' if model else None})\n"
    )
    site = folder / "named"
    site.mkdir()
    module = f"named_mod_{abs(hash(str(folder)))}"
    install(site, module, source, "serfast-named", f"named = {module}:PLUGIN")
    patch.syspath_prepend(str(site))
    importlib.invalidate_caches()


class Scaled:
    """Encoders for tests: a file has a number, by which the vector of :class:`Tiny` is scaled."""

    def complete(self, data, card):
        if not data.isdigit():
            raise ModelError("encoder must be digits")
        return {"licence": "MIT", **card, "width": 3}

    def open(self, data, card):
        assert set(card) >= {"licence", "width"}, card
        assert not {"kind", "name"} & set(card)
        number, digest = np.float32(data), hashlib.sha256(data).hexdigest()

        def vectors(signals, *, threads=1):
            return Tiny().vectors(signals) * number

        return Tiny(sha256=digest, licence=card["licence"], vectors=vectors)


def install_scaled(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Install the kind of encoders `scaled`; what is added goes into an empty folder."""
    site = folder / "scaled"
    site.mkdir()
    source = "from helpers.embeddings import Scaled\nKIND = Scaled()\n"
    install(
        site, "scaled_mod", source, "serfast-scaled", "scaled = scaled_mod:KIND", encoders.GROUP
    )
    patch.syspath_prepend(str(site))
    patch.setenv("SERFAST_EMBEDDINGS", str(folder / "added"))
    importlib.invalidate_caches()

"""All known corpora."""

from __future__ import annotations

from collections.abc import Mapping

from .corpus import Corpus
from .labelled import LABELLED
from .named import NAMED

__all__ = ["CORPORA"]

CORPORA: Mapping[str, Corpus] = {**NAMED, **LABELLED}
"""The known corpora, by the name that `--labels` takes."""

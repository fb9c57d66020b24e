"""An embedding that a package offers is checked here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..errors import ModelError
from ..models import embeddings
from ..models.bundle.fingerprint import signal
from ..models.embedder import Embedder, Samples
from ..models.embedding import Embedding
from .assertions import THREADS, require

__all__ = ["check_embedding"]


def check_embedding(name: str) -> None:
    """Check that an installed embedding keeps its contract.

    Signals of the least and the largest length, and silence, have finite vectors. A signal's vector
    has the same bits every time, in many threads, and whatever signals stand beside it. Different
    signals have different vectors. Signals aren't changed. Opened again, it is the same embedding.

    Parameters
    ----------
    name : str
        This is the name of the entry point in the group ``serfast.embeddings``.

    Raises
    ------
    AssertionError
        If a rule is broken.
    """
    try:
        _check(name, embeddings.get(name))
    except ModelError as error:
        raise AssertionError(str(error)) from error


def _check(name: str, embedder: Embedder) -> None:
    require(isinstance(embedder, Embedder), "it must have every member of Embedder")
    require(embeddings.get(name).sha256 == embedder.sha256, "sha256 must be the same every time")
    embedding = Embedding(name)
    signals = _signals(embedder)
    for y in signals:
        y.flags.writeable = False
    alone = [embedding.vectors([y])[0] for y in signals]
    require(
        np.array_equal(alone, [embedding.vectors([y])[0] for y in signals]),
        "the same signal must give the same bits",
    )
    require(
        np.array_equal(alone, embedding.vectors(signals)),
        "a signal's vector must not depend on the signals beside it",
    )
    require(
        np.array_equal(alone, embedding.vectors(signals, threads=THREADS)),
        "the number of threads must not change the bits",
    )
    with ThreadPoolExecutor(THREADS) as pool:
        runs = list(pool.map(lambda _: embedding.vectors(signals[:3]), range(2 * THREADS)))
    same = all(np.array_equal(alone[:3], run) for run in runs)
    require(same, "calls of many threads at once must not change the bits")
    require(len({v.tobytes() for v in alone[:3]}) == 3, "different signals must differ")


def _signals(embedder: Embedder) -> list[Samples]:
    """Give a second of speech-like sound, twice in part, silence, and the extreme lengths."""
    n = min(embedder.longest, max(embedder.sample_rate, 2 * embedder.shortest))
    whole = (signal(n) / 32768).astype(np.float32)
    longest = (signal(embedder.longest) / 32768).astype(np.float32)
    part = whole[: max(embedder.shortest, n // 2)].copy()
    return [whole, part, np.zeros(n, np.float32), -part, longest, whole[: embedder.shortest].copy()]

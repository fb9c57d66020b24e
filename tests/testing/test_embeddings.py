"""The check of an embedding passes a good one and catches each way of being bad."""

from __future__ import annotations

import pytest

from helpers.embeddings import install_embeddings
from serfast.testing import check_embedding

BAD = """
import itertools
import numpy as np
counter = itertools.count()

def bad(**members):
    return lambda: Tiny(**members)

def batch(signals, *, threads=1):
    return np.full((len(signals), 3), len(signals) + len(signals[0]), np.float32)

def drawn(signals, *, threads=1):
    return np.full((len(signals), 3), next(counter), np.float32)

def shared(signals, *, threads=1):
    return Tiny().vectors(signals) * np.float32(threads)

def nothing(signals, *, threads=1):
    return np.zeros((len(signals), 3), np.float32)

def narrow(signals, *, threads=1):
    return np.zeros((len(signals), 2), np.float32)

def writing(signals, *, threads=1):
    signals[0] *= 2
    return Tiny().vectors(signals)

def unsafe():
    return Tiny(sha256=f"{next(counter):064d}")
"""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        ("bad(vectors=batch)", "must not depend on the signals beside it"),
        ("bad(vectors=drawn)", "the same signal must give the same bits"),
        ("bad(vectors=shared)", "the number of threads must not change the bits"),
        ("bad(vectors=nothing)", "different signals must differ"),
        ("bad(vectors=narrow)", r"must be float32 of shape \(1, 3\)"),
        ("bad(vectors=writing)", "failed in vectors: ValueError: .*read-only"),
        ("bad(licence=3)", "must have a licence"),
        ("unsafe", "sha256 must be the same every time"),
    ],
)
def test_a_bad_one_is_caught(tmp_path, monkeypatch, make, message):
    install_embeddings(tmp_path, monkeypatch, f"{BAD}\nodd = {make}\n", "odd = {module}:odd")
    with pytest.raises(AssertionError, match=message):
        check_embedding("odd")


def test_a_good_one_passes(tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    check_embedding("tiny")

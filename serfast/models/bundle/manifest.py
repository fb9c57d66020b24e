"""What a bundle says of itself, model.json: read, and checked against all else in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...backends import BACKENDS
from ...errors import BackendError, ModelError
from ...features.spec import FeatureSpec
from ...statistics.statistics import Statistics
from ..embedding_reference import EmbeddingReference
from .agreement import disagreement
from .fingerprint import fingerprint, sample
from .limits import check_columns, check_limits, check_numbers, check_statistics
from .npy import read_array
from .plain_json import read_json

__all__ = [
    "CARD",
    "FORMAT",
    "SAMPLE",
    "about_of",
    "check_rows",
    "check_sums",
    "embedding_of",
    "features_of",
    "is_name",
    "sha256",
]

FORMAT = 1
"""Version of the bundle's format; a bundle of a higher one is refused."""

CARD = "model.json"
MAX_NAME = 256
"""A class's name has at most this many characters."""
MAX_CARD_BYTES = 2**20
SAMPLE = "fingerprint.npy"
"""Member with some of the rows that the fingerprint is of; bundles of before 0.2 have none."""
KEYS = ("format", "plugin", "classes", "spec", "fingerprint", "statistics", "card", "sha256")


def about_of(data: bytes | None) -> dict[str, Any]:
    """model.json's dictionary, with every key there and of its type."""
    if data is None:
        raise ModelError(f"bundle must have the member {CARD}, got none")
    if len(data) > MAX_CARD_BYTES:
        raise ModelError(f"{CARD} must have at most {MAX_CARD_BYTES} bytes, got {len(data)}")
    try:
        about = read_json(data)
    except ValueError as error:
        raise ModelError(f"{CARD} must be JSON: {error}") from error
    if not isinstance(about, dict) or type(about.get("format")) is not int:
        raise ModelError(f"{CARD} must be an object with an int format, got {about!r:.80}")
    if about["format"] > FORMAT:
        raise ModelError(
            f"format must be <= {FORMAT}, got {about['format']}: this bundle needs a newer serfast"
        )
    if about["format"] != FORMAT:
        raise ModelError(f"format must be {FORMAT}, got {about['format']}")
    missing = [key for key in KEYS if key not in about]
    if missing:
        raise ModelError(f"{CARD} must have the keys {', '.join(KEYS)}; missing: {missing[0]}")
    about.setdefault("backend", "native")  # the only one, once
    _check_types(about)
    return about


def _check_types(about: Mapping[str, Any]) -> None:
    for key, kind in (("plugin", str), ("fingerprint", str), ("card", dict), ("sha256", dict)):
        if not isinstance(about[key], kind):
            raise ModelError(f"{key} in {CARD} must be {kind.__name__}, got {about[key]!r:.80}")
    if about["backend"] not in BACKENDS:
        backend = about["backend"]
        raise ModelError(f"backend in {CARD} must be one of {BACKENDS}, got {backend!r:.80}")
    classes = about["classes"]
    if not isinstance(classes, list) or not all(map(is_name, classes)):
        raise ModelError(f"classes in {CARD} must be a list of names, got {classes!r:.80}")


def is_name(value: object) -> bool:
    """Tell whether a value can be the name of a class: printable text, not longer than a line."""
    return isinstance(value, str) and value.isprintable() and 1 <= len(value) <= MAX_NAME


def features_of(about: Mapping[str, Any], backend: str) -> tuple[FeatureSpec, Statistics | None]:
    """Give spec and statistics, fit for each other and within the limits for strangers.

    `backend` is what will compute the features.
    """
    saved_statistics = about["statistics"]
    try:
        check_numbers(about["spec"])
        check_numbers(saved_statistics)
        check_columns(about["spec"])
        spec = FeatureSpec.from_dict(about["spec"])
        check_limits(spec, (backend, about["backend"]))
        statistics = None if saved_statistics is None else Statistics.from_dict(saved_statistics)
        if statistics is not None:
            check_statistics(statistics, spec.columns)
            statistics.names(spec.columns)
    except (ModelError, MemoryError):
        raise
    except Exception as error:  # a feature of a package may raise anything
        raise ModelError(f"{CARD} must hold a valid spec and statistics: {error}") from error
    return spec, statistics


def embedding_of(about: Mapping[str, Any]) -> EmbeddingReference | None:
    """Give the embedding that a bundle names, if it names one; it needn't be installed."""
    data = about.get("embedding")
    return None if data is None else EmbeddingReference.from_dict(data)


def check_sums(members: Mapping[str, bytes], sums: Mapping[str, Any]) -> None:
    """Raise ModelError unless the members are those listed, with the SHA-256 listed."""
    if set(members) != set(sums):
        odd = sorted(set(members) ^ set(sums))[0]
        raise ModelError(f"members must be those that {CARD} lists, got a difference: {odd!r:.80}")
    for name, data in members.items():
        if sha256(data) != sums[name]:
            raise ModelError(
                f"{name} must have the SHA-256 {sums[name]!r:.80}, got {sha256(data)}: "
                "the bundle is damaged"
            )


def check_rows(
    spec: FeatureSpec, about: Mapping[str, Any], stored: bytes | None, backend: str
) -> None:
    """Raise unless `backend` computes what the model was trained on.

    The native one, if it was used in training too, must give the same bits.
    """
    saved, trained_with = about["fingerprint"], about["backend"]
    try:
        if backend == trained_with == "native":
            _check_fingerprint(fingerprint(spec, backend), saved)
            return
        expected = _expected(spec, saved, trained_with, stored)
        reason = disagreement(spec, sample(spec, backend), expected)
    except (ModelError, BackendError, MemoryError):
        raise
    except Exception as error:  # a feature of a package may raise anything
        raise ModelError(f"{CARD} must hold a spec that can be computed: {error}") from error
    if reason:
        raise ModelError(
            f"rows of back end {backend!r} must agree with those of {trained_with!r} that the "
            f"model was trained on, but {reason}: train it again"
        )


def _expected(
    spec: FeatureSpec, saved: str, trained_with: str, stored: bytes | None
) -> np.ndarray[Any, Any]:
    """The rows that the bundle has; of an older one, those of the back end that made it."""
    if stored is not None:
        return read_array(stored, SAMPLE)
    try:
        _check_fingerprint(fingerprint(spec, trained_with), saved)
    except BackendError as error:
        raise ModelError(
            f"bundle must have the member {SAMPLE} to be used where back end {trained_with!r}, "
            "which it was made with, can't be loaded: load it where it can, and save it again"
        ) from error
    return sample(spec, trained_with)


def _check_fingerprint(computed: str, saved: str) -> None:
    if saved != computed:
        raise ModelError(
            f"fingerprint must be {computed[:16]}…, got {saved[:16]!r}…: the model was trained on "
            "features that this version of serfast computes differently; train it again"
        )


def sha256(data: bytes) -> str:
    """Give the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()

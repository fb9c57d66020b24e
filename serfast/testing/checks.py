"""Classifiers, plugins and features are checked here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import default_rng

from ..errors import ModelError, ParameterError
from ..extractor import Extractor
from ..features import FEATURES, RMS, Feature, ZeroCrossingRate
from ..features.base import Rows
from ..features.order import with_sources
from ..features.spec import FeatureSpec
from ..models import registry
from ..models.bundle.agreement import excess
from ..models.bundle.bundle import Bundle
from ..models.bundle.fingerprint import signal
from ..models.classifier import Classifier, Input, StreamingClassifier
from ..models.plugin import Examples, Plugin, TakesBound, TakesSharpness
from ..models.scores import Adaptable, Doubting
from ..statistics.statistics import Statistics
from ..training.training import bundle_of
from .assertions import THREADS, Inputs, equal, raises, require
from .offers import (
    check_adaptable,
    check_doubting,
    check_takes_bound,
    check_takes_sharpness,
)
from .steps import check_streaming

__all__ = ["check_classifier", "check_feature", "check_plugin", "toy_examples"]

SPEC = FeatureSpec(features=(RMS(), ZeroCrossingRate()))
STATISTICS = Statistics(functionals=("mean", "std", "slope"), deltas=1)


def check_classifier(classifier: Classifier, inputs: Inputs) -> None:
    """Check that a trained classifier keeps its contract.

    There is a probability for each class. They are finite, from 0 to 1, and add up to 1. The same
    input gives the same probabilities, also in many threads. The classifier accepts a read-only
    input and doesn't change it. Bad input raises ParameterError and has no other effect.

    A :class:`serfast.models.StreamingClassifier` must also give, after every step, what it gives
    for all rows so far at once, within 1e-5. The bits are the same for every division of the rows
    and in every thread. Streams share no state. Bad rows raise ParameterError and leave the state
    unchanged.

    The probabilities of a :class:`serfast.models.Adaptable` one are those of its scores, within
    1e-6. A :class:`serfast.models.Doubting` one gives a strangeness >= 0 for every input, and a
    :class:`serfast.models.DoubtingInSteps` one the same of a stream so far, within 1e-5.

    Parameters
    ----------
    classifier : Classifier
    inputs : sequence of ndarray
        They are valid inputs, at least two.

    Raises
    ------
    AssertionError
        If the classifier breaks a rule.
    """
    require(isinstance(classifier, Classifier), "it must have every member of Classifier")
    require(classifier.input in ("vector", "rows", "samples"), f"input is {classifier.input!r}")
    require(isinstance(classifier.spec, FeatureSpec), f"spec is {classifier.spec!r}")
    classes = classifier.classes
    require(isinstance(classes, tuple) and len(set(classes)) >= 2, f"classes are {classes!r}")
    require(len(inputs) >= 2, "inputs must be at least 2")
    first = [classifier.predict_proba(x) for x in inputs]
    for probabilities in first:
        _check_probabilities(probabilities, len(classes))
    _check_bad_input(classifier, inputs[0])
    frozen = [np.array(x) for x in inputs]
    for x in frozen:
        x.flags.writeable = False
    again = [classifier.predict_proba(x) for x in frozen]
    require(equal(first, again), "the same input must give the same bits")
    with ThreadPoolExecutor(THREADS) as pool:
        runs = list(pool.map(lambda _: [classifier.predict_proba(x) for x in inputs], range(16)))
    require(all(equal(first, run) for run in runs), "threads must not change the bits")
    if isinstance(classifier, StreamingClassifier):
        check_streaming(classifier, inputs)
    if isinstance(classifier, Adaptable):
        check_adaptable(classifier, inputs)
    if isinstance(classifier, Doubting):
        check_doubting(classifier, inputs)


def check_plugin(name: str, folder: Path) -> None:
    """Check that an installed plugin keeps its contract, from training to a loaded bundle.

    Parameters
    ----------
    name : str
        This is the name of the entry point.
    folder : Path
        Bundles are written to this empty folder (pytest's tmp_path).

    Raises
    ------
    AssertionError
        If the plugin breaks a rule.
    """
    plugin = registry.get(name)
    require(isinstance(plugin, Plugin), "it must have every member of Plugin")
    examples = toy_examples(plugin.input)
    bundle = _trained(name, plugin, examples)
    again = _trained(name, plugin, examples)
    files = [b.save(folder / f"{i}.zip").read_bytes() for i, b in enumerate([bundle, again])]
    require(files[0] == files[1], "training twice must give the same bundle")
    fresh = plugin.load(bundle)
    loaded = plugin.load(Bundle.load(folder / "0.zip"))
    before = [fresh.predict_proba(x) for x in examples.inputs]
    after = [loaded.predict_proba(x) for x in examples.inputs]
    require(equal(before, after), "a loaded model must give the same bits as before saving")
    require(loaded.classes == examples.classes, f"classes are {loaded.classes}")
    check_classifier(loaded, examples.inputs)
    right = [loaded.classes[int(p.argmax())] for p in after]
    require(np.mean(right == examples.labels) > 0.9, "it must learn classes that lie far apart")
    _check_bad_bundles(plugin, bundle)
    if isinstance(plugin, TakesBound):
        check_takes_bound(plugin, bundle)
    if isinstance(plugin, TakesSharpness):
        check_takes_sharpness(plugin, bundle, examples.inputs)
    one = examples.where(examples.labels == examples.classes[0])
    with raises(ParameterError, "training on one class"):
        plugin.train(one)


def check_feature(feature: Feature, tolerance: float | None = None) -> None:
    """Check that a feature which a package offers keeps the contract of features.

    JSON holds it by its name. Its values are finite, and chunks and threads don't change their
    bits; of what needs the whole signal there are no chunks. They agree with the plain Python
    function. If it reads columns, the built-in features
    that have these columns stand in the spec too, with their default fields.

    Parameters
    ----------
    feature : Feature
        Its class stands in the entry-point group ``serfast.features``.
    tolerance : float, optional
        Values may differ from the reference back end's by this share of a column's largest value.
        Without it, the feature's ``tolerance`` limits the difference of each value, and
        ``forgiven`` is the share of rows that may differ more. Loading a bundle has the same rule.

    Raises
    ------
    AssertionError
        If the feature breaks a rule.
    """
    spec = FeatureSpec(features=with_sources(feature, [cls.example() for cls in FEATURES.values()]))
    require(FeatureSpec.from_json(spec.to_json()) == spec, "JSON must give the feature back")
    y = signal(max(16384, *(4 * one.length for one in spec.features)))
    extractor = Extractor(spec)
    rows = extractor(y)
    require(np.isfinite(rows).all(), "values must be finite")
    for size in () if spec.whole_signal else (1 + len(y) // 3, 161):
        stream = extractor.stream()
        parts = [stream.accept(y[i : i + size]) for i in range(0, len(y), size)]
        streamed = np.concatenate([*parts, stream.flush()])
        require(np.array_equal(streamed, rows), f"chunks of {size} must not change the bits")
    again = extractor.map([y] * THREADS, threads=THREADS)
    require(all(np.array_equal(rows, r) for r in again), "threads must not change the bits")
    truth = Extractor(spec, backend="reference")(y)
    n = len(feature.columns)
    _check_close(
        feature, rows[:, -n:].astype(np.float64), truth[:, -n:].astype(np.float64), tolerance
    )


def _check_close(feature: Feature, rows: Rows, truth: Rows, tolerance: float | None) -> None:
    """Require values within the feature's tolerance, or within this share of a column's largest."""
    worst = np.abs(rows - truth).max(axis=0)
    if tolerance is None:
        close = excess(feature, rows, truth) <= 1
    else:
        close = bool((worst <= tolerance * np.abs(truth).max(axis=0)).all())
    require(close, f"values must be the Python function's, got differences of up to {worst}")


def toy_examples(kind: Input, seed: int = 0) -> Examples:
    """Give examples of three distant classes and four speakers; every fourth one is altered."""
    random = default_rng(seed)
    labels = np.array(["anger", "neutral", "sadness"] * 16)
    speakers = np.repeat(["a", "b", "c", "d"], 12)
    level = np.searchsorted(np.unique(labels), labels)
    if kind == "vector":
        names = STATISTICS.names(SPEC.columns)
        size: tuple[int, ...] = (len(names),)
    else:
        names = ()
        size = (30, len(SPEC.columns)) if kind == "rows" else (4800,)
    dtype = np.float64 if kind == "vector" else np.float32
    inputs = [(random.normal(size=size) * 0.1 + 0.3 * k).astype(dtype) for k in level]
    return Examples(
        inputs=np.stack(inputs) if kind == "vector" else inputs,
        labels=labels,
        speakers=speakers,
        altered=np.arange(len(labels)) % 4 == 3,
        names=names,
    )


def _trained(name: str, plugin: Plugin, examples: Examples) -> Bundle:
    statistics = STATISTICS if plugin.input == "vector" else None
    return bundle_of(name, plugin.train(examples, seed=1), examples, SPEC, statistics, {})


def _check_probabilities(probabilities: np.ndarray[Any, Any], n_classes: int) -> None:
    require(isinstance(probabilities, np.ndarray), "probabilities must be an array")
    require(
        probabilities.shape == (n_classes,) and probabilities.dtype == np.float64,
        f"probabilities must be float64 ({n_classes},), got "
        f"{probabilities.dtype} {probabilities.shape}",
    )
    require(bool(np.isfinite(probabilities).all()), "probabilities must be finite")
    require(bool((probabilities >= 0).all()), "probabilities must be >= 0")
    require(abs(probabilities.sum() - 1) < 1e-9, "probabilities must add up to 1")


def _check_bad_input(classifier: Classifier, x: np.ndarray[Any, Any]) -> None:
    wrong_size = x[:-1] if classifier.input == "vector" else x[..., None]
    poisoned, infinite = np.array(x), np.array(x)
    poisoned.flat[-1], infinite.flat[0] = np.nan, -np.inf
    for bad, what in (
        (x[:0], "an empty input"),
        (wrong_size, "an input of another shape"),
        (np.stack([x, x])[None], "a batch"),
        (poisoned, "NaN"),
        (infinite, "infinity"),
        (np.array(["no numbers"]), "text"),
        (None, "None"),
    ):
        with raises(ParameterError, what):
            classifier.predict_proba(bad)  # type: ignore[arg-type]


def _offers(classifier: Classifier) -> set[str]:
    """Give the names of what a classifier offers beyond probabilities."""
    names = {offer.__name__ for offer in (Adaptable, Doubting) if isinstance(classifier, offer)}
    return names | ({"class_scores"} if hasattr(classifier, "class_scores") else set())


def _check_bad_bundles(plugin: Plugin, bundle: Bundle) -> None:
    """Check that a bundle with a member missing, or with one class more, isn't loaded.

    An array may be missing that only serves what the classifier may offer, if the classifier then
    offers less.
    """
    offered = _offers(plugin.load(bundle))
    for name in bundle.arrays:
        rest = {key: array for key, array in bundle.arrays.items() if key != name}
        with raises(ModelError, f"a bundle without {name}.npy"):
            if _offers(plugin.load(replace(bundle, arrays=rest))) < offered:
                raise ModelError("without this array it offers less")
    for name in bundle.files:
        rest_files = {key: data for key, data in bundle.files.items() if key != name}
        with raises(ModelError, f"a bundle without {name}"):
            plugin.load(replace(bundle, files=rest_files))
    with raises(ModelError, "a bundle with a class more than its weights"):
        plugin.load(replace(bundle, classes=(*bundle.classes, "zeal")))

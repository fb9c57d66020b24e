"""The contracts of plugins and features, as checks that every package's own tests call.

    def test_contract(tmp_path):
        serfast.testing.check_plugin("svm", tmp_path)

    def test_feature():
        serfast.testing.check_feature(SpectralFlux())

Each check raises AssertionError with what was broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from . import registry
from .bundle import Bundle
from .classifier import Classifier, Examples, Input, Plugin, StreamingClassifier
from .errors import ModelError, ParameterError, SerfastError
from .extractor import Extractor
from .features import RMS, CustomFeature, ZeroCrossingRate
from .fingerprint import signal
from .spec import FeatureSpec
from .statistics import Statistics
from .steps import Steps
from .training import bundle_of

__all__ = ["check_classifier", "check_feature", "check_plugin", "toy_examples"]

SPEC = FeatureSpec(features=(RMS(), ZeroCrossingRate()))
STATISTICS = Statistics(functionals=("mean", "std", "slope"), deltas=1)
THREADS = 4
STEP_TOLERANCE = 1e-5
"""How far a classifier's steps may be from what it says of the whole."""

Inputs = Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any]


def check_classifier(classifier: Classifier, inputs: Inputs) -> None:
    """Check that a trained classifier keeps its contract.

    Probabilities are finite, from 0 to 1, add up to 1, one a class; the same for the same input,
    from many threads too; a read-only input is taken and left as it is; bad input raises
    ParameterError and harms nothing.

    Of a :class:`serfast.classifier.StreamingClassifier`: after every step it says what it says of
    the whole, within 1e-5; the same bits for every division of the rows and in every thread;
    streams don't touch; bad rows raise ParameterError and leave the state.

    Parameters
    ----------
    classifier : Classifier
    inputs : sequence of ndarray
        Valid inputs, at least two.

    Raises
    ------
    AssertionError
        If it doesn't.
    """
    _require(isinstance(classifier, Classifier), "it must have every member of Classifier")
    _require(classifier.input in ("vector", "rows", "samples"), f"input is {classifier.input!r}")
    _require(isinstance(classifier.spec, FeatureSpec), f"spec is {classifier.spec!r}")
    classes = classifier.classes
    _require(isinstance(classes, tuple) and len(set(classes)) >= 2, f"classes are {classes!r}")
    _require(len(inputs) >= 2, "inputs must be at least 2")
    first = [classifier.predict_proba(x) for x in inputs]
    for probabilities in first:
        _check_probabilities(probabilities, len(classes))
    _check_bad_input(classifier, inputs[0])
    frozen = [np.array(x) for x in inputs]
    for x in frozen:
        x.flags.writeable = False
    again = [classifier.predict_proba(x) for x in frozen]
    _require(_equal(first, again), "the same input must give the same bits")
    with ThreadPoolExecutor(THREADS) as pool:
        runs = list(pool.map(lambda _: [classifier.predict_proba(x) for x in inputs], range(16)))
    _require(all(_equal(first, run) for run in runs), "threads must not change the bits")
    if isinstance(classifier, StreamingClassifier):
        _check_streaming(classifier, inputs)


def check_plugin(name: str, folder: Path) -> None:
    """Check that an installed plugin keeps its contract, from training to a loaded bundle.

    Parameters
    ----------
    name : str
        Of the entry point.
    folder : Path
        An empty folder to write bundles to (pytest's tmp_path).

    Raises
    ------
    AssertionError
        If it doesn't.
    """
    plugin = registry.get(name)
    _require(isinstance(plugin, Plugin), "it must have every member of Plugin")
    examples = toy_examples(plugin.input)
    bundle = _trained(name, plugin, examples)
    again = _trained(name, plugin, examples)
    files = [b.save(folder / f"{i}.zip").read_bytes() for i, b in enumerate([bundle, again])]
    _require(files[0] == files[1], "training twice must give the same bundle")
    fresh = plugin.load(bundle)
    loaded = plugin.load(Bundle.load(folder / "0.zip"))
    before = [fresh.predict_proba(x) for x in examples.inputs]
    after = [loaded.predict_proba(x) for x in examples.inputs]
    _require(_equal(before, after), "a loaded model must give the same bits as before saving")
    _require(loaded.classes == examples.classes, f"classes are {loaded.classes}")
    check_classifier(loaded, examples.inputs)
    right = [loaded.classes[int(p.argmax())] for p in after]
    _require(np.mean(right == examples.labels) > 0.9, "it must learn classes that lie far apart")
    _check_bad_bundles(plugin, bundle)
    one = examples.where(examples.labels == examples.classes[0])
    with _raises(ParameterError, "training on one class"):
        plugin.train(one)


def check_feature(feature: CustomFeature, tolerance: float = 1e-4) -> None:
    """Check that a feature which a package offers keeps the contract of features.

    It goes through JSON by name; its values are finite; chunks and threads don't change their
    bits; and they are those of the plain Python function.

    Parameters
    ----------
    feature : CustomFeature
        One of the class that stands in the entry-point group ``serfast.features``.
    tolerance : float
        Of the differences from the reference back end's rows, as a share of a column's largest.

    Raises
    ------
    AssertionError
        If it doesn't.
    """
    spec = FeatureSpec(features=(feature,))
    _require(FeatureSpec.from_json(spec.to_json()) == spec, "JSON must give the feature back")
    y = signal(max(16384, 4 * feature.length))
    extractor = Extractor(spec)
    rows = extractor(y)
    _require(np.isfinite(rows).all(), "values must be finite")
    for size in (1 + len(y) // 3, 161):
        stream = extractor.stream()
        parts = [stream.accept(y[i : i + size]) for i in range(0, len(y), size)]
        streamed = np.concatenate([*parts, stream.flush()])
        _require(np.array_equal(streamed, rows), f"chunks of {size} must not change the bits")
    again = extractor.map([y] * THREADS, threads=THREADS)
    _require(all(np.array_equal(rows, r) for r in again), "threads must not change the bits")
    truth = Extractor(spec, backend="reference")(y)
    worst = np.abs(rows - truth).max(axis=0)
    _require(
        bool((worst <= tolerance * np.abs(truth).max(axis=0)).all()),
        f"values must be the Python function's, got differences of up to {worst}",
    )


def toy_examples(kind: Input, seed: int = 0) -> Examples:
    """Examples of three classes that lie far apart, by four speakers; every fourth is altered."""
    random = np.random.default_rng(seed)
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
    _require(isinstance(probabilities, np.ndarray), "probabilities must be an array")
    _require(
        probabilities.shape == (n_classes,) and probabilities.dtype == np.float64,
        f"probabilities must be float64 ({n_classes},), got "
        f"{probabilities.dtype} {probabilities.shape}",
    )
    _require(bool(np.isfinite(probabilities).all()), "probabilities must be finite")
    _require(bool((probabilities >= 0).all()), "probabilities must be >= 0")
    _require(abs(probabilities.sum() - 1) < 1e-9, "probabilities must add up to 1")


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
        with _raises(ParameterError, what):
            classifier.predict_proba(bad)  # type: ignore[arg-type]


def _check_streaming(classifier: StreamingClassifier, inputs: Inputs) -> None:
    stride = classifier.stride
    _require(classifier.input == "rows", "a classifier that goes step by step must take rows")
    _require(type(stride) is int and stride >= 1, f"stride is {stride!r}")
    few = [np.asarray(x, np.float32) for x in inputs[:4]]
    expected = [Steps(classifier).accept(x) for x in few]
    for x, found in zip(few, expected, strict=True):
        _require(len(found) == len(x) // stride, f"{len(x)} rows gave {len(found)} steps")
        whole = [classifier.predict_proba(x[: (i + 1) * stride]) for i in range(len(found))]
        _require_close(found, whole, "steps must give what the rows so far give")
        for size in {1, stride, stride + 1, 2 * stride + 3}:
            steps = Steps(classifier)
            parts = [steps.accept(x[i : i + size]) for i in range(0, len(x), size)]
            _require(_equal(found, np.concatenate(parts)), f"portions of {size} change the bits")
        for n in {1, stride - 1, len(x)} - {0}:
            _require_close(
                [_at_end(classifier, x[:n])],
                [classifier.predict_proba(x[:n])],
                f"a stream that ends after {n} rows must give what they give",
            )
    with ThreadPoolExecutor(THREADS) as pool:
        runs = list(pool.map(lambda x: Steps(classifier).accept(x), few * 8))
    _require(_equal(expected * 8, runs), "threads must not change the bits of steps")
    _check_states(classifier, few[0], few[1])


def _at_end(classifier: StreamingClassifier, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The last word of a stream of these rows."""
    steps = Steps(classifier)
    found = np.concatenate([steps.accept(rows), steps.flush()])
    return np.asarray(found[-1])


def _check_states(
    classifier: StreamingClassifier, a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]
) -> None:
    """States side by side, one of them shown bad rows, give what each gives alone."""
    stride = classifier.stride
    n_steps = min(len(a), len(b)) // stride
    _require(n_steps >= 2, f"inputs must be of at least {2 * stride} rows")
    expected = [Steps(classifier).accept(x[: n_steps * stride]) for x in (a, b)]
    states = [classifier.new_state() for _ in expected]
    for i in range(n_steps):
        part = slice(i * stride, (i + 1) * stride)
        _check_bad_steps(classifier, a[part], states[0])
        for x, state, before in zip((a, b), states, expected, strict=True):
            found = classifier.step(x[part], state)
            _require(bool(np.array_equal(found, before[i])), "states must not touch, nor bad rows")


def _check_bad_steps(
    classifier: StreamingClassifier, rows: np.ndarray[Any, Any], state: Any
) -> None:
    poisoned = rows.copy()
    poisoned.flat[-1] = np.nan
    for bad, what in (
        (poisoned, "a step with NaN"),
        (np.concatenate([rows, rows]), "a step of more rows"),
        (rows[:, :-1], "a step of fewer columns"),
        (None, "a step of None"),
    ):
        with _raises(ParameterError, what):
            classifier.step(bad, state)  # type: ignore[arg-type]
    with _raises(ParameterError, "a state of no classifier"):
        classifier.step(rows, object())


def _require_close(a: Inputs, b: Inputs, message: str) -> None:
    """Require that two lists of probabilities agree within what steps may differ from the whole."""
    worst = max((float(np.abs(x - y).max()) for x, y in zip(a, b, strict=True)), default=0.0)
    _require(worst <= STEP_TOLERANCE, f"{message}, got a difference of {worst:.2g}")


def _check_bad_bundles(plugin: Plugin, bundle: Bundle) -> None:
    """Without any of its members, or with a class more, a bundle isn't loaded."""
    for name in bundle.arrays:
        rest = {key: array for key, array in bundle.arrays.items() if key != name}
        with _raises(ModelError, f"a bundle without {name}.npy"):
            plugin.load(replace(bundle, arrays=rest))
    for name in bundle.files:
        rest_files = {key: data for key, data in bundle.files.items() if key != name}
        with _raises(ModelError, f"a bundle without {name}"):
            plugin.load(replace(bundle, files=rest_files))
    with _raises(ModelError, "a bundle with a class more than its weights"):
        plugin.load(replace(bundle, classes=(*bundle.classes, "zeal")))


def _equal(a: Inputs, b: Inputs) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def _require(condition: bool | np.bool_, message: str) -> None:
    if not condition:
        raise AssertionError(message)


@contextmanager
def _raises(error: type[SerfastError], what: str) -> Iterator[None]:
    try:
        yield
    except error:
        return
    except Exception as other:
        raise AssertionError(f"{what} must raise {error.__name__}, got {other!r}") from other
    raise AssertionError(f"{what} must raise {error.__name__}, got no error")

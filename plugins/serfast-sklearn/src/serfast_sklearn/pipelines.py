"""A pipeline that was fitted in Python becomes a bundle, which is run without scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from sklearn.pipeline import Pipeline

from serfast import FeatureSpec, Statistics
from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding_reference import EmbeddingReference
from serfast.sklearn import Vectors

from .training import weights_of

__all__ = ["to_bundle"]

Array: TypeAlias = np.ndarray[Any, Any]


def to_bundle(
    pipeline: Any,
    X: Any,
    spec: FeatureSpec | None = None,
    statistics: Statistics | None = None,
    *,
    embedding: EmbeddingReference | None = None,
    backend: str | None = None,
    card: Mapping[str, Any] | None = None,
) -> Bundle:
    """Store a fitted classifier or pipeline of scikit-learn as a bundle, without pickle.

    What skl2onnx converts becomes an ONNX graph; a HistGradientBoostingClassifier becomes arrays.
    Either is compared with the pipeline.

    Parameters
    ----------
    pipeline : estimator of scikit-learn
        A fitted classifier with `predict_proba`, a pipeline that ends with one, or a search that
        has found one. If a pipeline's first step is :class:`serfast.sklearn.Vectors`, spec and
        statistics are that step's.
    X : sequence of recordings, or array_like, shape (n, d)
        What the pipeline takes, at least one: recordings if its first step is `Vectors`, else
        vectors. Up to 200 of them are compared; those that it was fitted to will do.
    spec : FeatureSpec, optional
    statistics : Statistics, optional
        They made the vectors; with an embedding alone there are none.
    embedding : EmbeddingReference, optional
        It made the vectors, or what is in them behind the statistics.
    backend : str, optional
        What computed the features; None stands for the default.
    card : mapping, optional
        More that is to be known of the model: what JSON can hold.

    Returns
    -------
    Bundle
        ``bundle.save("model.zip")`` writes it; ``serfast.Recognizer("model.zip")`` runs it.

    Raises
    ------
    ParameterError
        If there is no `predict_proba`, the spec isn't known, X is empty or of another size, or two
        classes have one name.
    ModelError
        If skl2onnx can't convert it, or a probability of what is stored is more than 1e-5 from
        the pipeline's.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from serfast.sklearn import Vectors
    >>> signals = np.sin(np.outer([0.05, 0.06, 0.4, 0.5], np.arange(8000)))
    >>> labels = ["low", "low", "high", "high"]
    >>> pipeline = make_pipeline(Vectors(preset="levels"), LogisticRegression())
    >>> bundle = to_bundle(pipeline.fit(signals, labels), signals)
    >>> bundle.classes
    ('high', 'low')
    """
    fitted = getattr(pipeline, "best_estimator_", pipeline)
    steps = fitted.steps if isinstance(fitted, Pipeline) else []
    if steps and isinstance(steps[0][1], Vectors):
        if spec is not None or statistics is not None or embedding is not None:
            raise ParameterError("spec, statistics, embedding must be those of Vectors, got others")
        vectors = steps[0][1]
        x = np.asarray(vectors.transform(X), np.float64)
        spec, statistics = vectors.spec_, vectors.statistics_
        fitted = steps[-1][1] if len(steps) < 3 else Pipeline(steps[1:])
    else:
        x = _matrix(X)
    if spec is None:
        raise ParameterError("spec must be given where the first step isn't Vectors, got None")
    if not hasattr(fitted, "predict_proba"):
        raise ParameterError(f"pipeline must have predict_proba, got {type(fitted).__name__}")
    if not len(x):
        raise ParameterError("X must be at least 1 recording or vector, got none")
    classes = _classes(fitted)
    weights = _weights(fitted, x)
    bundle = Bundle(
        plugin="sklearn",
        classes=classes,
        spec=spec,
        statistics=statistics,
        embedding=embedding,
        backend=backend,
        arrays=weights.arrays,
        files=weights.files,
        card={**weights.card, **(card or {})},
    )
    if x.shape[1] != bundle.vector_size:
        rule = f"vectors of {bundle.vector_size} entries, as the statistics have"
        raise ParameterError(f"X must be {rule}, got {x.shape[1]}")
    return bundle


def _matrix(X: Any) -> Array:
    try:
        x = np.asarray(X, np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"X must be an array of numbers, got {type(X).__name__}") from error
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ParameterError(f"X must be finite vectors of shape (n, d), got shape {x.shape}")
    return x


def _classes(fitted: Any) -> tuple[str, ...]:
    """Give the classes' names, in the order of the probabilities."""
    if not hasattr(fitted, "classes_"):
        raise ParameterError("pipeline must be fitted, got one that isn't")
    names = tuple(map(str, fitted.classes_))
    if len(set(names)) < len(names):
        raise ParameterError(f"classes must have names of their own, got {names}")
    return names


def _weights(fitted: Any, x: Array) -> Any:
    """Give what is stored, in float64, or in float32 if only that agrees."""
    about = {"estimator": " ".join(repr(fitted).split())[:500]}
    errors: list[Exception] = []
    for dtype in (np.float64, np.float32):
        try:
            return weights_of(fitted, np.ascontiguousarray(x, dtype), about)
        except ModelError as error:
            errors.append(error)
        except Exception as error:  # whatever skl2onnx and onnx raise
            reason = " ".join(str(error).split())[:300]
            errors.append(ModelError(f"pipeline must be one that skl2onnx converts: {reason}"))
    raise errors[0]

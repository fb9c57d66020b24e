"""These modules say what a classifier is, what a plugin is, and how a trained model is stored.

A plugin imports what it needs from here. Two modules are for those that read ONNX files:
:mod:`~serfast.models.wire` goes through a file's messages, and :mod:`~serfast.models.onnx_weights`
leaves its large tensors on the disk.
"""

from . import embeddings, encoders, onnx_weights, registry, wire
from .bundle import Bundle
from .classifier import Classifier, Input, StreamingClassifier, check_input
from .embedder import Embedder
from .embedding import Embedding
from .embedding_reference import EmbeddingReference
from .encoders import EncoderKind, OpensFiles
from .plugin import (
    ChecksFirst,
    Examples,
    LongTraining,
    Plugin,
    Run,
    SharesEmbedding,
    TakesBound,
    TakesSharpness,
    TrainingChoices,
    WantsCopies,
    WantsEmbedding,
    WantsFeatures,
    Weights,
    alterations_for,
    check_training,
    embedding_for,
    features_for,
    fit,
    options_of,
    similar,
    with_options,
)
from .scores import FLOOR, Adaptable, Doubting, DoubtingInSteps, sharpened
from .typical import TYPICAL, Typical

__all__ = [
    "FLOOR",
    "TYPICAL",
    "Adaptable",
    "Bundle",
    "ChecksFirst",
    "Classifier",
    "Doubting",
    "DoubtingInSteps",
    "Embedder",
    "Embedding",
    "EmbeddingReference",
    "EncoderKind",
    "Examples",
    "Input",
    "LongTraining",
    "OpensFiles",
    "Plugin",
    "Run",
    "SharesEmbedding",
    "StreamingClassifier",
    "TakesBound",
    "TakesSharpness",
    "TrainingChoices",
    "Typical",
    "WantsCopies",
    "WantsEmbedding",
    "WantsFeatures",
    "Weights",
    "alterations_for",
    "check_input",
    "check_training",
    "embedding_for",
    "embeddings",
    "encoders",
    "features_for",
    "fit",
    "onnx_weights",
    "options_of",
    "registry",
    "sharpened",
    "similar",
    "wire",
    "with_options",
]

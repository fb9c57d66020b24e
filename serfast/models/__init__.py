"""These modules say what a classifier is, what a plugin is, and how a trained model is stored.

A plugin imports what it needs from here.
"""

from . import embeddings, encoders, registry
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
    with_options,
)
from .scores import FLOOR, Adaptable, Doubting, DoubtingInSteps, sharpened
from .typical import Typical

__all__ = [
    "FLOOR",
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
    "options_of",
    "registry",
    "sharpened",
    "with_options",
]

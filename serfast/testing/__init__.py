"""These checks test the contracts of plugins and features; a package's tests call them.

    def test_contract(tmp_path):
        serfast.testing.check_plugin("svm", tmp_path)

    def test_feature():
        serfast.testing.check_feature(SpectralFlux())

Each check raises AssertionError, whose message says which rule was broken.
"""

from .checks import SPEC, STATISTICS, check_classifier, check_feature, check_plugin, toy_examples
from .embeddings import check_embedding

__all__ = [
    "SPEC",
    "STATISTICS",
    "check_classifier",
    "check_embedding",
    "check_feature",
    "check_plugin",
    "toy_examples",
]

"""The contracts of plugins and features, as checks that every package's own tests call.

    def test_contract(tmp_path):
        serfast.testing.check_plugin("svm", tmp_path)

    def test_feature():
        serfast.testing.check_feature(SpectralFlux())

Each check raises AssertionError with what was broken.
"""

from .checks import SPEC, STATISTICS, check_classifier, check_feature, check_plugin, toy_examples

__all__ = [
    "SPEC",
    "STATISTICS",
    "check_classifier",
    "check_feature",
    "check_plugin",
    "toy_examples",
]

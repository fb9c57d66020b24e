"""The windows of a bundle: those that SciPy makes in no time, and no others."""

from __future__ import annotations

import json
import time
import warnings

import pytest

import serfast
from helpers.bundles import changed, make
from serfast import ModelError
from serfast.features.spectrum import COSINE_SUMS, PRAAT_GAUSSIAN, window_table
from serfast.models.bundle.bundle import Bundle
from serfast.models.bundle.windows import WINDOWS, check_window

LENGTH = 512


def spectrum_of(window: object) -> dict[str, object]:
    return {"format": 1, "features": [{"type": "LogMel", "n_fft": LENGTH, "window": window}]}


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (["taylor", 100_000], "parameter of the window taylor in a bundle must be 1 to 64, got 10"),
        (["taylor", 65], "window taylor in a bundle must be 1 to 64, got 65"),
        (["taylorwin_periodic", 10**6], "window taylorwin in a bundle must be 1 to 64"),
        (["general_cosine", 5], "general_cosine in a bundle must have a list of 1 to 16 numbers"),
        (["general_cosine", [0.1] * 17], "general_cosine in a bundle must have a list"),
        (["general_cosine"], "general_cosine in a bundle must have a list"),
        (["general_cosine", ["a"]], "general_cosine in a bundle must have a list"),
        (["kaiser", "14"], "window kaiser in a bundle must be 0 to 500, got '14'"),
        (["kaiser", [14]], "window kaiser in a bundle must be 0 to 500"),
        (["kaiser", True], "window kaiser in a bundle must be 0 to 500, got True"),
        (["kaiser", 1e9], "window kaiser in a bundle must be 0 to 500"),
        (["kaiser", 14, 14], "window kaiser in a bundle must have at most 1 parameters, got 2"),
        (["hann", 1], "window hann in a bundle must have at most 0 parameters"),
        ("x" * 10**5, "window in a bundle must be a known one or weights, got 'xxx"),
        (14.0, "window in a bundle must be a known one"),
        ([], "window in a bundle must be a known one"),
        ([["hann"]], "window in a bundle must be a known one"),
        ({"type": "RMS"}, "window in a bundle must be a known one"),
        ([1.0, None], "window in a bundle must be a known one"),
    ],
)
def test_others_are_refused_before_scipy_is_asked(tmp_path, monkeypatch, window, message) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("SciPy was asked")

    path = changed(tmp_path, spec=spectrum_of(window))
    monkeypatch.setattr("serfast.features.spectrum._scipy_window", asked)
    with pytest.raises(ModelError) as caught:
        Bundle.load(path)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


GIVEN: dict[str, list[object]] = {
    "chebwin": [100.0],
    "dpss": [2.5],
    "exponential": [None, 3.0],
    "gaussian": [80.0],
    "general_gaussian": [1.5, 80.0],
    "general_hamming": [0.6],
    "kaiser": [14.0],
    "taylor": [4, 30, True],
    "tukey": [0.3],
}
"""Parameters of each window that has some; the one derived from Kaiser's is never periodic."""

NAMES = [
    *COSINE_SUMS,
    PRAAT_GAUSSIAN,
    "bartlett",
    "bohman",
    "cosine",
    "lanczos",
    "parzen",
    "triang",
    *GIVEN,
]


@pytest.mark.parametrize("name", [*dict.fromkeys(NAMES), "hann_symmetric", "ones"])
def test_a_model_with_a_usual_window_is_saved_and_loaded(tmp_path, name) -> None:
    window = (name, *GIVEN[name]) if name in GIVEN else name
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_fft=LENGTH, window=window)])
    path = make(spec=spec, statistics=None).save(tmp_path / "model.zip")
    assert Bundle.load(path).spec == spec


def test_weights_are_a_window_too(tmp_path) -> None:
    weights = tuple(i / LENGTH for i in range(LENGTH))
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_fft=LENGTH, window=weights)])
    path = make(spec=spec, statistics=None).save(tmp_path / "model.zip")
    assert Bundle.load(path).spec == spec


@pytest.mark.parametrize("name", sorted(WINDOWS))
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_window_within_its_range_takes_no_time(name: str, end: str) -> None:
    """At the longest frame of a bundle, with each parameter at the end of its range."""
    parameters = [getattr(range_, end) for range_ in WINDOWS[name]]
    if name.startswith("taylor"):
        parameters[0] = int(parameters[0])
        parameters[2] = bool(parameters[2])
    if WINDOWS[name] and WINDOWS[name][0].other:
        parameters[0] = None
    window = json.loads(json.dumps([name, *parameters]))
    check_window(window)
    begin = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert len(window_table(tuple(window), 65536)) == 65536
    except serfast.ParameterError:
        pass  # SciPy doesn't know the name, or the weights aren't finite: that is refused too
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "window",
    [("general_cosine", 5), ("taylor", -1), ("dpss", 1e9), ("kaiser", "x"), ("general_hamming",)],
)
def test_what_scipy_cannot_make_is_an_error_of_ours(window) -> None:
    with pytest.raises(serfast.ParameterError, match=r"^window must be"):
        window_table(window, LENGTH)

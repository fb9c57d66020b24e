"""One call a feature: the rows of the extractor, by a function that the catalogue makes."""

from __future__ import annotations

import doctest
import inspect
import pickle

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.catalogue import EXAMPLES
from serfast import _former_names
from serfast.features.base import snake_case
from serfast.features.order import with_sources
from serfast.features.track import Track
from serfast.one_call import CALLS

RATE = 16000
Y = signals.voice(RATE, RATE, seed=3)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_feature_has_a_function_with_its_rows(name: str) -> None:
    feature = EXAMPLES[name]
    function = getattr(serfast, snake_case(name))
    looked_at = {"feature": feature.feature} if isinstance(feature, Track) else {}
    cls = type(feature)
    features = with_sources(cls(**looked_at), EXAMPLES.values())
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=200, features=features)
    rows = function(Y, sample_rate=RATE, hop_length=200, **looked_at)
    n_columns = len(cls(**looked_at).columns)
    assert (rows.shape[1], rows.dtype) == (n_columns, np.float32)
    assert rows.flags.c_contiguous
    np.testing.assert_array_equal(rows, serfast.Extractor(spec)(Y)[:, -n_columns:])
    assert snake_case(name) in dir(serfast)
    assert snake_case(name) in serfast.__all__
    assert f"serfast.{name}" in function.__doc__


@pytest.mark.parametrize("name", CALLS)
def test_the_example_of_each_docstring_runs(name: str) -> None:
    example = doctest.DocTestParser().get_doctest(
        CALLS[name].__doc__ or "", {"np": np}, name, None, None
    )
    assert doctest.DocTestRunner().run(example) == doctest.TestResults(failed=0, attempted=3)


def test_a_docstring_names_the_features_that_are_read() -> None:
    text = serfast.harmonic_formants.__doc__ or ""
    assert "reads the columns f0, aperiodicity of YIN, which" in text
    assert "reads the columns" not in (serfast.formants.__doc__ or "")


def test_fields_and_the_grid_are_arguments_by_name() -> None:
    rows = serfast.mfcc(Y, sample_rate=RATE, n_mfcc=7, n_fft=400, center=False)
    feature = serfast.MFCC(n_mfcc=7, n_fft=400)
    spec = serfast.FeatureSpec(sample_rate=RATE, center=False, features=[feature])
    np.testing.assert_array_equal(rows, serfast.Extractor(spec)(Y))
    names = list(inspect.signature(serfast.mfcc).parameters)
    assert names[:2] == ["y", "sample_rate"]
    assert {"n_mfcc", "n_fft", "hop_length", "center", "pad_mode"} <= set(names)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: serfast.mfcc(Y), TypeError, "sample_rate"),
        (lambda: serfast.mfcc(Y, RATE, n_mfc=3), TypeError, "'n_mfc'; did you mean 'n_mfcc'?"),
        (lambda: serfast.rms(Y, RATE, hop_lenght=3), TypeError, "did you mean 'hop_length'?"),
        (lambda: serfast.delta(Y, RATE), TypeError, "must be given the argument 'feature'"),
        (lambda: serfast.mfcc(Y, RATE, n_mfcc=0), serfast.ParameterError, "n_mfcc must be"),
        (lambda: serfast.mfcc([], RATE), serfast.ParameterError, "at least"),
        (lambda: serfast.mffc, AttributeError, "'mffc'; did you mean 'mfcc'?"),
        (lambda: serfast.MFFC, AttributeError, "did you mean 'MFCC'?"),
        (lambda: serfast.spectral_centroids, AttributeError, "did you mean 'spectral_centroid'?"),
        (lambda: serfast.SpectralCentriod, AttributeError, "did you mean 'SpectralCentroid'?"),
    ],
)
def test_a_wrong_name_suggests_the_right_one(call, error, message) -> None:
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_a_name_like_nothing_suggests_nothing() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'zzzzzz'$"):
        _ = serfast.zzzzzz
    assert not hasattr(serfast, "mffc")


def test_a_call_is_one_object_that_pickles_by_name() -> None:
    assert serfast.mfcc is serfast.mfcc
    assert pickle.loads(pickle.dumps(serfast.mfcc)) is serfast.mfcc
    assert repr(serfast.rms).startswith("<function serfast.rms(y, sample_rate, *, frame_length=512")


def test_another_back_end_may_be_named_by_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("SERFAST_BACKEND", "reference")
    rows = serfast.rms(Y, RATE)
    monkeypatch.delenv("SERFAST_BACKEND")
    assert not np.array_equal(rows, serfast.rms(Y, RATE))
    np.testing.assert_allclose(rows, serfast.rms(Y, RATE), rtol=1e-6)


def test_former_modules_of_a_functions_name_are_still_there() -> None:
    assert {*_former_names.CALLABLE} == CALLS.keys() & _former_names.FORMER.keys()
    with pytest.warns(DeprecationWarning, match="serfast.mfcc is now serfast.features.mfcc"):
        assert serfast.mfcc.MFCC is serfast.MFCC
    with pytest.warns(DeprecationWarning, match="serfast.delta is now serfast.features.delta"):
        from serfast.delta import Delta
    assert Delta is serfast.Delta
    assert callable(serfast.delta)
    with pytest.raises(AttributeError, match=r"serfast\.mfcc has no attribute 'nothing'"):
        _ = serfast.mfcc.nothing
    with pytest.raises(AttributeError, match=r"serfast\.rms has no attribute 'RMS'"):
        _ = serfast.rms.RMS

"""An embedding: recordings of every length and rate become vectors, by the embedder's contract."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import soundfile

import serfast
from helpers.embeddings import Tiny, install_embeddings, measure
from helpers.recordings import tone
from serfast.errors import ModelError, ParameterError, UnknownPluginError
from serfast.models import embeddings
from serfast.models.embedding import Embedding, referenced

Y = tone(0.7)
MORE = """
def with_vectors(function):
    return lambda: Tiny(sha256="c" * 64, vectors=function)
import numpy as np
nan = with_vectors(lambda signals, threads=1: np.full((len(signals), 3), np.nan, np.float32))
wide = with_vectors(lambda signals, threads=1: np.zeros((len(signals), 3)))
flat = with_vectors(lambda signals, threads=1: np.zeros(3, np.float32))
failing = with_vectors(lambda signals, threads=1: 1 / 0)
quick = lambda: Tiny(sample_rate=24000)
other = lambda: Tiny(longest=64000)
"""
NAMES = ("nan", "wide", "flat", "failing", "quick", "other")


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Tiny:
    install_embeddings(tmp_path, monkeypatch, MORE, *(f"{n} = {{module}}:{n}" for n in NAMES))
    return embeddings.get("tiny")


def test_a_call_gives_the_vector_of_samples_at_any_rate_and_of_recordings(tiny, tmp_path):
    embedding = serfast.Embedding("tiny")
    vector = embedding(Y, 16000)
    assert vector.dtype == np.float32
    np.testing.assert_allclose(vector, measure(Y), rtol=1e-6)
    soundfile.write(tmp_path / "y.wav", Y, 16000, "FLOAT")
    assert np.array_equal(embedding(tmp_path / "y.wav"), vector)
    np.testing.assert_allclose(embedding(tone(0.7, rate=48000), 48000), vector, rtol=0.02)
    assert (embedding.dimension, embedding.names[0]) == (3, "tiny.level")
    assert (embedding.licence, embedding.sample_rate) == ("CC0-1.0", 16000)


def pcm(channels: int = 1) -> np.ndarray:
    """Samples of 16 bits at 48 kHz."""
    y = np.rint(np.random.default_rng(0).normal(0, 3000, (24000, channels)))
    return (y[:, 0] if channels == 1 else y).astype(np.int16)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("gain", [0.0317, 0.3, 3.3])
def test_a_gain_is_undone_before_resampling_where_the_level_is_ignored(
    tiny, monkeypatch, channels, gain
):
    y = pcm(channels)
    louder = y.astype(np.float32) / 32768 * np.float32(gain)
    embedding = serfast.Embedding("tiny")
    expected = embedding(y, 48000)
    assert not embedding.ignores_level
    np.testing.assert_allclose(embedding(louder, 48000)[0] / expected[0], gain, rtol=1e-5)
    monkeypatch.setattr(Tiny, "ignores_level", True, raising=False)
    assert embedding.ignores_level
    for given in (y, louder, louder.astype(np.float64)):
        np.testing.assert_array_equal(embedding(given, 48000), expected)
    float_y = tone(0.5)  # without steps
    np.testing.assert_allclose(
        embedding(float_y * np.float32(0.5), 48000)[0] / embedding(float_y, 48000)[0], 0.5
    )
    for refused in ([1.0, np.nan], np.ones((2, 40)), np.array(["a"]), [], 3):
        with pytest.raises(ParameterError):
            embedding(refused, 48000)


@pytest.mark.parametrize(("arguments", "message"), [
    ((Y,), "sample_rate must be given for samples"),
    (("speech.wav", 16000), "sample_rate must be None for a recording"),
    ((np.zeros(0), 16000), "y must be at least 1 sample"),
    ((np.array([0.0, np.nan]), 16000), "y must be finite"),
])  # fmt: skip
def test_wrong_arguments_are_named(tiny, arguments, message):
    with pytest.raises(ParameterError, match=message):
        Embedding("tiny")(*arguments)


def test_short_signals_are_lengthened_by_zeros(tiny):
    one = Embedding("tiny")(np.ones(1), 16000)
    np.testing.assert_allclose(one, measure(np.r_[1.0, np.zeros(399)]), rtol=1e-6)
    assert tiny.lengths == [400]


@pytest.mark.parametrize("n", [32000, 32001, 64000, 100001])
def test_long_signals_are_divided_into_equal_parts_whose_mean_it_is(tiny, n):
    y = np.random.default_rng(n).normal(0, 0.1, n).astype(np.float32)
    vector = Embedding("tiny")(y, 16000)
    assert sum(tiny.lengths) == n
    assert max(tiny.lengths) - min(tiny.lengths) <= 1
    assert len(tiny.lengths) == -(-n // 32000)
    parts = np.split(y, np.cumsum(tiny.lengths)[:-1])
    np.testing.assert_allclose(vector, np.mean([measure(x) for x in parts], axis=0), rtol=1e-6)


def test_many_signals_go_together_and_silence_is_one_too(tiny):
    embedding = Embedding("tiny")
    signals = [Y, np.zeros(500, np.float32), np.ones(100001, np.int16), Y[:3]]
    vectors = embedding.vectors(signals, threads=2)
    assert len(tiny.threads) == 1
    assert tiny.threads == [2]
    assert np.array_equal(vectors, [embedding.vectors([y])[0] for y in signals])
    assert vectors[1].tolist() == [0, 0, 0]
    assert embedding.vectors([]).shape == (0, 3)
    with pytest.raises(ParameterError, match=r"signals\[1\] must be at least 1 sample"):
        embedding.vectors([Y, np.zeros(0, np.float32)])
    with pytest.raises(ParameterError, match="threads must be an int >= 1, got 0"):
        embedding.vectors([Y], threads=0)


def test_joined_embeddings_stand_one_behind_the_other(tiny):
    joined = Embedding("tiny+tiny-b")
    assert joined.names == ("tiny.level", "tiny.crossings", "tiny.peak", "tiny-b.a")
    assert np.array_equal(joined(Y, 16000), [*Embedding("tiny")(Y, 16000), 1])
    assert joined.encoders == {"tiny": Tiny.sha256, "tiny-b": "b" * 64}
    assert joined.sha256 not in (Embedding("tiny").sha256, Embedding("tiny-b+tiny").sha256)
    with pytest.raises(ParameterError, match="joined of those that take the same sample rate"):
        Embedding("tiny+quick")


@pytest.mark.parametrize("name", ["", "tiny+", "tiny+tiny", "a b", None, 3])
def test_what_is_no_name_of_an_embedding(name):
    with pytest.raises(ParameterError, match="embedding must be a name, or up to 8"):
        Embedding(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nan", "vectors of embedding 'nan' of serfast-tiny 1.2 must be finite"),
        ("wide", r"'wide' .* must be float32 of shape \(1, 3\), got 'float64 \(1, 3\)'"),
        ("flat", r"'flat' .* must be float32 of shape \(1, 3\), got 'float32 \(3,\)'"),
        ("failing", "embedding 'failing' of serfast-tiny 1.2 failed in vectors: ZeroDivision"),
    ],
)
def test_what_breaks_the_contract_is_named(tiny, name, message):
    with pytest.raises(ModelError, match=message):
        Embedding(name)(Y, 16000)


def test_a_signal_beyond_all_loudness_is_named_instead_of_the_encoder(tiny):
    with pytest.raises(ParameterError, match=r"signal must be small enough .* peak of 1e\+30"):
        Embedding("nan")(np.full(500, 1e30, np.float32), 16000)


def test_the_hash_is_of_all_that_the_vectors_depend_on(tiny):
    one = {name: Embedding(name) for name in ("tiny", "other", "quick")}
    assert len({embedding.sha256 for embedding in one.values()}) == 3
    assert {hash for embedding in one.values() for hash in embedding.encoders.values()} == {
        Tiny.sha256
    }


def test_a_pickle_and_a_reference_give_the_same_embedding_or_are_refused(tiny, monkeypatch):
    embedding = Embedding("tiny")
    data, reference = pickle.dumps(embedding), embedding.reference
    assert np.array_equal(pickle.loads(data)(Y, 16000), embedding(Y, 16000))
    assert referenced(reference).sha256 == embedding.sha256
    monkeypatch.setattr(Tiny, "sha256", "d" * 64)
    message = r"'tiny' must be the one with the SHA-256 .* of serfast-tiny 1.2: install the version"
    for load in (lambda: referenced(reference), lambda: pickle.loads(data)):
        with pytest.raises(ModelError, match=message):
            load()


def test_one_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(embeddings, "OURS", ("yy",))
    with pytest.raises(UnknownPluginError, match=r"pip install \./plugins/serfast-yy$"):
        Embedding("yy-base")

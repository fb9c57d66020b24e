"""Recognizer: any recording in, an emotion out, and clear words about bad input."""

from __future__ import annotations

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import resample_poly

import serfast
from helpers.plugin_stub import Nearest, NearestPlugin, install_nearest
from serfast.models.bundle.bundle import Bundle
from serfast.models.inputs import inputs_of
from serfast.statistics.statistics import Statistics

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
STATISTICS = Statistics(functionals=("mean",), deltas=0)
RATE = 16000


def noise(level: float, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    random = np.random.default_rng(int(level * 100))
    return random.normal(size=int(seconds * rate)) * level


@pytest.fixture
def bundle() -> Bundle:
    """Tells quiet noise from loud noise by its RMS (and its zero crossings, the same in both)."""
    return Bundle(
        plugin="nearest",
        classes=("quiet", "loud"),
        spec=SPEC,
        statistics=STATISTICS,
        arrays={"means": np.array([[0.05, 0.5], [0.3, 0.5]])},
        card={"corpus": "noise"},
    )


@pytest.fixture
def path(tmp_path, monkeypatch, bundle):
    model = bundle.save(tmp_path / "model.zip")
    install_nearest(tmp_path, monkeypatch, model)
    return model


def test_predicts(path):
    recognizer = serfast.Recognizer(path)
    assert recognizer.classes == ("quiet", "loud")
    assert recognizer.spec == SPEC
    assert recognizer.card == {"corpus": "noise"}
    for level, label in ((0.05, "quiet"), (0.3, "loud")):
        result = recognizer.predict(noise(level), RATE)
        assert result.label == label
        assert list(result.probabilities) == ["quiet", "loud"]
        assert sum(result.probabilities.values()) == pytest.approx(1)
        assert result.label == max(result.probabilities, key=result.probabilities.get)
        assert all(type(p) is float for p in result.probabilities.values())


def test_probabilities_are_the_classifiers_own_of_the_statistics(path, bundle):
    y = noise(0.2)
    x = STATISTICS(serfast.Extractor(SPEC)(y), SPEC.columns)
    expected = NearestPlugin().load(bundle).predict_proba(x)
    found = serfast.Recognizer(path).predict(y, RATE)
    assert list(found.probabilities.values()) == expected.tolist()


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path_may_be_text_or_path_and_a_name_takes_the_plugins_model(path, as_text):
    given = str(path) if as_text else path
    assert serfast.Recognizer(given).classes == ("quiet", "loud")
    assert serfast.Recognizer("nearest").classes == ("quiet", "loud")


def test_int16_is_the_same_as_floats(path):
    recognizer = serfast.Recognizer(path)
    pcm = (noise(0.2) * 20000).astype(np.int16)
    floats = pcm / 32768
    assert recognizer.predict(pcm, RATE) == recognizer.predict(floats, RATE)
    assert recognizer.predict(pcm, RATE) == recognizer.predict(floats.astype(np.float32), RATE)


@pytest.mark.parametrize("channels", [1, 2, 8])
def test_channels_are_averaged(path, channels):
    recognizer = serfast.Recognizer(path)
    y = np.random.default_rng(1).normal(size=(RATE, channels)) * 0.1
    mono = y.astype(np.float32).mean(axis=1, dtype=np.float32)
    assert recognizer.predict(y, RATE) == recognizer.predict(mono, RATE)


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 192000])
def test_other_rates_are_resampled(path, rate):
    recognizer = serfast.Recognizer(path)
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE) * 0.3
    found = recognizer.predict(resample_poly(tone, rate, RATE), rate).probabilities
    own = recognizer.predict(tone, RATE).probabilities
    assert found == pytest.approx(own, abs=5e-3)


def test_read_only_and_strided_signals_work_and_stay(path):
    recognizer = serfast.Recognizer(path)
    y = noise(0.2)
    wide = np.zeros((len(y), 3))
    wide[:, 1] = y
    wide.flags.writeable = False
    assert recognizer.predict(wide[:, 1], RATE) == recognizer.predict(y, RATE)


def test_one_sample_is_enough_but_hardly_an_answer(path):
    with pytest.warns(UserWarning, match="y has 1 samples, less than a frame of 512"):
        assert serfast.Recognizer(path).predict(np.array([0.1]), RATE).label == "quiet"


def test_silence_is_said_once_a_call(path):
    recognizer = serfast.Recognizer(path)
    for silence in (np.zeros(RATE), noise(1e-5), np.full((RATE, 2), -5e-4)):
        with pytest.warns(UserWarning, match="no sample above 0.001") as told:
            recognizer.predict(silence, RATE)
        assert [warning.filename for warning in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recognizer.predict(noise(0.001), RATE)


def test_threads_share_it(path):
    recognizer = serfast.Recognizer(path)
    signals = [noise(level) for level in (0.05, 0.1, 0.2, 0.3)] * 8
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda y: recognizer.predict(y, RATE), signals))
    assert found == [recognizer.predict(y, RATE) for y in signals]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(0), "y must be at least 1 sample"),
        (np.array([0.0, np.nan, np.inf]), "nan at index 1"),
        (np.array([0.0, 0.0, -np.inf]), "-inf at index 2"),
        (np.array([[0.0, 0.0], [0.0, np.nan]]), r"nan at index \(1, 1\)"),
        (np.full(RATE, 1e30), "signal must be small enough .* got a peak of 1e\\+30"),
        (np.zeros((2, 16000)), r"up to 32 channels, got shape \(2, 16000\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (np.zeros((100, 0)), r"shape \(100, 0\)"),
        (np.float32(0), r"shape \(\)"),
        (np.zeros(10, complex), "complex128"),
        (np.array(["a", "b"]), "dtype"),
        (np.array([None]), "dtype object"),
        (None, "y must be"),
    ],
)
def test_bad_signals_are_named_and_harm_nothing(path, y, message):
    recognizer = serfast.Recognizer(path)
    before = recognizer.predict(noise(0.2), RATE)
    with pytest.raises(serfast.ParameterError, match=message):
        recognizer.predict(y, RATE)
    assert recognizer.predict(noise(0.2), RATE) == before


@pytest.mark.parametrize("rate", [0, -16000, 16000.5, "16000", True])
def test_bad_rates_are_named(path, rate):
    with pytest.raises(serfast.ParameterError, match=r"^sample_rate must be an int >= 1"):
        serfast.Recognizer(path).predict(noise(0.2), rate)


@pytest.mark.parametrize("rate", [1, 10**8])
def test_rates_out_of_all_proportion(path, rate):
    with pytest.raises(
        serfast.ParameterError, match=r"^sample_rate must be within a factor of 256"
    ):
        serfast.Recognizer(path).predict(noise(0.2), rate)


def test_unknown_classifier_lists_the_installed_ones(path):
    with pytest.raises(serfast.UnknownPluginError, match=r"nearest.*got 'cnn'"):
        serfast.Recognizer("cnn")


@pytest.mark.parametrize("classifier", [None, 5, b"svm", ""])
def test_a_classifier_that_is_neither_name_nor_path(classifier):
    with pytest.raises(serfast.ParameterError, match="classifier must be a plugin's name"):
        serfast.Recognizer(classifier)


def test_missing_bundle(path):
    with pytest.raises(serfast.ModelError, match=r"gone\.zip"):
        serfast.Recognizer(path.parent / "gone.zip")


def test_bundle_of_a_plugin_that_is_not_installed(path, bundle, tmp_path):
    foreign = replace(bundle, plugin="cnn").save(tmp_path / "foreign.zip")
    with pytest.raises(serfast.UnknownPluginError, match="'cnn'") as error:
        serfast.Recognizer(foreign)
    assert "pip install" not in str(error.value)  # a stranger's advice


def test_pickle_brings_a_recognizer_back(path):
    recognizer = serfast.Recognizer(path)
    again = pickle.loads(pickle.dumps(recognizer))
    assert again.predict(noise(0.2), RATE) == recognizer.predict(noise(0.2), RATE)


@pytest.mark.parametrize("what", [ValueError("no"), [1.0], np.ones(7, bool)])
def test_a_plugin_with_a_bad_idea_of_what_it_uses_is_named(path, what, monkeypatch):
    def uses(self):
        if isinstance(what, Exception):
            raise what
        return what

    monkeypatch.setattr(Nearest, "uses", property(uses), raising=False)
    with pytest.raises(serfast.ModelError, match=r"(?=.*uses)(?=.*'nearest')"):
        serfast.Recognizer(path)


def test_inputs_of_an_unknown_kind():
    with pytest.raises(serfast.ParameterError, match="kind must be vector, rows or samples"):
        inputs_of(np.zeros(10, np.float32), "pictures", serfast.Extractor(SPEC), None)


def test_plugin_without_a_model(path, tmp_path, monkeypatch):
    site = tmp_path / "other"
    site.mkdir()
    (site / "bare_mod.py").write_text(
        "from helpers.plugin_stub import NearestPlugin\nPLUGIN = NearestPlugin()\n"
    )
    about = site / "serfast_bare-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: serfast-bare\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[serfast.classifiers]\nbare = bare_mod:PLUGIN\n")
    monkeypatch.syspath_prepend(str(site))
    with pytest.raises(serfast.ModelError, match="'bare' must come with a model"):
        serfast.Recognizer("bare")


def test_weights_of_another_shape(path, bundle, tmp_path):
    wrong = replace(bundle, arrays={"means": np.zeros((2, 3))}).save(tmp_path / "wrong.zip")
    with pytest.raises(serfast.ModelError, match=r"means\.npy must be float of shape \(2, 2\)"):
        serfast.Recognizer(wrong)

"""What every built-in feature must be: a feature that is added to the catalogue is tested here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import signals, streams
from helpers.broad import broad_specs
from helpers.catalogue import EXAMPLES, STREAMED, spec_of
from helpers.pages import ROOT
from helpers.processes import printed
from helpers.spectral import BACKENDS, RATE
from helpers.streams import VOICE, assert_same_bits, divide, push
from serfast.backends.native import has_twin
from serfast.cli.main import main
from serfast.features import FEATURES
from serfast.features.computed import ComputedFeature
from serfast.features.delta import Delta
from serfast.features.order import every_feature
from serfast.models.bundle import fingerprint
from serfast.models.bundle.agreement import excess
from serfast.program.planner import program_of
from serfast.testing.checks import check_feature

every_name = pytest.mark.parametrize("name", EXAMPLES)
every_streamed_name = pytest.mark.parametrize("name", STREAMED)
every_backend = pytest.mark.parametrize("backend", BACKENDS)
COMPILED = ("native", "numba")


@cache
def extractor(name: str, backend: str = "native") -> serfast.Extractor:
    """The extractor of a feature's example alone."""
    return serfast.Extractor(spec_of(name), backend=backend)


def made_signals() -> dict[str, np.ndarray]:
    """What recordings may be made of, float32, by name."""
    random = np.random.default_rng(1)
    impulse = np.zeros(4000)
    impulse[2000] = 1
    made = {
        "silence": np.zeros(4000),
        "a constant": np.full(4000, 0.25),
        "full-scale noise": random.uniform(-1, 1, 4000),
        "an impulse": impulse,
        "a fading tail": random.normal(size=8000) * np.geomspace(0.1, 1e-40, 8000),
        "one sample": np.full(1, 0.5),
    }
    return {name: y.astype(np.float32) for name, y in made.items()}


SIGNALS = made_signals()


@every_name
def test_the_example_is_of_the_class(name: str) -> None:
    assert type(EXAMPLES[name]) is FEATURES[name]
    assert name in dir(serfast)


@every_name
def test_it_goes_through_json(name: str) -> None:
    spec = spec_of(name)
    again = serfast.FeatureSpec.from_json(spec.to_json())
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == spec.to_json()
    *_, feature = json.loads(spec.to_json())["features"]
    assert feature["type"] == name
    assert "package" not in feature


@every_name
@every_backend
def test_there_are_as_many_columns_as_names(name: str, backend: str) -> None:
    rows = extractor(name, backend)(VOICE)
    spec = spec_of(name)
    assert rows.shape == (spec.frame_count(len(VOICE)), len(spec.columns))
    assert len(set(spec.columns)) == rows.shape[1]
    assert spec.columns[-len(EXAMPLES[name].columns) :] == EXAMPLES[name].columns


@every_name
@every_backend
@pytest.mark.parametrize("signal", SIGNALS)
def test_rows_are_finite(name: str, signal: str, backend: str) -> None:
    assert np.isfinite(extractor(name, backend)(SIGNALS[signal])).all()


@every_name
@pytest.mark.parametrize("shape", ["noise", "constant", "sine", "square"])
def test_rows_of_samples_up_to_1e16_are_finite(name: str, shape: str) -> None:
    """As docs/features.md says; from 1e17 on, powers are beyond float32."""
    time = np.arange(8000) / RATE
    sine = np.sin(2 * np.pi * 200 * time)
    signal = {
        "noise": np.random.default_rng(0).normal(0, 0.3, len(time)),
        "constant": np.ones(len(time)),
        "sine": sine,
        "square": np.sign(sine),
    }[shape]
    rows = serfast.Extractor(spec_of(name))((1e16 * signal).astype(np.float32))
    assert np.isfinite(rows).all()


@every_streamed_name
@pytest.mark.parametrize("backend", ["native", "numba"])
@settings(max_examples=40)
@given(lengths=streams.lengths, n_samples=st.integers(1, 5000))
def test_a_stream_has_the_batchs_bits(
    name: str, backend: str, lengths: list[int], n_samples: int
) -> None:
    """After a reset too, whatever was heard before it."""
    rows, samples = extractor(name, backend), VOICE[:n_samples]
    stream = rows.stream()
    expected = rows(samples)
    assert_same_bits(push(stream, divide(samples, lengths)), expected)
    stream.reset()
    stream.accept(SIGNALS["full-scale noise"])
    stream.reset()
    assert_same_bits(push(stream, divide(samples, lengths)), expected)


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - STREAMED))
def test_what_needs_the_whole_recording_is_refused_in_a_stream(name: str) -> None:
    with pytest.raises(serfast.ParameterError, match=f"the whole signal, got {name}.*: use "):
        extractor(name).stream()


@every_streamed_name
def test_streams_of_other_signals_have_the_batchs_bits(name: str) -> None:
    for y in SIGNALS.values():
        for length in (1, 160, 777):
            rows = push(extractor(name).stream(), divide(y, [length]))
            assert_same_bits(rows, extractor(name)(y))


@every_name
@pytest.mark.parametrize("backend", COMPILED)
def test_threads_have_the_same_bits(name: str, backend: str) -> None:
    expected = extractor(name, backend)(VOICE)
    for rows in extractor(name, backend).map([VOICE] * 6, threads=3):
        assert_same_bits(rows, expected)


def worst_excess(name: str, backend: str, heard: dict[str, np.ndarray]) -> float:
    """The largest difference from the reference, in units of the feature's tolerance; printed."""
    worst = {
        signal: excess(EXAMPLES[name], columns(name, backend, y), columns(name, "reference", y))
        for signal, y in heard.items()
    }
    signal = max(worst, key=lambda signal: worst[signal])
    print(f"{name}, {backend}: worst {worst[signal]:.1e} of its tolerance, {signal}")
    return worst[signal]


def columns(name: str, backend: str, y: np.ndarray) -> np.ndarray:
    """The example's columns, without those that it reads; float64."""
    return extractor(name, backend)(y)[:, -len(EXAMPLES[name].columns) :].astype(np.float64)


@every_name
@pytest.mark.parametrize("backend", COMPILED)
def test_back_ends_agree_within_the_features_tolerance(name: str, backend: str) -> None:
    """But for constants and pure tones: all but a few of their bins hold nothing but rounding."""
    heard = {
        "the fingerprint's signal": fingerprint.signal(16384),
        "something like speech": VOICE,
        "noise": signals.noise(8000, seed=9),
        "clicks": signals.clicks(RATE).astype(np.float32),
        **{signal: y for signal, y in SIGNALS.items() if signal != "a constant"},
    }
    assert worst_excess(name, backend, heard) <= 1


@every_name
@pytest.mark.parametrize("backend", COMPILED)
def test_back_ends_agree_on_speech(name: str, backend: str, emodb: Path) -> None:
    assert worst_excess(name, backend, signals.speech(emodb, RATE)) <= 1


@every_name
@every_backend
def test_the_delta_of_it_works(name: str, backend: str) -> None:
    feature = EXAMPLES[name]
    if isinstance(feature, Delta):
        with pytest.raises(serfast.ParameterError, match="a feature other than a Delta"):
            Delta(feature)
        return
    n = len(feature.columns)
    spec = replace(spec_of(name), features=(*spec_of(name).features, Delta(feature, width=5)))
    rows = serfast.Extractor(spec, backend)(VOICE).astype(np.float64)[:, -2 * n :]
    weights = np.array([-2, -1, 0, 1, 2]) / 10
    windows = np.lib.stride_tricks.sliding_window_view(rows[:, :n], 5, axis=0)
    scale = np.abs(rows[:, :n]).max(axis=0)
    error = np.abs(rows[2:-2, n:] - windows @ weights)
    assert (error <= 2e-6 * np.maximum(scale, 1e-30)).all()
    assert rows[:, n:].any()


WITHOUT_NUMBA = """
import hashlib, sys
sys.modules["numba"] = None
import serfast
from helpers.catalogue import spec_of
from helpers.signals import voice
for name in sys.argv[1:]:
    rows = serfast.Extractor(spec_of(name), backend="native")(voice(16000, 5000, seed=4))
    print(name, hashlib.sha256(rows.tobytes()).hexdigest())
"""


def is_native(name: str) -> bool:
    """Whether the native module has every function that the example needs."""
    return all(has_twin(node) for node in program_of(spec_of(name)).functions)


@cache
def rows_without_numba() -> dict[str, str]:
    """The SHA-256 of the rows of every example, in a process in which Numba can't be imported."""
    names = filter(is_native, EXAMPLES)
    return dict(line.split() for line in printed(WITHOUT_NUMBA, *names).splitlines())


@every_name
def test_it_needs_no_numba(name: str) -> None:
    """A feature with a file in ext/ is computed without a compiler; a new one may leave it out."""
    word = FEATURES[name].__module__.rpartition(".")[2]
    if not is_native(name):
        assert not (ROOT / "ext" / f"{word}.pxd").exists()
        return
    rows = extractor(name)(VOICE)
    assert rows_without_numba()[name] == hashlib.sha256(rows.tobytes()).hexdigest()


@every_name
def test_its_rows_are_hashed(name: str) -> None:
    """So its bits are compared between instruction sets, compilers and versions."""
    hashed = {type(f) for spec in broad_specs().values() for f in every_feature(spec.features)}
    assert FEATURES[name] in hashed


COMPUTED = [name for name, cls in FEATURES.items() if issubclass(cls, ComputedFeature)]


@pytest.mark.parametrize("name", COMPUTED)
def test_it_keeps_the_contract_of_features_that_packages_offer(name: str) -> None:
    check_feature(replace(EXAMPLES[name], name="other"))


def test_all_of_them_on_the_command_line(tmp_path: Path) -> None:
    tracker = replace(EXAMPLES["F0"], name="tracked")  # YIN has a column f0 too
    features = {**EXAMPLES, "F0": tracker}.values()
    spec = serfast.FeatureSpec(sample_rate=RATE, features=[*features])
    (tmp_path / "spec.json").write_text(spec.to_json())
    soundfile.write(tmp_path / "y.wav", VOICE, RATE, subtype="FLOAT")
    out = tmp_path / "rows.npz"
    arguments = [str(tmp_path / "y.wav"), "--spec", str(tmp_path / "spec.json"), "-o", str(out)]
    assert main(["extract", *arguments]) == 0
    with np.load(out) as stored:
        tables = [stored[name] for name in stored.files if stored[name].ndim == 2]
    assert any(np.array_equal(table, serfast.Extractor(spec)(VOICE)) for table in tables)


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_features_say_what_their_function_is_given(name: str) -> None:
    feature = EXAMPLES[name]
    inputs = set(feature.arguments) & set(feature.inputs)
    assert inputs >= {"out"}
    assert {p.name for p in feature.parameters} <= {*vars(feature)}

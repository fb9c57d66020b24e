"""The embedding that comes with the package: its front end, its file, and what it is given."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.processes import printed
from serfast.errors import ModelError
from serfast.testing import check_embedding
from serfast_whisper.embedder import SPEC, open_embedder
from serfast_whisper.encoder.graph import encoder_graph
from serfast_whisper.plugin import ENCODER
from tiny_whisper import tiny_tensors

SPEECH = Path(__file__).parents[3] / "examples" / "speech.flac"


@pytest.fixture(scope="module")
def embedder():
    return open_embedder(ENCODER)


@pytest.fixture(scope="module")
def speech():
    return serfast.load(SPEECH, 16000)[0]


def whisper_log_mel(y):
    """Give Whisper's input by the formula in float64, (rows, 80), before its last two steps."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    padded = np.pad(y.astype(np.float64), 200)
    starts = range(0, len(y) + 1, 160)
    power = np.abs([np.fft.rfft(window * padded[s : s + 400]) for s in starts]) ** 2
    mel = serfast.features.mel.filter_bank(sample_rate=16000, n_fft=400, n_mels=80)
    return np.log10(np.maximum(power @ mel.T, 1e-20))


def test_rows_are_whispers_log_mel(speech):
    expected = whisper_log_mel(speech)
    rows = serfast.Extractor(SPEC)(speech) / 10
    assert rows.shape == expected.shape
    heard = expected > expected.max() - 8  # what Whisper counts
    np.testing.assert_allclose(rows[heard], expected[heard], atol=2e-3)


def test_it_keeps_the_contract():
    check_embedding("whisper-base-3")


def test_its_file_is_small_and_named_by_its_hash(embedder):
    data = ENCODER.read_bytes()
    assert len(data) <= 11_000_000
    assert embedder.sha256 == hashlib.sha256(data).hexdigest()
    assert embedder.licence == "MIT"
    assert "Copyright (c) 2022 OpenAI" in (Path(__file__).parents[1] / "NOTICE").read_text()


def test_its_vector_has_means_and_deviations(embedder, speech):
    vector = embedder.vectors([speech])[0]
    assert vector.shape == (1024,)
    assert vector.dtype == np.float32
    assert embedder.names[511:514] == ("mean_511", "std_0", "std_1")
    assert vector[512:].min() > 0 > vector[:512].min()


@pytest.mark.parametrize("gain", [2.0**-9, 0.5, 2.0, 0.0317, 3.3])
def test_gains_change_no_bit(embedder, speech, gain):
    a, b = embedder.vectors([speech, speech * np.float32(gain)])
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("gain", [10 ** (-30 / 20), 10 ** (-7 / 20), 10 ** (10 / 20)])
def test_a_gain_of_no_16_bit_samples_moves_hardly_a_row(embedder, speech, gain):
    speech = np.convolve(speech, [0.9, 0.1]).astype(np.float32)
    before, after = embedder.rows(speech), embedder.rows(speech * np.float32(gain))
    assert (before != after).mean() < 1e-3
    assert np.abs(before - after).max() <= 0.5


def test_rows_are_half_decibels_below_the_loudest(embedder, speech):
    rows = embedder.rows(speech)
    expected = 10 * whisper_log_mel(speech)
    expected -= expected.max()
    assert rows.max() == 0
    assert np.array_equal(np.round(2 * rows), 2 * rows)
    heard = expected > -80
    np.testing.assert_allclose(rows[heard], expected[heard], atol=0.25 + 2e-2)
    assert np.array_equal(embedder.rows(np.zeros(800, np.float32)), np.zeros((6, 80)))


@pytest.mark.parametrize("n", [1, 2, 159, 160, 161, 401])
def test_the_shortest_recordings_have_a_finite_vector(embedder, speech, n):
    assert np.isfinite(embedder.vectors([speech[:n]])).all()


def test_a_process_needs_little_memory(record_property):
    """A file that is read as a whole would take 9 MB more, and all heads at once 12 MB for 10 s."""
    code = (
        "import numpy as np, onnxruntime, serfast; from serfast.bench.memory import memory;"
        "from serfast_whisper import whisper_base_3;"
        "y = np.random.default_rng(0).normal(0, 0.1, 160000).astype(np.float32);"
        "at = [memory()['peak']]; e = whisper_base_3(); assert e.longest == len(y);"
        "e.vectors([y[:48000]]); at.append(memory()['peak']);"
        "v = e.vectors([y]); at.append(memory()['peak']); assert np.isfinite(v).all();"
        "print(*np.diff(at))"
    )
    for_3_s, more_for_10_s = map(int, printed(code).split())
    record_property("bytes", for_3_s)
    assert for_3_s < 36e6  # 30e6 on x86-64 with AVX-512 and glibc 2.36
    assert more_for_10_s < 14e6  # 8e6


def test_threads_and_neighbours_change_no_bit(embedder, speech):
    signals = [speech[:16000], speech, np.zeros(8000, np.float32), speech[16000:]]
    one_by_one = np.stack([embedder.vectors([y])[0] for y in signals])
    np.testing.assert_array_equal(embedder.vectors(signals), one_by_one)
    np.testing.assert_array_equal(embedder.vectors(signals, threads=3), one_by_one)


def test_a_file_that_is_no_encoder_is_refused(tmp_path):
    path = tmp_path / "encoder.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"encoder\.onnx must be an ONNX model: "):
        open_embedder(path)


def test_a_graph_with_another_output_is_refused(tmp_path):
    path = tmp_path / "encoder.onnx"
    graph = encoder_graph(tiny_tensors(), (1,), pool=False)
    path.write_bytes(graph.SerializeToString())
    with pytest.raises(ModelError, match=r"encoder\.onnx must turn log_mel into embedding"):
        open_embedder(path)

"""The embedding that comes with the package: its front end, its file, and what it is given."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import kaldi_native_fbank
import numpy as np
import pytest

import serfast
from helpers.processes import printed
from serfast.testing import check_embedding
from serfast_campplus.embedder import SPEC, open_embedder
from serfast_campplus.plugin import ENCODER

HERE = Path(__file__).parents[1]
SPEECH = HERE.parents[1] / "examples" / "speech.flac"


@pytest.fixture(scope="module")
def embedder():
    return open_embedder(ENCODER)


@pytest.fixture(scope="module")
def speech():
    return serfast.load(SPEECH, 16000)[0]


def kaldi_rows(y):
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.samp_freq = 16000
    options.mel_opts.num_bins = 80
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(16000, y.tolist())
    fbank.input_finished()
    return np.array([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])


def test_rows_are_kaldis(speech):
    """Kaldi's window of 400 samples begins where that in the middle of 512 samples does."""
    rows = serfast.Extractor(SPEC)(speech)
    expected = kaldi_rows(speech[56:])[: len(rows)]
    heard = expected > np.log(2.0**-23) + 0.1  # Kaldi's floor; the recording ends with zeros
    assert heard.mean() > 0.8
    np.testing.assert_allclose(rows[heard], expected[heard], atol=0.03)
    assert expected[heard].std() > 2


def test_it_keeps_the_contract():
    check_embedding("campplus-2")


def test_its_file_is_small_and_as_its_card_says(embedder):
    data = ENCODER.read_bytes()
    assert len(data) <= 5_500_000
    card = json.loads(ENCODER.with_suffix(".json").read_text())
    assert embedder.sha256 == hashlib.sha256(data).hexdigest() == card["sha256"]
    assert embedder.licence == card["licence"] == "Apache-2.0"
    assert card["source"] in (HERE / "NOTICE").read_text()
    assert "Apache License" in (HERE / "LICENSE").read_text()


def test_its_vector_has_means_and_deviations(embedder, speech):
    vector = embedder.vectors([speech])[0]
    assert vector.shape == (1024,)
    assert vector.dtype == np.float32
    assert embedder.names[511:514] == ("mean_511", "std_0", "std_1")
    assert vector[512:].min() > 0 > vector[:512].min()


@pytest.mark.parametrize("gain", [2.0**-9, 0.5, 2.0, 0.0317, 3.3])
def test_the_level_changes_no_bit(embedder, speech, gain):
    a, b = embedder.vectors([speech, speech * np.float32(gain)])
    np.testing.assert_array_equal(a, b)


def test_a_long_recording_needs_little_memory(record_property):
    """The planes of 10 s as a whole would take 20 MB more."""
    code = (
        "import numpy as np, onnxruntime, serfast; from serfast.bench.memory import memory;"
        "from serfast_campplus import campplus_2;"
        "y = np.random.default_rng(0).normal(0, 0.1, 160000).astype(np.float32);"
        "at = [memory()['peak']]; e = campplus_2(); assert e.longest == len(y);"
        "e.vectors([y[:48000]]); at.append(memory()['peak']);"
        "v = e.vectors([y]); at.append(memory()['peak']); assert np.isfinite(v).all();"
        "print(*np.diff(at))"
    )
    for_3_s, more_for_10_s = map(int, printed(code).split())
    record_property("bytes", more_for_10_s)
    assert for_3_s < 40e6  # 34e6 on x86-64 with AVX-512 and glibc 2.36
    assert more_for_10_s < 10e6  # 4e6


def test_both_encoders_have_one_arena():
    """With one of its own the second would take 10 MB more for 10 s; onnxruntime 1.23 or later."""
    code = (
        "import numpy as np, onnxruntime, serfast; from serfast.bench.memory import memory;"
        "from serfast_campplus import campplus_2; from serfast_whisper import whisper_base_3;"
        "y = np.random.default_rng(0).normal(0, 0.1, 160000).astype(np.float32);"
        "one, other = whisper_base_3(), campplus_2(); other.vectors([y[:8000]]);"
        "one.vectors([y]); one.vectors([y]); before = memory()['peak'];"
        "other.vectors([y]); print(memory()['peak'] - before)"
    )
    assert int(printed(code)) < 6e6


@pytest.mark.parametrize("n", [1, 400, 512, 700])
def test_the_shortest_recordings_have_a_finite_vector(speech, n):
    assert np.isfinite(serfast.Embedding("campplus-2")(speech[:n], 16000)).all()


def test_threads_and_neighbours_change_no_bit(embedder, speech):
    signals = [speech[:16000], speech, np.zeros(8000, np.float32), speech[16000:]]
    one_by_one = np.stack([embedder.vectors([y])[0] for y in signals])
    np.testing.assert_array_equal(embedder.vectors(signals), one_by_one)
    np.testing.assert_array_equal(embedder.vectors(signals, threads=3), one_by_one)


def test_it_stands_beside_whisper():
    both = serfast.Embedding("whisper-base-3+campplus-2")
    assert both.dimension == 2048
    assert both.licence == "MIT AND Apache-2.0"
    y = serfast.load(SPEECH)
    parts = [serfast.Embedding(name)(*y) for name in ("whisper-base-3", "campplus-2")]
    np.testing.assert_array_equal(both(*y), np.concatenate(parts))

"""Back ends agree within the tolerances: in every stage, for any parameters, and in streams."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import pages, signals, streams
from helpers.broad import RATE, broad_specs
from helpers.closeness import assert_agrees, column_groups
from serfast.backends import BACKENDS, available
from serfast.features.framing import PAD_MODES

THERE = [name for name, reason in available().items() if reason is None]
FAST = [name for name in THERE if name != "reference"]
fast = pytest.mark.parametrize("backend", FAST)
pytestmark = [
    pytest.mark.filterwarnings("ignore:n_mels must be small enough"),
    pytest.mark.filterwarnings("ignore:frame_length should hold"),
]

SPECS = broad_specs()


def test_none_is_missing_here() -> None:
    """Where a back end is expected not to be there, this test is not run."""
    assert [name for name in BACKENDS if name not in THERE] in ([], ["native"])


# --- Every stage --------------------------------------------------------------------------------


@fast
@pytest.mark.parametrize("name", SPECS)
def test_broad_specs(name: str, backend: str) -> None:
    spec = SPECS[name]
    compare(spec, backend, signals.voice(RATE, 6000, seed=3))


def compare(spec: serfast.FeatureSpec, backend: str, y: np.ndarray) -> None:
    """Hold the rows of a back end against the reference's, feature by feature."""
    rows = serfast.Extractor(spec, backend=backend)(y)
    expected = serfast.Extractor(spec, backend="reference")(y)
    assert rows.shape == expected.shape
    assert np.isfinite(rows).all()
    for feature, columns in column_groups(spec):
        assert_agrees(feature, rows[:, columns], expected[:, columns])


@st.composite
def spectra(draw: st.DrawFn, n_fft: int) -> dict[str, object]:
    """How a spectrum may be made, of frames of n_fft samples."""
    return {
        "n_fft": n_fft,
        "win_length": draw(st.one_of(st.none(), st.integers(1, n_fft))),
        "window": draw(st.sampled_from(["hann", "hamming", "boxcar", "blackman"])),
        "preemphasis": draw(st.sampled_from([0.0, 0.5, 0.97])),
        "remove_dc": draw(st.booleans()),
        "pad_mode": draw(st.sampled_from([None, *PAD_MODES])),
    }


@st.composite
def bands(draw: st.DrawFn) -> dict[str, object]:
    """How mel bands and their logarithm may be made."""
    fmin = draw(st.sampled_from([0.0, 20.0, 300.0]))
    return {
        **draw(spectra(draw(st.integers(64, 700)))),
        "n_mels": draw(st.integers(1, 40)),
        "fmin": fmin,
        "fmax": draw(st.sampled_from([None, 4000.0, 7999.0])),
        "htk": draw(st.booleans()),
        "mel_norm": draw(st.sampled_from([None, "slaney"])),
    }


@st.composite
def logarithms(draw: st.DrawFn) -> dict[str, object]:
    return {
        **draw(bands()),
        "log": draw(st.sampled_from(["db", "ln"])),
        "ref": draw(st.sampled_from([1.0, 0.01, "max"])),
        "amin": draw(st.sampled_from([1e-10, 1e-5])),
        "top_db": draw(st.sampled_from([None, 40.0, 80.0])),
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[serfast.FeatureSpec, int]:
    """A spec with every stage, on any grid, and a number of samples that gives rows."""
    length, power = draw(st.integers(1, 700)), draw(st.sampled_from([1.0, 2.0]))
    own_pad = draw(st.sampled_from([None, *PAD_MODES]))
    rms = serfast.RMS(frame_length=length, pad_mode=own_pad)
    features = [
        rms,
        serfast.ZeroCrossingRate(frame_length=draw(st.integers(1, 700)), pad_mode=own_pad),
        serfast.PowerSpectrum(**draw(spectra(draw(st.integers(2, 700)))), power=power),
        serfast.MelPower(**draw(bands())),
        serfast.LogMel(**draw(logarithms())),
        serfast.Delta(rms, width=draw(st.sampled_from([3, 5, 9])), order=draw(st.integers(1, 2))),
    ]
    n_fft = draw(st.integers(64, 700))
    n_mels = draw(st.integers(2, 40))
    features.append(
        serfast.MFCC(
            n_fft=n_fft,
            n_mels=n_mels,
            n_mfcc=draw(st.integers(1, n_mels)),
            dct_type=draw(st.sampled_from([1, 2, 3])),
            lifter=draw(st.sampled_from([0.0, 22.0])),
            top_db=draw(st.sampled_from([None, 80.0])),
        )
    )
    center = draw(st.booleans())
    spec = serfast.FeatureSpec(
        hop_length=draw(st.integers(1, 900)),
        center=center,
        pad_mode=draw(st.sampled_from(PAD_MODES)),
        features=features,
    )
    return spec, draw(st.integers(1 if center else max(spec.frame_lengths), 2000))


@fast
@given(case=cases())
@settings(max_examples=200)
def test_every_stage_with_any_parameters(
    case: tuple[serfast.FeatureSpec, int], backend: str
) -> None:
    spec, n_samples = case
    compare(spec, backend, signals.noise(n_samples, seed=n_samples))


@fast
@given(
    frame_length=st.integers(200, 1200),
    center=st.booleans(),
    fmax=st.floats(300, 2000),
    threshold=st.sampled_from([0.05, 0.1, 0.3]),
    hop_length=st.integers(50, 400),
)
@settings(max_examples=60)
def test_pitch_with_any_parameters(
    frame_length: int, center: bool, fmax: float, threshold: float, hop_length: int, backend: str
) -> None:
    yin = serfast.YIN(
        frame_length=frame_length, fmin=2.05 * RATE / frame_length, fmax=fmax, threshold=threshold
    )
    spec = serfast.FeatureSpec(hop_length=hop_length, center=center, features=[yin])
    compare(spec, backend, signals.voice(RATE, 6000, seed=frame_length))


@fast
@pytest.mark.parametrize("exponent", [-30, -12, 12, 37])
def test_samples_of_any_size_give_f0_within_its_range(exponent: int, backend: str) -> None:
    spec = serfast.FeatureSpec(features=[serfast.YIN(), serfast.RMS(), serfast.MFCC()])
    y = signals.noise(4000, seed=5, level=0.3).astype(np.float64) * 10.0**exponent
    f0 = serfast.Extractor(spec, backend=backend)(y.astype(np.float32))[:, 0]
    assert np.all((f0 > 64) & (f0 < 640))


# --- Streams ------------------------------------------------------------------------------------

EXTRACTORS = {
    (name, backend): serfast.Extractor(spec, backend=backend)
    for name, spec in streams.SPECS.items()
    for backend in FAST
}


@fast
@settings(max_examples=100)
@given(name=streams.names, lengths=streams.lengths, n_samples=st.integers(512, 5000))
def test_a_stream_gives_the_batchs_bits(
    name: str, lengths: list[int], n_samples: int, backend: str
) -> None:
    extractor = EXTRACTORS[name, backend]
    y = streams.VOICE[:n_samples]
    if extractor.spec.frame_count(n_samples):
        rows = streams.push(extractor.stream(), streams.divide(y, lengths))
        streams.assert_same_bits(rows, extractor(y))


@fast
@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_resampled_stream_does_not_depend_on_the_chunks(rate: int, backend: str) -> None:
    extractor = EXTRACTORS["deltas, centred", backend]
    y = signals.noise(20000, seed=6)
    whole = streams.push(extractor.stream(sample_rate=rate), [y])
    for lengths in ([7], [480, 0, 3001], [20000]):
        stream = extractor.stream(sample_rate=rate)
        streams.assert_same_bits(streams.push(stream, streams.divide(y, lengths)), whole)
        assert stream.n_seen == len(y)


BITS = """
import hashlib, sys
import serfast
from helpers import streams
for name in sorted(streams.SPECS):
    rows = serfast.Extractor(streams.SPECS[name], backend="numba")(streams.VOICE)
    print(name, hashlib.sha256(rows.tobytes()).hexdigest())
"""


def bits(cpu: str, folder: Path) -> str:
    """Hashes of numba's rows, compiled for a processor of LLVM's list."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NUMBA_CACHE_DIR": str(folder),
        "NUMBA_CPU_NAME": cpu,
        "NUMBA_CPU_FEATURES": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", BITS], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_numba_gives_the_same_bits_for_any_processor(tmp_path: Path) -> None:
    """Compiled for SSE2 alone, and for whatever this processor has."""
    expected = "".join(
        f"{name} {hash_of(EXTRACTORS[name, 'numba'](streams.VOICE))}\n"
        for name in sorted(streams.SPECS)
    )
    assert bits("generic", tmp_path) == expected


def hash_of(rows: np.ndarray) -> str:
    return hashlib.sha256(rows.tobytes()).hexdigest()


@pytest.mark.native
def test_the_example_of_the_documentation_runs() -> None:
    [block] = pages.examples("docs/backends.md")
    exec(compile(block, "backends.md", "exec"), {})

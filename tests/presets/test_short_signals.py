"""Signals of every length and rate: each preset has its toolkit's rows, or refuses as it does."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import kaldi_native_fbank
import librosa
import numpy as np
import pytest
import python_speech_features

import serfast
from benchmarks import conformance_formulas as formulas  # it is no installed package
from serfast import presets
from serfast.errors import ParameterError

RATES = (8000, 11025, 16000, 22050, 44100, 48000, 96000)
MANY = 300
"""More bands than a transform of 400 or 512 samples has bins for."""

Array = np.ndarray[Any, np.dtype[Any]]


class Toolkit(NamedTuple):
    """A toolkit's rows, and from how many samples on it has any."""

    make: Callable[[], serfast.FeatureSpec]
    rows: Callable[[Array], Array] | None
    """Rows of a signal; None if only their number is known."""
    shortest: int
    count: Callable[[int], int]
    """The number of rows of so many samples, from the toolkit's manual or source."""


def kaldi(rate: int, kind: str, snip_edges: bool) -> Toolkit:
    """Give kaldi-native-fbank's bands or coefficients."""
    length, hop = rate * 25 // 1000, rate // 100

    def rows(y: Array) -> Array:
        options = getattr(kaldi_native_fbank, f"{kind}Options")()
        options.frame_opts.samp_freq, options.frame_opts.dither = rate, 0
        options.frame_opts.snip_edges = snip_edges
        online = getattr(kaldi_native_fbank, f"Online{kind}")(options)
        online.accept_waveform(rate, (y * 32768).tolist())
        online.input_finished()
        return np.array([online.get_frame(t) for t in range(online.num_frames_ready)])

    def count(n: int) -> int:
        return 1 + (n - length) // hop if snip_edges else (n + hop // 2) // hop

    preset = presets.kaldi_fbank if kind == "Fbank" else presets.kaldi_mfcc
    shortest = length if snip_edges else hop - hop // 2
    return Toolkit(lambda: preset(rate, snip_edges=snip_edges), rows, shortest, count)


def torchaudio(rate: int, n_mels: int, center: bool, pad_mode: Any) -> Toolkit:
    """Give torchaudio's mel bands; torch.stft refuses what it can't mirror, or cut a frame from."""
    n_fft, hop = 400, 200
    arguments: dict[str, Any] = {"n_mels": n_mels, "center": center, "pad_mode": pad_mode}

    def rows(y: Array) -> Array:
        kind = "reflect" if pad_mode == "reflect" else "constant"
        padded = np.pad(y, n_fft // 2, kind) if center else y
        frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
        power = np.abs(np.fft.rfft(frames * np.hanning(n_fft + 1)[:-1])) ** 2
        bank = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels, htk=True, norm=None)
        return np.asarray(power @ bank.T)

    shortest = (n_fft // 2 + 1 if pad_mode == "reflect" else 1) if center else n_fft
    return Toolkit(
        lambda: presets.torchaudio_mel(rate, **arguments),
        rows,
        shortest,
        lambda n: 1 + (n if center else n - n_fft) // hop,
    )


def psf(rate: int, nfilt: int) -> Toolkit:
    """Give python_speech_features' log bands: there is a row of anything."""
    length, hop = int(rate * 0.025 + 0.5), int(rate * 0.01 + 0.5)
    nfft = 4096

    def rows(y: Array) -> Array:
        bands = python_speech_features.logfbank
        return np.asarray(bands(y * 32768.0, rate, nfilt=nfilt, nfft=nfft))

    return Toolkit(
        lambda: presets.python_speech_features(rate, nfilt=nfilt, nfft=nfft, numcep=None),
        rows,
        1,
        lambda n: 1 if n <= length else 1 + -(-(n - length) // hop),
    )


def librosa_(rate: int) -> Toolkit:
    """Give librosa's log-mel: frames are centred among zeros, so there is a row of anything."""

    def make() -> serfast.FeatureSpec:
        (bands,) = (f for f in presets.librosa(rate).features if type(f) is serfast.LogMel)
        return serfast.FeatureSpec(sample_rate=rate, hop_length=512, features=(bands,))

    def rows(y: Array) -> Array:
        return np.asarray(librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate)).T)

    return Toolkit(make, rows, 1, lambda n: 1 + n // 512)


def nemo(rate: int, features: int) -> Toolkit:
    """Give NeMo's log bands: rows that it counts as valid, one a whole hop."""
    hop = rate // 100
    length = int(0.02 * rate)
    wide = features == MANY

    def rows(y: Array) -> Array:
        return np.asarray(formulas.nemo_mel(y.astype(np.float64), rate, features, 20, "add"))

    assert length >= 2
    return Toolkit(
        lambda: presets.nemo_mel(rate, features=features),
        None if wide else rows,
        hop,
        lambda n: n // hop,
    )


def htk(rate: int, num_chans: int) -> Toolkit:
    """Give HTK's coefficients: whole frames only."""
    length, hop = rate * 25 // 1000, rate // 100
    return Toolkit(
        lambda: presets.htk_mfcc(rate, num_chans=num_chans),
        (lambda y: np.asarray(formulas.htk_mfcc(y, rate))) if num_chans == 20 else None,
        length,
        lambda n: 1 + (n - length) // hop,
    )


def toolkits() -> Iterator[Any]:
    """Give every preset at every rate, with its usual bands and with more than there are bins."""
    for rate in RATES:
        made = {f"kaldi {kind} {snip}": kaldi(rate, kind, snip)
                for kind in ("Fbank", "Mfcc") for snip in (True, False)}  # fmt: skip
        for n in (20, MANY):
            grids = ((True, "reflect"), (True, "constant"), (False, "reflect"))
            made |= {f"torchaudio {n} {c} {p}": torchaudio(rate, n, c, p) for c, p in grids}
            made |= {f"psf {n}": psf(rate, n), f"htk {n}": htk(rate, n), f"nemo {n}": nemo(rate, n)}
        made["librosa"] = librosa_(rate)
        yield from (pytest.param(one, id=f"{name} {rate}") for name, one in made.items())


def lengths(shortest: int) -> list[int]:
    """Give lengths on both sides of the shortest that has a row, of frames, and one much longer."""
    around = [shortest - 1, shortest, shortest + 1]
    return sorted({1, 2, 79, 399, 400, 1000, 5001, *around} - {0})


@pytest.mark.filterwarnings("ignore")  # bands without a bin, which toolkits have as well
@pytest.mark.parametrize("toolkit", list(toolkits()))
def test_every_length_has_the_toolkits_rows_or_is_refused(toolkit: Toolkit) -> None:
    extractor = serfast.Extractor(toolkit.make())
    for n in lengths(toolkit.shortest):
        y = (0.1 * np.random.default_rng(n).standard_normal(n)).astype(np.float32)
        if n < toolkit.shortest:
            refusal = f"^signal must be at least {toolkit.shortest} samples long"
            with pytest.raises(ParameterError, match=refusal):
                extractor(y)
            continue
        rows = extractor(y)
        assert len(rows) == toolkit.count(n)
        assert np.isfinite(rows).all()
        if toolkit.rows is not None:
            theirs = toolkit.rows(y)
            assert rows.shape == theirs.shape
            size = np.abs(theirs).max(axis=1, keepdims=True)
            assert (np.abs(rows - theirs) / np.maximum(size, 1e-6)).max() < 2e-3
    with pytest.raises(ParameterError, match=r"^signal must be at least 1 sample, got 0 samples"):
        extractor(np.zeros(0, np.float32))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("toolkit", [psf(16000, 26), kaldi(16000, "Fbank", snip_edges=False)])
def test_a_stream_has_the_rows_of_short_signals(toolkit: Toolkit) -> None:
    for backend in ("native", "numba"):
        extractor = serfast.Extractor(toolkit.make(), backend)
        for n in (80, 81, 159, 399, 400, 401, 900):
            y = np.random.default_rng(n).standard_normal(n).astype(np.float32)
            stream = extractor.stream()
            parts = [stream.accept(y[at : at + 7]) for at in range(0, n, 7)]
            rows = np.concatenate([*parts, stream.flush()])
            assert rows.tobytes() == extractor(y).tobytes()


@pytest.mark.parametrize("rate", RATES)
def test_kaldi_refuses_bands_without_a_bin_and_says_so(rate: int) -> None:
    refusal = r"^num_mel_bins must be small enough .*\(Kaldi refuses it too\), got 300 at"
    for preset in (presets.kaldi_fbank, presets.kaldi_mfcc):
        if rate < 48000:  # at 48 kHz the transform has 2048 samples
            with pytest.raises(ParameterError, match=refusal):
                preset(rate, num_mel_bins=MANY)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_whisper_has_one_rate_and_its_two_banks(n_mels: int) -> None:
    extractor = serfast.Extractor(presets.whisper(n_mels))
    assert extractor(np.zeros(160, np.float32)).shape == (1, n_mels)
    with pytest.raises(ParameterError, match=r"^signal must be at least 160 samples long"):
        extractor(np.zeros(159, np.float32))
    with warnings.catch_warnings(), pytest.raises(ParameterError, match="n_mels must be one of"):
        presets.whisper(MANY)

"""What is compared for docs/conformance.md: each preset with its toolkit, on a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from serfast import FeatureSpec, presets

from . import conformance_formulas as formulas

__all__ = ["CONVENTIONS", "Case", "Convention", "signals"]

Array = np.ndarray[Any, np.dtype[Any]]


class Case(NamedTuple):
    """One point of a grid: a spec, and a function that gives the toolkit's rows of a signal."""

    spec: FeatureSpec
    theirs: Callable[[Array], Array]


class Convention(NamedTuple):
    """A toolkit's feature, and how its numbers are compared."""

    name: str
    toolkit: str
    """The distribution whose version is shown; nothing for a formula that was written again."""
    cases: Callable[[], Iterator[Case]]
    relative: bool
    """Errors are divided by the largest number of the row; else they are in the feature's unit."""
    why: str
    """Why the error isn't zero."""
    left_out: str
    """What of the toolkit isn't reproduced."""
    limit: float = 1e-4
    """No number that is compared may be further off."""


def signals(rate: float, seed: int = 18) -> dict[str, Array]:
    """Give signals of about 0.7 s in float32: noise, a voice, a sweep, soft noise."""
    rng = np.random.default_rng(seed)
    n = int(0.7 * rate) + 37
    t = np.arange(n) / rate
    noise = rng.standard_normal(n)
    f0 = 120 + 30 * np.sin(2 * np.pi * 3 * t)
    phase = 2 * np.pi * np.cumsum(f0) / rate
    voice = sum(np.sin(h * phase) / h for h in range(1, 20) if h * 150 < rate / 2)
    sweep = np.sin(2 * np.pi * (100 * t + 0.15 * rate / 0.7 * t**2))
    made = {
        "noise": 0.1 * noise,
        "voice": 0.2 * voice + 1e-3 * noise,
        "sweep": 0.3 * sweep + 1e-3 * noise,
        "soft": 1e-3 * noise + 1e-4,
    }
    return {name: y.astype(np.float32) for name, y in made.items()}


def _torch_rows(transform: Any) -> Callable[[Array], Array]:
    import torch  # heavy: only for this peer

    def rows(y: Array) -> Array:
        with torch.no_grad():
            return np.asarray(transform(torch.from_numpy(y)).numpy().T)

    return rows


def torchaudio_mel() -> Iterator[Case]:
    """Give cases of MelSpectrogram."""
    from torchaudio import transforms  # heavy: only for this peer

    for rate in (8000, 16000, 48000):
        for n_fft, n_mels in ((400, 40), (512, 64), (1024, 80)):
            for scale in ("htk", "slaney"):
                for norm in (None, "slaney"):
                    for center in (True, False):
                        common: dict[str, Any] = {"n_fft": n_fft, "n_mels": n_mels}
                        common |= {"norm": norm, "mel_scale": scale, "center": center}
                        theirs = transforms.MelSpectrogram(rate, **common)
                        yield Case(presets.torchaudio_mel(rate, **common), _torch_rows(theirs))


def torchaudio_mfcc() -> Iterator[Case]:
    """Give cases of MFCC."""
    from torchaudio import transforms  # heavy: only for this peer

    for rate in (8000, 16000, 48000):
        for n_fft, n_mels, n_mfcc in ((400, 40, 13), (1024, 64, 40)):
            for norm in ("ortho", None):
                for log_mels in (False, True):
                    mel: dict[str, Any] = {"n_fft": n_fft, "n_mels": n_mels}
                    common: dict[str, Any] = {"n_mfcc": n_mfcc, "norm": norm, "log_mels": log_mels}
                    theirs = transforms.MFCC(rate, **common, melkwargs=mel)
                    spec = presets.torchaudio_mfcc(rate, **common, **mel)
                    yield Case(spec, _torch_rows(theirs))


def openai_whisper() -> Iterator[Case]:
    """Give cases of openai-whisper."""
    from whisper.audio import log_mel_spectrogram  # heavy: only for this peer

    for n_mels in (80, 128):

        def rows(y: Array, n_mels: int = n_mels) -> Array:
            return np.asarray(log_mel_spectrogram(y, n_mels).numpy().T)

        yield Case(presets.whisper(n_mels), rows)


def transformers_whisper() -> Iterator[Case]:
    """Give cases of transformers' WhisperFeatureExtractor."""
    from transformers import WhisperFeatureExtractor  # heavy: only for this peer

    made: Any = WhisperFeatureExtractor
    for n_mels in (80, 128):
        extractor = made(feature_size=n_mels)

        def rows(y: Array, extractor: Any = extractor) -> Array:
            answer = extractor(y, sampling_rate=16000, padding=False, return_tensors="np")
            return np.asarray(answer["input_features"][0].T)

        yield Case(presets.whisper(n_mels), rows)


def psf_mfcc() -> Iterator[Case]:
    """Give cases of python_speech_features.mfcc."""
    import python_speech_features as psf  # optional: a peer

    for rate, nfft in ((8000, 256), (16000, 512), (48000, 2048)):
        for nfilt, energy, hamming in ((26, True, False), (20, False, True)):
            common: dict[str, Any] = {"nfilt": nfilt, "nfft": nfft}
            window = np.hamming if hamming else np.ones

            theirs = common | {"samplerate": rate, "winfunc": window, "appendEnergy": energy}

            def rows(y: Array, a: Any = theirs) -> Array:
                return np.asarray(psf.mfcc(y * 32768.0, **a))

            named = "hamming" if hamming else "boxcar"
            spec = presets.python_speech_features(
                rate, **common, window=named, append_energy=energy
            )
            yield Case(spec, rows)


def psf_logfbank() -> Iterator[Case]:
    """Give cases of python_speech_features.logfbank."""
    import python_speech_features as psf  # optional: a peer

    for rate, nfft in ((8000, 256), (16000, 512), (22050, 1024)):
        for nfilt in (20, 26):

            def rows(y: Array, rate: int = rate, nfft: int = nfft, nfilt: int = nfilt) -> Array:
                return np.asarray(psf.logfbank(y * 32768.0, rate, nfilt=nfilt, nfft=nfft))

            spec = presets.python_speech_features(rate, nfilt=nfilt, nfft=nfft, numcep=None)
            yield Case(spec, rows)


def nemo_mel() -> Iterator[Case]:
    """Give cases of NeMo's formula."""
    for rate in (8000, 16000, 48000):
        for n_mels, ms, guard in ((40, 25, "add"), (64, 20, "clamp")):

            def rows(y: Array, a: Any = (rate, n_mels, ms, guard)) -> Array:
                return formulas.nemo_mel(y.astype(np.float64), *a)

            kinds: dict[str, Any] = {"log_zero_guard_type": guard}
            spec = presets.nemo_mel(rate, features=n_mels, window_size_ms=ms, **kinds)
            yield Case(spec, rows)


def htk_mfcc() -> Iterator[Case]:
    """Give cases of HTK's formula."""
    for rate in (8000, 16000, 48000):
        for kind, power, z_mean, limits in (
            ("MFCC_0", False, False, None),
            ("MFCC_E", True, True, None),
            ("MFCC_0", False, False, (300.0, 3400.0)),
        ):
            theirs: dict[str, Any] = {"kind": kind, "use_power": power, "z_mean": z_mean}

            def rows(y: Array, rate: int = rate, a: Any = theirs, limits: Any = limits) -> Array:
                return formulas.htk_mfcc(y, rate, limits=limits, **a)

            ours: dict[str, Any] = {"target_kind": kind, "use_power": power}
            low, high = limits or (None, None)
            spec = presets.htk_mfcc(rate, z_mean_source=z_mean, lo_freq=low, hi_freq=high, **ours)
            yield Case(spec, rows)


def librosa_mfcc() -> Iterator[Case]:
    """Give cases of librosa's MFCC and log-mel by default."""
    import librosa  # heavy: only for this peer

    for rate in (16000, 22050, 48000):
        spec = presets.librosa_1(rate)
        bands = FeatureSpec(sample_rate=rate, hop_length=512, features=spec.features[2:4])

        def rows(y: Array, rate: int = rate) -> Array:
            mel = librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate))
            return np.vstack([mel, librosa.feature.mfcc(y=y, sr=rate)]).T

        yield Case(bands, rows)


def kaldi() -> Iterator[Case]:
    """Give cases of kaldi-native-fbank."""
    import kaldi_native_fbank as knf  # optional: a peer

    for rate in (8000, 16000, 48000):
        for n_mels, snip in ((23, True), (40, False)):

            def rows(y: Array, rate: int = rate, n_mels: int = n_mels, snip: bool = snip) -> Array:
                options = knf.FbankOptions()
                options.frame_opts.samp_freq, options.frame_opts.dither = rate, 0
                options.frame_opts.snip_edges, options.mel_opts.num_bins = snip, n_mels
                fbank = knf.OnlineFbank(options)
                fbank.accept_waveform(rate, (y * np.float32(32768)).tolist())
                fbank.input_finished()
                return np.array([fbank.get_frame(t) for t in range(fbank.num_frames_ready)])

            yield Case(presets.kaldi_fbank(rate, num_mel_bins=n_mels, snip_edges=snip), rows)


FLOAT32 = "both compute in float32, in another order"
TORCH = "`pad`, `normalized`"

CONVENTIONS = (
    Convention(
        "kaldi_fbank", "kaldi-native-fbank", kaldi, False,
        "both compute in float32: the other is up to 1.1e-4 from float64, serfast 2e-5",
        "dither, which is random", 1.5e-4,
    ),
    Convention("torchaudio_mel", "torchaudio", torchaudio_mel, True, FLOAT32, TORCH),
    Convention(
        "torchaudio_mfcc", "torchaudio", torchaudio_mfcc, True, FLOAT32, TORCH
    ),
    Convention(
        "whisper", "openai-whisper", openai_whisper, False, FLOAT32, "the padding to 30 s"
    ),
    Convention(
        "whisper", "transformers", transformers_whisper, False,
        "the other has float64 until the end", "the padding to 30 s, `do_normalize`, dither",
    ),
    Convention(
        "htk_mfcc", "", htk_mfcc, True, "the formula is in float64",
        "dither, ENORMALISE, cepstral mean subtraction, bands by VTLN",
    ),
    Convention(
        "nemo_mel", "", nemo_mel, False, "the formula is in float64",
        "dither, `normalize`, `pad_to`, `frame_splicing`",
    ),
    Convention(
        "python_speech_features, mfcc", "python_speech_features", psf_mfcc, True,
        "the other computes in float64", "ssc; powers between 0 and 2⁻⁵² are raised to it here",
    ),
    Convention(
        "python_speech_features, logfbank", "python_speech_features", psf_logfbank, False,
        "the other computes in float64", "powers between 0 and 2⁻⁵² are raised to it here",
    ),
    Convention(
        "librosa, librosa_1", "librosa", librosa_mfcc, True, FLOAT32, "see docs/librosa.md"
    ),
)  # fmt: skip

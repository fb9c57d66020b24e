"""torchaudio: its transforms and its Kaldi front end, one thread, without gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "torchaudio"
INSTALL = "pip install torchaudio"


def _one_thread(y: Array) -> Any:
    """Give the samples as a tensor; from now on there is one thread."""
    import torch  # optional: a peer

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    return torch.from_numpy(y)


def mel(work: Work, y: Array) -> Call:
    """Make the call of `MelSpectrogram` with librosa's scale."""
    from torchaudio.transforms import MelSpectrogram  # optional: a peer

    transform = MelSpectrogram(
        work.sample_rate,
        n_fft=work.frame_length,
        hop_length=work.hop_length,
        n_mels=work.n_mels,
        norm="slaney",
        mel_scale="slaney",
    )
    samples = _one_thread(y)
    return lambda: transform(samples)


def kaldi(work: Work, y: Array) -> Call:
    """Make the call of `compliance.kaldi.fbank` with a Hamming window."""
    from torchaudio.compliance.kaldi import fbank  # optional: a peer

    scaled = _one_thread(y)[None] * 32768
    return lambda: fbank(scaled, num_mel_bins=work.n_mels, window_type="hamming")


def exact(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give its padding as a field of the spec."""
    return spec(work, pad_mode="reflect")


MAKE = {"mel": mel, "kaldi": kaldi}
EXACT = dict.fromkeys(MAKE, exact)
ROWS = {"mel": lambda result: result.numpy().T, "kaldi": lambda result: result.numpy()}

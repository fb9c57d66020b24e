"""asrfront: the front ends of Whisper and of SenseVoice, which is Kaldi's with a Hamming window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "asrfront"
INSTALL = "pip install asrfront"


def whisper(work: Work, y: Array) -> Call:
    """Make the call of `whisper.log_mel`, of the whole signal, neither padded nor cut."""
    from asrfront import whisper  # optional: a peer

    return lambda: whisper.log_mel(y, n_mels=work.n_mels, pad_or_trim=False)


def kaldi(work: Work, y: Array) -> Call:
    """Make the call of `sensevoice.fbank`, of frames that aren't stacked."""
    from asrfront import sensevoice  # optional: a peer

    return lambda: sensevoice.fbank(y, n_mels=work.n_mels, lfr_m=1, lfr_n=1)


def exact(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give the spec of the work, whose parameters are those that it has."""
    return spec(work)


MAKE = {"whisper": whisper, "kaldi": kaldi}
EXACT = dict.fromkeys(MAKE, exact)
ROWS = {"whisper": lambda result: result.T}

"""specux: a mel spectrogram in one kernel; frames beyond the ends are reflected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "specux"
INSTALL = "pip install specux"


def mel(work: Work, y: Array) -> Call:
    """Make the call of `melspectrogram`, on the processor, by one thread."""
    import specux  # optional: a peer

    specux.set_num_threads(1)
    return lambda: specux.melspectrogram(
        y,
        sr=work.sample_rate,
        n_fft=work.frame_length,
        hop_length=work.hop_length,
        n_mels=work.n_mels,
        backend="cpu",
    )


def exact(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give its padding as a field of the spec."""
    return spec(work, pad_mode="reflect")


MAKE = {"mel": mel}
EXACT = {"mel": exact}
ROWS = {"mel": lambda result: result.T}

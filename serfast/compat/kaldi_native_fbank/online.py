"""The online classes take samples in pieces and keep the rows until they are popped.

Their methods are those of the back end's row queue. SERFAST_BACKEND chooses it when this module is
imported.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from ... import _checks as checks
from ... import backends
from ...extractor import Extractor
from ...features.spec import FeatureSpec
from .options import (
    FbankOptions,
    FrameExtractionOptions,
    MfccOptions,
    Options,
    WhisperFeatureOptions,
)
from .specs import fbank_spec, mfcc_spec, whisper_spec

__all__ = ["OnlineFbank", "OnlineMfcc", "OnlineWhisperFbank"]

Opts = TypeVar("Opts", bound=Options)

BACKEND = backends.chosen(None)

if TYPE_CHECKING:
    from ...backends.row_queue import RowQueue
else:
    RowQueue = backends.get_row_queue(BACKEND)


@lru_cache(maxsize=32)
def _extractor(make: Callable[[Any], FeatureSpec], kind: Any, values: tuple[Any, ...]) -> Extractor:
    """Give the extractor of options of this kind: its tables are made once for all objects."""
    return Extractor(make(kind.of_values(values)), BACKEND)


class Online(RowQueue):
    """An online feature takes samples in pieces of any size and keeps its rows."""

    __slots__ = ()

    def __init__(
        self,
        make: Callable[[Opts], FeatureSpec],
        opts: Opts,
        frame_shift_ms: float,
        dither: float = 0,
    ) -> None:
        if dither != 0:
            checks.warn("dither adds noise in kaldi-native-fbank: these rows are without it")
        kind: Any = type(opts)  # hashable, whatever mypy says
        extractor = _extractor(make, kind, opts.values())
        super().__init__(extractor.stream(), extractor.spec.sample_rate, frame_shift_ms / 1000)


class OnlineFbank(Online):
    """Filter banks of a signal that comes in pieces.

    Parameters
    ----------
    opts : FbankOptions
    """

    __slots__ = ()

    def __init__(self, opts: FbankOptions) -> None:
        if not isinstance(opts, FbankOptions):
            raise TypeError(f"opts must be FbankOptions, got {type(opts).__name__}")
        frames = opts.frame_opts
        super().__init__(fbank_spec, opts, frames.frame_shift_ms, frames.dither)


class OnlineMfcc(Online):
    """Cepstral coefficients of a signal that comes in pieces.

    Parameters
    ----------
    opts : MfccOptions
    """

    __slots__ = ()

    def __init__(self, opts: MfccOptions) -> None:
        if not isinstance(opts, MfccOptions):
            raise TypeError(f"opts must be MfccOptions, got {type(opts).__name__}")
        frames = opts.frame_opts
        super().__init__(mfcc_spec, opts, frames.frame_shift_ms, frames.dither)


class OnlineWhisperFbank(Online):
    """Whisper's power in mel bands, before the logarithm, of a signal that comes in pieces.

    Parameters
    ----------
    opts : WhisperFeatureOptions
        Of its frame options nothing counts; versions before 1.18 took these alone.
    """

    __slots__ = ()

    def __init__(self, opts: WhisperFeatureOptions | FrameExtractionOptions) -> None:
        if isinstance(opts, FrameExtractionOptions):
            opts = WhisperFeatureOptions(opts)
        if not isinstance(opts, WhisperFeatureOptions):
            raise TypeError(f"opts must be WhisperFeatureOptions, got {type(opts).__name__}")
        super().__init__(whisper_spec, opts, 10.0)

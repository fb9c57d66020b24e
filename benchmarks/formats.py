"""Which containers and codecs are read, and how well: the table of docs/formats.md.

    python -m benchmarks.formats [--json benchmarks/results/formats.json]

Two seconds of a gated tone with noise are written in every format that soundfile and PyAV can
write here. Each file is then read in four ways: whole (`load`), in pieces of 441 samples
(`blocks`), from a pipe, and with its last third missing. `python -m benchmarks.publish` writes the
table into the page.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import ROOT
from .conditions import machine, sentence
from .reports import write
from .tables import markdown

BY_FFMPEG = (
    *(("m4a", "ipod", "aac"), ("m4a", "ipod", "alac"), ("mp4", "mp4", "aac")),
    *(("mp4", "mp4", "libmp3lame"), ("3gp", "3gp", "aac"), ("mov", "mov", "pcm_s16le")),
    *(("webm", "webm", "libopus"), ("Matroska", "matroska", "aac")),
    *(("Matroska", "matroska", "flac"), ("AAC", "adts", "aac"), ("wma", "asf", "wmav2")),
    *(("AMR", "amr", "libopencore_amrnb"), ("MPEG TS", "mpegts", "aac"), ("flv", "flv", "aac")),
    *(("AC-3", "ac3", "ac3"), ("AVI", "avi", "mp2"), ("WavPack", "wv", "wavpack")),
    *(("True Audio", "tta", "tta"),),
)
"""What only FFmpeg reads: container, FFmpeg's name of it, and of the encoder."""

_RATES = {"libopus": 48000, "OPUS": 48000, "libopencore_amrnb": 8000}
_NEAR = 1e-6
_SECONDS = 2.0


class Case(NamedTuple):
    """A file to be read, and what is known of it."""

    container: str
    codec: str
    library: str
    data: bytes
    n_samples: int
    whole: np.ndarray[Any, Any] | None
    """The samples by one read of soundfile's."""


def cases() -> Iterator[Case]:
    """Write the files."""
    import soundfile  # heavy: the table is made without it

    files = _files()
    for kind in sorted(set(soundfile.available_formats()) - {"RAW", "SD2"}):
        for subtype in soundfile.available_subtypes(kind):
            rate = _RATES.get(subtype, 8000 if kind == "WVE" else 44100)
            y = files.gated_tone(_SECONDS, rate)
            try:
                data = files.written(y, rate, kind, subtype)
            except soundfile.LibsndfileError:
                continue  # it can only be read
            try:
                whole = soundfile.read(io.BytesIO(data), dtype="float32")[0]
            except soundfile.LibsndfileError:
                whole = None
            yield Case(kind, subtype, "libsndfile", data, y.size, whole)
    for container, name, codec in BY_FFMPEG:
        rate = _RATES.get(codec, 44100)
        y = files.gated_tone(_SECONDS, rate)
        yield Case(container, codec, "PyAV", files.encoded(y, rate, name, codec), y.size, None)


def measured(case: Case) -> dict[str, str]:
    """Read a file in four ways, and say how well it went."""
    from serfast.audio import blocks, load  # heavy: the table is made without it

    y = load(case.data)[0]
    pipe = _files().Pipe(case.data)
    return {
        "container": case.container,
        "codec": case.codec,
        "library": case.library,
        "load": _whole(case, y),
        "blocks": _same(np.concatenate(list(blocks(case.data, block=441))), y),
        "pipe": _same(load(pipe)[0], y),
        "damaged": _damaged(lambda: load(case.data[: len(case.data) * 2 // 3])[0], y),
    }


def _whole(case: Case, y: np.ndarray[Any, Any]) -> str:
    more = y.size - case.n_samples
    length = f"{more:+d} samples" if more else "all samples"
    if case.whole is None:
        return length
    return length if _same(case.whole, y) == "same" else f"{length}, other than in one read"


def _same(y: np.ndarray[Any, Any], expected: np.ndarray[Any, Any]) -> str:
    return "same" if y.shape == expected.shape and abs(y - expected).max() < _NEAR else "**other**"


def _damaged(read: Callable[[], np.ndarray[Any, Any]], y: np.ndarray[Any, Any]) -> str:
    from serfast.errors import AudioError  # heavy: the table is made without it

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            cut = read()
        except AudioError:
            return "error"
    if caught:
        return "shorter, with a warning"
    same = cut.size < y.size and _same(cut[: y.size // 2], y[: y.size // 2]) == "same"
    return "shorter, unnoticed" if same else "**wrong, unnoticed**"


def _files() -> Any:
    """Give what the tests write files with."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    return importlib.import_module("helpers.encoded")


def table(report: Mapping[str, Any]) -> str:
    """Give the table; codecs that are read equally well share a line."""
    columns = ("load", "blocks", "pipe", "damaged")

    def key(line: Mapping[str, str]) -> tuple[str, ...]:
        return (line["library"], line["container"], *(line[name] for name in columns))

    rows = [
        [group[1], ", ".join(line["codec"] for line in lines), group[0], *group[2:]]
        for group, lines in groupby(sorted(report["formats"], key=key), key)
    ]
    header = ["container", "codecs", "read by", *columns]
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    return f"{sentence(report['machine'])}. {versions}.\n\n{markdown(header, rows, len(header))}"


def versions() -> dict[str, str]:
    """Give the versions of the libraries that decode."""
    import av  # optional: only this measurement needs it
    import soundfile  # heavy: the table is made without it

    codecs = ".".join(map(str, av.library_versions["libavcodec"]))
    return {
        "soundfile": soundfile.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
        "PyAV": av.__version__,
        "libavcodec": codecs,
    }


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    report: dict[str, Any] = {"machine": machine(), "versions": versions()}
    report["formats"] = [measured(case) for case in cases()]
    print(table(report))
    write(arguments.json, report)


if __name__ == "__main__":
    main()

"""Samples are right in every format, however they are read: whole, in pieces, from bytes or a pipe.

The right ones are those that libsndfile gives in one read, without a seek.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from helpers.encoded import RATE, Pipe, encoded, gated_tone, mpeg_in_wav, written
from serfast.audio.reading import blocks, load
from serfast.errors import AudioError, AudioWarning, MissingDecoderError

FORMATS = sorted(set(soundfile.available_formats()) - {"RAW", "SD2"})
"""Those whose file is one, and tells what it holds."""
READ_ONLY = {("AIFF", "DWVW_12"), ("MP3", "MPEG_LAYER_I"), ("MP3", "MPEG_LAYER_II")} | {
    ("WAV", "MPEG_LAYER_III")
}
NO_WHOLE_READ = {("AIFF", "DWVW_16"), ("AIFF", "DWVW_24")}
"""soundfile seeks in these after reading, which libsndfile can't."""


def joined(source: object, block: int) -> np.ndarray:
    return np.concatenate(list(blocks(source, block=block)))


@pytest.mark.parametrize("block", [7, 441, 1152, 65536, 10**7])
def test_mp3_in_pieces(block: int) -> None:
    data = written(gated_tone(), RATE, "MP3")
    whole, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    assert whole.size == gated_tone().size
    np.testing.assert_allclose(load(data)[0], whole, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(joined(data, block), load(data)[0])


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_in_pieces(kind: str) -> None:
    y = gated_tone(0.6, 8000)
    for subtype in soundfile.available_subtypes(kind):
        if (kind, subtype) in READ_ONLY:
            continue
        data = written(y, 8000, kind, subtype)
        samples, _ = load(data)
        np.testing.assert_array_equal(joined(data, 441), samples, err_msg=subtype)
        np.testing.assert_array_equal(joined(Pipe(data), 100), samples, err_msg=subtype)
        if (kind, subtype) not in NO_WHOLE_READ:
            whole, _ = soundfile.read(io.BytesIO(data), dtype="float32")
            np.testing.assert_allclose(samples, whole, rtol=0, atol=1e-6, err_msg=subtype)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_mp3_of_every_generation_in_pieces(rate: int) -> None:
    data = written(gated_tone(2.0, rate), rate, "MP3")
    whole, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    np.testing.assert_allclose(joined(data, 1000), whole, rtol=0, atol=1e-6)


MADE = {
    "wav": partial(written, kind="WAV"),
    "aiff": partial(written, kind="AIFF"),
    "au": partial(written, kind="AU"),
    "w64": partial(written, kind="W64"),
    "caf": partial(written, kind="CAF"),
    "rf64": partial(written, kind="RF64"),
    "nist": partial(written, kind="NIST"),
    "flac": partial(written, kind="FLAC"),
    "vorbis": partial(written, kind="OGG", subtype="VORBIS"),
    "opus": partial(written, kind="OGG", subtype="OPUS"),
    "mp3": partial(written, kind="MP3"),
}


@pytest.mark.parametrize("second", MADE)
@pytest.mark.parametrize("first", sorted(set(MADE) - {"flac"}))
def test_recordings_one_behind_the_other(first: str, second: str) -> None:
    """Each is decoded as if it were alone."""
    parts = [MADE[first](gated_tone(0.5, 8000), 8000), MADE[second](gated_tone(0.3, 8000), 8000)]
    expected = np.concatenate([load(part)[0] for part in parts])
    np.testing.assert_array_equal(load(b"".join(parts))[0], expected)
    np.testing.assert_array_equal(joined(b"".join(parts), 333), expected)


@pytest.mark.parametrize("kind", MADE)
def test_three_recordings_in_a_file(kind: str, tmp_path: Path) -> None:
    part = MADE[kind](gated_tone(0.25, 16000), 16000)
    path = tmp_path / "a"
    path.write_bytes(3 * part)
    np.testing.assert_array_equal(load(path)[0], np.tile(load(part)[0], 3))


@pytest.mark.parametrize("kind", MADE)
def test_recordings_at_two_rates_are_refused(kind: str) -> None:
    data = MADE[kind](gated_tone(0.5, 8000), 8000) + MADE[kind](gated_tone(0.5, 16000), 16000)
    with pytest.raises(AudioError, match="several recordings, at 8000 Hz and at 16000 Hz"):
        load(data)


@pytest.mark.parametrize("kind", sorted(set(MADE) - {"flac"}))  # see test_flac.py
def test_what_follows_and_is_no_recording_is_told(kind: str) -> None:
    data = MADE[kind](gated_tone(0.5, 8000), 8000)
    text = b"This is no audio. " * 1000
    with pytest.warns(AudioWarning, match=r"\d+ bytes that are no audio are passed over"):
        y, _ = load(data + text)
    np.testing.assert_array_equal(y, load(data)[0])


@pytest.mark.parametrize("kind", ["wav", "aiff", "mp3", "opus"])
@pytest.mark.filterwarnings("error")
def test_a_file_that_is_filled_up_with_zeros(kind: str) -> None:
    data = MADE[kind](gated_tone(0.5, 8000), 8000)
    np.testing.assert_array_equal(load(data + bytes(4096))[0], load(data)[0])


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
def test_a_cut_off_dump_is_not_filled_with_repetitions(subtype: str, tmp_path: Path) -> None:
    data = written(gated_tone(0.5, 8000), 8000, "SDS", subtype)
    path = tmp_path / "a.sds"
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(AudioError, match="is cut off"):
        load(path)


@pytest.mark.parametrize(
    "data",
    [
        b".snd\x00\x7f\xff\xff\xff\xff\xff\xff" + bytes(2000),  # samples beyond the end
        encoded(gated_tone(0.2), RATE, "mpegts", "aac")[:500] + b"G@\x11\x10" + bytes(500),
    ],
    ids=["au", "mpegts"],
)
def test_damage_that_fuzzing_found(data: bytes) -> None:
    with pytest.raises(AudioError):
        load(data)


@pytest.mark.parametrize("read", [load, lambda data: list(blocks(data))])
@pytest.mark.parametrize(
    "data",
    [
        MADE["wav"](gated_tone(0.5), RATE) + b"text" * 1000,
        MADE["flac"](gated_tone(1.0), RATE) + b"text" * 30000,
        encoded(gated_tone(0.5), RATE, "wav", "wmav2"),
    ],
    ids=["wav", "flac", "wma in wav"],
)
def test_warnings_show_the_line_that_reads(data: bytes, read: Callable[[bytes], object]) -> None:
    with pytest.warns(AudioWarning) as caught:
        read(data)
    assert [warning.filename for warning in caught] == [__file__]


def test_mpeg_without_a_whole_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(AudioError, match="not audio that can be read"):
        load(mpeg_in_wav(b"\xff\xfb\x90\x00" + bytes(10), RATE))


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(gated_tone(0.5), RATE, "ipod", "aac")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDecoderError, match=r"is MPEG-4 .*: pip install av"):
        load(data)
    with pytest.raises(AudioError):  # who knows only this class, catches it too
        load(data)


def test_what_libsndfile_errs_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """It doesn't know wma in WAV, and says that the header is damaged."""
    y = gated_tone(1.0)
    data = encoded(y, RATE, "wav", "wmav2")
    with pytest.warns(AudioWarning, match="read by FFmpeg, perhaps not rightly: libsndfile says"):
        samples, _ = load(data)
    assert abs(samples.size - y.size) < 4096
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(AudioError, match=r"may be able to: pip install av"):
        load(data)


@pytest.mark.parametrize(("kind", "place"), [("WAV", 24), ("AIFF", 28)])
def test_a_file_without_a_sample_rate_is_refused(kind: str, place: int) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(100), 16000, format=kind)
    data = bytearray(file.getvalue())
    assert load(bytes(data))[1] == 16000
    data[place : place + (4 if kind == "WAV" else 10)] = bytes(4 if kind == "WAV" else 10)
    with pytest.raises(AudioError, match="its header has no sample rate"):
        load(bytes(data))

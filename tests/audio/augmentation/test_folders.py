"""Folders of recordings: what is in them, what is left out, what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from helpers.recordings import RATE, tone, wav
from serfast import ParameterError
from serfast.audio.augmentation import folders
from serfast.audio.augmentation.folders import Folder, check_folder_name, folder_at


def drawn(path: Path, rate: int = RATE, n: int = 40) -> set[int]:
    """Lengths of the recordings that a folder gives."""
    random = np.random.default_rng(0)
    return {len(folder_at("noises", str(path), rate).draw(random).samples) for _ in range(n)}


def test_recordings_of_all_its_folders_are_drawn(tmp_path):
    (tmp_path / "street" / "cars").mkdir(parents=True)
    wav(tmp_path / "a.wav", tone()[:100])
    wav(tmp_path / "street" / "b.flac", tone()[:200], subtype="PCM_16")
    wav(tmp_path / "street" / "cars" / "C.WAV", tone()[:300])
    (tmp_path / "notes.txt").write_text("no recording")
    (tmp_path / "d.wav").mkdir()
    assert drawn(tmp_path) == {100, 200, 300}


def test_other_rates_are_resampled(tmp_path):
    wav(tmp_path / "a.wav", tone(0.5, 8000), 8000)
    random = np.random.default_rng(0)
    y = folder_at("noises", str(tmp_path), 16000).draw(random).samples
    assert len(y) == 8000
    spectrum = np.abs(np.fft.rfft(y))
    assert int(spectrum.argmax()) == 220  # 440 Hz in half a second


def test_damaged_and_silent_ones_are_left_out_with_a_word(tmp_path):
    wav(tmp_path / "a.wav", tone()[:100])
    wav(tmp_path / "b.wav", np.zeros(200, np.float32))
    (tmp_path / "c.wav").write_bytes(b"RIFF and no more")
    folder = Folder("noises", str(tmp_path), RATE)
    with pytest.warns(UserWarning, match=r"noises: left out: .*c\.wav") as caught:
        assert {len(folder.draw(np.random.default_rng(seed)).samples) for seed in range(20)} == {
            100
        }
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], "which has no recordings"),
        (["silent.wav", "damaged.wav"], "where none of 2 is"),
    ],
)
@pytest.mark.filterwarnings("ignore:noises")
def test_a_folder_of_nothing_is_refused_by_name(tmp_path, names, reason):
    for name in names:
        wav(tmp_path / name, np.zeros(50, np.float32))
    if names:
        (tmp_path / "damaged.wav").write_bytes(b"")
    message = f"noises must be a folder with a recording that is .*{tmp_path.name}.*{reason}"
    with pytest.raises(ParameterError, match=message):
        drawn(tmp_path)


@pytest.mark.parametrize("name", ["missing", "null\0"])
def test_a_folder_that_is_missing_is_refused(tmp_path, name):
    with pytest.raises(ParameterError, match="noises must be a folder, got "):
        folder_at("noises", f"{tmp_path}/{name}", RATE)


def test_a_file_is_read_once_until_the_folder_changes(tmp_path, monkeypatch):
    read = []
    blocks = folders.blocks
    monkeypatch.setattr(
        folders, "blocks", lambda path, rate: read.append(path) or blocks(path, rate)
    )
    wav(tmp_path / "a.wav", tone()[:100])
    assert drawn(tmp_path) == {100}
    assert len(read) == 1
    wav(tmp_path / "b.wav", tone()[:200])
    os.utime(tmp_path, ns=(1, 1))  # clocks of file systems may be coarse
    assert drawn(tmp_path) == {100, 200}
    assert len(read) == 3


def test_memory_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MOST_KEPT", RATE + 250)
    monkeypatch.setattr(folders, "LONGEST", 1)
    for k in range(5):
        wav(tmp_path / f"{k}.wav", tone()[: 110 + k])
    wav(tmp_path / "long.wav", tone(2))
    folder = Folder("noises", str(tmp_path), RATE)
    random = np.random.default_rng(0)
    lengths = {len(folder.draw(random).samples) for _ in range(60)}
    assert lengths == {110, 111, 112, 113, 114, RATE}
    assert 0 < folder.n_kept <= RATE + 250


@pytest.mark.parametrize("name", ["a,b", "a|b", "", " a", "a ", "(a", "(a)b", "a)", ")(", "a\n", 3])
def test_a_name_that_the_text_cant_hold_is_refused(name):
    with pytest.raises(ParameterError, match="noises must be the path of a folder"):
        check_folder_name("noises", name)


def test_a_path_becomes_text():
    assert check_folder_name("noises", Path("a") / "b (c)") == os.path.join("a", "b (c)")

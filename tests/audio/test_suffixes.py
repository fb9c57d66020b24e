"""What a folder's files are, by their names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from serfast.audio.suffixes import AUDIO_SUFFIXES, MEDIA_SUFFIXES, why_not_read


@pytest.mark.parametrize("suffix", sorted(AUDIO_SUFFIXES | MEDIA_SUFFIXES))
def test_recordings(suffix: str) -> None:
    assert why_not_read(Path("folder") / f"a{suffix}") == ""
    assert why_not_read(f"a{suffix.upper()}") == ""


@pytest.mark.parametrize("suffix", sorted(MEDIA_SUFFIXES))
def test_what_is_missing_to_read_it(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert why_not_read(f"a{suffix}") == f"{suffix} (install PyAV to read them: pip install av)"
    assert not any(why_not_read(f"a{other}") for other in AUDIO_SUFFIXES)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.txt", ".txt"), ("a.wav.zip", ".zip"), ("a", "without suffix")]
)
def test_other_files(name: str, kind: str) -> None:
    assert why_not_read(name) == kind

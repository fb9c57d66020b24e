"""Measurements in processes of their own: their settings, their environment and their errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from serfast.bench.measures import environment, measure, measure_all
from serfast.bench.settings import Settings
from serfast.errors import SerfastError


@pytest.mark.parametrize(
    ("name", "settings", "arguments", "message"),
    [
        ("latency", Settings(backend="reference"), {}, "stream must be 'native'"),
        ("predictions", Settings(), {"classifier": "none"}, "classifier must be an installed"),
        ("live", Settings(), {"classifier": "none", "streams": 1, "paced": True}, "installed"),
        ("engine", Settings(isa="mmx"), {}, "SERFAST_ISA must be one of"),
        ("cook", Settings(), {}, "measurement must be one of"),
    ],
)
def test_an_error_there_is_an_error_here(
    name: str, settings: Settings, arguments: dict[str, Any], message: str
) -> None:
    together = name == "live"
    with pytest.raises(SerfastError, match=message):
        measure_all(name, settings, [arguments], together)


def test_the_working_folder_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "serfast").mkdir()
    (tmp_path / "serfast" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert measure("engine", Settings())["serfast"]


def test_libraries_have_one_thread_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    made = environment(Settings(isa="avx2"))
    assert made["OMP_NUM_THREADS"] == "1"
    assert made["SERFAST_ISA"] == "avx2"
    assert os.environ["OMP_NUM_THREADS"] == "64"

"""What differs between librosa 0.11 and 1.0, whichever is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serfast import ParameterError
from serfast.compat.librosa._installed import is_before_1
from serfast.compat.librosa.core import _before_1, _decibels, _pitch

POWER = np.random.default_rng(0).standard_normal((2, 5, 7)) ** 2 * [[[1.0]], [[1e-6]]]
TONE = np.sin(2 * np.pi * 220 / 22050 * np.arange(8192))
RANGE = {"fmin": 65, "fmax": 2093}


@pytest.mark.parametrize(
    ("version", "before"),
    [("0.10.2", True), ("0.11.0", True), ("1.0.0", False), ("1.0.0rc1", False), (None, False)],
)
def test_versions_up_to_0_11_have_its_arguments(version: str | None, before: bool) -> None:
    assert is_before_1(version) == before


@pytest.mark.parametrize("version", [None, "0.11.0", "1.0.0"])
def test_the_installed_librosa_decides(version: str | None, tmp_path: Path) -> None:
    """Without one it is 1.0; only its metadata is read."""
    if version:
        (folder := tmp_path / f"librosa-{version}.dist-info").mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: librosa\nVersion: {version}\n"
        )
    program = (
        "import sys\n"
        "from importlib import metadata\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "if sys.argv[2] == 'None':\n"
        "    def version(name):\n"
        "        raise metadata.PackageNotFoundError(name)\n"
        "    metadata.version = version\n"
        "import inspect, serfast.compat.librosa as librosa\n"
        "print(*(name in inspect.signature(call).parameters for name, call in"
        " (('win_length', librosa.yin), ('win_length', librosa.core.pitch.pyin),"
        " ('transition_min_prob', librosa.pyin), ('axes', librosa.power_to_db))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(version)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )
    old, new = run.stdout.split()[:2], run.stdout.split()[2:]
    assert old == [str(version == "0.11.0")] * 2
    assert new == [str(version != "0.11.0")] * 2


@pytest.mark.parametrize("axes", ["auto", None, 0, -1, (-2, -1), (0, 2)])
@pytest.mark.parametrize("ref", [0.5, np.max])
def test_floor_and_reference_are_those_of_the_axes(axes: Any, ref: Any) -> None:
    along = (-2, -1) if axes == "auto" else axes
    level = 10 * np.log10(np.maximum(POWER, 1e-10))
    level -= 10 * np.log10(POWER.max(axis=along, keepdims=True) if callable(ref) else ref)
    expected = np.maximum(level, level.max(axis=along, keepdims=True) - 20)
    actual = _decibels.power_to_db(POWER, ref=ref, top_db=20, axes=axes)
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


def test_each_channel_has_a_floor_since_1_0() -> None:
    together = _before_1.power_to_db(POWER, top_db=30)
    assert np.ptp(together[1]) == 0
    apart = _decibels.power_to_db(POWER, top_db=30)
    for i in range(2):
        assert np.array_equal(apart[i], _before_1.power_to_db(POWER[i], top_db=30))


def test_one_number_and_one_row() -> None:
    for power_to_db in (_decibels.power_to_db, _before_1.power_to_db):
        assert power_to_db(100.0) == 20.0
        assert power_to_db(np.array([1.0, 1e-9]), top_db=5).tolist() == [0.0, -5.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"axes": "all"}, "^axes must be"),
        ({"axes": 3}, r"^axes must be axes of S, of shape \(2, 5, 7\), got 3"),
        ({"ref": lambda S: S.max()}, "^ref must be a number or a function"),
    ],
)
def test_what_1_0_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        _decibels.power_to_db(POWER, **arguments)


def test_the_reference_of_0_11_is_asked_once_with_the_magnitudes_alone() -> None:
    asked = []

    def loudest(S: Any) -> Any:
        asked.append(S.shape)
        return S.max()

    assert _before_1.power_to_db(POWER, ref=loudest).max() == 0
    assert asked == [POWER.shape]


@pytest.mark.parametrize(("old", "new"), [(_before_1.yin, _pitch.yin), (_before_1.pyin, None)])
def test_win_length_has_no_effect(old: Callable[..., Any], new: Callable[..., Any] | None) -> None:
    def exact(y: Any, **arguments: Any) -> Any:
        return _pitch.pyin(y, transition_min_prob=None, **arguments)

    expected = (new or exact)(TONE, hop_length=700, center=False, **RANGE)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        actual = old(TONE, hop_length=700, center=False, win_length=100, **RANGE)
    np.testing.assert_array_equal(actual, expected)
    assert [(w.category, w.filename) for w in caught] == [(FutureWarning, __file__)]


def test_arguments_reach_yin_and_pyin_of_0_11() -> None:
    common = {"sr": 16000, "frame_length": 1000, "hop_length": 300, "pad_mode": "reflect", **RANGE}
    threshold = {"trough_threshold": 0.9}
    actual = _before_1.yin(TONE, **common, **threshold)
    np.testing.assert_array_equal(actual, _pitch.yin(TONE, **common, **threshold))
    path: dict[str, Any] = {
        "n_thresholds": 30,
        "beta_parameters": (2, 9),
        "boltzmann_parameter": 1,
        "resolution": 0.5,
        "max_transition_rate": 20,
        "switch_prob": 0.1,
        "no_trough_prob": 0.2,
        "fill_na": -1.0,
    }
    mine = _before_1.pyin(TONE, **common, **path)
    exact = _pitch.pyin(TONE, **common, **path, transition_min_prob=None)
    for one, other in zip(mine, exact, strict=True):
        np.testing.assert_array_equal(one, other)

"""What disturbs a measurement is found and said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from serfast.bench import noise

CALM: dict[str, Any] = {
    "others": 0.02,
    "stolen": 0.01,
    "before": {"seconds": 1e-3, "spread": 0.03, "waited": 0.001},
    "after": {"seconds": 1.01e-3, "spread": 0.03, "waited": 0.001},
    "waited": 0.004,
    "states": [{"governors": ["performance"], "mhz": [], "celsius": 50.0, "throttled": []}] * 2,
}


def hot(**changes: Any) -> list[dict[str, Any]]:
    return [CALM["states"][0], {**CALM["states"][1], **changes}]


def test_a_calm_machine_has_no_warning() -> None:
    assert noise.warnings(CALM) == []
    silent = {"governors": [], "mhz": [], "celsius": None, "throttled": []}
    assert (
        noise.warnings({**CALM, "others": None, "stolen": None, "states": [silent, silent]}) == []
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"others": 1.27}, "other programs keep 1.3 processors busy: stop them"),
        ({"stolen": 0.31}, "the host keeps 0.3 processors of this virtual machine for others"),
        ({"waited": 0.2}, "taken away for up to 20 % of the time"),
        ({"before": {**CALM["before"], "waited": 0.1}}, "taken away for up to 10 %"),
        ({"after": {**CALM["after"], "spread": 0.5}}, "took 50 % longer in one case out of ten"),
        (
            {"after": {**CALM["after"], "seconds": 1.3e-3}},
            "30 % slower in the end: its clock changed, or",
        ),
        ({"after": {**CALM["after"], "seconds": 0.8e-3}}, "20 % faster in the end"),
        ({"states": hot(governors=["ondemand"])}, "governor ondemand, performance: the clock"),
        ({"states": hot(celsius=84.0)}, "the processor is at 84 °C"),
        ({"states": hot(throttled=["under-voltage"])}, "the board reports: under-voltage"),
    ],
)
def test_a_noisy_machine_is_warned_of(changed: dict[str, Any], message: str) -> None:
    (said,) = noise.warnings({**CALM, **changed})
    assert message in said


def test_others_are_counted_in_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    before, after = "cpu 0 0 0 0 0 0 0 0 0 0", "cpu 30 0 20 140 10 0 0 40 0 0"
    stat.write_text(f"{before}\ncpu0 0\ncpu1 0\ncpu2 0\ncpu3 0\nintr 0\n")

    def pause(seconds: float) -> None:
        stat.write_text(stat.read_text().replace(before, after))

    monkeypatch.setattr(noise, "sleep", pause)
    assert noise.load(stat) == pytest.approx({"others": 4 * 50 / 240, "stolen": 4 * 40 / 240})
    assert noise.load(tmp_path / "none") == {"others": None, "stolen": None}

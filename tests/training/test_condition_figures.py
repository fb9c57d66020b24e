"""Figures under conditions: into JSON and back, refused if they are none, and as a table."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from serfast.errors import ParameterError
from serfast.training.condition_figures import ConditionFigures, condition_table, figures_in

CLEAN = ConditionFigures(
    name="clean",
    group="clean",
    alter=None,
    trained=True,
    recordings=418,
    uar=0.8125,
    interval=(0.75, 0.875),
    recall={"fear": 0.75, "joy": 0.875},
    ece=0.0625,
)
NOISE = dataclasses.replace(
    CLEAN,
    name="pink noise, 20 dB",
    group="noise",
    alter="noise=20",
    trained=False,
    uar=0.5,
    interval=(0.25, 0.625),
)
CERTAIN = {"kept": 0.5, "right_of_kept": 0.9375}


@pytest.mark.parametrize("one", [CLEAN, NOISE, dataclasses.replace(NOISE, **CERTAIN)])
def test_figures_in_json_are_read_again(one: ConditionFigures) -> None:
    card = json.loads(json.dumps({"conditions": [one.to_dict()]}))
    assert figures_in(card) == (one,)


def test_figures_are_rounded_to_four_decimals() -> None:
    one = dataclasses.replace(CLEAN, uar=1 / 3, interval=(1 / 7, 2 / 3), recall={"joy": 1 / 6})
    data = one.to_dict()
    assert (data["uar"], data["interval"], data["recall"]) == (
        0.3333,
        [0.1429, 0.6667],
        {"joy": 0.1667},
    )


def test_a_card_of_before_has_none() -> None:
    assert figures_in({"uar": 0.8}) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"uar": 1.5}, "uar must be a finite number >= 0 and <= 1, got 1.5"),
        ({"uar": "0.5"}, "uar must be a finite number"),
        ({"ece": None}, "ece must be a finite number"),
        ({"interval": [0.5]}, r"interval must be two numbers or None, got \[0.5\]"),
        ({"interval": [0.5, 7]}, "interval must be a finite number"),
        ({"recall": [1, 2]}, "recall must be a mapping"),
        ({"recall": {"joy": -1}}, "recall must be a finite number"),
        ({"recall": {"": 1}}, "class must be printable text"),
        ({"name": "two\nlines"}, "name must be printable text"),
        ({"name": "x" * 1001}, "name must be printable text"),
        ({"group": 3}, "group must be printable text"),
        ({"alter": 3}, "alter must be printable text"),
        ({"trained": 1}, "trained must be True or False, got 1"),
        ({"recordings": 0}, "recordings must be an int >= 1, got 0"),
        ({"kept": 3}, "kept must be a finite number"),
        ({"right_of_kept": None}, "right_of_kept must be a finite number"),
        ({"level": 3}, "key of condition must be one of name, group"),
    ],
)
def test_what_are_no_figures_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        figures_in({"conditions": [{**CLEAN.to_dict(), **change}]})


@pytest.mark.parametrize(
    ("listed", "message"), [({}, "conditions must be a list"), ([3], "condition must be a mapping")]
)
def test_what_is_no_list_of_figures_is_refused(listed: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        figures_in({"conditions": listed})


def test_the_table() -> None:
    assert condition_table([CLEAN, NOISE]) == [
        "                     UAR %  interval  to clean    ECE",
        "clean                 81.2  75 to 88            0.062",
        "pink noise, 20 dB †   50.0  25 to 62     -31.2  0.062",
        "† never trained on",
    ]


def test_the_table_of_models_that_say_when_they_are_certain() -> None:
    certain = [dataclasses.replace(CLEAN, **CERTAIN), dataclasses.replace(NOISE, trained=True)]
    assert condition_table(certain) == [
        "                   UAR %  interval  to clean    ECE  kept %  right %",
        "clean               81.2  75 to 88            0.062      50       94",
        "pink noise, 20 dB   50.0  25 to 62     -31.2  0.062",
    ]


def test_a_compact_table_has_the_recall_alone() -> None:
    assert condition_table([CLEAN, dataclasses.replace(NOISE, **CERTAIN)], compact=True) == [
        "                     UAR %  interval",
        "clean                 81.2  75 to 88",
        "pink noise, 20 dB †   50.0  25 to 62",
        "† never trained on",
    ]
    assert condition_table([]) == []


def test_one_speaker_has_no_interval() -> None:
    one = ConditionFigures.from_dict({**CLEAN.to_dict(), "interval": None})
    assert one.to_dict()["interval"] is None
    assert " to " not in condition_table([one])[1]

"""Conditions: their names and groups, and whether a training saw their kind."""

from __future__ import annotations

import pytest

from serfast.audio import augmentation
from serfast.audio.augmentation import Gain, parse_alteration
from serfast.errors import ParameterError
from serfast.training.conditions import (
    CLEAN,
    CONDITIONS,
    KINDS,
    Condition,
    conditions_from,
    kinds_of,
)


class Turned:
    """An alteration of nobody's kind, which has no text."""

    def __call__(self, samples, sample_rate, random):
        return samples[::-1]


@pytest.mark.parametrize(
    ("text", "name", "group"),
    [
        ("noise=20", "pink noise, 20 dB", "noise"),
        ("gain=-20", "gain, -20 dB", "level"),
        ("speed=0.9", "speed × 0.9", "speech"),
        ("noise=10,gain=-30", "pink noise, 10 dB + gain, -30 dB", "combined"),
        ("gain=6,gain=-6", "gain, 6 dB + gain, -6 dB", "level"),
        ("telephone", "telephone", "channel"),
        ("opus=8..12", "Opus, 8 to 12 kbit/s", "channel"),
        ("room=0.4", "room, 0.4 s", "room"),
        ("room=0.2..0.8:2", "room, 0.2 to 0.8 s at 2 m", "room"),
        ("babble=20:4", "babble, 20 dB of 4 voices", "noise"),
        ("noise=20|white=10", "pink noise, 20 dB or white noise, 10 dB", "noise"),
        ("room=0.4,noise=20", "room, 0.4 s + pink noise, 20 dB", "combined"),
        ("gsm|(room=0.4,hum=20)", "GSM or (room, 0.4 s + hum, 20 dB)", "combined"),
        ("noises=street:20", "noises=street:20", "noise"),
    ],
)
def test_name_and_group_follow_from_the_text(text: str, name: str, group: str) -> None:
    condition = Condition.from_text(text)
    assert (condition.name, condition.group) == (name, group)
    assert condition.alteration == parse_alteration(text)
    assert condition.text == text


def test_every_kind_has_a_group() -> None:
    assert set(augmentation.KINDS) - set(KINDS) == {"none"}
    assert set(KINDS) <= set(augmentation.KINDS)


def test_the_list_is_of_different_conditions_of_known_kinds() -> None:
    conditions = conditions_from(True, ())
    assert [condition.text for condition in conditions] == list(CONDITIONS)
    assert len({condition.name for condition in conditions}) == len(CONDITIONS)
    assert {kind for one in conditions for kind in kinds_of(one.alteration)} <= set(KINDS)
    assert CLEAN.alteration is None
    assert CLEAN.text is None


@pytest.mark.parametrize("wanted", [None, False, []])
def test_no_conditions(wanted: object) -> None:
    assert conditions_from(wanted, ()) == ()


@pytest.mark.parametrize(
    ("text", "copies", "trained"),
    [
        ("noise=20", ["noise=20"], True),
        ("noise=20", ["noise=5"], True),  # the kind counts, whatever its level
        ("noise=20", ["speed=0.9,noise=5"], True),
        ("noise=20", ["gain=-6", "noise=5"], True),
        ("noise=20", ["gain=-6"], False),
        ("noise=20", [], False),
        ("noise=20,gain=-6", ["noise=5"], False),
        ("noise=20,gain=-6", ["noise=5", "gain=1"], True),
        ("noise=20", ["noise=10..30"], True),
        ("noise=20", ["none|(room=0.2..0.8,noise=10..30)"], True),
        ("white=20", ["noise=10..30"], False),
        ("gsm", ["telephone|mulaw", "opus=8..32"], False),
        ("room=0.5,hum=15", ["room=0.2..0.8|none", "hum=10|clicks=20"], True),
    ],
)
def test_a_condition_was_trained_on_if_all_of_its_kinds_were(
    text: str, copies: list[str], trained: bool
) -> None:
    (condition,) = conditions_from([text], map(parse_alteration, copies))
    assert condition.trained is trained


def test_what_is_claimed_by_hand_is_found_out() -> None:
    claimed = Condition("loud", "level", Gain(10), trained=True)
    (condition,) = conditions_from([claimed], [parse_alteration("noise=20")])
    assert not condition.trained
    assert (condition.name, condition.group) == ("loud", "level")


def test_kinds_without_a_text_are_unknown() -> None:
    turned = Condition("turned", "other", Turned())
    (condition,) = conditions_from([turned], [Turned()])
    assert not condition.trained
    assert condition.text is None
    assert kinds_of(Turned()) == set()


def test_the_unaltered_recordings_are_never_asked_for_twice() -> None:
    assert [one.name for one in conditions_from([CLEAN, "gain=1"], ())] == ["gain, 1 dB"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("noise=20", "conditions must be a sequence of conditions, or True, got 'noise=20'"),
        (3, "conditions must be a sequence of conditions, or True, got 3"),
        ([3], "condition must be a Condition, or the text of an alteration, got 3"),
        (["nose=20"], "condition 'nose=20': alteration must be NAME=NUMBER"),
        (["noise=1000"], "condition 'noise=1000': noise must be a finite number"),
        (["noise=20", "noise=20"], "conditions must be of different names, got 'pink noise, 20"),
    ],
)
def test_what_is_none_is_refused(wanted: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        conditions_from(wanted, ())


@pytest.mark.parametrize(
    ("name", "group", "message"),
    [
        ("two\nlines", "noise", "name must be printable text of 1 to 1000 characters, got 'two"),
        ("", "noise", "name must be printable text"),
        (3, "noise", "name must be printable text"),
        ("rain", "x" * 1001, "group must be printable text"),
    ],
)
def test_a_name_that_no_card_could_hold_is_refused(name, group, message) -> None:
    with pytest.raises(ParameterError, match=message):
        Condition(name, group, Gain(1))

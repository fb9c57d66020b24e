"""The text form: what is read, what is refused, and that every alteration's text gives it again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from helpers import pages
from helpers.alterations import ANY
from serfast import ParameterError
from serfast.audio.augmentation import (
    KINDS,
    Babble,
    Chain,
    Gain,
    Mp3,
    Noise,
    OneOf,
    RecordedNoise,
    RecordedRoom,
    Room,
    Speed,
    Telephone,
    Unaltered,
    Uniform,
    alteration_text,
    parse_alteration,
)


@given(ANY)
def test_the_text_gives_the_same_alteration(alteration):
    again = parse_alteration(str(alteration))
    assert again == alteration
    assert hash(again) == hash(alteration)
    assert alteration_text(alteration) == str(alteration) == str(again)


CHOICE = OneOf((Noise(Uniform(10, 30)), Room(Uniform(0.3, 0.8))))


@pytest.mark.parametrize(
    ("text", "alteration"),
    [
        ("white=20", Noise(20, "white")),
        ("brown=20", Noise(20, colour="brown")),
        ("babble=20", Babble(20, voices=6)),
        ("babble=20:3", Babble(20, voices=3)),
        ("room=0.4:2", Room(0.4, 2)),
        ("room=0.2..0.8:0.5..3", Room(Uniform(0.2, 0.8), Uniform(0.5, 3))),
        ("noises=../a:b:10..30", RecordedNoise("../a:b", Uniform(10, 30))),
        ("rooms=halls (old)", RecordedRoom("halls (old)")),
        (
            "speed=0.9..1.1,noise=10..30|room=0.3..0.8,gain=-20..5",
            Chain((Speed(Uniform(0.9, 1.1)), CHOICE, Gain(Uniform(-20, 5)))),
        ),
        ("none|(telephone,gain=3)", OneOf((Unaltered(), Chain((Telephone(), Gain(3)))))),
        ("(gain=1|gain=2)|mp3=32", OneOf((OneOf((Gain(1), Gain(2))), Mp3(32)))),
    ],
)
def test_text(text, alteration):
    assert parse_alteration(text) == alteration
    assert str(alteration) == text


def test_spaces_and_needless_parentheses_may_be_there():
    assert parse_alteration(" noise = 20 | ( room = 0.4 ) , gain = 3 ") == Chain(
        (OneOf((Noise(20), Room(0.4))), Gain(3))
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noise=inf", r"noise must be a finite number >= -20 and <= 100, got inf"),
        ("hum=-inf", r"hum must be a finite number"),
        ("babble=nan", r"babble must be a finite number"),
        ("noises=folder:inf", r"noises must be a finite number"),
        ("noise=30..10", r"high must be a finite number >= 30"),
        ("noise=10..", r"alteration must be NAME=NUMBER"),
        ("noise=..10", r"alteration must be NAME=NUMBER"),
        ("telephone=3", r"alteration must be NAME=NUMBER"),
        ("noise=1|", r"alteration must be NAME=NUMBER"),
        ("(noise=1", r"alteration must be NAME=NUMBER"),
        ("noise=1)", r"alteration must be NAME=NUMBER"),
        ("()", r"alteration must be NAME=NUMBER"),
        ("nosie=10", r"alteration must be NAME=NUMBER .*'nosie=10'; did you mean 'noises?'"),
        ("babble=10:x", r"alteration must be NAME=NUMBER"),
        ("babble=10:0", r"voices must be an int >= 1, got 0"),
        ("noises=10", r"noises must be FOLDER:RATIO, got '10'"),
        ("noises=:10", r"noises must be the path of a folder"),
        ("rooms=", r"rooms must be the path of a folder"),
        ("room=2", r"room must be a finite number >= 0.1 and <= 1.5, got 2"),
        ("loss=60", r"loss must be a finite number >= 0 and <= 50"),
        ("mp3=4", r"mp3 must be a finite number >= 8"),
        ("opus=5", r"opus must be a finite number >= 6"),
        ("lowpass=0", r"lowpass must be a finite number >= 100"),
        ("clip=-1", r"clip must be a finite number >= 0"),
        ("dc=2", r"dc must be a finite number >= -1 and <= 1"),
    ],
)
def test_what_is_no_text_is_refused(text, message):
    with pytest.raises(ParameterError, match=message):
        parse_alteration(text)


def test_the_page_has_every_kind_and_its_examples_run(monkeypatch):
    monkeypatch.chdir(pages.ROOT)
    page = (pages.ROOT / "docs" / "augmentation.md").read_text("utf-8")
    kinds = page.partition("## The kinds")[2].partition("\n## ")[0]
    lines = [line.split(" | ")[0] for line in kinds.splitlines() if line.startswith("| `")]
    texts = [text for line in lines for text in re.findall("`(.*?)`", line)]
    assert {text.partition("=")[0] for text in texts} == set(KINDS)
    for text in texts:
        assert str(parse_alteration(text)) == text
    names: dict[str, object] = {}
    blocks = pages.examples("docs/augmentation.md")
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "docs/augmentation.md", "exec"), names)


def test_deep_parentheses_are_refused():
    with pytest.raises(ParameterError, match="alteration must have at most 100 parentheses"):
        parse_alteration("(" * 100_000 + "noise=1" + ")" * 100_000)


@pytest.mark.parametrize("alteration", [OneOf((abs, Gain(1))), Chain((Gain(1), Chain((abs,))))])
def test_what_is_made_of_other_things_has_no_text(alteration):
    with pytest.raises(ParameterError, match="alteration must be one of speed, tempo"):
        alteration_text(alteration)

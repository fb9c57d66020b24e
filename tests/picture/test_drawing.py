"""The picture: its panels, axes and units, its strip of emotions, its files."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from helpers.chunks import syllables
from serfast.errors import ParameterError
from serfast.picture import Analysis, analysed, draw, figure_of
from serfast.picture.drawing import COLOURS, _joined
from serfast.streaming.events import Event

RATE = 16000


def event(start: float, label: str, uncertain: bool = False) -> Event:
    probabilities = dict.fromkeys(("anger", "calm", "joy"), 0.2) | {label: 0.6}
    return Event(start, start + 3, label, probabilities, None, uncertain)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysed(syllables(5.0), RATE)


def with_events(analysis: Analysis, *events: Event) -> Analysis:
    return Analysis(**{**vars(analysis), "events": events})


def test_every_axis_has_a_name_and_a_unit(analysis):
    page = figure_of(analysis, title="talk.wav")
    names = {axes.get_ylabel() for axes in page.axes} | {axes.get_xlabel() for axes in page.axes}
    assert {"frequency [Hz]", "F0 [Hz]", "level [dB]", "loudness", "voicing", "time [s]"} <= names
    assert page.get_suptitle() == "talk.wav"
    assert page.axes[0].get_xlim() == (0, 5)
    assert "emotion" not in names


def test_f0_above_the_usual_range_stays_in_the_picture(analysis):
    high = Analysis(**{**vars(analysis), "f0": np.full_like(analysis.f0, 900.0)})
    (axes,) = (one for one in figure_of(high).axes if one.get_ylabel() == "F0 [Hz]")
    assert axes.get_ylim()[1] == pytest.approx(990)


def test_the_strip_shows_each_emotion_once_in_a_row(analysis):
    """Windows of 3 s every 0.5 s; borders are half way between the middles."""
    events = [event(0, "joy"), event(0.5, "joy"), event(1, "anger"), event(1.5, "anger", True)]
    page = figure_of(with_events(analysis, *events))
    (axes,) = (one for one in page.axes if one.get_ylabel() == "emotion")
    assert [text.get_text() for text in axes.texts] == ["joy", "anger", "anger?"]
    assert [tuple(patch.get_facecolor()[:3]) for patch in axes.patches] == [
        colour(2), colour(0), colour(0)
    ]  # fmt: skip
    assert [text.get_text() for text in page.legends[0].texts] == ["joy", "anger"]
    stretches = _joined(events)
    assert [s[:2] for s in stretches] == [(0, 2.25), (2.25, 2.75), (2.75, 4.5)]


def test_stretches_leave_out_what_no_event_is_about():
    events = [event(0, "joy"), event(20, "joy"), event(20.5, "calm")]
    stretches = _joined(events)
    assert [s[:2] for s in stretches] == [(0, 3), (20, 21.75), (21.75, 23.5)]
    assert all(a[1] <= b[0] for a, b in pairwise(stretches))


def colour(k: int) -> tuple[float, ...]:
    return tuple(int(COLOURS[k][i : i + 2], 16) / 255 for i in (1, 3, 5))


@pytest.mark.parametrize(
    ("suffix", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_files_of_each_kind(analysis, tmp_path, suffix, begin):
    path = tmp_path / f"talk.{suffix}"
    draw(with_events(analysis, event(0, "calm")), path)
    assert path.read_bytes().startswith(begin)


def test_another_suffix_is_refused(analysis, tmp_path):
    with pytest.raises(ParameterError, match=r"^path must end in \.png, \.svg or \.pdf"):
        draw(analysis, tmp_path / "talk.xyz")

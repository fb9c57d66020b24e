"""Specs of tracks whose streams are tested: each way of looking back and ahead, and mixtures."""

from __future__ import annotations

import pytest

import serfast
from helpers.custom_features import COMPILED
from helpers.tracks import Beside, Look, Smoothed, Switch, loudness, spec_of

MEL = serfast.LogMel(n_fft=128, n_mels=3, name="mel")
CRISS = Beside(Look(loudness(), ahead=5), other=serfast.Delta(MEL, width=7), first=3)
SPECS = {
    "state": spec_of(Smoothed(MEL), loudness()),
    "look-ahead": spec_of(loudness(), Look(loudness(), back=3, ahead=9)),
    "only back": spec_of(Look(loudness(), back=12, ahead=0), center=False),
    "whole window": spec_of(Look(loudness(), back=6, ahead=2, whole_window=True), MEL),
    "Viterbi": spec_of(Switch(loudness(), lag=15), MEL, pad_mode="edge"),
    "tracks of tracks": spec_of(
        Smoothed(Look(Switch(loudness(), lag=4), back=1, ahead=3), name="a"),
        Look(serfast.Delta(MEL, width=5), back=2, ahead=2, name="b"),
        serfast.Delta(Smoothed(MEL, name="c"), width=3),
        pad_mode="edge",
    ),
    "two sources": spec_of(CRISS, Smoothed(CRISS, name="s"), center=False),
    "hop > frame": spec_of(Look(loudness(), name="l"), Smoothed(loudness()), hop_length=150),
    "odd and even": spec_of(Beside(loudness(), other=loudness(frame_length=101))),
}
EXTRACTORS = {
    (name, backend): serfast.Extractor(spec, backend)
    for name, spec in SPECS.items()
    for backend in COMPILED
}
every_spec = pytest.mark.parametrize("name", SPECS)

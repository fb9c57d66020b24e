"""The card of an encoder: every field has its rule."""

from __future__ import annotations

import json

import pytest

from serfast.errors import ModelError
from serfast_onnx import EncoderCard


def test_json_gives_it_back():
    card = EncoderCard(licence="MIT", output_layout="LNTD", layer=6, pooling=("mean",), width=3)
    assert EncoderCard.from_dict(json.loads(json.dumps(card.to_dict()))) == card
    assert card.names == ("mean_0", "mean_1", "mean_2")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"licence": ""}, "licence of an encoder's card must be printable text of 1 to 256"),
        ({"licence": None}, "licence of an encoder's card must be printable text"),
        ({"source": "a\nb"}, "source of an encoder's card must be printable text"),
        ({"sample_rate": 16000.0}, "sample_rate of an encoder's card must be an int from 1"),
        ({"input": ""}, "input of an encoder's card must be"),
        ({"layout": "TN"}, "layout of an encoder's card must be one of NT, T, NCT, got 'TN'"),
        ({"output_layout": "NTC"}, "output_layout of an encoder's card must be one of NTD"),
        ({"normalise": "peak"}, "normalise of an encoder's card must be one of none, zero-mean"),
        ({"pooling": "mean"}, "pooling of an encoder's card must be a list"),
        ({"pooling": ["mean", "mean"]}, "pooling of an encoder's card must be a list of different"),
        ({"pooling": ["median"]}, "pooling of an encoder's card must be one of mean"),
        ({"pooling": []}, "pooling of an encoder's card must be at least one of"),
        ({"output_layout": "ND"}, r"pooling of an encoder's card must be \[\] for .* ND"),
        ({"output_layout": "LNTD"}, "layer of an encoder's card must be an int from -1024"),
        ({"layer": 3}, "layer of an encoder's card must be null for the output_layout NTD, got 3"),
        ({"shortest": 0}, "shortest of an encoder's card must be an int from 1"),
        ({"longest": 799}, "longest of an encoder's card must be an int from 800"),
        ({"width": True}, "width of an encoder's card must be an int from 1"),
        ({"mask": 3}, "mask of an encoder's card must be printable text"),
        ({"format": 2}, "format of an encoder's card must be 1 for this serfast-onnx, got 2"),
        ({"license": "MIT"}, "fields of an encoder's card must be licence, .*, got 'license'"),
    ],
)
def test_what_breaks_a_rule_is_named(changes, message):
    with pytest.raises(ModelError, match=message):
        EncoderCard.from_dict({"licence": "MIT", **changes})


def test_a_licence_is_needed():
    with pytest.raises(ModelError, match="there, with the licence of the weights"):
        EncoderCard.from_dict({"layer": None})

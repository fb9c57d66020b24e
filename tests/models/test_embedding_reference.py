"""The reference that a model has to its embedding."""

from __future__ import annotations

import pytest

from serfast.errors import ModelError
from serfast.models.embedding_reference import EmbeddingReference, parts_of

GOOD = {"name": "a+b", "sha256": "0f" * 32, "dimension": 4}


def test_json_gives_it_back():
    reference = EmbeddingReference("a+b", "0f" * 32, 4)
    assert reference.to_dict() == GOOD
    assert EmbeddingReference.from_dict(GOOD) == reference
    assert parts_of(reference.name) == ("a", "b")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "a+"}, "name of an embedding must be that of 1 to 8 embeddings"),
        ({"name": "a+a"}, "name of an embedding must be"),
        ({"name": "+".join("abcdefghi")}, "name of an embedding must be"),
        ({"name": "../a"}, "name of an embedding must be"),
        ({"name": 3}, "name of an embedding must be"),
        ({"sha256": "0F" * 32}, "sha256 of an embedding must be 64 hexadecimal digits"),
        ({"sha256": 0}, "sha256 of an embedding must be"),
        ({"dimension": 0}, "dimension of an embedding must be an int from 1 to 1048576, got 0"),
        ({"dimension": 2**20 + 1}, "dimension of an embedding must be"),
        ({"dimension": True}, "dimension of an embedding must be"),
        ({"more": 1}, "embedding must be an object with the keys name, sha256, dimension"),
    ],
)
def test_a_wrong_one_is_refused(changes, message):
    with pytest.raises(ModelError, match=message):
        EmbeddingReference.from_dict({**GOOD, **changes})


@pytest.mark.parametrize("data", [None, [], "a", {}])
def test_what_is_no_reference(data):
    with pytest.raises(ModelError, match="embedding must be an object with the keys"):
        EmbeddingReference.from_dict(data)

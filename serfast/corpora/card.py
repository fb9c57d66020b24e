"""What the card of a model says of the corpora that it was trained on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .catalogue import CORPORA
from .recordings import Recording

__all__ = ["card_of", "card_of_recordings"]


def card_of_recordings(recordings: Iterable[Recording]) -> dict[str, Any]:
    """Give a card with all known corpora that recordings are of; empty if there are none."""
    names = sorted({one.corpus for one in recordings if one.corpus is not None})
    corpora = [about for name in names for about in card_of(name).get("corpora", [])]
    return {"corpora": corpora} if corpora else {}


def card_of(corpus: str, licence: str | None = None) -> dict[str, Any]:
    """Give a card with the name, language, licence and source of a corpus.

    Parameters
    ----------
    corpus : str
        Its name in :data:`serfast.corpora.CORPORA`; of any other corpus, such as "", nothing is
        known but the licence that is given.
    licence : str, optional
        Under which the recordings are used, in the place of the one that is known.

    Returns
    -------
    dict
        It is for `card` of :meth:`serfast.training.Recipe.train`; empty if nothing is known.

    Examples
    --------
    >>> card_of("emodb")["corpora"][0]["licence"]
    'CC0 1.0'
    """
    known = CORPORA.get(corpus)
    about: dict[str, Any] = {}
    if known is not None:
        about = {
            "name": known.name,
            "title": known.title,
            "language": known.language,
            "licence": known.licence,
            "source": known.source,
            "url": known.url,
        }
    if licence is not None:
        about["licence"] = licence
    return {"corpora": [about]} if about else {}

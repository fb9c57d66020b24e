"""The text of ARFF, Weka's table: a header with a line an attribute, then a line a row.

openSMILE writes it too: the attributes are the name of the recording, numbers, and the class.
The source is Witten and Frank, Data Mining (2005), section 2.4.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

__all__ = ["NUMERIC", "STRING", "header", "line", "nominal", "quoted"]

NUMERIC, STRING = "numeric", "string"

PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")
ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "%": "\\%"}


def quoted(text: str) -> str:
    r"""Give the text between quotes, with backslashes before what would end it.

    Examples
    --------
    >>> print(quoted("it's a file.wav"))
    'it\'s a file.wav'
    """
    return "'" + "".join(ESCAPED.get(sign, sign) for sign in text) + "'"


def word(text: str) -> str:
    """Give a name or class; it is quoted if it has other signs than letters, digits and ``_.+-``.

    Examples
    --------
    >>> word("slopeV0-500_sma3nz_amean"), word("very angry")
    ('slopeV0-500_sma3nz_amean', "'very angry'")
    """
    return text if PLAIN.fullmatch(text) else quoted(text)


def nominal(classes: Iterable[str]) -> str:
    """Give the type of an attribute that has one of these values; there must be one at least.

    Examples
    --------
    >>> nominal(["anger", "sadness"])
    '{anger,sadness}'
    """
    return "{" + ",".join(map(word, classes)) + "}"


def header(relation: str, attributes: Iterable[tuple[str, str]]) -> str:
    """Give what stands above the rows: the relation's name, and name and type of each attribute."""
    lines = [f"@relation {word(relation)}", ""]
    lines += [f"@attribute {word(name)} {kind}" for name, kind in attributes]
    return "\n".join([*lines, "", "@data", ""])


def line(name: str, numbers: Sequence[float], digits: int, label: str | None = None) -> str:
    """Give a row: the recording's name, its numbers, and its class, "" if it isn't known.

    With a label of None there is no class. A NaN is missing: ``?``.

    Examples
    --------
    >>> print(line("a.wav", [0.5, float("nan")], 9, "anger"), end="")
    'a.wav',0.5,?,anger
    """
    cells = [quoted(name), *("?" if math.isnan(x) else f"{x:.{digits}g}" for x in numbers)]
    if label is not None:
        cells.append(word(label) if label else "?")
    return ",".join(cells) + "\n"

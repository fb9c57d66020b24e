"""Options of training, as `serfast train --option NAME=VALUE` sets them."""

from __future__ import annotations

from collections.abc import Mapping

from serfast.errors import ParameterError
from serfast.models.plugin import similar

__all__ = ["BALANCES", "balance_from"]

BALANCES = ("weights", "sampling", "none")
"""How classes of different sizes are treated.

weights : the errors of every class weigh the same in sum.
sampling : of every class as many examples are drawn, rare ones repeatedly.
none : every example weighs the same.
"""


def balance_from(values: Mapping[str, str], default: str) -> str:
    """Give the balance that the options name.

    Raises
    ------
    ParameterError
        If there is no such option, or no such balance.
    """
    for name in values:
        if name != "balance":
            near = similar(name, ["balance"])
            raise ParameterError(f"option must be balance, got {name!r:.80}{near}")
    balance = values.get("balance", default)
    if balance not in BALANCES:
        raise ParameterError(f"balance must be {' or '.join(BALANCES)}, got {balance!r:.80}")
    return balance

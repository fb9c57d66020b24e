"""A pytest plugin: what the parity tests measured, printed at the end of the run.

The fixture `measured` collects numbers; the summary shows the worst case of each measure, where
it was seen, and its tolerance, so that everybody can see how tight the tolerances are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from helpers.tolerances import Tolerance


@dataclass
class Measured:
    """The worst value of each tolerance so far, and where it was seen."""

    worst: dict[Tolerance, tuple[float, str]] = field(default_factory=dict)

    def add(self, tolerance: Tolerance, value: float, where: str) -> None:
        """Remember the value if it is the worst of its kind."""
        if tolerance not in self.worst or not value <= self.worst[tolerance][0]:
            self.worst[tolerance] = (value, where)

    def lines(self) -> list[str]:
        """Give the table's lines."""
        return [
            f"{tolerance.what:<42} {value:>9.2e} of {tolerance.limit:>7.1e}  {where}"
            for tolerance, (value, where) in self.worst.items()
        ]


_KEY = pytest.StashKey[Measured]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_KEY] = Measured()


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Measured:
    """Give the collection into which parity tests put their measurements."""
    return pytestconfig.stash[_KEY]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    lines = config.stash[_KEY].lines()
    if lines:
        terminalreporter.section("parity: measured worst case, tolerance, where")
        for line in lines:
            terminalreporter.line(line)

"""One ledger a run: its table, and the counts of the random data sets, are printed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from agreement import Ledger

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

LEDGER = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEDGER] = Ledger()


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.config.stash[LEDGER]


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    found = config.stash[LEDGER]
    if found.compared:
        terminalreporter.section("agreement with R")
        for line in found.lines():
            terminalreporter.line(line)

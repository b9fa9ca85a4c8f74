"""One profile for all property tests, and one ledger a run for what was compared with R.

The profile runs the same examples every time, so that a red run can be repeated;
`HYPOTHESIS_PROFILE=explore python -m pytest tests/properties` looks for new examples.

The ledger's table, and the counts of the random data sets, are printed at the end; where tests run in several
processes, each hands its ledger to the first.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from agreement import Ledger
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

LEDGER = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEDGER] = Ledger()


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return request.config.stash[LEDGER]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = session.config.stash[LEDGER].as_record()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    if not error and "ledger" in getattr(node, "workeroutput", {}):
        node.config.stash[LEDGER].add(node.workeroutput["ledger"])


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    found = config.stash[LEDGER]
    if found.compared:
        terminalreporter.section("agreement with R")
        for line in found.lines():
            terminalreporter.line(line)

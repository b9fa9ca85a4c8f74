"""The simulator follows a strategy; the emulator says what it prescribed: two implementations, one meaning.

Starts less the prescribed probabilities, summed over whoever is at risk and under observation, have mean 0 if
both mean the same by windows, laws, triggers and risk sets.
"""

import numpy as np
import pytest

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.cohort.windows import merged_observation
from equipoise.emulate.enrol import enrol
from equipoise.emulate.prescribed import prescribed
from equipoise.emulate.risk_set import risk_set
from equipoise.protocol.law import UniformLaw
from equipoise.protocol.read import read_protocol
from equipoise.protocol.strategy import Strategy
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry

PATIENTS, DAYS = 4000, 1100
EDGES = np.arange(0.0, DAYS + 1)
ASKED = read_protocol("virtual_registry")


def followed(name: str, treatment: str, judged: Strategy) -> tuple[np.ndarray, ...]:
    """Patients who follow the strategy of a name, judged by one: starts, q and who is counted, [n, days]."""
    cohort = registry(read_world("S0"), PATIENTS, seed=11, strategy=name, protocol=ASKED)
    enrolment = enrol(ASKED, cohort)
    risk = risk_set(ASKED.treatment(treatment), ASKED.structure, cohort, enrolment.time_zero)
    until = np.full(cohort.n, np.nan)
    observed = merged_observation(cohort.observation)
    until[observed["patient"].to_numpy()] = observed["stop"].to_numpy()
    day = enrolment.time_zero[:, np.newaxis] + EDGES[1:]
    starts = day == risk.started[:, np.newaxis]
    counted = risk.at(EDGES[:-1]) & (day <= until[:, np.newaxis])
    return starts, prescribed(ASKED, judged, treatment, cohort, enrolment, EDGES), counted


def deviations(starts: np.ndarray, q: np.ndarray, counted: np.ndarray, months: int) -> np.ndarray:
    """Starts less expected starts in units of their standard deviation, by month since time zero."""
    month = np.minimum((EDGES[:-1] / DAYS_PER_MONTH).astype(int), months)
    found: list[float] = []
    for number in range(months):
        here = counted & (month == number)
        variance = (q * (1 - q))[here].sum()
        if variance > 5:
            found.append((starts.astype(float) - q)[here].sum() / np.sqrt(variance))
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        ("early", "hct"),
        ("on_bca_loss", "hct"),
        ("on_either", "hct"),
        ("salvage", "salvage_hct"),
        ("maintain", "maintenance"),
        ("reinfuse", "reinfusion"),
    ],
)
def test_patients_who_follow_a_strategy_start_as_prescribed(name: str, treatment: str) -> None:
    starts, q, counted = followed(name, treatment, ASKED.strategy(name))
    assert (starts & counted).sum() > 300
    assert not (starts & counted & (q == 0)).any()
    assert not (~starts & counted & (q == 1)).any()
    by_month = deviations(starts, q, counted, months=36)
    assert by_month.size >= 5
    assert np.abs(by_month).max() < 4
    overall = (starts.astype(float) - q)[counted].sum() / np.sqrt((q * (1 - q))[counted].sum())
    assert abs(overall) < 3.5


def test_whom_a_strategy_forbids_nobody_starts() -> None:
    starts, q, counted = followed("watch", "hct", ASKED.strategy("watch"))
    assert not (starts & counted).any()
    assert (q == 0).all()


def test_another_law_would_be_noticed() -> None:
    (rule,) = ASKED.strategy("on_bca_loss").rules
    other = Strategy(name="other", rules=(rule.model_copy(update={"law": UniformLaw()}),))
    assert np.abs(deviations(*followed("on_bca_loss", "hct", other), months=36)).max() > 4

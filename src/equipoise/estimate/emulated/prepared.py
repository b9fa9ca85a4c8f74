"""Everything about an emulation that no weighting changes: person-time, weight paths, rows, what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import TICKS_PER_UNIT, Clock
from equipoise.cohort.windows import Windows, terminal_day
from equipoise.emulate.risk_set import risk_set
from equipoise.emulate.rule_windows import windows
from equipoise.emulate.starts import start_situation
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.emulated.followed import Followed, followed
from equipoise.estimate.emulated.person_time import ENDLESS, AtRisk, PersonTime, person_time
from equipoise.estimate.emulated.strategy_path import Decided, strategy_path
from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.weight_path import WeightPath
from equipoise.protocol.emulation import Emulation
from equipoise.protocol.strategy import NATURAL, NATURAL_COURSE, Strategy

LOSS = "loss to follow-up"


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Prepared:
    """An emulation that waits for weights.

    Attributes
    ----------
    analysis
        The question, the data and the plan.
    emulation
        How the question is emulated.
    strategies
        The strategies; last the natural course, if a contrast names it.
    processes
        Person-time of each treatment that is modelled, then that of the loss.
    offset
        Number of the first group of each process among all groups.
    paths
        Weight path by strategy.
    outcomes
        Rows and answers by outcome.
    omega : float64[n]
        Case weights; 0 for patients who are not enrolled.
    cap
        Largest weight.
    last_bin : int32[n]
        Last bin under observation.
    """

    analysis: Analysis
    emulation: Emulation
    strategies: tuple[Strategy, ...]
    processes: tuple[PersonTime, ...]
    offset: tuple[int, ...]
    paths: Mapping[str, WeightPath]
    outcomes: Mapping[str, Followed]
    omega: Float64
    cap: float
    last_bin: Int32

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Prepared({int((self.omega > 0).sum())} patients, {len(self.strategies)} strategies)"

    @property
    def n(self) -> int:
        """Patients with a weight."""
        return int((self.omega > 0).sum())


def prepare(analysis: Analysis, emulation: Emulation) -> Prepared:
    """Lay an emulation out.

    Parameters
    ----------
    analysis
        The question (representative laws filled in), the data and the plan.
    emulation
        How the question is emulated.

    Raises
    ------
    IdentificationError
        P124 for natural and fixed laws.
    """
    cohort, enrolment, protocol = analysis.cohort, analysis.enrolment, analysis.protocol
    clock = Clock(cohort.vocabulary.resolution)
    zero = enrolment.time_zero
    seen = analysis.histories[protocol.structure].windows
    last = _last_bin(seen, cohort.n)
    processes = [
        person_time(
            model.treatment, model, _treatment_at_risk(model.treatment, analysis, last), cohort, zero, seen
        )
        for model in emulation.treatments
    ]
    if emulation.loss is not None:
        at_risk = _loss_at_risk(analysis, seen)
        processes.append(person_time(LOSS, emulation.loss, at_risk, cohort, zero, seen))
    sizes = [one.x.shape[0] for one in processes]
    offset = tuple(int(one) for one in np.cumsum([0, *sizes])[:-1])
    by_name = dict(zip([one.name for one in processes], zip(processes, offset, strict=True), strict=True))
    is_compared = any(NATURAL in one.between for one in protocol.contrasts)
    strategies = (*protocol.strategies, *((NATURAL_COURSE,) if is_compared else ()))
    paths = {
        one.name: strategy_path(_decided(one, by_name, analysis), zero, clock.resolution)
        for one in strategies
    }
    weight = np.where(enrolment.eligible, 1.0, 0.0) if analysis.plan.weight is None else analysis.plan.weight
    n = int((weight > 0).sum())
    return Prepared(
        analysis,
        emulation,
        strategies,
        tuple(processes),
        offset,
        paths,
        {name: followed(name, analysis) for name in emulation.outcomes},
        weight,
        _cap(emulation, n),
        last,
    )


def _cap(emulation: Emulation, n: int) -> float:
    """Largest weight: by default sqrt(n) ln(n) / 5 (Gruber et al. 2022), which never is below 1."""
    if emulation.truncate is None:
        return np.inf
    if emulation.truncate == "default":
        return max(float(np.sqrt(n) * np.log(max(n, 2)) / 5.0), 1.0)
    return float(emulation.truncate)


def _last_bin(seen: Windows, patients: int) -> Int32:
    last = np.zeros(patients, dtype=np.int32)
    np.maximum.at(last, seen.patient, seen.stop // TICKS_PER_UNIT)
    return last


def _treatment_at_risk(treatment: str, analysis: Analysis, last: Int32) -> AtRisk:
    """Time at risk of a treatment up to the last day under observation."""
    cohort, protocol, zero = analysis.cohort, analysis.protocol, analysis.enrolment.time_zero
    risk = risk_set(protocol.treatment(treatment), protocol.structure, cohort, zero)
    resolution = cohort.vocabulary.resolution
    who = risk.patient
    start = np.rint((risk.start - zero[who]) / resolution)
    stop = np.rint(np.minimum((risk.stop - zero[who]) / resolution, ENDLESS // 4))
    begins = (risk.stop == risk.started[who]) & (stop <= last[who])
    stop = np.minimum(stop, last[who])
    kept = start < stop
    return AtRisk(
        who[kept].astype(np.int32), start[kept].astype(np.int32), stop[kept].astype(np.int32), begins[kept]
    )


def _loss_at_risk(analysis: Analysis, seen: Windows) -> AtRisk:
    """Time under observation; the last window of a patient ends in a loss unless in a terminal state."""
    start, stop = seen.start // TICKS_PER_UNIT, seen.stop // TICKS_PER_UNIT
    last = np.append(seen.patient[1:] != seen.patient[:-1], True)[: seen.patient.size]
    ended = _terminal_bin(analysis)
    begins = last & ~(ended[seen.patient] <= stop)
    kept = start < stop
    return AtRisk(seen.patient[kept], start[kept].astype(np.int32), stop[kept].astype(np.int32), begins[kept])


def _terminal_bin(analysis: Analysis) -> Float64:
    zero = analysis.enrolment.time_zero
    days: NDArray[np.float64] = terminal_day(analysis.cohort) - zero
    return np.where(np.isnan(days), np.inf, days / analysis.vocabulary.resolution)


def _decided(
    strategy: Strategy, processes: Mapping[str, tuple[PersonTime, int]], analysis: Analysis
) -> list[Decided]:
    """The processes whose probabilities the strategy changes."""
    found: list[Decided] = []
    arguments = (analysis.cohort, analysis.enrolment)
    for name, (time, offset) in processes.items():
        if name == LOSS:
            nothing = np.zeros(time.patients)
            found.append(Decided(time, offset, (), nothing, after=1))
        elif strategy.rules_on(name):
            opened = windows(strategy, name, *arguments)
            q = start_situation(analysis.protocol, strategy, name, *arguments).q
            found.append(Decided(time, offset, opened, np.nan_to_num(q)))
    return found

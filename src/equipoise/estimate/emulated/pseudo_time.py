"""Pretended starts: the whole emulation again with starts drawn at random, of which nothing may come out.

On each day everybody at risk of a start who has none pretended yet is given one with the same chance: that of
a real start on that day. (As many as there were real ones would soon use up those without one, as real starts
leave the risk set too.) Everybody is followed up to the real start. A method that lets time be immortal finds
an effect here; weights and clones must not.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from equipoise.base.clock import NO_TARGET, TICKS_PER_UNIT, months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.emulate.rule_windows import windows
from equipoise.emulate.starts import q_on
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.followed import MEASURE, Followed, Number, followed
from equipoise.estimate.emulated.person_time import AtRisk, PersonTime, person_time
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.estimate.emulated.sentences import contrast_sentence
from equipoise.estimate.emulated.strategy_path import Decided, strategy_path
from equipoise.estimate.emulated.weighted import weigh, weighted_answers
from equipoise.estimate.estimates import ESTIMATES
from equipoise.kernels.addressed import uniform
from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.intervals import critical_value
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows
from equipoise.kernels.weighted_occupation import frame
from equipoise.protocol.emulation import HazardModel
from equipoise.protocol.negative_control import PseudoTimeControl
from equipoise.protocol.strategy import Strategy

DECISION = 9_042  # address of the draws
OCCASIONS = 1_000_000  # a draw's days


def pseudo_time_row(one: PseudoTimeControl, found: Emulated, seed: int, prefix: str) -> pl.DataFrame:
    """The mean difference over the draws, with the Monte-Carlo error of that mean.

    Parameters
    ----------
    one
        The control.
    found
        The emulation that it repeats.
    seed
        Of the draws.
    prefix
        Of the method.
    """
    prepared = found.prepared
    time = {row.name: row for row in prepared.processes}[one.treatment]
    day = months_to_days(one.by_month)
    plan = replace(prepared.analysis.plan, days=np.array([0.0, day]), horizons=np.empty(0))
    asked = followed(one.of, replace(prepared.analysis, plan=plan))
    outcome = _censored(asked, time, prepared.analysis.vocabulary.resolution)
    measure = MEASURE[outcome.kind]
    place = outcome.numbers.index(Number(one.of, measure, day))
    differences = np.empty(one.draws)
    for number in range(one.draws):
        again = _drawn(one, prepared, outcome, time, pretended(time, seed, number))
        answers = weighted_answers(again, weigh(again, again.omega))
        differences[number] = answers[place] - answers[len(outcome.numbers) + place]
    mean = float(differences.mean())
    error = float(differences.std(ddof=1) / np.sqrt(one.draws))
    half = critical_value(prepared.analysis.plan.level) * error
    a, b = one.between
    contrast = f"{measure}_difference"
    return ESTIMATES.frame(
        [
            {
                "estimand": contrast_sentence(prepared.analysis, contrast, one.of, (a, b)),
                "outcome": one.of, "strategy": a, "versus": b, "measure": contrast, "day": day,
                "estimate": mean, "std_error": error, "lower": mean - half, "upper": mean + half,
                "level": prepared.analysis.plan.level, "interval": "Monte-Carlo error",
                "method": f"{prefix}mean of {one.draws} emulations with pretended starts",
                "role": "sensitivity",
                "n": prepared.n, "events": 0, "at_risk": prepared.n, "ess": float(one.draws),
                "status": FindingStatus.OK.value, "finding": None,
            }
        ]
    )  # fmt: skip


def _censored(outcome: Followed, time: PersonTime, resolution: float) -> Followed:
    """Rows of the outcome ended at each patient's real start."""
    rows = outcome.rows
    start = np.full(rows.patients, np.iinfo(np.int32).max, dtype=np.int32)
    start[time.patient[time.begins]] = TICKS_PER_UNIT * time.stop[time.begins]
    last = start[rows.patient]
    kept = rows.start < last
    stop = np.minimum(rows.stop, last)[kept].astype(np.int32)
    target = np.where(rows.stop <= last, rows.target, NO_TARGET)[kept].astype(np.int16)
    cut = Rows.build(
        rows.patient[kept], rows.start[kept], stop, rows.origin[kept], target,
        states=rows.states, patients=rows.patients,
    )  # fmt: skip
    laid = frame(cut, outcome.laid.initial)
    return replace(outcome, rows=cut, laid=laid, days=(laid.time // TICKS_PER_UNIT) * resolution)


def pretended(time: PersonTime, seed: int, number: int) -> Int32:
    """Bin of each patient's pretended start, int32[n]; 0 for none.

    Parameters
    ----------
    time
        At risk of real starts.
    seed, number
        Seed, and number of the draw.
    """
    seen = time.seen
    start, stop = time.start[seen], time.stop[seen]
    bins = int(stop.max(initial=0)) + 2
    starts = np.bincount(stop[time.begins[seen]], minlength=bins)
    at_risk = np.cumsum(np.bincount(start + 1, minlength=bins) - np.bincount(stop + 1, minlength=bins))
    chance = np.divide(starts, at_risk, out=np.zeros(bins), where=at_risk > 0)
    return _choose(time.patient[seen], start, stop, chance, (time.patients, seed, number * OCCASIONS))


@jit
def _choose(
    patient: Int32, start: Int32, stop: Int32, chance: Float64, address: tuple[int, int, int]
) -> Int32:
    """The first bin at risk in which a number drawn lies below the chance of a start."""
    patients, seed, occasion = address
    chosen = np.zeros(patients, dtype=np.int32)
    for row in range(patient.size):
        who = patient[row]
        for b in range(start[row] + 1, stop[row] + 1):
            if chosen[who] > 0:
                break
            if chance[b] > 0 and uniform(seed, who, DECISION, occasion + b) < chance[b]:
                chosen[who] = b
    return chosen


def _drawn(
    one: PseudoTimeControl, prepared: Prepared, outcome: Followed, time: PersonTime, chosen: Int32
) -> Prepared:
    """The emulation with pretended in the place of real starts, models without covariates, two strategies."""
    analysis = prepared.analysis
    zero, resolution = analysis.enrolment.time_zero, analysis.vocabulary.resolution
    model = prepared.emulation.model(one.treatment)
    bare = HazardModel(adjust_for=(), pieces_months=model.pieces_months)
    seen = analysis.histories[analysis.protocol.structure].windows
    pseudo = person_time(one.treatment, bare, _at_risk(time, chosen), analysis.cohort, zero, seen)
    day = np.where(chosen > 0, chosen * resolution, np.nan)
    strategies = tuple(analysis.protocol.strategy(name) for name in one.between)
    paths = {
        strategy.name: strategy_path(_decided(strategy, pseudo, day, prepared), zero, resolution)
        for strategy in strategies
    }
    return replace(
        prepared,
        strategies=strategies,
        processes=(pseudo,),
        offset=(0,),
        paths=paths,
        outcomes={outcome.name: outcome},
    )


def _at_risk(time: PersonTime, chosen: Int32) -> AtRisk:
    """Time at risk up to the pretended start; real starts are no starts."""
    limit = np.where(chosen > 0, chosen, np.iinfo(np.int32).max)[time.patient]
    kept = time.start < limit
    stop = np.minimum(time.stop, limit)[kept].astype(np.int32)
    return AtRisk(time.patient[kept], time.start[kept], stop, stop == limit[kept])


def _decided(strategy: Strategy, pseudo: PersonTime, day: Float64, prepared: Prepared) -> list[Decided]:
    analysis = prepared.analysis
    if not strategy.rules_on(pseudo.name):
        return []
    opened = windows(strategy, pseudo.name, analysis.cohort, analysis.enrolment)
    q = q_on(day, strategy, pseudo.name, opened, analysis.vocabulary.resolution)
    return [Decided(pseudo, 0, opened, np.nan_to_num(q))]

"""Everybody the series came from: all in remission, all who relapsed; and how few get into a series."""

from typing import Any, Final

import numpy as np

from equipoise.kernels.arrays import Bool
from equipoise.kernels.intervals import critical_value
from equipoise.synth.editorial.milestones import Milestones
from equipoise.synth.editorial.row import MONTH, Row
from equipoise.synth.truth_rows import INTERVAL, LEVEL

LAST_RELAPSE: Final = 60  # months after time zero: the tests end there
REACHED_BY: Final = (12, 36)
FROM_RELAPSE: Final = "from relapse"
NO_EARLIER: Final = ", prior_hct: none"  # end of the name of a strategy: in those without a transplant before
_FROM_REMISSION: Final = (
    "of those without a transplant before the infusion, from the remission after CAR T-cells on"
)
_FROM_RELAPSE: Final = (
    "of those without a transplant before who relapse within five years, from the relapse on, whether or not "
    "a transplant follows"
)


def remission_rows(found: Milestones, strategy: str, title: str) -> list[Row]:
    """Both survivals of all who had no transplant before, under one strategy."""
    eligible = ~found.had_transplant
    death = found.death[eligible]
    failure = np.minimum(found.relapse[eligible], death)
    who = f"{_FROM_REMISSION}, if everybody followed '{title}'"
    name = strategy + NO_EARLIER
    return [
        _true(
            f"The probability of being alive without relapse on the day, {who}.", "dfs", name, failure > MONTH
        ),
        _true(f"The probability of being alive on the day, {who}.", "os", name, death > MONTH),
    ]


def transplant_rows(found: Milestones, strategy: str) -> list[Row]:
    """How many of all who had no transplant before have one in first remission, by when."""
    eligible = ~found.had_transplant
    in_first = np.where(found.transplant < found.relapse, found.transplant, np.inf)[eligible]
    sentence = (
        "The probability of a transplant in first remission by the day (relapse and death competing), "
        f"{_FROM_REMISSION}, in usual care."
    )
    name = strategy + NO_EARLIER
    return [
        _true(sentence, "hct", name, in_first <= by, measure="cumulative_incidence", month=by)
        for by in REACHED_BY
    ]


def relapse_rows(found: Milestones) -> list[Row]:
    """What becomes of all who relapse without a transplant, in usual care."""
    who = relapsed(found)
    waited = found.transplant[who] - found.relapse[who]
    alive = found.death[who] - found.relapse[who] > MONTH
    well = f"The probability of being alive and in remission on the day, {_FROM_RELAPSE}."
    reached = (
        f"The probability of a transplant in a later remission by the day (death competing), {_FROM_RELAPSE}."
    )
    return [
        _true(f"The probability of being alive on the day, {_FROM_RELAPSE}.", "os", FROM_RELAPSE, alive),
        _true(well, "clfs", FROM_RELAPSE, found.recovered[who], measure="state_probability"),
        *(
            _true(
                reached,
                "after_relapse:hct",
                FROM_RELAPSE,
                waited <= by,
                measure="cumulative_incidence",
                month=by,
            )
            for by in REACHED_BY
        ),
    ]


def relapsed(found: Milestones) -> Bool:
    """Who relapses without a transplant before, and so could come to have the first one after it: bool[n]."""
    return ~found.had_transplant & (found.relapse <= LAST_RELAPSE) & (found.relapse < found.transplant)


def funnels(found: Milestones) -> list[dict[str, Any]]:
    """Both funnels, from all to those who do well after a transplant: rows of `FUNNEL`."""
    with np.errstate(invalid="ignore"):  # infinity minus infinity: did not happen, and is not counted
        return [*_funnel("remission", _from_remission(found)), *_funnel("relapse", _from_relapse(found))]


def _from_remission(found: Milestones) -> list[tuple[str, str, Bool]]:
    everybody = ~found.had_transplant
    transplanted = everybody & (found.transplant <= MONTH) & (found.transplant < found.relapse)
    negative = transplanted & ~found.was_positive
    return [
        ("remission", "in remission after CAR T-cells", everybody),
        ("hct", "transplanted in it within 3 years", transplanted),
        ("ngs_mrd", "without residual disease at the last test", negative),
        ("dfs", "alive without relapse 3 years after it", negative & _did_well(found)),
    ]


def _from_relapse(found: Milestones) -> list[tuple[str, str, Bool]]:
    everybody = relapsed(found)
    remitted = everybody & (found.second - found.relapse <= MONTH)
    transplanted = remitted & (found.transplant - found.relapse <= MONTH)
    return [
        ("relapse", "relapsed without a transplant", everybody),
        ("remission", "in remission again within 3 years", remitted),
        ("hct", "transplanted in remission within 3 years", transplanted),
        ("dfs", "alive without relapse 3 years after it", transplanted & _did_well(found)),
    ]


def _did_well(found: Milestones) -> Bool:
    return found.failure_after - found.transplant > MONTH


def _funnel(name: str, steps: list[tuple[str, str, Bool]]) -> list[dict[str, Any]]:
    reached = [int(who.sum()) for _, _, who in steps]
    return [
        {
            "funnel": name,
            "step": step,
            "name": record,
            "label": label,
            "reached": reached[step],
            "of": reached[max(step - 1, 0)],
            "share": reached[step] / reached[0] if reached[0] else None,
            "lower": None,
            "upper": None,
        }
        for step, (record, label, _) in enumerate(steps)
    ]


def _true(
    sentence: str,
    outcome: str,
    strategy: str,
    holds: Bool,
    *,
    measure: str = "survival",
    month: float = MONTH,
) -> Row:
    """The share of virtual patients in whom something holds, with the error of the simulation."""
    share, counted = float(holds.mean()), int(holds.sum())
    error = float(np.sqrt(share * (1 - share) / holds.size))
    half = critical_value(LEVEL) * error
    return Row(
        estimand=sentence,
        outcome=outcome,
        strategy=strategy,
        estimate=share,
        std_error=error,
        lower=share - half,
        upper=share + half,
        interval=INTERVAL,
        method=f"simulation of {holds.size:,} virtual patients",
        role="truth",
        n=holds.size,
        events=holds.size - counted if measure == "survival" else counted,
        at_risk=holds.size,
        measure=measure,
        month=month,
    )

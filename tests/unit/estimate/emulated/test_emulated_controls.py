"""Negative controls on 400 patients whose surgery acts on nothing: silent if all is adjusted for."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from emulated_patients import (
    BY_GROUP,
    DIFFERENCES,
    EARLY,
    MONTH,
    ON_MARKER,
    TEN,
    WATCH,
    answered,
    emulated,
    question,
    ward,
)

from equipoise.cohort.cohort import Cohort
from equipoise.estimate.emulated.answer import EmulationAnswers
from equipoise.estimate.emulated.pseudo_time import pretended
from equipoise.protocol.protocol import Protocol

PATIENTS, LAST = 400, 40
FAST = "jackknife_up_to: 0,"
OUTCOME = (
    "{kind: outcome, name: too_early, label: the first days, of: dfs, by_month: 0.5, "
    "between: [early, watch], because: surgery acts on nothing}"
)
EXPOSURE = (
    f"{{kind: exposure, name: visits, intervention: visit, while_in: [well], months: {TEN!r}, of: dfs, "
    "by_month: 0.7, because: a visit acts on nothing, adjust_for: [%s]}"
)
DRAWN = (
    "{kind: pseudo_time, name: drawn, treatment: surgery, of: %s, by_month: %s, between: [early, watch], "
    "draws: 40}"
)


@cache
def confounded() -> Cohort:
    """Group b is operated and visited four times as often, and relapses six times as often, as group a."""
    rng = np.random.default_rng(8)
    records, groups, followed = [], [], []
    for number in range(PATIENTS):
        sick = number % 2 == 1
        days = {
            "surgery": rng.geometric(0.12 if sick else 0.03),
            "visit": rng.geometric(0.12 if sick else 0.03),
            "relapse": rng.geometric(0.03 if sick else 0.005),
        }
        end = min(LAST, days["relapse"])
        kept = sorted((day, what) for what, day in days.items() if day <= end)
        records.append("; ".join(f"{day} {what}" for day, what in kept))
        groups.append({"group": "b" if sick else "a"})
        followed.append((0.0, float(LAST)))
    return ward(*records, baseline=groups, followed=followed)


def asked(
    control: str,
    *,
    adjust_for: str = BY_GROUP,
    strategies: tuple[str, ...] = (WATCH, EARLY),
    gates: str = "on: true",
) -> Protocol:
    listed = f"negative_controls: [{control}]"
    return question(
        *strategies,
        adjust_for=adjust_for,
        emulation=FAST,
        analysis=listed,
        contrasts=DIFFERENCES,
        gates=gates,
    )


def row_of(found: EmulationAnswers) -> dict[str, object]:
    (row,) = found.frames[-1].iter_rows(named=True)
    return row


def fired(found: EmulationAnswers) -> list[str]:
    return [one.message for one in found.findings if one.code == "E136"]


def test_an_outcome_on_which_nothing_acts() -> None:
    found = answered(asked(OUTCOME), confounded())
    row = row_of(found)
    assert row["method"].startswith("negative control, the first days: clone-censor-weight")  # type: ignore[union-attr]
    assert (row["measure"], row["outcome"], row["role"]) == ("survival_difference", "dfs", "sensitivity")
    assert (row["strategy"], row["versus"], row["day"]) == ("early", "watch", MONTH / 2)
    assert row["lower"] < 0 < row["upper"]  # type: ignore[operator]
    assert abs(row["estimate"]) < 0.05  # type: ignore[arg-type]
    assert fired(found) == []


def test_an_outcome_finds_what_was_not_adjusted_for() -> None:
    found = answered(asked(OUTCOME, adjust_for="", gates="on: false"), confounded())
    row = row_of(found)
    assert row["upper"] < 0  # type: ignore[operator]
    (message,) = fired(found)
    assert message == (
        f"'the first days': the interval from {row['lower']:.3f} to {row['upper']:.3f} excludes 0."
    )


@pytest.mark.parametrize(("adjust_for", "silent"), [(BY_GROUP, True), ("", False)])
def test_an_exposure_that_cannot_act(adjust_for: str, *, silent: bool) -> None:
    found = answered(asked(EXPOSURE % adjust_for), confounded())
    row = row_of(found)
    assert (row["strategy"], row["versus"]) == ("control_exposure", "no_control_exposure")
    assert row["day"] == pytest.approx(0.7 * MONTH)
    assert (fired(found) == []) is silent
    if silent:
        assert abs(row["estimate"]) < 0.06  # type: ignore[arg-type]
    else:
        assert row["estimate"] < -0.05  # type: ignore[operator]


def test_a_control_that_is_sealed_does_not_fire() -> None:
    """Its limits are those of the worst case, which exclude nothing that they should."""
    few = ward("3 surgery; 4 visit", "5 relapse", "6 visit", "", "")
    listed = f"negative_controls: [{EXPOSURE % ''}, {OUTCOME}]"
    found = answered(question(WATCH, EARLY, analysis=listed), few)
    assert set(found.frames[-1]["interval"]) == {"worst case, nothing assumed"}
    assert fired(found) == []


@pytest.mark.parametrize("of", ["dfs", "relapses", "ill"])
def test_drawn_starts_come_to_nothing(of: str) -> None:
    found = answered(asked(DRAWN % (of, 1)), confounded())
    row = row_of(found)
    assert abs(row["estimate"]) < 0.03  # type: ignore[arg-type]
    assert (row["n"], row["interval"], row["day"]) == (PATIENTS, "Monte-Carlo error", MONTH)
    assert row["std_error"] < 0.01  # type: ignore[operator]
    assert fired(found) == []


def test_drawn_starts_are_counted_on_the_day_of_the_control() -> None:
    """Between two days of the report, and before the first one: not on the day before."""
    by_day = [row_of(answered(asked(DRAWN % ("dfs", month)), confounded())) for month in (0.2, 0.3, 0.4, 0.6)]
    assert [row["day"] for row in by_day] == pytest.approx([MONTH * m for m in (0.2, 0.3, 0.4, 0.6)])
    assert len({row["estimate"] for row in by_day}) == 4


def test_drawn_starts_find_immortal_time() -> None:
    """The same starts, compared as started or not: those who start had to stay well until then."""
    found = emulated(asked(OUTCOME), confounded())
    (time,) = found.prepared.processes
    relapse = confounded().first_day("relapse")
    surgery = confounded().first_day("surgery")
    naive = []
    for number in range(10):
        chosen = pretended(time, 1, number)
        end = np.fmin(np.fmin(surgery, relapse), LAST)
        free = [_kaplan_meier(end[of], (relapse <= end)[of]) for of in (chosen > 0, chosen == 0)]
        naive.append(free[0] - free[1])
    assert min(naive) > 0.1


def _kaplan_meier(time: np.ndarray, event: np.ndarray) -> float:
    """Survival at the end of the month."""
    value = 1.0
    for day in np.unique(time[event & (time <= MONTH)]):
        value *= 1 - (event & (time == day)).sum() / (time >= day).sum()
    return value


def test_starts_are_drawn_with_the_chance_of_real_ones_whoever_it_is() -> None:
    (time,) = emulated(asked(OUTCOME), confounded()).prepared.processes
    drawn = [pretended(time, 1, number) for number in range(200)]
    assert np.array_equal(drawn[0], pretended(time, 1, 0))
    assert all((one != drawn[0]).any() for one in (*drawn[1:], pretended(time, 2, 0)))
    last = np.zeros(PATIENTS, dtype=np.int32)
    np.maximum.at(last, time.patient, time.stop)
    assert all((one <= last).all() for one in drawn)
    assert not any(np.isin(one[one > 0], time.stop[time.begins], invert=True).any() for one in drawn)
    # Day 1: of all at risk as many as really started, in either group alike.
    real = int((time.stop[time.begins] == 1).sum())
    of_a, of_b = (np.array([(one[k::2] == 1).sum() for one in drawn]) for k in (0, 1))
    spread = np.sqrt(real * (1 - real / PATIENTS) / len(drawn))
    assert abs((of_a + of_b).mean() - real) < 3 * spread
    assert abs((of_a - of_b).mean()) < 3 * spread
    assert (np.array([time.stop[time.begins & (time.patient % 2 == k)].size for k in (0, 1)]) > 50).all()
    # On any later day the same share of those at risk without one.
    for day in (5, 9):
        there = (time.start < day) & (time.stop >= day)
        chance = (time.begins & (time.stop == day)).sum() / there.sum()
        free = [((one == 0) | (one >= day))[time.patient[there]].sum() for one in drawn]
        starts = [(one == day).sum() for one in drawn]
        assert abs(np.sum(starts) - chance * np.sum(free)) < 3 * np.sqrt(chance * np.sum(free))


def test_controls_may_compare_with_the_natural_course_and_name_other_outcomes() -> None:
    natural = OUTCOME.replace("[early, watch]", "[watch, natural_course]").replace("of: dfs", "of: relapses")
    found = answered(
        asked(f"{natural}, {DRAWN % ('os', 1)}", strategies=(WATCH, EARLY, ON_MARKER)), confounded()
    )
    rows = found.frames[-1]
    assert rows["measure"].to_list() == ["cumulative_incidence_difference", "survival_difference"]
    assert rows["versus"].to_list() == ["natural_course", "watch"]
    assert rows.filter(pl.col("estimate").is_null()).is_empty()

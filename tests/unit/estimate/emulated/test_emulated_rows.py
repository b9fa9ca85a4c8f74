"""Rows, statuses and findings: what is told where data are thin, and where nothing can be told."""

from collections.abc import Sequence

import polars as pl
import pytest
from emulated_patients import (
    DIFFERENCES,
    EARLY,
    MONTH,
    ON_MARKER,
    WATCH,
    answered,
    emulated,
    question,
    ward,
)

from equipoise.base.errors import IdentificationError
from equipoise.base.findings import FindingStatus
from equipoise.estimate.emulated.answer import EmulationAnswers
from equipoise.estimate.emulated.tables import EMULATION_TABLES
from equipoise.estimate.estimates import ESTIMATES, WEIGHTS
from equipoise.estimate.naive.table import NAIVE

OFF = "on: false"
ALL = "dfs, os, relapses, ill"
EVERY_CONTRAST = (
    *DIFFERENCES,
    "{measure: survival_ratio, of: dfs, between: [early, watch]}",
    "{measure: crossing_time, of: os, between: [early, watch]}",
    "{measure: cumulative_incidence_difference, of: relapses, between: [early, natural_course]}",
    "{measure: cumulative_incidence_ratio, of: relapses, between: [early, watch]}",
    "{measure: time_lost_difference, of: relapses, between: [early, watch]}",
    "{measure: restricted_mean_difference, of: dfs, between: [early, watch]}",
    "{measure: restricted_mean_difference, of: ill, between: [early, watch]}",
    "{measure: state_probability_difference, of: ill, between: [watch, early]}",
)
TEN_PATIENTS = (
    "3 surgery; 25 relapse", "5 surgery", "7 relapse; 20 death", "12 relapse",
    "2 surgery; 8 relapse; 9 death", "", "6 surgery", "35 relapse", "8 death", "1 surgery; 19 relapse",
)  # fmt: skip


def sound(found: EmulationAnswers) -> pl.DataFrame:
    """All rows, once every table is found to be one of its schema, and no number to be senseless."""
    rows = pl.concat([ESTIMATES.check(frame) for frame in found.frames])
    for schema in EMULATION_TABLES:
        schema.check(found.tables[schema.name])
    if found.weights is not None:
        WEIGHTS.check(found.weights)
    if found.naive is not None:
        NAIVE.check(found.naive)
    for row in rows.iter_rows(named=True):
        _sensible(row)
    return rows


def _sensible(row: dict[str, object]) -> None:
    lower, upper, estimate = (row[name] for name in ("lower", "upper", "estimate"))
    numbers = [one for one in (lower, upper, estimate, row["std_error"]) if one is not None]
    assert all(isinstance(one, float) and abs(one) < 1e12 for one in numbers), row
    if isinstance(lower, float):
        assert row["interval"] != "none"
        assert not isinstance(upper, float) or lower <= upper
        if isinstance(estimate, float) and row["measure"] != "e_value":
            assert lower - 1e-9 <= estimate
            assert upper is None or estimate <= upper + 1e-9  # type: ignore[operator]
    if row["measure"] in ("survival", "cumulative_incidence", "state_probability"):
        assert all(-1e-12 <= one <= 1 + 1e-12 for one in (lower, upper, estimate) if isinstance(one, float))
    if row["measure"] in ("restricted_mean", "time_lost"):
        assert all(0 <= one <= MONTH + 1e-9 for one in (lower, upper, estimate) if isinstance(one, float))
    if row["status"] in (FindingStatus.SEALED, FindingStatus.NOT_REACHED, FindingStatus.NOT_CONVERGED):
        assert (estimate, row["std_error"]) == (None, None)


EDGES = {
    "three": ("3 surgery", "5 relapse", ""),
    "one": ("3 surgery",),
    "one, untreated": ("",),
    "nobody treated": ("5 relapse", "6 death", "", "", ""),
    "everybody treated": ("3 surgery", "4 surgery; 9 death", "5 surgery", "2 surgery; 30 relapse"),
    "nothing happens": ("", ""),
    "no events": ("3 surgery", "", "4 surgery", "", "", ""),
    "no events in one arm": ("3 surgery", "4 surgery", "5 surgery", "6 relapse", "20 relapse", "", ""),
    "all fail": ("3 relapse", "4 surgery; 5 death", "6 relapse", "8 death", "2 surgery; 3 relapse; 4 death"),
    "all on one day": ("3 surgery; 5 relapse", "3 surgery; 5 relapse", "5 relapse", "5 relapse"),
    "ten": TEN_PATIENTS,
}


@pytest.mark.parametrize("gates", ["on: true", OFF])
@pytest.mark.parametrize("name", EDGES)
def test_no_cohort_is_too_small_or_too_plain(name: str, gates: str) -> None:
    asked = question(WATCH, EARLY, ON_MARKER, outcomes=ALL, contrasts=EVERY_CONTRAST, gates=gates)
    found = answered(asked, ward(*EDGES[name]))
    rows = sound(found)
    assert rows.height > 60
    if gates == "on: true":
        assert "E130" in {one.code for one in found.findings}  # nobody shows what the marker would ask
        of_marker = rows.filter(strategy="on_marker", measure="survival")
        assert set(of_marker["status"]) == {FindingStatus.SEALED}
        assert of_marker["lower"].null_count() == 0
    else:
        assert not {"E130", "E131"} & {one.code for one in found.findings}
        assert FindingStatus.SEALED not in set(rows["status"])


def test_nobody_starts_is_said() -> None:
    found = answered(question(WATCH, EARLY, contrasts=DIFFERENCES), ward(*EDGES["nobody treated"]))
    assert "E135" in {one.code for one in found.findings}


def statuses(found: EmulationAnswers, **which: object) -> Sequence[str]:
    return pl.concat(found.frames[:2]).filter(**which)["status"].to_list()


def test_levels_by_hand_with_their_counts() -> None:
    """Without covariates and cuts everybody who watches and is still there weighs the same.

    Five are operated by day 6. Of the other five one relapses on day 7, one dies on day 8, one relapses on
    day 12, one on day 35: by day 7 one of five, by the middle of the month three.
    """
    asked = question(WATCH, EARLY, gates=OFF, emulation="penalised: false, truncate: null,")
    rows = answered(asked, ward(*TEN_PATIENTS)).frames[0].filter(strategy="watch", measure="survival")
    assert rows["estimate"].to_list() == pytest.approx([1, 4 / 5, 2 / 5, 2 / 5, 2 / 5])
    assert rows["at_risk"].to_list() == [10, 4, 2, 2, 2]
    assert rows["events"].to_list() == [0, 1, 3, 3, 3]
    assert set(rows["n"]) == {10}
    assert rows["ess"].to_list() == pytest.approx([10, 4, 2, 2, 2])
    first = rows.row(0, named=True)
    assert (first["std_error"], first["lower"], first["interval"]) == (None, None, "none")
    assert first["status"] == FindingStatus.OK


def test_a_state_is_counted_among_all_who_are_observed() -> None:
    """In relapse by the middle of the month are two of the five who were never operated."""
    asked = question(WATCH, outcomes="ill", gates=OFF)
    rows = answered(asked, ward(*TEN_PATIENTS)).frames[0].filter(measure="state_probability")
    assert rows["status"].to_list()[0] == FindingStatus.OK
    assert rows["estimate"].to_list()[:3] == pytest.approx([0, 1 / 5, 2 / 5])
    assert rows["at_risk"].to_list()[:3] == [10, 5, 4]
    assert rows["events"].to_list()[:4] == [0, 1, 2, 1]  # one of them dies on day 20


def test_amber() -> None:
    """Between five and fifteen patients in effect, and between five and ten starts."""
    records = ["3 surgery; 9 relapse", "5 surgery", "", "12 relapse", "8 surgery", "", ""] * 2
    found = answered(question(WATCH, EARLY, contrasts=DIFFERENCES), ward(*records))
    assert {one.code for one in found.findings} & {"E130", "E131"} == {"E131"}
    assert set(statuses(found, strategy="watch", measure="survival")) == {FindingStatus.AMBER}
    rows = found.frames[1].filter(measure="survival_difference")
    assert rows["status"].to_list() == [FindingStatus.AMBER]
    assert rows["finding"].to_list() == ["E131"]
    assert rows["estimate"].null_count() == 0


def test_days_that_nobody_reaches() -> None:
    """Those who are never operated are lost on day 18: what comes after is not told, nor compared."""
    records = ["3 surgery", "5 surgery", "10 relapse", "", ""]
    followed = [(0.0, 40.0)] * 2 + [(0.0, 18.0)] * 3
    late = "every_months: 0.25, until_month: 1, at_months: [0.5, 1], restricted_to_months: [0.5, 1]"
    restricted = "{measure: restricted_mean_difference, of: dfs, between: [early, watch]}"
    asked = question(WATCH, EARLY, gates=OFF, contrasts=[*DIFFERENCES, restricted], report=late)
    found = answered(asked, ward(*records, followed=followed))
    sound(found)
    watch = statuses(found, strategy="watch", measure="survival")
    assert [one == FindingStatus.NOT_REACHED for one in watch] == [False, False, False, True, True]
    assert [
        one == FindingStatus.NOT_REACHED
        for one in statuses(found, strategy="watch", measure="restricted_mean")
    ] == [
        False,
        True,
    ]
    for measure in ("survival_difference", "restricted_mean_difference", "risk_ratio"):
        known = [one == FindingStatus.NOT_REACHED for one in statuses(found, measure=measure)]
        assert known == [False, True], measure


def test_a_curve_that_has_come_down_to_nothing_goes_on() -> None:
    """All who watch have failed by day 12: survival stays 0, with a limit from the effective sample."""
    asked = question(WATCH, EARLY, gates=OFF, contrasts=DIFFERENCES)
    found = answered(asked, ward("3 surgery", "5 surgery", "6 surgery", "10 relapse", "12 relapse"))
    rows = found.frames[0].filter(strategy="watch", measure="survival")
    assert rows["estimate"].to_list()[2:] == [0, 0, 0]
    assert set(rows["interval"].to_list()[2:]) == {"exact binomial of the effective sample"}
    assert rows["std_error"].to_list()[2:] == [None] * 3
    difference = found.frames[1].filter(measure="survival_difference").row(0, named=True)
    assert difference["estimate"] == pytest.approx(1.0)


def test_few_at_risk() -> None:
    """Of eleven one is left at risk after the last day: fewer than one in ten."""
    records = ["3 surgery", *["20 relapse"] * 5, *["21 relapse"] * 4, ""]
    found = answered(question(WATCH, gates=OFF), ward(*records))
    watch = statuses(found, strategy="watch", measure="survival")
    assert watch == [
        FindingStatus.OK,
        FindingStatus.OK,
        FindingStatus.OK,
        FindingStatus.SPARSE,
        FindingStatus.SPARSE,
    ]


def test_hazards_that_are_not_found_give_no_number() -> None:
    """Without priors, and with all starts in one group, the fit runs away."""
    groups = [{"group": one} for one in "aaabbb"]
    asked = question(
        WATCH, EARLY, contrasts=DIFFERENCES, emulation="penalised: false,",
        adjust_for="{name: group, feature: {baseline: group}, reference: b}",
    )  # fmt: skip
    found = answered(asked, ward("3 surgery", "4 surgery", "9 relapse", "5 relapse", "", "", baseline=groups))
    assert [one.code for one in found.findings if one.code == "E133"] == ["E133", "E133"]
    assert set(sound(found)["status"]) == {FindingStatus.NOT_CONVERGED}
    assert found.tables["bands"].is_empty()
    models = found.tables["models"].select("estimate", "lower", "upper")
    assert models.null_count().row(0) == (models.height,) * 3


def test_sensitivity_rows_say_nothing_derived() -> None:
    patch = "{name: plain, label: Weights as they are, patch: {analysis: {emulation: {truncate: null}}}}"
    asked = question(
        WATCH,
        EARLY,
        contrasts=[*DIFFERENCES, EVERY_CONTRAST[3]],
        gates=OFF,
        outcomes="dfs, os",
        analysis=f"sensitivity: [{patch}]",
    )
    found = answered(asked, ward(*TEN_PATIENTS))
    main, again = found.frames[1], found.frames[2]
    assert {"e_value", "crossing_time"} <= set(main["measure"])
    assert again["measure"].to_list() == ["survival_difference", "risk_ratio"]
    assert set(again["role"]) == {"sensitivity"}
    assert all(one.startswith("Weights as they are: clone-censor-weight") for one in again["method"])
    assert again["estimate"][0] != main["estimate"][0]


def test_a_patch_may_change_who_is_enrolled_and_when() -> None:
    """A later time zero leaves out who failed before it, in the sensitivity analysis alone."""
    patches = [
        "{name: later, patch: {time_zero: {kind: landmark, after: origin, day: 4}}}",
        "{name: those_with_relapse, patch: {population: {all_of: [{has: death}]}}}",
        "{name: one_group, patch: {population: {all_of: [{baseline: group, eq: a}]}}}",
    ]
    asked = question(
        WATCH, EARLY, contrasts=DIFFERENCES[:1], gates=OFF, analysis=f"sensitivity: [{', '.join(patches)}]"
    )
    groups = [{"group": one} for one in "ababababab"]
    found = answered(asked, ward(*TEN_PATIENTS, "2 relapse", baseline=[*groups, {"group": "b"}]))
    again = found.frames[2]
    assert found.frames[1]["n"].to_list() == [11]
    assert again["method"].str.split(":").list.first().to_list() == ["later", "one group"]
    assert again["n"].to_list() == [10, 5]
    told = [one.message for one in found.findings if one.code == "E139"]
    assert told == ["'those with relapse': nobody is under observation from time zero on."]
    alone = answered(
        question(WATCH, EARLY, contrasts=DIFFERENCES[:1], gates=OFF),
        ward(*TEN_PATIENTS[::2], baseline=groups[::2]),
    )
    assert again["estimate"][1] == pytest.approx(alone.frames[1]["estimate"][0], rel=1e-12)


def test_contrasts_on_days_and_horizons_of_their_own() -> None:
    """By day 18 of the month, and up to day 21: days that the report itself does not name."""
    own = (
        "{measure: survival_difference, of: dfs, at_months: [0.6], between: [early, watch]}",
        "{measure: restricted_mean_difference, of: dfs, restricted_to_months: [0.7],"
        " between: [early, watch]}",
    )
    patch = "sensitivity: [{name: plain, patch: {analysis: {emulation: {truncate: 2}}}}]"
    asked = question(WATCH, EARLY, contrasts=own, gates=OFF, analysis=patch)
    found = answered(asked, ward(*TEN_PATIENTS))
    for frame in found.frames[1:3]:
        assert frame["day"].to_list() == pytest.approx([0.6 * MONTH, 0.7 * MONTH])
        assert frame["estimate"].null_count() == 0
    level = found.frames[0].filter(measure="survival").filter((pl.col("day") - 0.6 * MONTH).abs() < 1e-9)
    (early,), (watch,) = (level.filter(strategy=one)["estimate"].to_list() for one in ("early", "watch"))
    assert found.frames[1]["estimate"][0] == pytest.approx(early - watch, rel=1e-12)


def test_identical_strategies_differ_by_nothing() -> None:
    twin = EARLY.replace("early", "twin")
    pair = [one.replace("watch", "twin") for one in (*DIFFERENCES, EVERY_CONTRAST[7])]
    found = answered(question(EARLY, twin, contrasts=pair, gates=OFF), ward(*TEN_PATIENTS))
    rows = found.frames[1]
    for row in rows.filter(pl.col("measure").str.contains("difference")).iter_rows(named=True):
        assert (row["estimate"], row["std_error"], row["lower"]) == (0.0, None, None)
        assert row["status"] == FindingStatus.NO_INTERVAL
    assert rows.filter(measure="risk_ratio")["estimate"].to_list() == [1.0]
    assert "number_needed_to_treat" not in rows["measure"]


def test_gates_that_are_off_hide_nothing_and_are_judged_all_the_same() -> None:
    shut = answered(question(WATCH, EARLY, contrasts=DIFFERENCES), ward(*TEN_PATIENTS))
    off = answered(question(WATCH, EARLY, contrasts=DIFFERENCES, gates=OFF), ward(*TEN_PATIENTS))
    assert shut.tables["gates"].equals(off.tables["gates"])
    assert "sealed" in off.tables["gates"]["verdict"].to_list()
    assert "watch" not in shut.tables["bands"]["strategy"]
    assert {"watch", "early"} == set(off.tables["bands"]["strategy"])
    assert off.frames[0]["estimate"].null_count() == 0
    assert set(off.frames[0]["finding"]) == {None}


def test_nothing_is_said_of_nobody() -> None:
    """Nobody is under observation from time zero on: refused, with what to do."""
    with pytest.raises(IdentificationError, match="nobody is under observation from time zero on") as error:
        answered(question(WATCH, EARLY), ward("", "", followed=[(3.0, 40.0), (4.0, 40.0)]))
    assert error.value.code == "E001"


def test_late_entrants_that_are_left_out_are_told() -> None:
    cohort = ward(*TEN_PATIENTS, "", followed=[*[(0.0, 40.0)] * 10, (5.0, 40.0)])
    found = answered(question(WATCH, EARLY, gates=OFF), cohort)
    told = [one for one in found.findings if one.code == "E003"]
    assert [(one.patients, one.message[:2]) for one in told] == [(1, "1 ")]
    assert set(found.frames[0]["n"]) == {10}
    kept = answered(question(WATCH, EARLY, gates=OFF, emulation="late_entrants: include,"), cohort)
    assert set(kept.frames[0]["n"]) == {11}
    assert "E003" not in {one.code for one in kept.findings}
    sound(kept)


def test_without_an_emulation_there_are_empty_tables() -> None:
    asked = question(WATCH, EARLY)
    asked = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"emulation": None})})
    found = answered(asked, ward(*TEN_PATIENTS))
    assert (found.frames, found.findings, found.citations) == ((), (), ())
    assert all(found.tables[schema.name].is_empty() for schema in EMULATION_TABLES)


def test_a_strategy_whose_law_nobody_shows_is_left_out() -> None:
    lawless = EARLY.replace("law: uniform", "law: representative")
    asked = question(WATCH, lawless, contrasts=DIFFERENCES, gates=OFF)
    found = answered(asked, ward("12 surgery", "20 relapse", "", ""))
    assert "E138" in {one.code for one in found.findings}
    assert set(found.frames[0]["strategy"]) == {"watch"}
    assert found.frames[1].is_empty()


def test_reprs_tell_sizes_only() -> None:
    found = emulated(question(WATCH), ward("", "3 surgery"))
    assert repr(found) == f"Emulated({found.prepared!r}, {found.spread!r})"

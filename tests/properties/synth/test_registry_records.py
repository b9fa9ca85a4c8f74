"""What is on record of every course: tests, losses, treatments and events on their days, and nothing else."""

from collections import defaultdict

import polars as pl
from registry_cases import Case, case

from equipoise.synth import addresses as a

__all__ = ["case"]

WORDS = {
    a.HCT: "hct",
    a.SALVAGE_HCT: "hct",
    a.MAINTENANCE: "maintenance",
    a.REINFUSION: "car_reinfusion",
    a.SEVERE_CGVHD: "cgvhd",
    a.RELAPSE: "relapse",
    a.RELAPSE_AFTER_HCT: "relapse",
    a.RELAPSE_IN_SECOND_REMISSION: "relapse",
    a.RELAPSE_AFTER_SALVAGE: "relapse",
    a.SECOND_REMISSION: "remission",
}
TREATMENTS = ("hct", "maintenance", "car_reinfusion")


def _by_patient(frame: pl.DataFrame, *columns: str) -> dict[int, list[tuple[object, ...]]]:
    found: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for patient, *rest in frame.select("patient", *columns).rows():
        found[patient].append(tuple(rest))
    return found


def test_results_of_tests(case: Case) -> None:
    cohort, expected, stops = case.cohort, case.expected, case.stops
    bca = _by_patient(cohort.records("bca"), "day", "state", "bound")
    cells = _by_patient(cohort.records("bcell_abs"), "day", "value", "bound", "unit")
    sequenced = _by_patient(cohort.records("ngs_mrd"), "day", "value", "bound", "unit")
    flow = _by_patient(cohort.records("flow_mrd").filter(pl.col("bound") == "<"), "day", "value", "unit")
    for patient, want in expected.items():
        tests = [(day, *seen) for day, seen in sorted(want.tests.items()) if day <= stops[patient]]
        assert bca[patient] == [(day, "lost" if lost else "present", "=") for day, _, lost in tests]
        assert flow[patient] == [(day, 1e-4, "of cells") for day, _, _ in tests]
        for (day, positive, lost), count, result in zip(
            tests, cells[patient], sequenced[patient], strict=True
        ):
            assert count[0] == result[0] == day
            assert (count[3], result[3]) == ("cells/µL", "of cells")
            assert (count[1] >= 3 and count[2] == "=") if lost else count[1:3] == (1.0, "<")
            assert (1e-6 <= result[1] < 1e-4 and result[2] == "=") if positive else result[1:3] == (1e-6, "<")


def test_losses_are_told_when_they_are_first_seen(case: Case) -> None:
    cohort, expected, stops = case.cohort, case.expected, case.stops
    losses = _by_patient(cohort.records("bca_loss"), "day")
    for patient, want in expected.items():
        told, before = [], False
        for day, (_, lost) in sorted(want.tests.items()):
            if lost and not before and day <= stops[patient]:
                told.append((day,))
            before = lost
        assert losses[patient] == told


def test_treatments_and_events(case: Case) -> None:
    cohort, expected, stops = case.cohort, case.expected, case.stops
    begun = _by_patient(cohort.interventions, "start", "name")
    later = cohort.events.filter(~pl.col("name").is_in(["bca_loss", "death", "no_remission"]))
    happened = _by_patient(later, "day", "name")
    for patient, want in expected.items():
        seen = [(day, WORDS[what]) for day, what in want.rest if day <= stops[patient] and what in WORDS]
        assert begun[patient] == [one for one in seen if one[1] in TREATMENTS]
        first = (want.states[0][0], "remission")
        assert happened[patient] == [first, *(one for one in seen if one[1] not in TREATMENTS)]


def test_disease_is_found_on_the_day_of_a_relapse(case: Case) -> None:
    cohort = case.cohort
    positive = cohort.records("flow_mrd").filter(pl.col("bound") == "=")
    disease = cohort.events.filter(pl.col("name").is_in(["relapse", "no_remission"]))
    assert positive.select("patient", "day").equals(disease.select("patient", "day").sort("patient", "day"))
    assert positive["value"].is_between(0.05, 0.9).all()


def test_a_treatment_is_judged_on_what_was_known_the_day_before(case: Case) -> None:
    """The tests on record by the day before a treatment are those that came before it in the world."""
    treatments = [(want, one) for want in case.expected.values() for one in want.known]
    unlike = sum(
        sum(day <= start - 1 for day in want.tests) != before for want, (start, _, before) in treatments
    )
    world = case.world
    if world.registry.rounding_days == 1 and world.visits.extra_per_month == 0:
        assert unlike == 0
    # Weekly days let a visit pass before the treatment is on record; a test of the same day moves it on.
    assert unlike <= (0.25 if world.registry.rounding_days > 1 else 0.01) * len(treatments)
    assert len(treatments) > 100


def test_days_of_moves_rise_and_are_seldom_moved(case: Case) -> None:
    cohort = case.cohort
    records = sum(len(want.rest) for want in case.expected.values())
    moved = sum(want.pushed for want in case.expected.values())
    # Weekly days, tests every few days and remissions soon after relapses fall together more often.
    assert moved <= (0.005 if case.world.name in {"S0", "S6"} else 0.05) * records
    moves = pl.concat(
        [
            cohort.interventions.select("patient", day="start"),
            cohort.events.filter(pl.col("name") != "bca_loss").select("patient", "day"),
        ]
    )
    assert not moves.is_duplicated().any()


def test_nothing_outside_observation(case: Case) -> None:
    cohort = case.cohort
    stop = cohort.observation.select("patient", "stop")
    for name, day in (("measurements", "day"), ("interventions", "start"), ("events", "day")):
        late = cohort.tables[name].drop("stop", strict=False).join(stop, on="patient")
        assert late.filter((pl.col(day) > pl.col("stop")) | (pl.col(day) <= 0)).height == 0
    deaths = cohort.records("death").join(stop, on="patient")
    assert (deaths["day"] == deaths["stop"]).all()
    assert not deaths["patient"].is_duplicated().any()


def test_maintenance_stops_with_what_ends_it(case: Case) -> None:
    cohort, expected, stops = case.cohort, case.expected, case.stops
    ends = {a.RELAPSE, a.NRM} if case.world.hct.is_label else {a.HCT, a.RELAPSE, a.NRM}
    kept = _by_patient(cohort.records("maintenance"), "start", "stop")
    for patient, want in expected.items():
        for _, stop in kept[patient]:
            ended = [day for day, what in want.rest if what in ends and day <= stops[patient]]
            assert stop == (ended[0] if ended else None)

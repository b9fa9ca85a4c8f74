"""Codes of a course at months, and times in states, by hand."""

from typing import Any

import numpy as np
import pytest

from equipoise.synth import addresses as a
from equipoise.synth import outcomes as o
from equipoise.synth.state import work


def walked(records: list[tuple[float, int, int]], months: list[float], horizons: list[float] | None = None):
    memory: Any = work()  # a record: its fields are attributes for the compiler only
    for k, (time, what, detail) in enumerate(records):
        memory["time"][k], memory["what"][k], memory["detail"][k] = time, what, detail
    codes = np.zeros(len(months), dtype=np.uint8)
    stays = np.zeros((len(horizons or []), 8))
    o.walk(memory, len(records), np.array(months), np.array(horizons or [], dtype=float), codes, stays)
    return codes, stays


def holds(code: int) -> set[str]:
    return {one.name for one in (*o.OUTCOMES, *o.OCCUPIED) if one.codes()[code]}


def test_an_event_counts_from_its_own_month_on():
    codes, _ = walked([(2.0, a.RELAPSE, 1), (5.5, a.DEATH_IN_RELAPSE, 0)], [0, 1.99, 2, 5, 6])
    assert list(codes & 7) == [o.REMISSION, o.REMISSION, o.RELAPSE, o.RELAPSE, o.DEATH_LEUKAEMIA]
    assert holds(codes[0]) == {"os", "dfs", "grfs", "clfs", "state:course:remission"}
    assert holds(codes[2]) == {"os", "relapse", "relapse_cd19_negative", "state:course:relapse"}
    assert holds(codes[4]) == {"relapse", "relapse_cd19_negative", "state:course:death_leukaemia"}


def test_a_transplant_is_remembered_and_severe_disease_ends_only_its_own_outcome():
    course = [(1, a.HCT, 0), (4, a.SEVERE_CGVHD, 0), (9, a.RELAPSE_AFTER_HCT, 0), (10, a.SECOND_REMISSION, 0)]
    course += [(11, a.SALVAGE_HCT, 0), (12, a.NRM_AFTER_SALVAGE, 0)]
    codes, _ = walked(course, [2, 5, 9.5, 10.5, 11.5, 13])
    seen = [holds(code) for code in codes]
    assert seen[0] == {"os", "dfs", "grfs", "clfs", "hct", "state:course:hct_in_remission"}
    assert seen[1] == seen[0] - {"grfs"}
    assert seen[2] == {"os", "hct", "relapse", "relapse_cd19_positive", "state:course:relapse"}
    assert seen[3] == {
        "os",
        "hct",
        "relapse",
        "relapse_cd19_positive",
        "clfs",
        "state:course:second_remission",
    }
    assert seen[4] == seen[3] - {"state:course:second_remission"} | {"state:course:hct_in_second_remission"}
    assert seen[5] == {"hct", "relapse", "relapse_cd19_positive", "state:course:death_after_relapse"}


@pytest.mark.parametrize("what", [a.NRM, a.NRM_AFTER_HCT])
def test_a_death_without_relapse_is_non_relapse_mortality(what: int):
    codes, _ = walked([(3, what, 0)], [3])
    assert holds(codes[0]) == {"nrm", "state:course:death_without_relapse"}


def test_latent_things_and_treatments_change_no_state():
    course = [(1, a.LOSS, 0), (2, a.RISE, 0), (3, a.MAINTENANCE, 0), (4, a.REINFUSION, 1), (5, a.FALL, 0)]
    codes, _ = walked(course, [0, 6])
    assert codes[0] == codes[1] == o.REMISSION


def test_times_in_states_sum_to_the_horizon():
    course = [(1.5, a.HCT, 0), (4.0, a.RELAPSE_AFTER_HCT, 0), (10.0, a.DEATH_IN_RELAPSE, 0)]
    _, stays = walked(course, [], [3.0, 24.0])
    assert stays[0].tolist() == [1.5, 1.5, 0, 0, 0, 0, 0, 0]
    assert stays[1].tolist() == [1.5, 2.5, 6.0, 0, 0, 14.0, 0, 0]
    assert stays.sum(axis=1).tolist() == [3.0, 24.0]


def test_outcomes_hang_together_at_every_code():
    names = [one.name for one in o.OUTCOMES]
    table = np.array([one.codes() for one in o.OUTCOMES], dtype=int)
    at = dict(zip(names, table, strict=True))
    # The flag of CD19 exists only after a relapse; other codes never occur.
    possible = np.array([(code & 7) in o.RELAPSED or not code & o.NEGATIVE for code in range(o.CODES)])
    assert (at["dfs"] + at["relapse"] + at["nrm"] == 1)[possible].all()
    assert (at["relapse"] == at["relapse_cd19_negative"] + at["relapse_cd19_positive"])[possible].all()
    assert (at["grfs"] <= at["dfs"]).all()
    assert (at["dfs"] <= at["clfs"]).all()
    assert (at["clfs"] <= at["os"]).all()
    assert (np.array([one.codes() for one in o.OCCUPIED]).sum(axis=0) == 1).all()

"""Pseudo-values from a protocol and a cohort: by hand for six patients, or a clear refusal."""

import numpy as np
import polars as pl
import pytest
import small_cohorts as small

from equipoise.base.errors import DataError, ProtocolError
from equipoise.estimate.outcomes import natural_outcome
from equipoise.estimate.pseudo import PSEUDO_VALUES, pseudo_values
from equipoise.protocol.intercurrent import Handling, IntercurrentEvent
from equipoise.study.tables import PATIENT_TABLES, TABLES


def values(frame: pl.DataFrame, day: float) -> list[float]:
    assert frame.equals(PSEUDO_VALUES.check(frame))
    return frame.filter(pl.col("day") == day)["value"].to_list()


def test_survival_by_hand():
    """S(4) = 5/6 3/4 = 5/8; without each of the six patients 4/5, 3/4, 3/5, 8/15, 8/15, 8/15."""
    found = pseudo_values(small.protocol(), small.cohort(), "os", "survival", [4, 2])
    assert found["patient"].to_list() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert values(found, 2) == pytest.approx([1] * 6, abs=1e-14)
    assert values(found, 4) == pytest.approx([-1 / 4, 0, 3 / 4, 13 / 12, 13 / 12, 13 / 12], abs=1e-14)


def test_restricted_mean_by_hand():
    """The area to 4 days is 3 + 5/6; without each patient 3 + 4/5, without the death on day 3 it is 4."""
    found = pseudo_values(small.protocol(), small.cohort(), "os", "restricted_mean", [4])
    assert values(found, 4) == pytest.approx([4, 3, 4, 4, 4, 4], abs=1e-13)


def test_incidence_and_time_lost_by_hand():
    """Nobody is censored before day 3: indicators of relapse, and the days since it."""
    found = pseudo_values(small.protocol(), small.cohort(), "cir", "cumulative_incidence", [3])
    assert values(found, 3) == pytest.approx([1, 0, 0, 1, 0, 0], abs=1e-14)
    found = pseudo_values(small.protocol(), small.cohort(), "cir", "time_lost", [3])
    assert values(found, 3) == pytest.approx([1, 0, 0, 0, 0, 0], abs=1e-14)


def test_infinitesimal_values_average_to_the_estimate_with_late_entry():
    known = small.cohort(starts=[-1, 1, -1, 2, -1, 0])
    asked = small.protocol()
    with pytest.raises(DataError, match="E264 observation: 2 patients") as refused:
        pseudo_values(asked, known, "os", "survival", [4])
    assert refused.value.code == "E264"
    found = pseudo_values(asked, known, "os", "survival", [4], jackknife="infinitesimal")
    frames = natural_outcome("os", small.analysis(asked, known, [4.0])).frames
    estimate = pl.concat(frames).filter(pl.col("measure") == "survival")["estimate"][0]
    assert np.mean(values(found, 4)) == pytest.approx(estimate, abs=1e-12)


def test_beyond_the_follow_up_there_is_no_value():
    found = pseudo_values(small.protocol(), small.cohort(), "os", "survival", [8, 9])
    assert None not in values(found, 8)
    assert values(found, 9) == [None] * 6


def test_after_everybody_has_died_survival_stays_known():
    known = small.cohort([({"death": 2}, 2), ({"death": 3}, 3), ({"death": 5}, 5)])
    found = pseudo_values(small.protocol(), known, "os", "survival", [9])
    assert values(found, 9) == pytest.approx([0, 0, 0], abs=1e-14)


def test_whoever_is_not_enrolled_has_no_row():
    known = small.cohort([({"relapse": -0.0}, 4), *small.SIX])
    found = pseudo_values(small.protocol(), known, "os", "survival", [4])
    assert found["patient"].to_list() == [1, 2, 3, 4, 5, 6]
    assert values(found, 4)[0] == pytest.approx(-1 / 4, abs=1e-14)


def test_a_competing_handling_makes_an_incidence_of_a_survival():
    """While on treatment, a graft competes with death: a probability of death before it."""
    handled = IntercurrentEvent(event="graft", handling=Handling.WHILE_ON_TREATMENT)
    asked = small.protocol(intercurrent_events=(handled,))
    with pytest.raises(ProtocolError, match="E266 outcome os: measure survival"):
        pseudo_values(asked, small.cohort(), "os", "survival", [4])
    found = pseudo_values(asked, small.cohort(), "os", "cumulative_incidence", [3])
    assert values(found, 3) == pytest.approx([0] * 6, abs=1e-14)  # the death of day 3 follows a graft


def test_what_cannot_be_is_refused():
    asked, known = small.protocol(), small.cohort()
    with pytest.raises(
        ProtocolError, match="E266 outcome current: measure survival of an outcome of kind occ"
    ):
        pseudo_values(asked, known, "current", "survival", [4])
    with pytest.raises(ProtocolError, match="E266 outcome so: no outcome of this name"):
        pseudo_values(asked, known, "so", "survival", [4])
    for days in ([-1.0], [float("nan")], []):
        with pytest.raises(ValueError, match="days"):
            pseudo_values(asked, known, "os", "survival", days)
    with pytest.raises(DataError, match="E267 outcome os: 1 patients at risk"):
        pseudo_values(asked, small.cohort(small.SIX[:1]), "os", "survival", [4])
    weighted = small.protocol(analysis=asked.analysis.model_copy(update={"weight": "load"}))
    with pytest.raises(DataError, match=r"E265 protocol\.analysis\.weight"):
        pseudo_values(weighted, small.cohort(loads=[1, 1, 2, 1, 1, 1]), "os", "survival", [4])


def test_they_are_in_no_study():
    assert PSEUDO_VALUES.name not in {*TABLES, *PATIENT_TABLES}

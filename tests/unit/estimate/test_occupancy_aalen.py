"""Aalen's variance of state occupation is that of R's mstate, probtrans with method = "aalen"."""

import polars as pl
import pytest
import small_cohorts as small

from equipoise.estimate.states import states

# mstate 0.3.3 on the six patients: standard errors on day 3, then on day 8.
IN_R = {
    "well": (0.1463548874702166, None),
    "grafted": (0.1913241706413618, None),
    "relapsed": (0.1415304355873000, None),
    "again": (None, 0.1093259369675246),
    "dead_well": (0.2169513798862960, 0.2303379160180876),
    "dead_relapsed": (None, 0.2162567347127991),
}


@pytest.mark.parametrize("state", list(IN_R))
def test_standard_errors_of_states_are_those_of_mstate(state: str) -> None:
    asked = small.protocol()
    named = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"variance": "aalen"})})
    frame = pl.concat(states(small.analysis(named, small.cohort(), [3.0, 8.0])).frames)
    chosen = (pl.col("outcome") == f"state:course:{state}") & (pl.col("measure") == "state_probability")
    rows = frame.filter(chosen).sort("day")
    for found, expected in zip(rows["std_error"].to_list(), IN_R[state], strict=True):
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-14))

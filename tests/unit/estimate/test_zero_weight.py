"""A case weight of zero takes a patient out of the estimates, not out of the counts of patients."""

import numpy as np
import polars as pl
import small_cohorts as small

from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import Estimates


def estimated(loads: list[float] | None) -> Estimates:
    asked = small.protocol()
    weighted = asked.model_copy(update={"analysis": asked.analysis.model_copy(update={"weight": "load"})})
    known = small.cohort(loads=loads or [1.0] * 6)
    return estimate_outcomes(weighted, known, enrol(weighted, known))


def test_flow_and_transitions_count_patients_of_weight_zero_where_they_are() -> None:
    """The first patient, who relapses and dies, weighs nothing; the flow chart still shows the death."""
    with_zero, without = estimated([0.0, 1.0, 1.0, 1.0, 1.0, 1.0]), estimated(None)
    assert with_zero.flow.equals(without.flow)
    assert with_zero.transitions.equals(without.transitions)
    last = with_zero.flow.filter(pl.col("box") == "last:dead_relapsed")["n"].to_list()
    assert last == [2]
    survival = (pl.col("outcome") == "os") & (pl.col("measure") == "survival")
    assert np.unique(with_zero.frame.filter(survival & (pl.col("strategy") == "natural course"))["n"]) == [5]

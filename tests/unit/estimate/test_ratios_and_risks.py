"""No hazard ratio without the absolute risks of the same outcome and covariate."""

import dataclasses

import polars as pl
import pytest
from marked_cohorts import Patient, dying, estimated, living

from equipoise.estimate.ratios_and_risks import RATIOS, RISKS, refuse_bare_ratios

ASKED = """
  outcomes: [os, cir]
  by_month: 1
  landmarks_months: [0.5]
  covariates:
    - {name: large, feature: {baseline: large}}
    - {name: size, feature: {baseline: size}, cut: [3]}
    - {name: sign, predicate: {has: sign}}
"""
PATIENTS = [
    dying(4, large=True, size=5.0),
    dying(25, large=False, size=2.0),
    living(60, large=False, size=3.5),
    dying(40, large=True, size=1.0),
    Patient(60, {"large": False, "size": 4.0}, {"sign": 10, "relapse": 20}),
    Patient(60, {"large": True, "size": 2.5}, {"sign": 12, "relapse": 30, "death": 50}),
]


@pytest.fixture(scope="module")
def found():
    return estimated(PATIENTS, ASKED)


def test_all_ratios_of_the_table_stand_beside_risks(found):
    frame = found.frame
    ratios = frame.filter(pl.col("measure").is_in(RATIOS))
    assert set(ratios["measure"]) == set(RATIOS)
    for (outcome, strategy), _ in ratios.group_by("outcome", "strategy"):
        covariate = found.prognosis.filter(outcome=outcome, strategy=strategy)["covariate"][0]
        groups = found.prognosis.filter(outcome=outcome, covariate=covariate)["strategy"]
        beside = frame.filter(
            pl.col("strategy").is_in(groups.implode()), pl.col("measure").is_in(RISKS), outcome=outcome
        )
        assert beside["estimate"].is_not_null().any()


@pytest.mark.parametrize(("outcome", "covariate"), [("os", "large"), ("cir", "size"), ("cir", "sign")])
def test_estimates_without_the_risks_of_one_covariate_cannot_be_built(found, outcome, covariate):
    groups = found.prognosis.filter(outcome=outcome, covariate=covariate)["strategy"]
    bare = found.frame.filter(
        ~(
            (pl.col("outcome") == outcome)
            & pl.col("strategy").is_in(groups.implode())
            & pl.col("measure").is_in(RISKS)
        )
    )
    assert bare.height < found.frame.height
    with pytest.raises(ValueError, match=f"'{outcome}', '{covariate}.*without absolute risks"):
        dataclasses.replace(found, frame=bare)


def test_the_risk_of_another_outcome_or_covariate_does_not_count(found):
    other = found.frame.filter(~((pl.col("outcome") == "os") & pl.col("measure").is_in(RISKS)))
    with pytest.raises(ValueError, match="'os'"):
        refuse_bare_ratios(other, found.prognosis)


def test_a_risk_without_a_number_does_not_count(found):
    empty = found.frame.with_columns(
        estimate=pl.when(pl.col("measure").is_in(RISKS)).then(None).otherwise(pl.col("estimate"))
    )
    with pytest.raises(ValueError, match="without absolute risks"):
        refuse_bare_ratios(empty, found.prognosis)


def test_a_ratio_of_two_strategies_needs_both_their_risks(found):
    """Ratios that are not in the prognostic table, such as those of naive comparisons."""
    ratio = found.frame.filter(measure="hazard_ratio").head(1)
    risk = found.frame.filter(measure="survival", strategy="natural course", outcome="os").head(1)
    treated, untreated = (risk.with_columns(strategy=pl.lit(name)) for name in ("treated", "untreated"))
    ratio = ratio.with_columns(
        outcome=pl.lit("os"), strategy=pl.lit("treated"), versus=pl.lit("untreated"), estimate=pl.lit(2.0)
    )
    nothing = found.prognosis.clear()
    refuse_bare_ratios(pl.concat([ratio, treated, untreated]), nothing)
    for part in (treated, untreated):
        with pytest.raises(ValueError, match="'treated'"):
            refuse_bare_ratios(pl.concat([ratio, part]), nothing)
    # a ratio without a number claims nothing
    refuse_bare_ratios(ratio.with_columns(estimate=pl.lit(None, dtype=pl.Float64)), nothing)

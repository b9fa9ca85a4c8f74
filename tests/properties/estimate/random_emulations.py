"""Random emulations: cohorts, strategies about several treatments, models of usual care and of the loss."""

import numpy as np
import polars as pl
from hypothesis import strategies as st
from random_cohorts import VOCABULARY, build
from random_strategies import about_several, enrolment, followed, predicates, protocol

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.cohort.cohort import Cohort
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.emulated.prepared import LOSS, Prepared, prepare
from equipoise.estimate.emulated.reference import UsualCare
from equipoise.estimate.emulated.weighted import Weighted
from equipoise.estimate.plan import Plan, plan_of
from equipoise.language.feature import AgeOfValue, Baseline, DaysSince, Last
from equipoise.protocol.emulation import Adjustment, Emulation, HazardModel, LossModel, TreatmentModel
from equipoise.protocol.law import FixedLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never
from equipoise.protocol.strategy import Strategy

features = st.sampled_from(
    [
        {"feature": Baseline(column="donor")},
        {"feature": Baseline(column="arm"), "reference": "a"},
        {"feature": Baseline(column="score"), "per": 2.0},
        {"feature": Baseline(column="age"), "cut": (20.0, 50.0)},
        {"feature": Last(measurement="mrd"), "cut": (0.1, 0.25)},
        {"feature": Last(measurement="bcells")},
        {"feature": AgeOfValue(measurement="mrd"), "cut": (1.0, 4.0)},
        {"feature": DaysSince(record="transplant"), "cut": (2.0,)},
    ]
)
pieces = st.sampled_from([(), (3 / DAYS_PER_MONTH,), (2 / DAYS_PER_MONTH, 6.4 / DAYS_PER_MONTH)])


@st.composite
def models(draw: st.DrawFn) -> HazardModel:
    """A model with up to three covariates, some of which change with time."""
    drawn = draw(st.lists(st.one_of(features, predicates.map(lambda one: {"predicate": one})), max_size=3))
    adjusted = tuple(
        Adjustment(name=f"c{place}", prior_mean=draw(st.sampled_from([0.0, 0.5])), **one)
        for place, one in enumerate(drawn)
    )
    return HazardModel(
        adjust_for=adjusted, pieces_months=draw(pieces), site=draw(st.sampled_from([None, "arm"]))
    )


@st.composite
def weighable(draw: st.DrawFn) -> Strategy:
    """A strategy without fixed laws, which have no weights."""
    return draw(
        about_several().filter(
            lambda one: not any(isinstance(r.law, FixedLaw) for r in one.rules if not isinstance(r, Never))
        )
    )


@st.composite
def emulations(draw: st.DrawFn, *drawn: Strategy) -> Emulation:
    """Models of all treatments that the strategies name, with or without one of the loss."""
    named = dict.fromkeys(rule.treatment for one in drawn for rule in one.rules)
    treatments = tuple(TreatmentModel(treatment=name, **dict(draw(models()))) for name in named)
    loss = LossModel(**dict(draw(models()))) if draw(st.booleans()) else None
    return Emulation(treatments=treatments, loss=loss, outcomes=("os",), truncate=None)


def coarser(tables: dict[str, pl.DataFrame], factor: int) -> dict[str, pl.DataFrame]:
    """The same records on a grid with so many days in a bin."""
    dated = ("day", "start", "stop")
    return {
        name: frame.with_columns(pl.col(column) * factor for column in dated if column in frame.columns)
        for name, frame in tables.items()
    }


@st.composite
def random_cohort(draw: st.DrawFn, patients: int) -> Cohort:
    """A cohort on a grid of one or of two days."""
    tables, factor = draw(followed(patients)), draw(st.sampled_from([1, 1, 2]))
    vocabulary = VOCABULARY.model_copy(update={"resolution": float(factor)})
    return build(coarser(tables, factor), vocabulary)


def analysed(cohort: Cohort, asked: Protocol, zero: np.ndarray, plan: Plan | None = None) -> Analysis:
    """An analysis of patients with given time zeros."""
    enrolled = enrolment(zero)
    plan = plan_of(asked, cohort, enrolled)[0] if plan is None else plan
    return Analysis(asked, cohort, enrolled, plan, courses(asked, cohort, enrolled, plan))


def prepared(cohort: Cohort, strategy: Strategy, emulation: Emulation, zero: np.ndarray) -> Prepared:
    """An emulation of one strategy, ready to be weighed."""
    return prepare(analysed(cohort, protocol(strategy), zero), emulation)


def usual_care(ready: Prepared, weighted: Weighted) -> UsualCare:
    """The fitted coefficients by name, for the slow twin."""
    named = {
        "loss" if time.name == LOSS else time.name: (
            {} if np.isnan(fit.beta).any() else dict(zip(time.columns, fit.beta.tolist(), strict=True))
        )
        for time, fit in zip(ready.processes, weighted.fits, strict=True)
    }
    return UsualCare({one.treatment: one for one in ready.emulation.treatments}, ready.emulation.loss, named)

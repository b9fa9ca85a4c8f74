"""Random strategies in the words of the specification's vocabulary, with windows of days, not of months."""

import numpy as np
import polars as pl
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, record_tables

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.schema import Schema
from equipoise.emulate.enrol import ATTRITION, Enrolment
from equipoise.emulate.flow import FLOW
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.feature import AgeOfValue, Baseline, Count, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not
from equipoise.protocol.analysis import Analysis
from equipoise.protocol.law import FixedLaw, GivenLaw, UniformLaw
from equipoise.protocol.plan import Report
from equipoise.protocol.protocol import Criterion, Population, Protocol
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.time_zero import LandmarkTimeZero
from equipoise.protocol.treatment import Treatment

TREATMENTS = (
    Treatment(name="first", intervention="transplant", while_in=("remission",)),
    Treatment(name="second", intervention="transplant", while_in=("relapse", "relapse_neg")),
    Treatment(name="third", intervention="transplant", while_in=("transplanted",)),
    Treatment(name="upkeep", intervention="maintenance", while_in=("remission", "transplanted")),
)
LOST = Has(record="bcells", where={"value": Comparison(op=Operator.EQ, value="lost")})
TWICE = Compare(feature=Count(record="remission"), op=Operator.GE, value=2.0)
predicates = st.sampled_from(
    [
        LOST,
        Has(record="gvhd", within=3.0),
        Not(not_=Has(record="remission")),
        AnyOf(any_of=(LOST, Compare(feature=Last(measurement="mrd"), op=Operator.GE, value=0.25))),
        AllOf(all_of=(Has(record="relapse"), TWICE)),
        Compare(feature=AgeOfValue(measurement="mrd"), op=Operator.LE, value=2.0),
        Compare(feature=Baseline(column="score"), op=Operator.LT, value=1.0),
        Compare(feature=Baseline(column="donor"), op=Operator.EQ, value="sibling"),
    ]
)  # fmt: skip
# In days 3, 5 (on the grid), 4.26 (off it) and 60 (beyond the course).
lengths = st.sampled_from([3 / DAYS_PER_MONTH, 5 / DAYS_PER_MONTH, 0.14, 60 / DAYS_PER_MONTH])


def laws(months: float) -> st.SearchStrategy:
    given = st.lists(st.sampled_from([0.125, 0.25, 0.5, 0.75]), min_size=1, max_size=3, unique=True).map(
        lambda shares: GivenLaw(
            months=(*(months * step / (len(shares) + 1) for step in range(len(shares) + 1)), months),
            probability=(0.0, *sorted(shares), 1.0),
        )
    )
    fixed = st.sampled_from([0.5, 1.0]).map(lambda part: FixedLaw(fixed=part * months))
    return st.one_of(st.just(UniformLaw()), given, fixed)


@st.composite
def courses(draw: st.DrawFn, patients: int) -> dict[str, pl.DataFrame]:
    """Tables of patients who are in remission early and mostly live on: there is something to decide."""
    tables = draw(record_tables(patients))
    early = draw(st.lists(st.integers(-1, 2).map(float), min_size=patients, max_size=patients))
    events = tables["events"]
    if draw(st.integers(0, 3)):
        events = events.filter(pl.col("name") != "death")
    entered = pl.DataFrame(
        {"patient": range(patients), "day": early, "name": "remission", "cd19": None}, schema=events.schema
    )
    begun = draw(st.lists(st.integers(-1, 8).map(float), max_size=patients))
    given = tables["interventions"]
    maintained = pl.DataFrame(
        {
            "patient": range(len(begun)),
            "start": begun,
            "name": "maintenance",
            "stop": None,
            "conditioning": None,
        },
        schema=given.schema,
    )
    interventions = pl.concat([given, maintained])
    return {**tables, "events": pl.concat([entered, events]), "interventions": interventions}


@st.composite
def rules(draw: st.DrawFn, treatment: str):
    kind = draw(st.sampled_from(["start_within", "on_trigger", "on_trigger"]))
    months = draw(lengths)
    shared = {
        "treatment": treatment,
        "months": months,
        "law": draw(laws(months)),
        "only_if": draw(st.none() | predicates),
    }
    if kind == "start_within":
        return StartWithin(kind="start_within", **shared)
    return OnTrigger(
        kind="on_trigger",
        trigger=draw(predicates),
        until_month=draw(st.none() | st.sampled_from([2 / DAYS_PER_MONTH, 6 / DAYS_PER_MONTH])),
        **shared,
    )


@st.composite
def strategies(draw: st.DrawFn) -> tuple[Strategy, str]:
    """A strategy, and a treatment that it has a rule about."""
    treatment = draw(st.sampled_from([one.name for one in TREATMENTS]))
    mine = draw(st.lists(rules(treatment), min_size=1, max_size=2, unique_by=repr))
    other = draw(st.sampled_from([one.name for one in TREATMENTS if one.name != treatment]))
    more = draw(st.lists(st.one_of(rules(other), st.just(Never(kind="never", treatment=other))), max_size=1))
    together = draw(st.permutations([*mine, *more]))
    return Strategy(name="drawn", rules=tuple(together)), treatment


@st.composite
def about_several(draw: st.DrawFn) -> Strategy:
    """Rules about one to three treatments, among them never."""
    chosen = draw(
        st.lists(st.sampled_from([one.name for one in TREATMENTS]), min_size=1, max_size=3, unique=True)
    )
    drawn = []
    for treatment in chosen:
        if draw(st.integers(0, 3)) == 0:
            drawn.append(Never(kind="never", treatment=treatment))
        else:
            drawn += draw(st.lists(rules(treatment), min_size=1, max_size=2, unique_by=repr))
    return Strategy(name="drawn", rules=tuple(draw(st.permutations(drawn))))


@st.composite
def followed(draw: st.DrawFn, patients: int) -> dict[str, pl.DataFrame]:
    """Courses of patients who are mostly followed to the end, with a loss and a start at some time."""
    tables = draw(courses(patients))
    if draw(st.integers(0, 3)):
        whole = {"patient": range(patients), "start": -1.0, "stop": float(LAST_DAY)}
        tables["observation"] = pl.DataFrame(whole, schema=tables["observation"].schema)
    events = st.lists(st.integers(1, LAST_DAY).map(float), max_size=patients)
    lost = {"day": draw(events), "name": "bcells", "state": "lost", "bound": "="}
    begun = {"start": draw(events), "name": "transplant"}
    for table, record, dated in (("measurements", lost, "day"), ("interventions", begun, "start")):
        rows = {"patient": range(len(record[dated])), **record}
        given_columns = pl.DataFrame(rows, schema={one: tables[table].schema[one] for one in rows})
        tables[table] = pl.concat([tables[table], given_columns], how="diagonal")
    return tables


def protocol(*drawn: Strategy) -> Protocol:
    return Protocol(
        title="Drawn",
        vocabulary="specification",
        population=Population(all_of=(Criterion(predicate=Has(record="remission")),)),
        time_zero=LandmarkTimeZero(kind="landmark", after="origin", day=0),
        structure="course",
        treatments=TREATMENTS,
        strategies=drawn,
        outcomes=("os",),
        intercurrent_events=(),
        report=Report(until_month=1, at_months=(1,)),
        analysis=Analysis(weight=None),
    )


def enrolment(time_zero: np.ndarray) -> Enrolment:
    """Everybody with a time zero is enrolled."""

    def none(schema: Schema) -> pl.DataFrame:
        return schema.empty()

    return Enrolment(time_zero, none(ATTRITION), none(FLOW), ())

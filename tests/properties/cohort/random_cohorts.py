"""Random cohorts with all that extracts hold: ties, late entries, gaps, overlaps, records after death."""

from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import strategies as st

from equipoise.cohort.cohort import Cohort
from equipoise.language.vocabulary import Vocabulary, read_vocabulary

VOCABULARY = read_vocabulary(Path(__file__).parents[2] / "spec" / "vocabulary.yaml")
LAST_DAY = 12

days = st.integers(-1, LAST_DAY).map(float)
maybe_day = st.none() | days


@st.composite
def record_tables(draw: st.DrawFn, patients: int) -> dict[str, pl.DataFrame]:
    """The five tables of `patients` patients as a reader would hand them over."""

    def records(strategy: st.SearchStrategy[tuple], columns: list[str], most: int) -> pl.DataFrame:
        rows = draw(st.lists(st.tuples(st.integers(0, patients - 1), strategy), max_size=most * patients))
        kinds = {"patient": pl.Int32, **{name: TYPES[name] for name in columns}}
        return pl.DataFrame([(patient, *rest) for patient, rest in rows], schema=kinds, orient="row")

    periods = st.tuples(days, days).filter(lambda period: period[0] < period[1])
    return {
        "patients": pl.DataFrame(
            {
                "patient": pl.Series(range(patients), dtype=pl.Int32),
                "age": pl.Series(
                    draw(st.lists(st.none() | st.integers(0, 90), min_size=patients, max_size=patients)),
                    dtype=pl.Int64,
                ),
                "arm": pl.Series(
                    draw(st.lists(st.sampled_from([None, "a", "b"]), min_size=patients, max_size=patients)),
                    dtype=pl.String,
                ),
                "donor": pl.Series(
                    draw(st.lists(st.sampled_from([None, "sibling"]), min_size=patients, max_size=patients)),
                    dtype=pl.String,
                ),
                "score": pl.Series(
                    draw(st.lists(st.sampled_from([None, 0.5, 1.5]), min_size=patients, max_size=patients)),
                    dtype=pl.Float64,
                ),
            }
        ),
        "observation": records(periods, ["start", "stop"], 3),
        "measurements": pl.concat(
            [
                records(
                    st.tuples(
                        days,
                        st.just("mrd"),
                        st.sampled_from([None, 0.0, 0.25, 0.5]),
                        st.none(),
                        st.sampled_from(["=", "<", ">"]),
                    ),
                    ["day", "name", "value", "state", "bound"],
                    3,
                ),
                records(
                    st.tuples(
                        days,
                        st.just("bcells"),
                        st.none(),
                        st.sampled_from(["present", "lost", None]),
                        st.just("="),
                    ),
                    ["day", "name", "value", "state", "bound"],
                    2,
                ),
            ]
        ),
        "interventions": records(
            st.tuples(days, st.just("transplant"), maybe_day, st.sampled_from([None, "full", "reduced"])),
            ["start", "name", "stop", "conditioning"],
            2,
        ),
        "events": records(
            st.one_of(
                st.tuples(days, st.sampled_from(["remission", "gvhd"]), st.none()),
                st.tuples(days, st.just("relapse"), st.sampled_from([None, "pos", "neg"])),
                st.tuples(days, st.sampled_from(["remission", "death"]), st.none()),
            ),
            ["day", "name", "cd19"],
            4,
        ),
    }


TYPES = {
    "start": pl.Float64,
    "stop": pl.Float64,
    "day": pl.Float64,
    "name": pl.String,
    "value": pl.Float64,
    "state": pl.String,
    "bound": pl.String,
    "conditioning": pl.String,
    "cd19": pl.String,
}


def build(tables: dict[str, pl.DataFrame], vocabulary: Vocabulary = VOCABULARY) -> Cohort:
    return Cohort.build(vocabulary, **tables)


@st.composite
def cohorts(draw: st.DrawFn, most: int = 4) -> Cohort:
    return build(draw(record_tables(draw(st.integers(1, most)))))


def days_for(cohort: Cohort, *, missing: bool = True) -> st.SearchStrategy[np.ndarray]:
    """One day a patient, some of them missing."""
    one = st.integers(-1, LAST_DAY).map(float)
    values = st.one_of(one, one, one, st.just(float("nan"))) if missing else one
    return st.lists(values, min_size=cohort.n, max_size=cohort.n).map(np.array)


def same(one: Cohort, other: Cohort) -> bool:
    """Same content, row numbers aside."""
    return all(frame.drop("row").equals(other.tables[name].drop("row")) for name, frame in one.tables.items())

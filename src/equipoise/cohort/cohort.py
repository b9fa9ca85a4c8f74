"""The cohort: five tables on one clock, in an order that does not depend on the order of the source."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.cohort.conform import canonical, check_patients, conform
from equipoise.cohort.order import precedence
from equipoise.cohort.tables import cohort_schemas
from equipoise.language.vocabulary import Vocabulary

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Cohort:
    """What is known about a group of patients.

    Build it through `Cohort.build`, which checks the tables and puts them into canonical order.

    Attributes
    ----------
    vocabulary
        The words of the source.
    patients
        One row a patient, in order; patient numbers are 0 to n - 1.
    observation, measurements, interventions, events
        See `equipoise.cohort.tables`. Sorted by patient, day, same-day order, then content.
    """

    vocabulary: Vocabulary
    patients: pl.DataFrame
    observation: pl.DataFrame
    measurements: pl.DataFrame
    interventions: pl.DataFrame
    events: pl.DataFrame

    @classmethod
    def build(
        cls,
        vocabulary: Vocabulary,
        *,
        patients: pl.DataFrame,
        observation: pl.DataFrame,
        measurements: pl.DataFrame | None = None,
        interventions: pl.DataFrame | None = None,
        events: pl.DataFrame | None = None,
    ) -> "Cohort":
        """Build a cohort from tables whose column `patient` holds the integers 0 to n - 1.

        Optional columns may be absent; `row` is counted when absent. What is wrong with the content
        (overlaps, records after death, units) is judged by `equipoise.cohort.audit.audit`, not here.

        Raises
        ------
        DataError
            D401 without patients, D402 for a record of nobody, D201 for a day that is not a finite number.
        ValueError
            For a column that no schema declares, or of another type: a reader's mistake, not the data's.
        """
        given = {
            "patients": patients,
            "observation": observation,
            "measurements": measurements,
            "interventions": interventions,
            "events": events,
        }
        clock = Clock(vocabulary.resolution)
        conformed: dict[str, pl.DataFrame] = {}
        for name, schema in cohort_schemas(vocabulary).items():
            frame = given[name]
            conformed[name] = conform(schema.empty() if frame is None else frame, schema, clock)
        check_patients(conformed)
        places = precedence(vocabulary)
        return cls(vocabulary, **{name: canonical(frame, name, places) for name, frame in conformed.items()})

    def __repr__(self) -> str:
        """Sizes only: a printed cohort (in a traceback, in a log) shows nothing about a patient."""
        sizes = ", ".join(f"{frame.height} {name}" for name, frame in self.tables.items())
        return f"Cohort({self.vocabulary.name}: {sizes})"

    @property
    def n(self) -> int:
        """Number of patients."""
        return self.patients.height

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The five tables by name."""
        return {
            "patients": self.patients,
            "observation": self.observation,
            "measurements": self.measurements,
            "interventions": self.interventions,
            "events": self.events,
        }

    def as_of(self, day: float | FloatArray) -> "Cohort":
        """Return what was known by the end of `day`.

        Keeps records with day <= d; an intervention's stop, decision or completion after d is not known yet;
        observation is cut at d; a baseline column is unknown before its `known_from`.

        Parameters
        ----------
        day
            One day for all, or one a patient, shape (n,). NaN: nothing is known of that patient.

        Notes
        -----
        ``as_of(s).as_of(t)`` equals ``as_of(min(s, t))``, and no edit of the tables after `day` changes it.
        """
        days = self.per_patient(day)
        known = self._known_baseline(days)
        begun = _dated(self.observation, days).filter(pl.col("start") < pl.col("limit"))
        treated = _dated(self.interventions, days).filter(pl.col("start") <= pl.col("limit"))
        not_yet = [
            pl.when(pl.col(name) <= pl.col("limit")).then(pl.col(name)).alias(name)
            for name in ("stop", "decided", "completed")
        ]
        return Cohort(
            self.vocabulary,
            self.patients.with_columns(known),
            begun.with_columns(stop=pl.min_horizontal("stop", "limit")).drop("limit"),
            _dated(self.measurements, days).filter(pl.col("day") <= pl.col("limit")).drop("limit"),
            treated.with_columns(not_yet).drop("limit"),
            _dated(self.events, days).filter(pl.col("day") <= pl.col("limit")).drop("limit"),
        )

    def per_patient(self, day: float | FloatArray) -> FloatArray:
        """One day a patient, shape (n,), from a scalar or such an array."""
        days = np.asarray(day, dtype=np.float64)
        if days.ndim == 0:
            return np.full(self.n, float(days))
        if days.shape != (self.n,):
            raise ValueError(f"one day a patient is needed: {self.n} patients, shape {days.shape}")
        return days

    def records(self, word: str) -> pl.DataFrame:
        """Records of an event, intervention or measurement in order, with their day in the column `day`.

        Raises
        ------
        ValueError
            If the vocabulary lacks the word.
        """
        if word in self.vocabulary.events:
            return self.events.filter(pl.col("name") == word)
        if word in self.vocabulary.interventions:
            begun = self.interventions.filter(pl.col("name") == word)
            return begun.with_columns(day=pl.col("start"))
        if word in self.vocabulary.measurements:
            return self.measurements.filter(pl.col("name") == word)
        raise ValueError(f"the vocabulary has no event, intervention or measurement {word!r}")

    def first_day(self, word: str, *, after: float | FloatArray = -np.inf) -> FloatArray:
        """Day of the first record of a word strictly after a day, shape (n,); NaN without one."""
        later = _dated(self.records(word), self.per_patient(after)).filter(pl.col("day") > pl.col("limit"))
        first = later.group_by("patient").agg(pl.col("day").min())
        days = np.full(self.n, np.nan)
        days[first["patient"].to_numpy()] = first["day"].to_numpy()
        return days

    def digest(self) -> str:
        """SHA-256 (hex) of the vocabulary and the content; row numbers and row order do not enter."""
        parts = [self.vocabulary.digest()]
        for name, frame in self.tables.items():
            parts.extend(f"{name} {one.name} {_digest(one)}" for one in frame.drop("row").iter_columns())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _known_baseline(self, days: FloatArray) -> list[pl.Series]:
        """Baseline columns with what is not known by the day made missing."""
        known: list[pl.Series] = []
        for name, column in self.vocabulary.patients.items():
            since = column.known_from
            first = self.first_day(since) if isinstance(since, str) else np.full(self.n, float(since))
            # Comparisons with NaN are false: without a day or a record nothing is known.
            keep = pl.Series(values=first <= days)
            series = self.patients[name]
            known.append(series.zip_with(keep, pl.Series(name, [None], dtype=series.dtype)))
        return known


def _dated(frame: pl.DataFrame, days: FloatArray) -> pl.DataFrame:
    """Records with the day of their patient in the column `limit`; without such a day they are dropped."""
    limits = pl.Series("limit", days[frame["patient"].to_numpy()], dtype=pl.Float64)
    # polars holds NaN for the largest number, so it must go before anything is compared.
    return frame.with_columns(limits).filter(pl.col("limit").is_not_nan())


def _digest(column: pl.Series) -> str:
    """SHA-256 (hex) of the values and of which are missing."""
    total = hashlib.sha256(column.is_null().to_numpy().tobytes())
    if column.dtype == pl.String():
        text = column.fill_null("")
        total.update(text.str.len_bytes().to_numpy().tobytes())
        total.update("".join(text.to_list()).encode())
    else:
        # Adding zero turns -0.0 into 0.0: equal numbers, equal digests.
        total.update((column.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0).tobytes())
    return total.hexdigest()

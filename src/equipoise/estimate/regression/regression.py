"""Regressions: the plan that all of them follow, and their declared result."""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc, ndtr, stdtr

from equipoise.base.findings import Finding, FindingStatus
from equipoise.base.schema import Column, Schema
from equipoise.estimate.regression.design import Design, Term, patients_of
from equipoise.kernels.intervals import critical_value

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

LARGEST_LOG = math.log(sys.float_info.max)

REGRESSION = Schema(
    "regression",
    "one column of a regression: a level of a category against its reference, or the slope of a number",
    (
        Column("covariate", pl.String(), "name of the covariate"),
        Column("label", pl.String(), "its words"),
        Column("level", pl.String(), "level of a category; null for a number", nullable=True),
        Column("level_label", pl.String(), "its words", nullable=True),
        Column("reference", pl.Boolean(), "whether the other levels are compared with this one"),
        Column("per", pl.Float64(), "units of a number that the ratio is for", nullable=True),
        Column("unit", pl.String(), "unit of the number"),
        Column("n", pl.Int64(), "patients who ever have the level while at risk", "patients"),
        Column("events", pl.Int64(), "events while they have it"),
        Column("coefficient", pl.Float64(), "log hazard ratio", nullable=True),
        Column("hazard_ratio", pl.Float64(), "hazard ratio", nullable=True),
        Column("std_error", pl.Float64(), "model-based standard error of the coefficient", nullable=True),
        Column("robust_std_error", pl.Float64(), "standard error by patient or cluster", nullable=True),
        Column("lower", pl.Float64(), "lower limit of the hazard ratio", nullable=True),
        Column("upper", pl.Float64(), "upper limit of the hazard ratio", nullable=True),
        Column("confidence", pl.Float64(), "confidence level of the interval"),
        Column("p_value", pl.Float64(), "Wald test of a hazard ratio of 1", nullable=True),
        Column("status", pl.String(), "how it may be read", values=tuple(FindingStatus)),
        Column("finding", pl.String(), "code of the finding that concerns it", nullable=True),
    ),
)

ALL = "all"  # what a test of all coefficients together is about
FEW_UNITS = "E262"
REGRESSION_TESTS = Schema(
    "regression_tests",
    "one test of a regression",
    (
        Column("test", pl.String(), "Wald, or proportional hazards", values=("Wald", "proportional hazards")),
        Column("about", pl.String(), "covariate, or `all`"),
        Column("statistic", pl.Float64(), "chi-squared statistic; null without a test", nullable=True),
        Column("degrees_of_freedom", pl.Int64(), "degrees of freedom; 0 without a test"),
        Column("p_value", pl.Float64(), "probability of a statistic at least as large", nullable=True),
        Column("finding", pl.String(), "code of the finding that says why there is no test", nullable=True),
    ),
)


@dataclass(frozen=True, slots=True)
class RegressionPlan:
    """How a regression is fitted.

    Parameters
    ----------
    ties
        ``efron`` or ``breslow``.
    strata
        Columns of patients; every combination of their values has its own baseline hazard.
    cluster
        Column of patients whose values are the unit of variance; None: each patient.
    prior_sd
        Standard deviation of a normal prior on every coefficient (per unit of `per`, or against the
        reference): a ridge penalty of 1 / prior_sd^2. None: no shrinkage.
    level
        Confidence level.
    """

    ties: str = "efron"
    strata: tuple[str, ...] = ()
    cluster: str | None = None
    prior_sd: float | None = None
    level: float = 0.95


@dataclass(frozen=True, eq=False, slots=True)
class Coefficients:
    """Coefficients of the columns of a design, and how well they are known.

    Attributes
    ----------
    value : float64[p], NaN where there is none
    covariance, robust : float64[p, p], model-based and by patient or cluster (None without)
    status : FindingStatus by column
    code : code of the finding by column, None without
    degrees_of_freedom : of the t distribution of the intervals; None for the normal distribution
    """

    value: Float64
    covariance: Float64
    robust: Float64 | None
    status: tuple[FindingStatus, ...]
    code: tuple[str | None, ...]
    degrees_of_freedom: float | None

    @property
    def variance(self) -> Float64:
        """The robust covariance where there is one, else the model-based one."""
        return self.covariance if self.robust is None else self.robust

    @property
    def known(self) -> Bool:
        """Which columns have a number and a variance."""
        return np.isfinite(self.value) & np.isfinite(np.diag(self.variance))


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Regression:
    """A fitted regression.

    Attributes
    ----------
    table : one row a column of the design and one a reference, by `REGRESSION`
    tests : the joint Wald test and the checks of proportional hazards, by `REGRESSION_TESTS`
    coefficients : the same as numbers, for those who compute on
    design : the rows and columns that were fitted
    n, events : patients and events in the fit
    method : what was done, for the column `method` of the estimates
    findings : what is to be said about it
    """

    table: pl.DataFrame
    tests: pl.DataFrame
    coefficients: Coefficients
    design: Design
    n: int
    events: int
    method: str
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Sizes and names only."""
        return f"Regression({self.method}: {self.n} patients, {self.events} events)"


def table_of(design: Design, event: Bool, found: Coefficients, level: float) -> pl.DataFrame:
    """The coefficients in the declared form.

    Parameters
    ----------
    event
        bool[N], rows of the design that end in the event.
    """
    numbers = _numbers(found, level)
    rows = [row for term in design.terms for row in _rows(term, design, event, numbers)]
    return REGRESSION.frame([row | {"confidence": level} for row in rows])


def wald(found: Coefficients) -> dict[str, object] | None:
    """Joint Wald test that all coefficients are 0; None if none is known.

    There is no number, but the code of a finding, where a coefficient is infinite (without it the others
    would be tested in its place), and where clusters or patients are too few for a robust covariance of full
    rank. With C clusters the statistic over its q degrees of freedom is compared with F(q, C - 1), for q = 1
    the square of the t distribution of the intervals.
    """
    known = found.known
    infinite = [
        code
        for status, code in zip(found.status, found.code, strict=True)
        if status is FindingStatus.SEPARATED
    ]
    if infinite:
        return untested("Wald", ALL, infinite[0])
    if not np.isfinite(found.value).any():
        return None
    size, clusters = int(known.sum()), found.degrees_of_freedom
    error = np.sqrt(np.diag(found.variance)[known])
    too_few = clusters is not None and size > clusters
    if too_few or not size or not error.all():
        return untested("Wald", ALL, FEW_UNITS)
    # As correlations: the rank must not depend on the units of the covariates.
    correlation = found.variance[np.ix_(known, known)] / np.outer(error, error)
    if int(np.linalg.matrix_rank(correlation, hermitian=True)) < size:
        return untested("Wald", ALL, FEW_UNITS)
    standard = found.value[known] / error
    statistic = float(standard @ np.linalg.solve(correlation, standard))
    tail = chdtrc(size, statistic) if clusters is None else fdtrc(size, clusters, statistic / size)
    return {
        "test": "Wald",
        "about": ALL,
        "statistic": statistic,
        "degrees_of_freedom": size,
        "p_value": float(tail),
        "finding": None,
    }


def untested(test: str, about: str, code: str | None) -> dict[str, object]:
    """A test that is not given, as a row of `REGRESSION_TESTS`."""
    return {
        "test": test,
        "about": about,
        "statistic": None,
        "degrees_of_freedom": 0,
        "p_value": None,
        "finding": code,
    }


def _numbers(found: Coefficients, level: float) -> list[dict[str, object]]:
    """What each column says, as cells of the table."""
    df = found.degrees_of_freedom
    reach = critical_value(level, df)
    cells: list[dict[str, object]] = []
    for k in range(found.value.size):
        cell: dict[str, object] = {"status": str(found.status[k]), "finding": found.code[k]}
        value, variance = float(found.value[k]), float(found.variance[k, k])
        if np.isfinite(value):
            cell |= {"coefficient": value, "hazard_ratio": _ratio(value)}
        if np.isfinite(value) and variance > 0:
            error = float(np.sqrt(variance))
            cell |= {
                "std_error": float(np.sqrt(found.covariance[k, k])),
                "robust_std_error": None if found.robust is None else error,
                "lower": _ratio(value - reach * error),
                "upper": _ratio(value + reach * error),
                "p_value": 2 * _below(-abs(value / error), df),
            }
        elif np.isfinite(value) and found.status[k] is FindingStatus.OK:
            # A single cluster, or a tiny series: influences that cancel are no certainty.
            cell["status"] = str(FindingStatus.NO_INTERVAL)
        cells.append(cell)
    return cells


def _below(z: float, df: float | None) -> float:
    """Probability below z under the normal distribution, or under t."""
    return float(ndtr(z) if df is None else stdtr(df, z))


def _ratio(log_ratio: float) -> float | None:
    """The ratio; None where no number is as large or as small (units far too fine, or no limit)."""
    return math.exp(log_ratio) if abs(log_ratio) < LARGEST_LOG else None


def _rows(
    term: Term, design: Design, event: Bool, numbers: list[dict[str, object]]
) -> Iterator[dict[str, object]]:
    general: dict[str, object] = {
        "covariate": term.covariate.name,
        "label": term.label,
        "unit": term.unit,
        "reference": False,
    }
    everywhere = np.ones(design.rows.size, dtype=np.bool_)
    if not term.levels:
        yield general | _counts(everywhere, design, event) | {"per": term.covariate.per} | numbers[term.first]
        return
    columns = design.columns[:, term.first : term.first + term.columns] == 1
    at_reference = np.logical_not(np.logical_or.reduce(columns, axis=1))
    for place, (level, label) in enumerate(zip(term.levels, term.level_labels, strict=True)):
        has = columns[:, place - 1] if place else at_reference
        row = general | _counts(has, design, event) | {"level": level, "level_label": label}
        if place:
            yield row | numbers[term.first + place - 1]
        else:
            yield row | {
                "reference": True,
                "coefficient": 0.0,
                "hazard_ratio": 1.0,
                "status": str(FindingStatus.OK),
            }


def _counts(has: Bool, design: Design, event: Bool) -> dict[str, object]:
    return {"n": patients_of(design.rows.patient[has]), "events": int((has & event).sum())}

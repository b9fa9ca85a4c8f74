"""Tests of groups: log-rank, Gray, Mantel-Byar; each makes one row of the table of tests.

A test that cannot be made is a row too: without a number, with a status, and with a finding that says why.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding, FindingStatus, finding
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.test_results import TESTS
from equipoise.kernels.gray import GrayStatus, gray
from equipoise.kernels.log_rank import LogRankStatus, log_rank

CITATIONS_LOG_RANK = ("mantel1966", "peto1972")
CITATIONS_WEIGHTED = ("harrington1982",)
CITATIONS_MANTEL_BYAR = ("mantel1974",)
CITATIONS_GRAY = ("gray1988",)

Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

UNKNOWN = -1
FEW_EXPECTED = "E268"
# Below one expected event in a group chi-squared is no approximation: Cochran 1954, Biometrics 10:417.
FEWEST_EXPECTED = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a test is about.

    Attributes
    ----------
    outcome, about, hypothesis, landmark_month
        As in the table of tests; the hypothesis is a sentence.
    naive
        Whether the groups are those of a naive comparison.
    finding
        Code of the finding that concerns the comparison, if any.
    """

    outcome: str
    about: str
    hypothesis: str
    landmark_month: float | None = None
    naive: bool = False
    finding: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Grouped:
    """Spells ``(start, stop]`` of patients, each in a group; a patient may change the group between spells.

    Attributes
    ----------
    patient, start, stop, cause, weight
        As in `FirstExit`.
    group : int32[N], 0 .. groups - 1
    groups : number of groups
    cluster : int32[patients] or None, unit of the robust variance that is asked for
    """

    patient: Int32
    start: Int32
    stop: Int32
    cause: NDArray[np.int16]
    weight: NDArray[np.float64]
    group: Int32
    groups: int
    cluster: Int32 | None = None

    @property
    def weighted(self) -> bool:
        """Whether a patient has a case weight other than 1."""
        return bool((self.weight != 1).any())

    def of(self, kept: Bool) -> "Grouped":
        """The chosen spells."""
        return Grouped(
            self.patient[kept],
            self.start[kept],
            self.stop[kept],
            self.cause[kept],
            self.weight[kept],
            self.group[kept],
            self.groups,
            self.cluster,
        )


def by_group(
    exits: FirstExit, group: NDArray[np.integer], *, groups: int, cluster: Int32 | None = None
) -> Grouped:
    """Spells of patients who stay in one group.

    Parameters
    ----------
    exits
        The spells.
    group : int[patients]
        Group of each patient at time zero, 0 .. groups - 1; -1: unknown, left out.
    groups
        Number of groups, also those without patients.
    cluster : int32[patients]
        Unit of the robust variance, from the plan; None: patients are independent.
    """
    own = group[exits.patient].astype(np.int32)
    spells = Grouped(exits.patient, exits.start, exits.stop, exits.cause, exits.weight, own, groups, cluster)
    return spells.of(own != UNKNOWN)


def by_arm(*arms: FirstExit, cluster: Int32 | None = None) -> Grouped:
    """Spells of several arms; the place of the arm is the group, and a patient may go from one to another."""
    return Grouped(
        np.concatenate([arm.patient for arm in arms]),
        np.concatenate([arm.start for arm in arms]),
        np.concatenate([arm.stop for arm in arms]),
        np.concatenate([arm.cause for arm in arms]),
        np.concatenate([arm.weight for arm in arms]),
        np.repeat(np.arange(len(arms), dtype=np.int32), [arm.patient.size for arm in arms]),
        len(arms),
        cluster,
    )


def log_rank_test(
    asked: Asked,
    spells: Grouped,
    *,
    cause: int = 1,
    strata: NDArray[np.integer] | None = None,
    within: str = "",
    exponents: tuple[float, float] = (0.0, 0.0),
) -> pl.DataFrame:
    """Log-rank test of equal hazards of one cause: one row.

    Parameters
    ----------
    asked, spells
        The question, and the patients in their groups.
    cause
        Cause of exit that is the event; other exits end a spell as censoring does (cause-specific hazard).
    strata : int[patients]
        Comparisons are made within strata only; -1: unknown, left out.
    within
        Words for the strata.
    exponents
        rho and gamma of Harrington and Fleming.
    """
    weights = ""
    if exponents != (0.0, 0.0):
        weights = f", weights of Harrington and Fleming (rho {exponents[0]:g}, gamma {exponents[1]:g})"
    return _log_rank(asked, "log-rank", f"log-rank test{weights}", (spells, cause, strata, within, exponents))


def mantel_byar_test(
    asked: Asked,
    spells: Grouped,
    *,
    cause: int = 1,
    strata: NDArray[np.integer] | None = None,
    within: str = "",
) -> pl.DataFrame:
    """Mantel-Byar test, the log-rank test of a group that changes (before and after an event): one row.

    Parameters
    ----------
    asked, cause, strata, within
        As in `log_rank_test`.
    spells
        Each patient's spells before (group 0) and after (group 1), from `by_arm`.
    """
    test = "Mantel-Byar"
    return _log_rank(asked, test, f"{test} test", (spells, cause, strata, within, (0.0, 0.0)))


def gray_test(
    asked: Asked,
    spells: Grouped,
    *,
    cause: int = 1,
    strata: NDArray[np.integer] | None = None,
    within: str = "",
) -> pl.DataFrame:
    """Gray's test of equal cumulative incidence of one cause: one row.

    Parameters
    ----------
    asked, spells, cause, strata, within
        As in `log_rank_test`. With late entry, case weights or clusters the row has no number (E263).
    """
    spells, layer = _in_strata(spells, strata)
    method = _method("Gray's test", within, "")
    # Whoever enters before anybody leaves is at risk from the beginning.
    late = spells.start.size > 0 and bool((spells.start >= spells.stop.min()).any())
    if late or spells.weighted or spells.cluster is not None:
        return _row(asked, "Gray", method, _Result(spells, cause, None, 0, None, "E263"))
    tested = gray(spells.stop, spells.cause, spells.group, of=cause, strata=layer)
    match tested.status:
        case GrayStatus.TESTED:
            code = None
        case GrayStatus.REDUCED:
            code = "E261"
        case GrayStatus.NO_EVENTS | GrayStatus.NOT_COMPARED:
            code = "E260"
    # A group without patients is unknown to the kernel.
    if code is None and np.unique(spells.group).size < spells.groups:
        code = "E261"
    if code is None and _few_expected(tested.events - tested.score):
        code = FEW_EXPECTED
    number = tested.statistic, tested.degrees_of_freedom, tested.p_value
    return _row(asked, "Gray", method, _Result(spells, cause, *_numbers(*number), code))


def noticed(tests: pl.DataFrame) -> tuple[Finding, ...]:
    """Findings for the rows whose test says less than it should, or nothing."""
    return tuple(
        finding(
            row["finding"], row["outcome"], f"{row['test']} test of '{row['outcome']}' by '{row['about']}'."
        )
        for row in tests.iter_rows(named=True)
        if row["finding"] in ("E260", "E261", "E262", "E263", FEW_EXPECTED)
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Result:
    spells: Grouped
    cause: int
    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None
    code: str | None


_Comparison = tuple[Grouped, int, NDArray[np.integer] | None, str, tuple[float, float]]


def _log_rank(asked: Asked, test: str, name: str, compared: _Comparison) -> pl.DataFrame:
    spells, cause, strata, within, (rho, gamma) = compared
    spells, layer = _in_strata(spells, strata)
    robust = spells.weighted or spells.cluster is not None
    unit = spells.patient if spells.cluster is None else spells.cluster[spells.patient]
    tested = log_rank(
        spells.stop,
        spells.cause == cause,
        spells.group,
        start=spells.start,
        weight=spells.weight if spells.weighted else None,
        strata=layer,
        rho=rho,
        gamma=gamma,
        cluster=unit if robust else None,
        groups=spells.groups,
    )
    match tested.status:
        case LogRankStatus.TESTED:
            code = None
        case LogRankStatus.REDUCED:
            code = "E261"
        case LogRankStatus.NO_EVENTS | LogRankStatus.NOT_COMPARED:
            code = "E260"
        case LogRankStatus.FEW_UNITS:
            code = "E262"
    if code is None and not spells.weighted and _few_expected(tested.expected):
        code = FEW_EXPECTED
    number = tested.statistic, tested.degrees_of_freedom, tested.p_value
    method = _method(name, within, _variance(spells))
    return _row(asked, test, method, _Result(spells, cause, *_numbers(*number), code))


def _few_expected(expected: NDArray[np.float64]) -> bool:
    """Whether a group that was compared would have less than one event if all groups were alike."""
    return bool(((expected > 0) & (expected < FEWEST_EXPECTED)).any())


def _variance(spells: Grouped) -> str:
    if not spells.weighted and spells.cluster is None:
        return ", hypergeometric variance"
    weights = ", case weights" if spells.weighted else ""
    return f"{weights}, robust variance over {'patients' if spells.cluster is None else 'clusters'}"


def _method(name: str, within: str, variance: str) -> str:
    return f"{name}{f', stratified by {within}' if within else ''}{variance}"


def _in_strata(spells: Grouped, strata: NDArray[np.integer] | None) -> tuple[Grouped, Int32 | None]:
    if strata is None:
        return spells, None
    layer = strata[spells.patient].astype(np.int32)
    known = layer != UNKNOWN
    return spells.of(known), layer[known]


def _numbers(statistic: float, degrees: int, p_value: float) -> tuple[float | None, int, float | None]:
    return (statistic, degrees, p_value) if degrees else (None, 0, None)


def _row(asked: Asked, test: str, method: str, result: _Result) -> pl.DataFrame:
    happened = int((result.spells.cause == result.cause).sum())
    if result.statistic is None:
        status = FindingStatus.NOT_TESTED if happened else FindingStatus.NO_EVENTS
    else:
        status = FindingStatus.BIASED if asked.naive else FindingStatus.OK
    return TESTS.frame(
        {
            "outcome": [asked.outcome],
            "test": [test],
            "about": [asked.about],
            "landmark_month": [asked.landmark_month],
            "hypothesis": [asked.hypothesis],
            "statistic": [result.statistic],
            "degrees_of_freedom": [result.degrees_of_freedom],
            "p_value": [result.p_value],
            "n": [int(np.unique(result.spells.patient).size)],
            "events": [happened],
            "method": [method],
            "status": [status],
            "finding": [result.code or asked.finding],
        }
    )

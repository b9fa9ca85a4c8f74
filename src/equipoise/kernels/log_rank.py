"""Log-rank tests of K groups: stratified, weighted (Fleming-Harrington), delayed entry, changing groups.

Within a stratum, at each tick u with d events among the Y at risk (start < u <= stop), d_g and Y_g of them in
group g, with p_g = Y_g / Y and S the Kaplan-Meier curve of the whole stratum,

    W(u) = S(u-)^rho (1 - S(u-))^gamma                                                                  (1)
    O_g = sum W d_g,   E_g = sum W d p_g                                                                 (2)
    V_gh = sum W^2 d (Y - d) / (Y - 1) p_g (1{g = h} - p_h)                                              (3)
    statistic = (O - E)' V^- (O - E), chi-squared with rank V degrees of freedom                         (4)

(Mantel 1966; Peto and Peto 1972; Harrington and Fleming 1982: rho = 0 is the log-rank test, rho = 1 nearly
Peto's Wilcoxon test.)  Sums run over all strata.  A patient may have several rows in different groups: the
test of "before" against "after" an event is then that of Mantel and Byar 1974.

With case weights or clusters the counts are weighted and (3) gives way to the robust variance: the sum over
units of the squared score residuals of the (weighted) Cox model at coefficient 0, ties after Breslow, W taken
as known (Lin and Wei 1989, JASA 84:1074); for W = 1 the robust score test of R's coxph.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64, case_weights, float64, int32, same_length
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.log_rank_steps import Exposed, Grouped, Sums, add_up, place_rows, score_rows

SINGULAR = 1e-10  # smallest share of a robust variance in its own direction that still is one


class LogRankStatus(StrEnum):
    """How the result may be read."""

    TESTED = "tested"
    REDUCED = "some groups were never compared; the degrees of freedom are those of the others"
    NO_EVENTS = "no test: there is no event"
    NOT_COMPARED = "no test: no event happened while two groups were at risk"
    FEW_UNITS = "no test: a robust variance needs more patients than degrees of freedom"


@dataclass(frozen=True, slots=True)
class LogRank:
    """A test of equal hazards in G groups.

    Attributes
    ----------
    observed, expected : float64[G], equation (2); with rho, gamma or case weights they are weighted
    n, events : int64[G], rows and events in each group, unweighted
    variance : float64[G, G] of observed - expected, equation (3) or robust
    statistic : equation (4); NaN if and only if `degrees_of_freedom` is 0
    degrees_of_freedom : rank of the variance; 0 where there is no test
    p_value : upper tail of chi-squared; NaN as the statistic
    robust : whether the variance is the robust one
    status : how the result may be read
    """

    observed: Float64
    expected: Float64
    n: Int64
    events: Int64
    variance: Float64
    statistic: float
    degrees_of_freedom: int
    p_value: float
    robust: bool
    status: LogRankStatus


def log_rank(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    cluster: npt.ArrayLike | None = None,
    groups: int | None = None,
) -> LogRank:
    """Test whether the hazards of the groups are equal.

    Parameters
    ----------
    stop, start : int[N] ticks of rows ``(start, stop]``; without `start` at risk from the beginning.
    event : bool[N], whether the event happens at `stop`.
    group : int[N], 0 .. groups - 1; it may differ between the rows of a patient.
    weight : positive case weights [N]; the variance is then robust.
    strata : int[N] >= 0; comparisons are made within strata only.
    rho, gamma : exponents >= 0 of Harrington and Fleming, equation (1).
    cluster : int[N] >= 0, unit of the robust variance (the patient, where one has several rows); giving it
        asks for the robust variance.  With weights alone each row is a unit.
    groups : number of groups, default the largest seen plus 1.

    Raises
    ------
    ValueError, TypeError
        With the index of the first faulty row.
    """
    rows, units = _in_order(_checked(stop, event, group, start, weight, strata), weight, cluster)
    count = int(rows.group.max(initial=-1)) + 1 if groups is None else groups
    if (rows.group >= count).any():
        row = int(np.flatnonzero(codes(group, "group") >= count)[0])
        raise ValueError(f"row {row}: group beyond {count - 1}, the last of {count} groups")
    exposed = place_rows(rows)
    sums = add_up(exposed, count, _exponent(rho, "rho"), _exponent(gamma, "gamma"))
    if units is None:
        return _tested(exposed, sums, sums.variance, None)
    totals = np.zeros((int(units.max(initial=-1)) + 1, count))
    np.add.at(totals, units, score_rows(exposed, sums))
    # einsum without optimisation sums in a fixed order whatever the number of BLAS threads.
    variance = np.einsum("ij,ik->jk", totals, totals, optimize=False)
    return _tested(exposed, sums, variance, int(np.any(totals != 0, axis=1).sum()))


def _tested(rows: Exposed, sums: Sums, variance: Float64, units: int | None) -> LogRank:
    from scipy.special import chdtrc

    groups = sums.observed.size
    events = np.bincount(rows.group[rows.event], minlength=groups)
    statistic, rank, most = _quadratic_form(sums.observed - sums.expected, variance, sums.together)
    if not events.any():
        status = LogRankStatus.NO_EVENTS
    elif rank == 0:
        status = LogRankStatus.NOT_COMPARED
    elif units is not None and units <= rank:
        status, rank = LogRankStatus.FEW_UNITS, 0
    else:
        status = LogRankStatus.TESTED if rank == most else LogRankStatus.REDUCED
    return LogRank(
        sums.observed,
        sums.expected,
        np.bincount(rows.group, minlength=groups),
        events,
        variance,
        statistic if rank else float("nan"),
        rank,
        float(chdtrc(rank, statistic)) if rank else float("nan"),
        units is not None,
        status,
    )


def _quadratic_form(score: Float64, variance: Float64, together: Bool) -> tuple[float, int, int]:
    """Statistic (4), its degrees of freedom, and those there would be had all groups been compared.

    The variance (3) is a graph Laplacian: its null space is known from who was compared with whom, without a
    tolerance.  One group of each connected set is left out; in what is left a robust variance from too few
    units may still be singular.
    """
    from scipy.sparse.csgraph import connected_components

    _, part = connected_components(together, directed=False)
    first = np.zeros(part.size, dtype=np.bool_)
    first[np.unique(part, return_index=True)[1]] = True
    kept = np.flatnonzero(~first)
    scale = np.sqrt(np.diag(variance)[kept])
    kept, scale = kept[scale > 0], scale[scale > 0]
    if not kept.size:
        return 0.0, 0, part.size - 1
    values, vectors = np.linalg.eigh(variance[np.ix_(kept, kept)] / np.outer(scale, scale))
    real = values > SINGULAR
    standard = (vectors[:, real].T @ (score[kept] / scale)) / np.sqrt(values[real])
    return float(standard @ standard), int(real.sum()), part.size - 1


def _checked(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    start: npt.ArrayLike | None,
    weight: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
) -> Grouped:
    end = int32(stop, "stop")
    size = end.size
    rows = Grouped(
        np.full(size, np.iinfo(np.int32).min, dtype=np.int32) if start is None else int32(start, "start"),
        end,
        np.ascontiguousarray(event, dtype=np.bool_),
        codes(group, "group"),
        case_weights(weight, size),
        codes(strata, "strata", size),
    )
    same_length(size, **rows._asdict())
    wrong = np.flatnonzero(rows.start >= end) if start is not None else np.zeros(0, dtype=np.int64)
    if wrong.size:
        begin = rows.start[wrong[0]]
        raise ValueError(
            f"row {wrong[0]}: start {begin} is not before stop {end[wrong[0]]}; a row is (start, stop]"
        )
    return rows


def _in_order(
    rows: Grouped, weight: npt.ArrayLike | None, cluster: npt.ArrayLike | None
) -> tuple[Grouped, Int32 | None]:
    """Units of the robust variance, or None; with units, the rows in an order that is not the caller's.

    Counts are the same in any order, sums of residuals are not to the last bit.
    """
    if cluster is None:
        if weight is None:
            return rows, None
        return rows.take(np.lexsort(rows)), np.arange(rows.stop.size, dtype=np.int32)
    labels = codes(cluster, "cluster")
    same_length(rows.stop.size, cluster=labels)
    units = rank(distinct(labels), labels) - np.int32(1)
    order = np.lexsort((*rows, units))
    return rows.take(order), units[order]


def codes(values: npt.ArrayLike | None, name: str, size: int = 0) -> Int32:
    """Codes 0, 1, ...; `size` zeros when absent; ValueError with the row index for a negative one."""
    if values is None:
        return np.zeros(size, dtype=np.int32)
    array = int32(values, name)
    wrong = np.flatnonzero(array < 0)
    if wrong.size:
        raise ValueError(f"row {wrong[0]}: {name} {array[wrong[0]]}; codes start at 0")
    return array


def _exponent(value: float, name: str) -> float:
    number = float(float64([value], name)[0])
    if not (np.isfinite(number) and number >= 0):
        raise ValueError(f"{name} {number}: expected a number that is not negative")
    return number

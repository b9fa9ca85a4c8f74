"""Gray's test for equal cumulative incidence of one cause in K groups, stratified.

In a stratum, with S_k and F_k the Kaplan-Meier curve of all causes and the incidence in group k, both left
limits at u, Y_k at risk and d_k events of interest (Gray 1988, Ann Stat 16:1141):

    R_k(u) = Y_k (1 - F_k) / S_k                                   at risk on the scale of the incidence  (1)
    Z_i    = sum_u (1 - F)^rho (d_i - d R_i / R),   R = sum_k R_k,  d = sum_k d_k                         (2)
    F      = sum_u d / sum_k (Y_k / S_k)                           if all are equal, their incidence   (3)

The covariance of Z is the sum over the groups k of integrals over both kinds of events:

    V_ij = sum_k sum_u A_ik A_jk v1_k  +  sum_k sum_u B_ik B_jk v2_k                                      (4)
    B_ik(u) = g_k (c_ik(end) - c_ik(u)),   A_ik(u) = a_ik(u) + (1 - g_k) (c_ik(end) - c_ik(u))            (5)
    g_k(u) = (1 - F(u)) / S_k(u) after u,  c_ik(u) = sum_{s <= u} a_ik(s) d(s) / (Y(s) (1 - F(s-)))       (6)
    a_ik(u) = (1 - F)^rho h_i (1(i = k) - h_k / Y),   h_k = Y_k / S_k,  Y = sum_k h_k                     (7)

with v1_k, v2_k the variances of the jumps of both kinds, hypergeometric at ties, as cmprsk::cuminc has them.
Delayed entry is refused: (1) weighs by Kaplan-Meier curves from the beginning, which no group with late
entries has; the score test of `fit_fine_gray` (`score_statistic`) compares the same incidences then.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64, Int32, Int64, int32, same_length
from equipoise.kernels.counting_sort import distinct, rank

SINGULAR = 1e-10  # eigenvalue of the covariance relative to the largest: a direction that cannot vary


class GrayStatus(StrEnum):
    """How the result may be read."""

    TESTED = "tested"
    REDUCED = "some groups were never compared; the degrees of freedom are those of the others"
    NO_EVENTS = "no test: there is no event of interest"
    NOT_COMPARED = "no test: no event of interest happened while two groups were at risk"


@dataclass(frozen=True, slots=True, eq=False)
class GrayTest:
    """A test of equal incidence in G groups, in ascending order of their codes.

    Attributes
    ----------
    statistic : Z' V^- Z, chi-squared; NaN if and only if `degrees_of_freedom` is 0
    degrees_of_freedom : rank of V; 0 where there is no test
    p_value : upper tail of chi-squared; NaN as the statistic
    status : how the result may be read
    score, covariance : Z and V of (2) and (4), float64[G] and [G, G]
    n, events : int64[G], rows and events of interest in each group
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    status: GrayStatus
    score: Float64
    covariance: Float64
    n: Int64
    events: Int64


def gray(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    of: int = 1,
    start: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    rho: float = 0.0,
) -> GrayTest:
    """Compare the incidence of cause `of` between groups.

    Parameters
    ----------
    stop : integer ticks[n].
    cause : int[n], 0 = censored, `of` = of interest, any other positive code competing.
    group, strata : integer codes[n].
    start : entry ticks; refused unless everybody enters before the first stop.
    rho : exponent of the weight (1 - F)^rho.

    Raises
    ------
    ValueError, TypeError
        Row index of the first faulty row; delayed entry.
    """
    end, why, arm = int32(stop, "stop"), int32(cause, "cause"), int32(group, "group")
    layer = np.zeros(end.size, dtype=np.int32) if strata is None else int32(strata, "strata")
    same_length(end.size, cause=why, group=arm, strata=layer)
    wrong = np.flatnonzero(why < 0)
    if wrong.size:
        raise ValueError(f"row {wrong[0]}: cause {why[wrong[0]]}; expected 0 (censored) or a positive code")
    if start is not None:
        _refuse_delayed(int32(start, "start"), end)
    kind = np.where(why == of, 1, np.where(why > 0, 2, 0)).astype(np.int32)
    labels = distinct(arm)
    code = rank(labels, arm) - np.int32(1)
    score, covariance = np.zeros(labels.size), np.zeros((labels.size, labels.size))
    for one in distinct(layer):
        mine = layer == one
        z, v = _stratum(_counts(end[mine], kind[mine], code[mine], labels.size), rho)
        score, covariance = score + z, covariance + v
    n = np.bincount(code, minlength=labels.size)
    events = np.bincount(code[kind == 1], minlength=labels.size)
    statistic, df = _quadratic(score, covariance)
    return GrayTest(
        statistic, df, _upper_tail(statistic, df), _status(df, events), score, covariance, n, events
    )


def _upper_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df else float("nan")


def _status(df: int, events: Int64) -> GrayStatus:
    if not events.any():
        return GrayStatus.NO_EVENTS
    if df == 0:
        return GrayStatus.NOT_COMPARED
    return GrayStatus.TESTED if df == events.size - 1 else GrayStatus.REDUCED


def _refuse_delayed(start: Int32, stop: Int32) -> None:
    same_length(stop.size, start=start)
    late = np.flatnonzero(start >= stop.min()) if stop.size else np.zeros(0, dtype=np.int64)
    if late.size:
        raise ValueError(
            f"row {late[0]}: enters at {start[late[0]]}, after others have left; Gray's test has no delayed "
            "entry: use the score test of fit_fine_gray with indicators of the groups"
        )


@dataclass(frozen=True, slots=True)
class _Counts:
    """[K, G] at the distinct ticks of events: at risk, events of interest, competing events."""

    at_risk: Float64
    interest: Float64
    competing: Float64


def _counts(stop: Int32, kind: Int32, group: Int32, groups: int) -> _Counts:
    time = distinct(stop)
    place = (rank(time, stop) - 1).astype(np.int64) * groups + group
    leaving, interest, competing = (
        np.bincount(place[mine], minlength=time.size * groups).reshape(time.size, groups).astype(np.float64)
        for mine in (kind >= 0, kind == 1, kind == 2)
    )
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    some = (interest + competing).sum(axis=1) > 0
    return _Counts(at_risk[some], interest[some], competing[some])


def _before(values: npt.NDArray[np.floating], first: float) -> Float64:
    """The values one step earlier, `first` at the first."""
    start = np.full((1, *values.shape[1:]), first, dtype=np.float64)
    return np.concatenate([start, values[:-1].astype(np.float64)])


def _ratio(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> Float64:
    """Return a / b, and 0 where b is 0."""
    return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b != 0)


def _stratum(counts: _Counts, rho: float) -> tuple[Float64, Float64]:
    """Score (2) and covariance (4) of one stratum."""
    y, d1, d2 = counts.at_risk, counts.interest, counts.competing
    survival = np.cumprod(1.0 - _ratio(d1 + d2, y), axis=0)
    s = _before(survival, 1.0)
    f = _before(np.cumsum(s * _ratio(d1, y), axis=0), 0.0)
    h = np.where(y > 0, _ratio(y, s), 0.0)
    total, d = h.sum(axis=1), d1.sum(axis=1)
    common = np.cumsum(_ratio(d, total))
    common_before = _before(common, 0.0)
    event_free = np.maximum(1.0 - common_before, 0.0)
    weight = np.power(event_free, rho, out=np.zeros_like(event_free), where=(event_free > 0) | (rho >= 0))
    expected = _ratio(h * (1.0 - f), (h * (1.0 - f)).sum(axis=1, keepdims=True)) * d[:, np.newaxis]
    score = (weight[:, np.newaxis] * np.where(y > 0, d1 - expected, 0.0)).sum(axis=0)
    unit = np.eye(y.shape[1])
    share = _ratio(h, total[:, np.newaxis])
    a = weight[:, np.newaxis, np.newaxis] * h[:, :, np.newaxis] * (unit - share[:, np.newaxis, :])
    c = np.cumsum(a * _ratio(d, total * (1.0 - common_before))[:, np.newaxis, np.newaxis], axis=0)
    rest = c[-1:] - c if c.size else c
    g = np.where(survival > 0, _ratio((1.0 - common)[:, np.newaxis] * np.ones_like(s), survival), 0.0)
    return score, _covariance(a, rest, g, _jump_variances(counts, s, total))


def _jump_variances(counts: _Counts, s: Float64, total: Float64) -> tuple[Float64, Float64]:
    """v1 and v2 [K, G]: variances of the jumps by events of interest (pooled) and by competing ones."""
    y, d = counts.at_risk, counts.interest.sum(axis=1)[:, np.newaxis]
    pooled = total[:, np.newaxis] * s
    tied = np.where(d > 1, 1.0 - _ratio(d - 1.0, pooled - 1.0), 1.0)
    v1 = np.where(y > 0, tied * _ratio(s * d, total[:, np.newaxis] * y), 0.0)
    d2 = counts.competing
    tied = np.where(d2 > 1, 1.0 - _ratio(d2 - 1.0, y - 1.0), 1.0)
    return v1, tied * _ratio(s * s * d2, y * y)


def _covariance(a: Float64, rest: Float64, g: Float64, variances: tuple[Float64, Float64]) -> Float64:
    v1, v2 = variances
    of_interest = a + (1.0 - g)[:, np.newaxis, :] * rest
    of_competing = g[:, np.newaxis, :] * rest
    total = np.einsum("uik,ujk,uk->ij", of_interest, of_interest, v1)
    return total + np.einsum("uik,ujk,uk->ij", of_competing, of_competing, v2)


def _quadratic(score: Float64, covariance: Float64) -> tuple[float, int]:
    """Z' V^- Z and the rank of V; the scores sum to 0, so that V has at most G - 1."""
    if score.size < 2:
        return float("nan"), 0
    values, vectors = np.linalg.eigh(covariance)
    kept = values > SINGULAR * max(float(values[-1]), 0.0)
    if not kept.any():
        return float("nan"), 0
    along = vectors[:, kept].T @ score
    return float((along * along / values[kept]).sum()), int(kept.sum())

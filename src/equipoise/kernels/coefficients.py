"""What the regressions do alike with their coefficients: ridge penalties and the Wald statistic."""

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64


def penalties(ridge: npt.ArrayLike | None, columns: int) -> Float64:
    """`ridge` as float[columns], zeros when absent; ValueError unless finite and >= 0."""
    if ridge is None:
        return np.zeros(columns)
    penalty = np.asarray(ridge, dtype=np.float64)
    if penalty.shape != (columns,):
        raise ValueError(f"ridge: shape {penalty.shape}, expected one penalty for each of {columns} columns")
    wrong = np.flatnonzero(~(np.isfinite(penalty) & (penalty >= 0)))
    if wrong.size:
        raise ValueError(f"ridge {penalty[wrong[0]]} of column {wrong[0]}: expected a finite number >= 0")
    return penalty


def wald_statistic(estimate: Float64, covariance: Float64) -> float:
    """Return b' V^-1 b; NaN if b or V is not finite.

    By pseudo-inverse, since a sandwich of few clusters has no inverse.
    """
    if not (np.isfinite(estimate).all() and np.isfinite(covariance).all()):
        return float("nan")
    return float(estimate @ np.linalg.pinv(covariance, hermitian=True) @ estimate)

"""Columns of a regression: centred and scaled for the arithmetic, some left out, and back again."""

from dataclasses import dataclass

import numpy as np

from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.jit import jit

SMALLEST = 1e-60  # spread of a column that counts as constant: its square would underflow


@dataclass(frozen=True, slots=True)
class Columns:
    """`kept` of p columns were fitted, as (x - `centre`) / `scale`; what was left out comes back as NaN."""

    kept: Bool
    centre: Float64
    scale: Float64

    def coefficients(self, scaled: Float64) -> Float64:
        """Coefficients[p] a unit of the caller."""
        full = np.full(self.kept.size, np.nan)
        full[self.kept] = scaled / self.scale[self.kept]
        return full

    def covariance(self, scaled: Float64) -> Float64:
        """Covariance matrix[p, p] of the coefficients."""
        return self._spread(scaled, 1.0 / self.scale[self.kept])

    def information(self, scaled: Float64) -> Float64:
        """Information matrix[p, p] of the coefficients."""
        return self._spread(scaled, self.scale[self.kept])

    def marked(self, some: Bool) -> Bool:
        """bool[p] from one flag a kept column."""
        full = np.zeros(self.kept.size, dtype=np.bool_)
        full[self.kept] = some
        return full

    def _spread(self, matrix: Float64, factor: Float64) -> Float64:
        full = np.full((self.kept.size, self.kept.size), np.nan)
        full[np.ix_(self.kept, self.kept)] = matrix * np.outer(factor, factor)
        return full


def centred(covariates: Float64) -> tuple[Float64, Float64, Float64]:
    """Centre[p], scale[p] and (covariates - centre) / scale; neither changes a partial likelihood.

    The smallest value is taken off first, exactly for values of one magnitude: 1e8 + small keeps its small
    part, and a constant column becomes 0.  The scale is a power of two, so that scaling rounds nothing.
    """
    least, mean, above, spread = _above_mean(np.ascontiguousarray(covariates))
    scale = np.where(spread > SMALLEST, 2.0 ** np.round(np.log2(np.maximum(spread, SMALLEST))), 1.0)
    return least + mean, scale, above / scale


@jit
def _above_mean(covariates: Float64) -> tuple[Float64, Float64, Float64, Float64]:
    """Minimum, mean above it, distances from the mean and their root mean square, by column."""
    n, p = covariates.shape
    least, mean = covariates[0].copy(), np.zeros(p)
    square = np.zeros(p)
    for i in range(1, n):
        for j in range(p):
            least[j] = min(least[j], covariates[i, j])
    for i in range(n):
        for j in range(p):
            mean[j] += covariates[i, j] - least[j]
    mean /= n
    above = np.empty((n, p))
    for i in range(n):
        for j in range(p):
            above[i, j] = (covariates[i, j] - least[j]) - mean[j]
            square[j] += above[i, j] * above[i, j] / n
    return least, mean, above, np.sqrt(square)

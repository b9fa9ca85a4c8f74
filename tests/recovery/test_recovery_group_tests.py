"""Tests of groups in worlds where the truth is known: p-values are uniform where nothing is going on.

The Mantel-Byar test of a treatment without effect is right where the comparison of ever with never treated
patients, in the same data, sees a large benefit.
"""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from equipoise.kernels.log_rank import log_rank
from equipoise.kernels.product_limit import kaplan_meier, survival_at
from equipoise.kernels.pseudo_values import pseudo_probabilities, pseudo_times

REPLICATES = 400
FALSE_ALARM = 1e-3  # of one assertion, by the Kolmogorov-Smirnov test


def discrete(days: np.ndarray) -> np.ndarray:
    """Ticks of whole weeks, so that ties are heavy."""
    return (2 * np.ceil(days / 7)).astype(np.int32)


@pytest.mark.parametrize(("rho", "gamma"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
def test_p_is_uniform_under_permutation(rho: float, gamma: float):
    """Three groups at random within two strata of different prognosis, late entry, censoring, heavy ties."""
    chance = np.random.default_rng(20_261_123)
    p = np.empty(REPLICATES)
    for r in range(REPLICATES):
        stratum = chance.integers(0, 2, 240)
        entry = np.where(chance.random(240) < 0.4, chance.exponential(40, 240), 0.0)
        left = entry + chance.exponential(np.where(stratum == 0, 60, 200))
        stop, start = discrete(np.minimum(left, entry + 250)), discrete(entry)
        event = (left < entry + 250) & (chance.random(240) < 0.8)
        kept = stop > start
        p[r] = log_rank(
            stop[kept],
            event[kept],
            chance.integers(0, 3, int(kept.sum())),
            start=start[kept],
            strata=stratum[kept],
            rho=rho,
            gamma=gamma,
        ).p_value
    assert kstest(p, "uniform").pvalue > FALSE_ALARM
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / REPLICATES))


def test_the_robust_test_is_uniform_where_weights_go_with_prognosis():
    """A weight of six is not six patients: taken so, the test rejects far too often."""
    chance = np.random.default_rng(7)
    p, naive = np.empty(REPLICATES), np.empty(REPLICATES)
    for r in range(REPLICATES):
        frail = chance.random(400) < 0.3
        stop = discrete(chance.exponential(np.where(frail, 50, 300)))
        event, stop = stop < 60, np.minimum(stop, 60)
        weight, group = np.where(frail, 6, 1), chance.integers(0, 2, 400)
        p[r] = log_rank(stop, event, group, weight=weight).p_value
        naive[r] = log_rank(*(np.repeat(column, weight) for column in (stop, event, group))).p_value
    assert kstest(p, "uniform").pvalue > FALSE_ALARM
    assert np.mean(naive < 0.05) > 0.2


def test_mantel_byar_is_right_where_ever_against_never_is_not():
    chance = np.random.default_rng(11)
    right, naive = np.empty(REPLICATES), np.empty(REPLICATES)
    for r in range(REPLICATES):
        death, treated = chance.exponential(200, 150), chance.exponential(150, 150)
        stop, event = discrete(np.minimum(death, 600)), death <= 600
        change = discrete(treated)
        ever = change < stop
        naive[r] = log_rank(stop, event, ever.astype(np.int32)).p_value
        begin = np.concatenate((np.zeros(150, dtype=np.int32), change[ever]))
        end = np.concatenate((np.where(ever, change, stop), stop[ever]))
        died = np.concatenate((event & ~ever, event[ever]))
        group = np.repeat([0, 1], [150, int(ever.sum())])
        right[r] = log_rank(end, died, group, start=begin).p_value
    assert kstest(right, "uniform").pvalue > FALSE_ALARM
    assert np.mean(naive < 0.05) > 0.9


def test_power_at_proportional_hazards_is_that_of_schoenfelds_formula():
    """Hazard ratio 1.8, d events, half in each arm: power Phi(sqrt(d) log(1.8) / 2 - 1.96)."""
    chance = np.random.default_rng(13)
    rejected, events = np.empty(REPLICATES), np.empty(REPLICATES)
    for r in range(REPLICATES):
        arm = chance.permutation(np.repeat([0, 1], 60))
        death = chance.exponential(200, 120) / np.where(arm == 1, 1.8, 1.0)
        stop, event = discrete(np.minimum(death, 300)), death < 300
        found = log_rank(stop, event, arm)
        rejected[r], events[r] = found.p_value < 0.05, found.events.sum()
    distance = np.sqrt(events.mean()) * np.log(1.8) / 2 - 1.96
    assert rejected.mean() == pytest.approx(norm.cdf(distance), abs=0.07)


def test_means_of_pseudo_values_in_a_group_are_the_groups_own():
    """E[pseudo-value | group] is the group's probability although theta is that of all patients together."""
    chance = np.random.default_rng(17)
    group = np.repeat([0, 1], 2000)
    mean = np.where(group == 1, 400.0, 150.0)
    death, censored = chance.exponential(mean), chance.uniform(0, 900, 4000)
    stop, event = discrete(np.minimum(death, censored)), death <= censored
    ticks = discrete(np.array([100.0, 300.0]))
    probabilities = pseudo_probabilities(stop, event, ticks)
    times = pseudo_times(stop, event, ticks, resolution=7.0)
    for one in (0, 1):
        own, days = group == one, np.array([7.0 * np.ceil(100 / 7), 7.0 * np.ceil(300 / 7)])
        rate = 1 / mean[own][0]
        error = probabilities[own].std(axis=0) / np.sqrt(2000)
        assert np.all(np.abs(probabilities[own].mean(axis=0) - np.exp(-rate * days)) < 4 * error)
        # Weeks are counted as whole from their beginning on: the area of the step function of whole weeks.
        weeks = [np.exp(-rate * 7 * np.arange(round(day / 7))).sum() * 7 for day in days]
        error = times[own].std(axis=0) / np.sqrt(2000)
        assert np.all(np.abs(times[own].mean(axis=0) - weeks) < 4 * error)
        curve = kaplan_meier(stop[own], event[own])
        assert probabilities[own].mean(axis=0) == pytest.approx(survival_at(curve, ticks), abs=0.03)

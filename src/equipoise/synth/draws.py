"""Addressed draws of many patients at once (`equipoise.kernels.addressed` is about one)."""

import numpy as np

from equipoise.kernels.addressed import exponential, normal, uniform
from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.jit import jit
from equipoise.synth.course import site_of


@jit
def uniforms(seed: int, patients: Int64, decision: int, occasions: Int64) -> Float64:
    """A number in [0, 1) for each patient and occasion; both of one length."""
    drawn = np.empty(patients.size)
    for k in range(patients.size):
        drawn[k] = uniform(seed, patients[k], decision, occasions[k])
    return drawn


@jit
def exponentials(seed: int, patients: Int64, decision: int, occasions: Int64) -> Float64:
    """A number of the exponential distribution of mean 1 for each patient and occasion."""
    drawn = np.empty(patients.size)
    for k in range(patients.size):
        drawn[k] = exponential(seed, patients[k], decision, occasions[k])
    return drawn


@jit
def normals(seed: int, patients: Int64, decision: int, occasions: Int64) -> Float64:
    """A standard normal number for each patient and occasion."""
    drawn = np.empty(patients.size)
    for k in range(patients.size):
        drawn[k] = normal(seed, patients[k], decision, occasions[k])
    return drawn


@jit
def sites_of(seed: int, patients: Int64, sites: int) -> Int64:
    """Number of each patient's site, from 0."""
    numbers = np.empty(patients.size, dtype=np.int64)
    for k in range(patients.size):
        numbers[k] = site_of(seed, patients[k], sites)
    return numbers


def once(seed: int, patients: Int64, decision: int) -> Float64:
    """A number in [0, 1) for each patient, at the first occasion."""
    return uniforms(seed, patients, decision, np.zeros_like(patients))


def chosen(uniform_numbers: Float64, shares: tuple[float, ...]) -> Int64:
    """Place of each number among categories with these shares; the last takes what rounding leaves."""
    ends = np.cumsum(shares)[:-1]
    return np.searchsorted(ends, uniform_numbers, side="right")

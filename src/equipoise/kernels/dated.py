"""Dated records of patients: which of them are known on a day, for many days a patient in one pass.

All arrays are sorted by patient and then by day; days are compared exactly as they are.
"""

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64
from equipoise.kernels.jit import jit


@jit
def known(
    patient: Int32, day: Float64, at_patient: Int32, at_day: Float64, within: float
) -> tuple[Int64, Int64]:
    """Find the records known by the end of days: those with ``day <= at_day`` and ``at_day - day <= within``.

    Parameters
    ----------
    patient, day : [R] records, sorted.
    at_patient, at_day : [Q] the days asked about, sorted.
    within : in days; infinity for however old.

    Returns
    -------
    first, end : int64[Q]
        The records are ``first .. end - 1``; none where ``first == end``.
    """
    first = np.empty(at_patient.size, dtype=np.int64)
    end = np.empty(at_patient.size, dtype=np.int64)
    low, high = 0, 0
    for q in range(at_patient.size):
        who, today = at_patient[q], at_day[q]
        while high < patient.size and (patient[high] < who or (patient[high] == who and day[high] <= today)):
            high += 1
        while low < high and (patient[low] < who or today - day[low] > within):
            low += 1
        first[q], end[q] = low, high
    return first, end


@jit
def union(patient: Int32, day: Float64, other_patient: Int32, other_day: Float64) -> tuple[Int32, Float64]:
    """Merge two sorted lists of days, each day of a patient once."""
    merged_patient = np.empty(patient.size + other_patient.size, dtype=np.int32)
    merged_day = np.empty(merged_patient.size, dtype=np.float64)
    size, i, j = 0, 0, 0
    while i < patient.size or j < other_patient.size:
        takes_first = j == other_patient.size or (
            i < patient.size
            and (patient[i] < other_patient[j] or (patient[i] == other_patient[j] and day[i] <= other_day[j]))
        )
        if takes_first:
            who, today = patient[i], day[i]
            i += 1
        else:
            who, today = other_patient[j], other_day[j]
            j += 1
        if size == 0 or merged_patient[size - 1] != who or merged_day[size - 1] != today:
            merged_patient[size], merged_day[size] = who, today
            size += 1
    return merged_patient[:size].copy(), merged_day[:size].copy()


@jit
def is_sorted(patient: Int32, day: Float64) -> bool:
    """Whether days are sorted by patient and then by day."""
    for i in range(1, patient.size):
        if patient[i] < patient[i - 1] or (patient[i] == patient[i - 1] and day[i] < day[i - 1]):
            return False
    return True


def opens(patient: Int32) -> Bool:
    """Where the days of a patient begin; `patient` is sorted."""
    return np.append(True, patient[1:] != patient[:-1])[: patient.size]

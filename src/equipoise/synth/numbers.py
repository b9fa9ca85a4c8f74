"""The parameters of a world as both simulators take them, and packed into one record for the fast one.

The record is of one type for all worlds, so that the kernel is compiled once, and is passed by its address.
"""

from typing import Any, NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64

COVARIATES = ("high_burden", "prior_hct", "high_risk_genetics", "cd28", "donor", "adult", "frailty")

# Rows of the log ratios of covariates.
TERMS = (
    "aplasia_loss",
    "mrd_rise.in_aplasia",
    "mrd_rise.after_loss",
    "relapse.with_mrd",
    "relapse.without_mrd",
    "nrm",
    "maintenance",
    "hct",
    "after_hct.relapse",
    "after_hct.nrm",
    "second_remission.hct",
    "follow_up",
    "mrd_at_time_zero",
)
(T_LOSS, T_RISE_APLASIA, T_RISE_LOST, T_RELAPSE_MRD, T_RELAPSE, T_NRM, T_MAINTENANCE, T_HCT, T_RELAPSE_HCT,
 T_NRM_HCT, T_SALVAGE, T_LOST, T_MRD) = range(len(TERMS))  # fmt: skip


class Pieces(NamedTuple):
    """A rate that is constant between given ages of a clock.

    Attributes
    ----------
    until : float64[K], ages in months; a further piece follows the last
    rate : float64[K + 1], per month
    """

    until: Float64
    rate: Float64


class Numbers(NamedTuple):
    """All numbers of a world; names and meaning as in its file."""

    shares: Float64  # float64[6], probabilities of the first six covariates
    log_ratios: Float64  # float64[len(TERMS), len(COVARIATES)]
    frailty_sd: float
    mrd_log_odds: float
    sensitivity: float
    visit: Float64  # float64[V + 1], months since time zero, the last never comes
    missed: float
    extra: float
    loss: Pieces
    rise: Pieces
    rise_lost_until: Float64
    rise_lost_age: Float64
    rise_lost: Float64  # float64[rows, pieces]
    rise_maintenance: float
    fall_aplasia: float
    fall_maintenance: float
    relapse_mrd: float
    relapse_mrd_maintenance: float
    relapse: Pieces
    relapse_lost_adds: float
    negative_aplasia: float
    negative_lost: float
    negative_hct: float
    nrm: float
    nrm_maintenance: float
    maintenance: float
    maintenance_months: float
    reinfusion: float
    reinfusion_months: float
    reinfusion_success: float
    hct: Pieces
    hct_recent_months: float
    hct_recent: float
    hct_older: float
    hct_ngs: float
    hct_maintenance: float
    hct_latent: float
    hct_site_sd: float
    hct_is_label: bool
    relapse_hct: Pieces
    relapse_hct_mrd: float
    relapse_hct_aplasia: float
    nrm_hct: Pieces
    cgvhd: float
    cgvhd_from: float
    cgvhd_until: float
    remission: Pieces
    remission_log: Float64  # float64[3]: negative, after_hct, second
    death: Pieces
    death_log: Float64
    second_relapse: Pieces
    second_nrm: float
    salvage: Pieces
    salvage_after_hct: float
    salvage_relapse: Pieces
    salvage_nrm: Pieces
    lost: float
    lost_ngs: float
    lost_loss_seen: float
    lost_hct: float
    sites: int
    kinetics_drive: bool
    curve_typical: Float64  # float64[CURVE], the parameters of a curve of the transgene
    curve_sd: Float64  # float64[CURVE], standard deviations of their logarithms
    loss_without: float
    loss_half_at: float
    loss_power: float
    assessed_first: int  # days since the infusion
    assessed_last: int


CURVE = 6
MOST_PIECES = 8
MOST_VISITS = 128

_PIECES = np.dtype([("until", "f8", MOST_PIECES), ("rate", "f8", MOST_PIECES + 1)])
_SHAPES: dict[str, int | tuple[int, int]] = {
    "shares": 6,
    "log_ratios": (len(TERMS), len(COVARIATES)),
    "visit": MOST_VISITS,
    "rise_lost_until": MOST_PIECES,
    "rise_lost_age": MOST_PIECES,
    "rise_lost": (MOST_PIECES + 1, MOST_PIECES + 1),
    "remission_log": 3,
    "death_log": 3,
    "curve_typical": CURVE,
    "curve_sd": CURVE,
}


def _field(name: str, kind: Any) -> tuple[Any, ...]:
    if kind is Pieces:
        return name, _PIECES
    if name in _SHAPES:
        return name, "f8", _SHAPES[name]
    return name, {float: "f8", int: "i8", bool: "?"}[kind]


NUMBERS = np.dtype([_field(name, kind) for name, kind in Numbers.__annotations__.items()], align=True)


def as_record(numbers: Numbers) -> Numbers:
    """The numbers as one record of the type `NUMBERS`; for the compiler, with the same names.

    What comes after the last age of a clock never comes (infinity); rates beyond the last are the last.
    """
    record: Any = np.zeros(1, NUMBERS)[0]
    for name, value in numbers._asdict().items():
        if isinstance(value, Pieces):
            record[name]["until"] = _padded(value.until, MOST_PIECES, np.inf)
            record[name]["rate"] = _padded(value.rate, MOST_PIECES + 1, value.rate[-1])
        elif name == "rise_lost":
            rows = [_padded(row, MOST_PIECES + 1, row[-1]) for row in value]
            record[name][: len(rows)] = rows
        elif name in ("visit", "rise_lost_until", "rise_lost_age"):
            record[name] = _padded(value, record[name].size, np.inf)
        else:
            record[name] = value
    return record


def _padded(values: Float64, size: int, rest: float) -> Float64:
    if values.size > size:
        raise ValueError(f"at most {size} values fit, found {values.size}")
    return np.concatenate([values, np.full(size - values.size, rest)])

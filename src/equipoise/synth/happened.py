"""Events and treatments as the registry has them."""

from typing import Final

import numpy as np
import polars as pl

from equipoise.kernels.arrays import Int64
from equipoise.synth import addresses as a
from equipoise.synth.draws import chosen, uniforms
from equipoise.synth.entry import NEVER
from equipoise.synth.followed import Followed
from equipoise.synth.numbers import COVARIATES

_RELAPSES: Final = (
    a.RELAPSE,
    a.RELAPSE_AFTER_HCT,
    a.RELAPSE_IN_SECOND_REMISSION,
    a.RELAPSE_AFTER_SALVAGE,
)
_OTHER_DEATHS: Final = (a.NRM, a.NRM_AFTER_HCT, a.NRM_IN_SECOND_REMISSION, a.NRM_AFTER_SALVAGE)
_TRANSPLANTS: Final = (a.HCT, a.SALVAGE_HCT)
_DONORS: Final = (("haplo", "cord"), ("sibling", "unrelated"))  # without and with an identified donor
_DONOR_SHARES: Final = ((0.8, 0.2), (0.4, 0.6))
_IRRADIATED: Final = 0.6


def events(followed: Followed, losses: pl.DataFrame) -> pl.DataFrame:
    """Table of events.

    Parameters
    ----------
    followed
        The patients.
    losses
        Days on which a loss of aplasia is on record (`equipoise.synth.measured.losses`).
    """
    everybody = np.arange(followed.n)
    assessed = followed.assessed
    seen = (followed.stop >= assessed) & (followed.remits | (followed.death >= assessed))
    remitted, not_remitted = everybody[seen & followed.remits], everybody[seen & ~followed.remits]
    relapse = followed.of(*_RELAPSES)
    cd19 = np.where(followed.detail[relapse] == 1, "neg", "pos")
    died = everybody[followed.death != NEVER]
    unremitted_cause = np.where(followed.of_leukaemia[died], "leukaemia", "other")
    parts = [
        _dated("remission", remitted, assessed[remitted]),
        _dated("no_remission", not_remitted, assessed[not_remitted]),
        _recorded(followed, "remission", a.SECOND_REMISSION),
        _recorded(followed, "relapse", *_RELAPSES).with_columns(cd19=pl.Series(cd19, dtype=pl.String)),
        _recorded(followed, "cgvhd", a.SEVERE_CGVHD).with_columns(severity=pl.lit("severe")),
        _recorded(followed, "death", *_OTHER_DEATHS).with_columns(cause=pl.lit("other")),
        _recorded(followed, "death", a.DEATH_IN_RELAPSE).with_columns(cause=pl.lit("leukaemia")),
        _dated("death", died, followed.death[died]).with_columns(
            cause=pl.Series(unremitted_cause, dtype=pl.String)
        ),
        losses.with_columns(name=pl.lit("bca_loss")),
    ]
    return pl.concat(parts, how="diagonal")


def interventions(followed: Followed, *, hct_is_label: bool) -> pl.DataFrame:
    """Table of interventions.

    Maintenance stops with the transplant, the relapse or the death that ends it, where that is on record. The
    donor of a transplant is a sibling or unrelated where one was identified by the assessment, else
    haploidentical or cord blood; donor and irradiation change nothing.

    Parameters
    ----------
    followed
        The patients.
    hct_is_label
        Whether a transplant changes nothing, not even maintenance.
    """
    maintenance = _recorded(followed, "maintenance", a.MAINTENANCE)
    ends = (a.RELAPSE, a.NRM) if hct_is_label else (a.HCT, a.RELAPSE, a.NRM)
    ended = _recorded(followed, "end", *ends).select("patient", stop="day")
    maintenance = maintenance.join(ended, on="patient", how="left")
    parts = [
        _transplants(followed),
        maintenance,
        _recorded(followed, "car_reinfusion", a.REINFUSION),
    ]
    return pl.concat(parts, how="diagonal").rename({"day": "start"})


def _transplants(followed: Followed) -> pl.DataFrame:
    is_transplant = followed.of(*_TRANSPLANTS)
    patient = followed.patient[is_transplant]
    # The records are in the order of patients and time, so the first of a patient is where he first stands.
    number = np.arange(patient.size) - np.searchsorted(patient, patient, side="left")
    address = followed.address[patient]
    identified = followed.covariates[patient, COVARIATES.index("donor")].astype(np.int64)
    drawn = uniforms(followed.seed, address, a.GRAFT_DONOR, number)
    donor = np.empty(patient.size, dtype=object)
    for known in (0, 1):
        here = identified == known
        donor[here] = np.array(_DONORS[known])[chosen(drawn[here], _DONOR_SHARES[known])]
    irradiated = uniforms(followed.seed, address, a.BODY_IRRADIATION, number) < _IRRADIATED
    earlier = followed.covariates[patient, COVARIATES.index("prior_hct")]
    return _dated("hct", patient, followed.day[is_transplant]).with_columns(
        donor=pl.Series(donor.tolist(), dtype=pl.String),
        tbi=pl.Series(np.where(irradiated, "yes", "no"), dtype=pl.String),
        graft_number=pl.Series(earlier + number + 1.0),
    )


def _recorded(followed: Followed, name: str, *kinds: int) -> pl.DataFrame:
    chosen_records = followed.of(*kinds)
    return _dated(name, followed.patient[chosen_records], followed.day[chosen_records])


def _dated(name: str, patient: Int64, day: Int64) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "patient": pl.Series(patient, dtype=pl.Int32),
            "day": pl.Series(day, dtype=pl.Float64),
        }
    ).with_columns(name=pl.lit(name))

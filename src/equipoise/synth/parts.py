"""The parts of a world: rates with their clocks and ratios, and what else its file holds."""

import math
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.model import Frozen
from equipoise.kernels.arrays import Float64
from equipoise.synth.numbers import COVARIATES, MOST_PIECES, MOST_VISITS, Pieces

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Months = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Ratios(Frozen):
    """Logarithms of ratios by covariate; what is not named has the ratio 1."""

    high_burden: Number = 0
    prior_hct: Number = 0
    high_risk_genetics: Number = 0
    cd28: Number = 0
    donor: Number = 0
    adult: Number = 0
    frailty: Number = 0

    def row(self) -> list[float]:
        """The logarithms in the order of `COVARIATES`."""
        return [float(getattr(self, name)) for name in COVARIATES]


class Rated(Frozen):
    """A rate of one number."""

    per_month: Rate
    log_ratios: Ratios = Ratios()


class Clocked(Frozen):
    """A rate that is constant between ages of a clock: one more rate than ages."""

    until: tuple[Months, ...] = Field(max_length=MOST_PIECES)
    per_month: tuple[Rate, ...]
    log_ratios: Ratios = Ratios()

    @model_validator(mode="after")
    def _fits(self) -> "Clocked":
        rising(self.until)
        if len(self.per_month) != len(self.until) + 1:
            found = f"{len(self.per_month)} rates for {len(self.until)} ages"
            raise ValueError(f"{found}; a rate is needed before the first age and after each")
        return self

    def pieces(self) -> Pieces:
        """For the kernel."""
        return Pieces(np.array(self.until, dtype=np.float64), np.array(self.per_month, dtype=np.float64))


class Covariates(Frozen):
    """Shares of patients with each covariate, independent of each other, and the spread of the frailty."""

    high_burden: Share
    prior_hct: Share
    high_risk_genetics: Share
    cd28: Share
    donor: Share
    adult: Share
    frailty_sd: Rate

    def shares(self) -> Float64:
        """The shares in the order of `COVARIATES`."""
        return np.array([getattr(self, name) for name in COVARIATES[:6]], dtype=np.float64)


class DiseaseAtTimeZero(Frozen):
    """Residual disease at time zero: logistic in the covariates."""

    log_odds: Number
    log_ratios: Ratios = Ratios()


class Assay(Frozen):
    """How often a test is positive where there is residual disease; never where there is none."""

    sensitivity: Share


class Visits(Frozen):
    """When patients are tested.

    Parameters
    ----------
    months
        Months since time zero, the first 0; each falls on the nearest whole day.
    missed
        Share of visits, but the first, at which nothing is tested: nobody knows what they would have shown.
    extra_per_month
        Rate of unscheduled tests while there is residual disease, known or not.
    """

    months: tuple[Months, ...] = Field(min_length=1, max_length=MOST_VISITS - 1)
    missed: Share
    extra_per_month: Rate

    @model_validator(mode="after")
    def _fits(self) -> "Visits":
        rising(self.months)
        if self.months[0] != 0:
            raise ValueError(f"the first is month {self.months[0]:g}; time zero is a visit, month 0")
        days = np.rint(np.array(self.months) * DAYS_PER_MONTH)
        if np.any(np.diff(days) == 0):
            raise ValueError("two visits fall on one day")
        return self

    def times(self) -> Float64:
        """Visits on whole days, in months, and one that never comes."""
        days = np.rint(np.array(self.months) * DAYS_PER_MONTH)
        return np.append(days / DAYS_PER_MONTH, math.inf)


class RiseAfterLoss(Frozen):
    """Appearance of residual disease after the loss of aplasia.

    Parameters
    ----------
    lost_until
        Months since time zero that part the losses; each part has a row of rates.
    until, per_month
        Months since the loss, and rates by row.
    """

    lost_until: tuple[Months, ...] = Field(max_length=MOST_PIECES)
    until: tuple[Months, ...] = Field(max_length=MOST_PIECES)
    per_month: tuple[tuple[Rate, ...], ...]
    log_ratios: Ratios = Ratios()

    @model_validator(mode="after")
    def _fits(self) -> "RiseAfterLoss":
        rising(self.lost_until)
        rising(self.until)
        wanted = (len(self.lost_until) + 1, len(self.until) + 1)
        if len(self.per_month) != wanted[0] or any(len(row) != wanted[1] for row in self.per_month):
            raise ValueError(f"{wanted[0]} rows of {wanted[1]} rates are needed")
        return self


class Rise(Frozen):
    """Appearance of residual disease."""

    in_aplasia: Clocked
    after_loss: RiseAfterLoss
    maintenance_ratio: Rate


class Fall(Frozen):
    """Disappearance of residual disease: both rates add."""

    in_aplasia: Rate
    on_maintenance: Rate


class RelapseWithDisease(Rated):
    """Relapse while there is residual disease."""

    maintenance_ratio: Rate


class RelapseWithoutDisease(Clocked):
    """Relapse while there is none: times ``1 + lost_adds`` once aplasia is lost."""

    lost_adds: Rate


class Relapse(Frozen):
    """Relapse in first remission without a transplant."""

    with_mrd: RelapseWithDisease
    without_mrd: RelapseWithoutDisease


class Negative(Frozen):
    """Probability that the first relapse is CD19-negative."""

    in_aplasia: Share
    lost: Share
    after_hct: Share


class DeathInRemission(Rated):
    """Death without relapse or transplant."""

    maintenance_adds: Rate


class Maintenance(Rated):
    """Start of maintenance, for so many months after the measured loss of aplasia."""

    months: Months


class Reinfusion(Frozen):
    """Reinfusion of the CAR product, for so many months after the measured loss; success restores aplasia."""

    per_month: Rate
    months: Months
    success: Share


class Transplant(Clocked):
    """Transplant in first remission in usual care; logarithms of rate ratios by what is known.

    Parameters
    ----------
    recent_months
        A measured loss is recent for so long.
    loss_recent, loss_older, ngs_positive, maintenance
        By what has been measured and done.
    latent_mrd
        By residual disease itself, which nobody has measured: breaks exchangeability.
    site_sd
        Spread of the sites' preference on the log scale.
    is_label
        Whether a transplant changes nothing but the patient's label.
    """

    recent_months: Months
    loss_recent: Number
    loss_older: Number
    ngs_positive: Number
    maintenance: Number
    latent_mrd: Number
    site_sd: Rate
    is_label: bool


class RelapseAfterTransplant(Clocked):
    """Relapse after a transplant in first remission; ratios by what was so at the transplant."""

    mrd_ratio: Rate
    aplasia_ratio: Rate


class SevereDisease(Frozen):
    """Severe chronic graft-versus-host disease between two months after the transplant."""

    per_month: Rate
    months: tuple[Months, Months]

    @model_validator(mode="after")
    def _fits(self) -> "SevereDisease":
        rising(self.months)
        return self


class AfterTransplant(Frozen):
    """After a transplant in first remission."""

    relapse: RelapseAfterTransplant
    nrm: Clocked
    severe_cgvhd: SevereDisease


class ByRelapse(Frozen):
    """A rate after a relapse; logarithms of ratios by the kind of relapse."""

    until: tuple[Months, ...] = Field(max_length=MOST_PIECES)
    per_month: tuple[Rate, ...]
    negative: Number
    after_hct: Number
    second: Number

    @model_validator(mode="after")
    def _fits(self) -> "ByRelapse":
        Clocked(until=self.until, per_month=self.per_month)
        return self

    def pieces(self) -> Pieces:
        """For the kernel."""
        return Clocked(until=self.until, per_month=self.per_month).pieces()

    def row(self) -> Float64:
        """Logarithms for a CD19-negative first relapse, one after a transplant, one that is not the first."""
        return np.array([self.negative, self.after_hct, self.second], dtype=np.float64)


class AfterRelapse(Frozen):
    """While in relapse."""

    remission: ByRelapse
    death: ByRelapse


class SalvageTransplant(Clocked):
    """Transplant after another remission; `after_hct`: log ratio where the first relapse followed one."""

    after_hct: Number


class SecondRemission(Frozen):
    """After another remission, without and with a transplant in it."""

    relapse: Clocked
    nrm: Rated
    hct: SalvageTransplant
    relapse_after_hct: Clocked
    nrm_after_hct: Clocked

    @model_validator(mode="after")
    def _fits(self) -> "SecondRemission":
        for name in ("relapse", "nrm", "relapse_after_hct", "nrm_after_hct"):
            if getattr(self, name).log_ratios != Ratios():
                raise ValueError(f"the world knows no log ratios of {name!r} in a second remission")
        return self


class FollowUp(Frozen):
    """The end of follow-up: administrative at a uniform time, and loss at a rate.

    Parameters
    ----------
    administrative_months
        Earliest and latest month of the administrative end.
    lost_per_month, log_ratios
        Rate of loss to follow-up, by covariate.
    ngs_positive, loss_seen, after_hct
        Logarithms of ratios of that rate by what has been measured and done.
    """

    administrative_months: tuple[Months, Months]
    lost_per_month: Rate
    log_ratios: Ratios = Ratios()
    ngs_positive: Number
    loss_seen: Number
    after_hct: Number

    @model_validator(mode="after")
    def _fits(self) -> "FollowUp":
        first, last = self.administrative_months
        if last < first:
            raise ValueError(f"from month {first:g} to month {last:g}")
        return self


def rising(values: tuple[float, ...]) -> None:
    """Raise ValueError where a number is not larger than the one before it."""
    if any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError("each must be larger than the one before")

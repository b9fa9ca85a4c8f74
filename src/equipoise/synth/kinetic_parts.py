"""The part of a world about the kinetics of the CAR transgene."""

import math
from enum import StrEnum
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from equipoise.base.model import Frozen
from equipoise.kernels.arrays import Float64
from equipoise.synth.parts import Rate, rising

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Day = Annotated[int, Field(ge=1, le=365)]


class SpreadIs(StrEnum):
    """What the printed spreads of the random effects are."""

    SD = "sd"
    VARIANCE = "variance"


class RandomEffect(Frozen):
    """A parameter that differs between patients: its median, and the spread of its logarithm."""

    typical: Positive
    spread: Rate


class LossOfAplasia(Frozen):
    """How the transgene holds aplasia: the rate of its loss is ``per_month / (1 + (C / half_at)^power)``.

    Parameters
    ----------
    per_month
        Rate without any transgene.
    half_at
        Copies per microgram of DNA at which the rate is half of that.
    power
        Steepness; 0 makes the rate half of `per_month` whatever the transgene.
    """

    per_month: Rate
    half_at: Positive
    power: Rate


class TransgeneAssay(Frozen):
    """How the transgene is measured.

    Parameters
    ----------
    days
        Days after the infusion on which it is measured, besides the visits.
    residual_sd
        Standard deviation of the logarithm of a result around the logarithm of the truth.
    detected_from, quantified_from
        Copies per microgram of DNA: a result below the first is written as below it, one between the two as
        below the second.
    """

    days: tuple[Day, ...]
    residual_sd: Rate
    detected_from: Positive
    quantified_from: Positive

    @model_validator(mode="after")
    def _fits(self) -> "TransgeneAssay":
        rising(self.days)
        if self.quantified_from < self.detected_from:
            found = f"quantified from {self.quantified_from:g}, but detected from {self.detected_from:g} on"
            raise ValueError(f"{found}; what is quantified is detected")
        return self


class Kinetics(Frozen):
    """The CAR transgene in blood after the infusion, in copies per microgram of DNA.

    Parameters
    ----------
    drives_loss
        Whether aplasia is lost by `loss`, instead of `aplasia_loss`; the ratios of covariates are the same.
    measured
        Whether the registry holds measurements of the transgene.
    fold_expansion, peak_day, peak
        Growth from the infusion on, and its end.
    contraction_per_day, persisting_share, decline_per_day
        Fast decline, the share of the peak that declines slowly, slow decline.
    spread_is
        Whether the spreads are standard deviations or variances of the logarithms.
    loss
        The loss of aplasia if `drives_loss`.
    assay
        How it is measured.
    """

    drives_loss: bool
    measured: bool
    fold_expansion: RandomEffect
    peak_day: RandomEffect
    peak: RandomEffect
    contraction_per_day: RandomEffect
    persisting_share: RandomEffect
    decline_per_day: RandomEffect
    spread_is: SpreadIs
    loss: LossOfAplasia
    assay: TransgeneAssay

    @model_validator(mode="after")
    def _fits(self) -> "Kinetics":
        if self.persisting_share.typical > 1:
            raise ValueError(f"a persisting share of {self.persisting_share.typical:g}; it is at most 1")
        return self

    @property
    def effects(self) -> tuple[RandomEffect, ...]:
        """The parameters of a curve in the order of `equipoise.synth.kinetics`."""
        return (
            self.fold_expansion,
            self.peak_day,
            self.peak,
            self.contraction_per_day,
            self.persisting_share,
            self.decline_per_day,
        )

    def typical(self) -> Float64:
        """float64[CURVE], typical values."""
        return np.array([effect.typical for effect in self.effects], dtype=np.float64)

    def sd(self) -> Float64:
        """float64[CURVE], standard deviations of the logarithms."""
        is_sd = self.spread_is is SpreadIs.SD
        return np.array([e.spread if is_sd else math.sqrt(e.spread) for e in self.effects], dtype=np.float64)

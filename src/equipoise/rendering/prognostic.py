"""The prognostic table of a study: each group with its absolute risk and its hazard ratios."""

from dataclasses import dataclass
from enum import StrEnum

from equipoise.language.outcome import OutcomeKind
from equipoise.rendering.reading import Estimate, Reading

SUBDISTRIBUTION = "subdistribution_hazard_ratio"
PROBABILITY_OF = {
    OutcomeKind.SURVIVAL: "survival",
    OutcomeKind.CUMULATIVE_INCIDENCE: "cumulative_incidence",
}


class Model(StrEnum):
    """Which covariates a ratio was estimated with."""

    ALONE = "alone"
    TOGETHER = "together"
    SHRUNKEN = "shrunken"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A hazard ratio, or a ratio of subdistribution hazards, and the model that it is from."""

    model: Model
    row: Estimate

    @property
    def is_subdistribution(self) -> bool:
        """Whether it is Fine and Gray's ratio."""
        return self.row.measure == SUBDISTRIBUTION


@dataclass(frozen=True, slots=True)
class Group:
    """One row of the prognostic table; the fields up to `missing` are its columns.

    Parameters
    ----------
    risk
        Absolute risk (or survival) by the horizon; None where the group has none.
    ratios
        Ratios against the reference.
    """

    outcome: str
    covariate: str
    covariate_label: str
    level: str
    level_label: str
    position: int
    reference: bool
    varies: bool
    landmark_month: float | None
    strategy: str
    versus: str | None
    n: int
    events: int
    missing: int
    risk: Estimate | None
    ratios: tuple[Ratio, ...]

    @property
    def is_slope(self) -> bool:
        """Whether it is the slope of a number and no group of patients."""
        return self.level == "per"

    @property
    def is_empty(self) -> bool:
        """Whether nobody is in the group when it is judged."""
        return self.n == 0

    @property
    def said(self) -> tuple[Ratio, ...]:
        """What a sentence has: what is drawn, and the joint ratio before it is shrunken if it is finite."""
        joint = [
            one
            for one in self.ratios
            if one.model is Model.TOGETHER and not one.is_subdistribution and one.row.estimate is not None
        ]
        added = [one for one in joint[:1] if one not in self.shown]
        return (*self.shown[:1], *added, *self.shown[1:])

    @property
    def shown(self) -> tuple[Ratio, ...]:
        """What is drawn: the ratio alone, the joint one (shrunken if there is one), Fine and Gray's."""
        hazards = [one for one in self.ratios if not one.is_subdistribution]
        joint = [one for model in (Model.SHRUNKEN, Model.TOGETHER) for one in hazards if one.model is model]
        subdistribution = sorted(
            (one for one in self.ratios if one.is_subdistribution),
            key=lambda one: list(Model).index(one.model),
        )
        alone = [one for one in hazards if one.model is Model.ALONE]
        return (*alone[:1], *joint[:1], *subdistribution[:1])


def prognostic_outcomes(reading: Reading) -> list[str]:
    """Outcomes of the prognostic table, in its order."""
    return list(dict.fromkeys(row["outcome"] for row in reading.rows("prognosis")))


def groups_of(reading: Reading, outcome: str) -> list[Group]:
    """Rows of one outcome in the order of print, with their numbers."""
    asked = reading.study.protocol.prognosis
    by_month = asked.by_month if asked else 0.0
    rows = sorted(
        (row for row in reading.rows("prognosis") if row["outcome"] == outcome),
        key=lambda row: row["position"],
    )
    return [
        Group(
            **row,
            risk=_risk(reading, row["outcome"], row["strategy"], (row["landmark_month"] or 0.0) + by_month),
            ratios=_ratios(reading, row["outcome"], row["strategy"]),
        )
        for row in rows
    ]


def _risk(reading: Reading, outcome: str, strategy: str, month: float) -> Estimate | None:
    measure = PROBABILITY_OF[reading.outcome(outcome).kind]
    return reading.at(reading.block(outcome, measure, strategy), month)


def _ratios(reading: Reading, outcome: str, strategy: str) -> tuple[Ratio, ...]:
    rows = [
        row
        for measure in ("hazard_ratio", SUBDISTRIBUTION)
        for row in reading.block(outcome, measure, strategy)
    ]
    return tuple(Ratio(_model(row), row) for row in rows)


def _model(row: Estimate) -> Model:
    """The model by the words of its method."""
    return next((one for one in (Model.SHRUNKEN, Model.TOGETHER) if one in row.method), Model.ALONE)

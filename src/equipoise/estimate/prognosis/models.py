"""The regressions behind the hazard ratios: each covariate alone, all together, and all together shrunken.

The shrunken model maximises the log partial likelihood minus sum b_k^2 / (2 s^2): the mode of the posterior
under independent normal priors with mean 0 and standard deviation s on the log hazard ratios. Its interval is
that of the normal approximation with the inverse penalised information as variance. It takes patients as
independent, also where the plan names clusters: a sandwich would be certain of what the data say nothing
about. With case weights there is no likelihood, hence no posterior and no shrunken model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.estimate.exits import EVENT
from equipoise.estimate.prognosis.case import Case
from equipoise.estimate.prognosis.groups import Groups
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.fine_gray import fine_gray
from equipoise.estimate.regression.regression import Regression, RegressionPlan
from equipoise.protocol.prognosis import Covariate

PRIOR = "E227"
ENOUGH_EVENTS = 10  # for each coefficient: Peduzzi and others 1995, J Clin Epidemiol 48:1503
# Nobody has the reference level; several spells a patient, which Fine and Gray's model does not allow for.
IMPOSSIBLE = {"E203", "E213"}
# Told by the prognostic table itself, or for the whole analysis: missing values, few clusters.
TOLD_ELSEWHERE = {"E202", "E106"}


class Model(StrEnum):
    """Which covariates a ratio was estimated with."""

    ALONE = "alone"
    TOGETHER = "together"
    SHRUNKEN = "together, shrunken"


@dataclass(frozen=True, eq=False, slots=True)
class Fitted:
    """One regression.

    Attributes
    ----------
    model
        Alone, together or shrunken.
    groups
        The covariates in it.
    regression
        The fit.
    method
        How, for the table of estimates.
    """

    model: Model
    groups: tuple[Groups, ...]
    regression: Regression
    method: str

    @property
    def is_subdistribution(self) -> bool:
        """Whether it is a model of Fine and Gray."""
        return self.method.startswith("Fine-Gray")

    @property
    def coefficients(self) -> int:
        """Columns that can be estimated at all."""
        return int((~self.regression.design.constant).sum())

    @property
    def few_events(self) -> bool:
        """Whether there are fewer than ten events for each coefficient, of a model without a prior."""
        enough = ENOUGH_EVENTS * self.coefficients
        return self.model is not Model.SHRUNKEN and 0 < self.regression.events < enough


@dataclass(frozen=True, eq=False, slots=True)
class Fits:
    """The regressions of one outcome, and what is to be said about them."""

    fitted: tuple[Fitted, ...]
    findings: tuple[Finding, ...]


def fit_models(case: Case, groups: Sequence[Groups]) -> Fits:
    """Fit the covariates one by one, then together, then together with a prior.

    Parameters
    ----------
    case
        The outcome; where something competes with it, what competes censors (cause-specific hazards).
    groups
        The covariates that may have a ratio.
    """
    found: list[Finding] = []
    alone = [one for group in groups for one in _fit(case, (group,), Model.ALONE, found)]
    # A covariate that is known in nobody would leave the joint model without patients.
    known = tuple(one.groups[0] for one in alone if one.regression.n)
    joint: list[Fitted] = []
    if known:
        joint = _fit(case, known, Model.TOGETHER, found)
        joint += _shrunken(case, known, found)
    found.extend(_few_events(case, (*alone, *joint)))
    return Fits((*alone, *joint), _merged(case, found))


def _shrunken(case: Case, groups: tuple[Groups, ...], found: list[Finding]) -> list[Fitted]:
    """The model with a prior, if one is asked for and there is a likelihood for it; `found` grows."""
    if case.asked.prior_sd is None:
        return []
    if bool((case.course.rows.weight != 1).any()):
        found.append(finding(PRIOR, case.name, "No shrunken ratios, because of the case weights."))
        return []
    if _cluster(case) is not None:
        found.append(finding(PRIOR, case.name, "Shrunken ratios take the patients as independent."))
    return _fit(case, groups, Model.SHRUNKEN, [])


def _cluster(case: Case) -> str | None:
    return case.analysis.protocol.analysis.cluster


def fit_subdistribution(case: Case, groups: Sequence[Groups], told: Sequence[Finding]) -> Fits:
    """Fit Fine and Gray's models of what does not vary, one by one and together; no prior.

    There is no shrunken model: the weighted partial likelihood is no likelihood, so a prior on its
    coefficients makes no posterior.

    Parameters
    ----------
    case, groups
        As for `fit_models`; what varies after time zero is passed over.
    told
        What was found already; the same code is not told again.
    """
    fixed = [one for one in groups if not one.varies]
    found = list(told)
    alone = [one for group in fixed for one in _fit(case, (group,), Model.ALONE, found, fine_gray)]
    known = tuple(one.groups[0] for one in alone if one.regression.n)
    joint = _fit(case, known, Model.TOGETHER, found, fine_gray) if known else []
    return Fits((*alone, *joint), _merged(case, found[len(told) :]))


class _Regress(Protocol):
    """A regression of one cause on covariates."""

    def __call__(
        self,
        history: History,
        cohort: Cohort,
        covariates: Sequence[Covariate],
        plan: RegressionPlan = ...,
        *,
        cause: str,
    ) -> Regression: ...


def _fit(
    case: Case, groups: tuple[Groups, ...], model: Model, found: list[Finding], regress: _Regress = cox
) -> list[Fitted]:
    """One regression, or none when the data do not allow it; `found` grows by its findings."""
    plan = RegressionPlan(
        strata=case.asked.strata,
        cluster=None if model is Model.SHRUNKEN else _cluster(case),
        prior_sd=case.asked.prior_sd if model is Model.SHRUNKEN else None,
        level=case.analysis.plan.level,
    )
    try:
        regression = regress(
            case.course, case.analysis.cohort, [one.covariate for one in groups], plan, cause=EVENT
        )
    except DataError as error:
        if error.code not in IMPOSSIBLE:
            raise
        found.append(finding("E226", case.name, f"{model.value}: {error.found}."))
        return []
    method = _method(regression, model, groups)
    if model is Model.SHRUNKEN and _cluster(case) is not None:
        method += ", patients taken as independent"
    fitted = Fitted(model, groups, regression, method)
    found.extend(_findings(case, fitted, found))
    return [fitted]


def _method(regression: Regression, model: Model, groups: tuple[Groups, ...]) -> str:
    """``Cox, Efron, together, shrunken (prior SD 0.7), as it happens``."""
    name, *rest = regression.method.split(", ")
    ties, *rest = rest
    which = Model.TOGETHER if model is Model.SHRUNKEN else model
    happens = ["as it happens"] if any(one.varies for one in groups) else []
    return ", ".join([name, ties, which.value, *rest, *happens])


def _findings(case: Case, fitted: Fitted, told: Sequence[Finding]) -> Iterator[Finding]:
    """What the fit noticed, with outcome and model; of the joint model only what was not told alone."""
    is_first = fitted.model is Model.ALONE and not fitted.is_subdistribution
    before = set[str]() if is_first else {one.code for one in told}
    which = f"{fitted.groups[0].covariate.name} alone" if fitted.model is Model.ALONE else fitted.model.value
    skipped = TOLD_ELSEWHERE if fitted.model is Model.ALONE else {"E106"}
    for one in fitted.regression.findings:
        if one.code not in skipped | before:
            kind = "Fine-Gray, " if fitted.is_subdistribution else ""
            yield replace(one, message=f"{kind}{which}: {one.message}")


def _few_events(case: Case, fits: Sequence[Fitted]) -> Iterator[Finding]:
    """One finding for all models with few events; those of one covariate are listed."""
    few = [one for one in fits if one.few_events]
    alone = [
        f"{one.groups[0].covariate.name} {_number(one.regression.events, 'event')}"
        + (f" for {one.coefficients} coefficients" if one.coefficients > 1 else "")
        for one in few
        if one.model is Model.ALONE
    ]
    said = [f"alone: {', '.join(alone)}."] if alone else []
    for one in few:
        if one.model is not Model.ALONE:
            events, number = one.regression.events, one.coefficients
            counted = f"{_number(events, 'event')} for {_number(number, 'coefficient')}"
            said.append(f"{one.model.value}: {counted} ({events / number:.1f} each).")
    if said:
        yield finding("E223", case.name, " ".join(said))


def _number(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _merged(case: Case, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """One finding a code and outcome: what several models noticed, one after the other."""
    by_code: dict[str, list[Finding]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append(one)
    return tuple(
        replace(
            same[0],
            table=case.name,
            message=f"'{case.name}', {' '.join(dict.fromkeys(one.message for one in same))}",
            patients=max(one.patients for one in same),
        )
        for same in by_code.values()
    )

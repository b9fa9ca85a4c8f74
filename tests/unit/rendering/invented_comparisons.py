"""Invented groups, naive comparisons and tests, of the declared shapes; they only need to be plausible."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.base.clock import months_to_days
from equipoise.base.findings import FindingStatus
from equipoise.estimate.estimates import ESTIMATES, RISK_TABLE
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.estimate.test_results import TESTS
from equipoise.language.feature import Baseline
from equipoise.language.predicate import Has
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.prognosis import Covariate, Prognosis

OK, BIASED = FindingStatus.OK.value, FindingStatus.BIASED.value
BY_MONTH = 24.0
PRIOR = "Cox, Efron, together, shrunken (prior SD 0.7)"
Row = dict[str, Any]


@dataclass(frozen=True)
class Comparisons:
    """The tables that the toolbox adds."""

    estimates: pl.DataFrame
    risk_table: pl.DataFrame
    prognosis: pl.DataFrame
    naive: pl.DataFrame
    tests: pl.DataFrame


def invented_prognosis() -> Prognosis:
    """What is asked of the invented study."""
    return Prognosis(
        outcomes=("os", "relapse"),
        by_month=BY_MONTH,
        landmarks_months=(6.0,),
        covariates=(
            Covariate(name="flt3", feature=Baseline(baseline="flt3")),
            Covariate(name="transplanted", predicate=Has(has="hct")),
        ),
    )


def invented_comparison() -> NaiveComparison:
    """The ladder of the invented study."""
    return NaiveComparison(name="transplant", label="transplant or not", intervention="hct", outcomes=("os",))


def invented_comparisons(days: np.ndarray) -> Comparisons:
    """All rows, the curves on the given days."""
    frames: list[pl.DataFrame] = []
    risks: list[pl.DataFrame] = []
    groups: list[Row] = []
    for outcome, measure in (("os", "survival"), ("relapse", "cumulative_incidence")):
        rows, found = _groups(outcome, measure)
        groups += rows
        frames.append(ESTIMATES.frame(found))
    rungs = _rungs()
    for rung in rungs:
        answers, under = _curves(rung, days)
        if rung["rung"] != "N5":
            frames.append(ESTIMATES.frame(answers))
            risks.append(RISK_TABLE.frame(under))
        if rung["rung"] != "N4":
            frames.append(ESTIMATES.frame([_ratio("os", rung["treated"], rung["untreated"], _hazard(rung))]))
    return Comparisons(
        pl.concat(frames),
        pl.concat(risks),
        PROGNOSIS.frame(groups),
        NAIVE.frame(rungs),
        TESTS.frame(_tests()),
    )


def _answer(outcome: str, strategy: str, **words: Any) -> Row:
    return {
        "estimand": "An invented estimand.",
        "outcome": outcome,
        "strategy": strategy,
        "versus": None,
        "day": None,
        "std_error": 0.1,
        "level": 0.95,
        "interval": "log",
        "method": "Kaplan-Meier, infinitesimal jackknife",
        "role": "companion",
        "n": 150,
        "events": 60,
        "at_risk": 50,
        "ess": 50.0,
        "status": OK,
        "finding": None,
    } | words


def _ratio(outcome: str, strategy: str, versus: str | None, numbers: Row) -> Row:
    return _answer(outcome, strategy, versus=versus, measure="hazard_ratio") | numbers


def _numbers(estimate: float | None, lower: float | None, upper: float | None, method: str) -> Row:
    interval = "log, posterior" if "shrunken" in method else "log"
    return {"estimate": estimate, "lower": lower, "upper": upper, "method": method, "interval": interval}


def _groups(outcome: str, measure: str) -> tuple[list[Row], list[Row]]:
    """Groups of a category, of a number with its slope, of what may change, and at a landmark."""
    alone, together = "Cox, Efron, alone", "Cox, Efron, together"
    separated = {"status": FindingStatus.SEPARATED.value}
    fits: dict[str, list[Row]] = {
        "flt3=B": [
            _numbers(1.82, 1.1, 3.01, alone),
            _numbers(1.6, 0.95, 2.7, together),
            _numbers(1.5, 0.98, 2.3, PRIOR),
        ],
        "flt3=C": [_numbers(6.4, 2.9, 14.1, alone), _numbers(5.1, 2.2, 11.8, PRIOR)],
        "age > 40": [_numbers(None, None, None, alone) | separated, _numbers(1.9, 0.7, 5.2, PRIOR)],
        "age + 10": [_numbers(1.21, 1.05, 1.4, alone), _numbers(1.18, 1.03, 1.35, PRIOR)],
        "transplanted=yes": [_numbers(0.62, 0.4, 0.95, f"{alone}, as it happens")],
        "month 6: transplanted=yes": [_numbers(0.7, 0.45, 1.08, alone)],
    }
    age, marker = ("age", "Age at diagnosis", False), ("transplanted", "Transplanted", True)
    flt3 = ("flt3", "FLT3 mutation group", False)
    asked: list[tuple[tuple[str, str, bool], str, str, str, str | None, float | None]] = [
        (flt3, "A", "group A", "flt3=A", None, None),
        (flt3, "B", "group B", "flt3=B", "flt3=A", None),
        (flt3, "C", "group C, which has a long name that must be wrapped", "flt3=C", "flt3=A", None),
        (age, "<= 40", "up to 40 years", "age <= 40", None, None),
        (age, "> 40", "above 40 years", "age > 40", "age <= 40", None),
        (age, "per", "for each 10 more", "age + 10", "age", None),
        (marker, "no", "no", "transplanted=no", None, None),
        (marker, "yes", "yes", "transplanted=yes", "transplanted=no", None),
        (marker, "no", "no", "month 6: transplanted=no", None, 6.0),
        (marker, "yes", "yes", "month 6: transplanted=yes", "month 6: transplanted=no", 6.0),
    ]
    rows: list[Row] = []
    found: list[Row] = []
    for place, ((name, label, varies), level, words, strategy, versus, landmark) in enumerate(asked):
        n = 150 - 11 * place
        rows.append(
            {
                "outcome": outcome,
                "covariate": name,
                "covariate_label": label,
                "level": level,
                "level_label": words,
                "position": place,
                "reference": versus is None,
                "varies": varies,
                "landmark_month": landmark,
                "strategy": strategy,
                "versus": versus,
                "n": n,
                "events": n // 3,
                "missing": 12 if name == "age" else 0,
            }
        )
        risk = 0.7 - 0.05 * place
        risky = level != "per" and strategy != "transplanted=yes"
        if risky:
            day = months_to_days((landmark or 0.0) + BY_MONTH)
            limits = {"estimate": risk, "lower": risk - 0.1, "upper": risk + 0.1}
            found.append(_answer(outcome, strategy, measure=measure, day=day, n=n, **limits))
        found += [_ratio(outcome, strategy, versus, one) for one in fits.get(strategy, [])]
        if outcome == "relapse" and strategy.startswith("flt3=") and versus:
            fine_gray = _numbers(1.4, 0.9, 2.2, "Fine-Gray, alone")
            measure_of = {"measure": "subdistribution_hazard_ratio"}
            found.append(_ratio(outcome, strategy, versus, fine_gray) | measure_of)
    return rows, found


def _hazard(rung: Row) -> Row:
    ratios = {"N1": (0.27, 0.18, 0.4), "N2": (0.35, 0.22, 0.55), "N3": (0.8, 0.5, 1.3), "N5": (1.1, 0.7, 1.7)}
    method = "Cox, Efron, as it happens" if rung["rung"] == "N5" else "Cox, Efron, alone"
    return _numbers(*ratios[rung["rung"]], method) | {"role": "naive", "status": BIASED, "finding": "E101"}


def _rungs() -> list[Row]:
    asked: list[tuple[str, str, str, str, float | None]] = [
        ("N1", "Ever v never transplant, from time zero", "N1 ever hct", "N1 never hct", None),
        ("N2", "From transplant v never transplant from time zero", "N2 from hct", "N2 never hct", None),
        ("N3", "Landmark at month 6", "N3 hct by month 6", "N3 no hct by month 6", 6.0),
        ("N4", "Before v after transplant (Simon-Makuch)", "N4 after hct", "N4 before hct", None),
        ("N5", "Time-dependent transplant: Cox and Mantel-Byar", "N4 after hct", "N4 before hct", None),
    ]
    return [
        {
            "comparison": "transplant",
            "intervention": "hct",
            "outcome": "os",
            "rung": code,
            "position": place,
            "label": label,
            "reason": f"A reason of one line why {code} is wrong, long enough to need most of the page.",
            "landmark_month": landmark,
            "treated": treated,
            "untreated": untreated,
            "n_treated": 200 - place,
            "n_untreated": 240 + place,
            "events_treated": 80,
            "events_untreated": 150,
        }
        for place, (code, label, treated, untreated, landmark) in enumerate(asked)
    ]


def _curves(rung: Row, days: np.ndarray) -> tuple[list[Row], list[Row]]:
    """Two exponential curves on the days after the landmark, their difference, the numbers under them."""
    begin = months_to_days(rung["landmark_month"] or 0.0)
    later = [float(day) for day in days if day >= begin]
    rates = {rung["treated"]: 0.01 + 0.003 * rung["position"], rung["untreated"]: 0.028}
    naive = {"role": "naive", "status": BIASED, "finding": "E101"}

    def survival(strategy: str, day: float) -> float:
        return float(np.exp(-rates[strategy] * (day - begin) * 12 / 365.25))

    rows: list[Row] = []
    under: list[Row] = []
    for strategy in rates:
        for day in later:
            value = survival(strategy, day)
            at_risk = round(220 * value)
            limits = {"estimate": value, "lower": max(0.0, value - 0.05), "upper": min(1.0, value + 0.05)}
            words = {"measure": "survival", "day": day, "at_risk": at_risk, "n": 220} | limits | naive
            rows.append(_answer("os", strategy, **words))
            under.append(
                {
                    "outcome": "os",
                    "strategy": strategy,
                    "day": day,
                    "at_risk": at_risk,
                    "events": 220 - at_risk,
                    "censored": 0,
                }
            )
    for month in (12.0, 24.0, 36.0, 60.0):
        day = months_to_days(month)
        value = survival(rung["treated"], day) - survival(rung["untreated"], day)
        words = {"versus": rung["untreated"], "measure": "survival_difference", "day": day, "n": 440} | naive
        limits = {"estimate": value, "lower": value - 0.08, "upper": value + 0.08}
        rows.append(_answer("os", rung["treated"], **words, **limits))
    return rows, under


def _tests() -> list[Row]:
    def one(test: str, about: str, statistic: float | None, p: float | None, **words: Any) -> Row:
        return {
            "outcome": "os",
            "test": test,
            "about": about,
            "landmark_month": None,
            "hypothesis": f"Nothing goes with {about}.",
            "statistic": statistic,
            "degrees_of_freedom": 2,
            "p_value": p,
            "n": 443,
            "events": 200,
            "method": f"{test} test, unstratified",
            "status": OK,
            "finding": None,
        } | words

    return [
        one("log-rank", "FLT3 mutation group", 25.31, 3.2e-6),
        one("log-rank", "Transplanted", 2.4, 0.1213, landmark_month=6.0, degrees_of_freedom=1),
        one(
            "Mantel-Byar",
            "transplant or not",
            0.31,
            0.578,
            degrees_of_freedom=1,
            status=BIASED,
            finding="E101",
        ),
        one("Wald", "all covariates together", None, None, status=FindingStatus.SEPARATED.value),
        one("proportional hazards", "FLT3 mutation group", 9.1, 0.0105),
        one("proportional hazards", "Age at diagnosis", 0.4, 0.53, degrees_of_freedom=1),
        one("Gray", "FLT3 mutation group", 4.9, 0.0862, outcome="relapse"),
    ]

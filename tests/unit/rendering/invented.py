"""An invented study of the declared shapes, with numbers that only need to be plausible.

Courses are drawn from constant hazards and followed completely to month 60 (shares of patients are then the
estimates); nobody's real data are here, and nothing in these tests takes the numbers for evidence.
"""

from typing import Any

import numpy as np
import polars as pl
from invented_comparisons import invented_comparison, invented_comparisons, invented_prognosis

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.findings import FindingStatus, finding
from equipoise.cohort.describe import BASELINE
from equipoise.emulate.flow import Box, flow_table
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, RISK_TABLE, TRANSITIONS, WEIGHTS
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.read import read_protocol
from equipoise.study.manifest import inputs_manifest
from equipoise.study.study import Study
from equipoise.study.tables import COLUMNS, COURSES, FINDINGS, MARKERS

PATIENTS = 454
MONTHS = tuple(range(61))
STATES = (
    "remission",
    "hct_in_remission",
    "relapse",
    "hct_after_relapse",
    "death_in_remission",
    "death_after_relapse",
)
NO_BASELINE: dict[str, Any] = dict.fromkeys(BASELINE.dtypes)
Course = list[tuple[str, float, float]]


def draw_courses(patients: int = PATIENTS) -> tuple[list[Course], np.ndarray]:
    """States with first and last day of each stay; and the day of last contact."""
    chance = np.random.default_rng(7)
    moves: dict[str, list[tuple[str, float]]] = {
        "remission": [("hct_in_remission", 0.035), ("relapse", 0.03), ("death_in_remission", 0.004)],
        "hct_in_remission": [("relapse", 0.012), ("death_in_remission", 0.006)],
        "relapse": [("hct_after_relapse", 0.05), ("death_after_relapse", 0.09)],
        "hct_after_relapse": [("death_after_relapse", 0.03)],
        "death_in_remission": [],
        "death_after_relapse": [],
    }
    courses: list[Course] = []
    for _ in range(patients):
        state, day = "remission", 0.0
        course: Course = []
        while moves[state] and day < 2200:
            waits = [chance.exponential(1 / rate) * DAYS_PER_MONTH for _, rate in moves[state]]
            first = int(np.argmin(waits))
            stop = float(np.ceil(day + waits[first]))
            course.append((state, day, stop))
            state, day = moves[state][first][0], stop
        course.append((state, day, np.inf))
        courses.append(course)
    return courses, np.floor(chance.uniform(500, 2300, patients))


def state_on(course: Course, day: float) -> str:
    """State at the end of a day."""
    return next(state for state, start, stop in reversed(course) if start <= day)


def answers(
    probability: np.ndarray, at_risk: np.ndarray, events: np.ndarray, words: dict[str, Any]
) -> pl.DataFrame:
    """Rows of the table of estimates; the interval is a plain binomial one."""
    n = int(words.pop("n", PATIENTS))
    error = np.sqrt(probability * (1 - probability) / n)
    sparse = at_risk < 0.1 * n
    size = probability.size
    base: dict[str, Any] = {
        "versus": None,
        "level": 0.95,
        "interval": "log-log",
        "method": "Kaplan-Meier, infinitesimal jackknife",
        "role": "primary",
        "finding": None,
        "strategy": "natural course",
        "n": n,
    } | words
    status = base.pop("status", None)
    return ESTIMATES.frame(
        [
            base
            | {
                "day": MONTHS[place] * DAYS_PER_MONTH,
                "estimate": float(probability[place]),
                "std_error": float(error[place]),
                "lower": max(0.0, float(probability[place] - 1.96 * error[place])),
                "upper": min(1.0, float(probability[place] + 1.96 * error[place])),
                "events": int(events[place]),
                "at_risk": int(at_risk[place]),
                "ess": float(at_risk[place]),
                "status": status or (FindingStatus.SPARSE if sparse[place] else FindingStatus.OK).value,
            }
            for place in range(size)
        ]
    )


def _time_row(words: dict[str, Any], days: float, horizon: float | None) -> dict[str, Any]:
    return {
        "strategy": "natural course",
        "versus": None,
        "day": horizon,
        "estimate": days,
        "std_error": 14.0,
        "lower": days - 28,
        "upper": days + 28,
        "level": 0.95,
        "interval": "plain",
        "method": "area under the cumulative incidence, infinitesimal jackknife",
        "role": "primary",
        "n": PATIENTS,
        "events": 200,
        "at_risk": 120,
        "ess": 120.0,
        "status": FindingStatus.OK.value,
        "finding": None,
    } | words


def invented_study(*, with_patients: bool = True) -> Study:
    """The whole study."""
    vocabulary = read_vocabulary("myeloid")
    protocol = read_protocol("myeloid").model_copy(
        update={"prognosis": invented_prognosis(), "naive_comparisons": (invented_comparison(),)}
    )
    courses, contact = draw_courses()
    days = np.array(MONTHS) * DAYS_PER_MONTH
    at = np.array([[state_on(course, day) for day in days] for course in courses])
    share = {state: (at == state).mean(axis=0) for state in STATES}
    dead = share["death_in_remission"] + share["death_after_relapse"]
    relapsed = share["relapse"] + share["hct_after_relapse"] + share["death_after_relapse"]
    nrm = share["death_in_remission"]
    ever = np.array(
        [[any(s == "hct_in_remission" and a <= day for s, a, _ in c) for day in days] for c in courses]
    )
    hct = ever.mean(axis=0)
    seen = (contact[:, None] >= days).sum(axis=0) / PATIENTS

    def sizes(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.rint(PATIENTS * (1 - p) * seen), np.rint(PATIENTS * p * (0.5 + seen / 2))

    frames: list[pl.DataFrame] = []
    risks: list[dict[str, Any]] = []

    def add(p: np.ndarray, lost: np.ndarray, words: dict[str, Any], *, risk: bool = True) -> None:
        at_risk, events = sizes(lost)
        frames.append(answers(p, at_risk, events, {"estimand": "An invented estimand.", **words}))
        if risk:
            risks.extend(
                {
                    "outcome": words["outcome"],
                    "strategy": words.get("strategy", "natural course"),
                    "day": float(days[m]),
                    "at_risk": int(at_risk[m]),
                    "events": int(events[m]),
                    "censored": int(max(0, PATIENTS - at_risk[m] - events[m])),
                }
                for m in MONTHS
            )

    left = relapsed + nrm
    add(1 - dead, dead, {"outcome": "os", "measure": "survival"})
    add(1 - left, left, {"outcome": "dfs", "measure": "survival"})
    add(relapsed, left, {"outcome": "relapse", "measure": "cumulative_incidence"})
    add(nrm, left, {"outcome": "nrm", "measure": "cumulative_incidence"})
    add(hct, left, {"outcome": "hct", "measure": "cumulative_incidence"})
    for state in vocabulary.structures["course"].states:
        p = share.get(state, np.zeros(len(MONTHS)))
        words = {"outcome": f"state:course:{state}", "measure": "state_probability"}
        add(p, dead, words, risk=False)
    _add_four(add, left, hct)
    _add_funnels(add, dead)
    total = 36 * DAYS_PER_MONTH
    parts = {"relapse": 0.31, "death_in_remission": 0.07}
    rows = [
        _time_row({"estimand": "Mean.", "outcome": "dfs", "measure": "restricted_mean"}, total * 0.62, total)
    ]
    rows += [
        _time_row(
            {"estimand": "Mean.", "outcome": f"dfs:{cause}", "measure": "time_lost"}, total * part, total
        )
        for cause, part in parts.items()
    ]
    rows.append(_time_row({"estimand": "Median.", "outcome": "os", "measure": "median"}, 900.0, None))
    rows.append(
        _time_row({"estimand": "Follow-up.", "outcome": "os", "measure": "median_follow_up"}, 1400.0, None)
    )
    frames.append(ESTIMATES.frame(rows))
    findings = (
        finding(_any_code(), "estimates", "Something that a reader should know, invented.", patients=12),
    )
    compared = invented_comparisons(days)
    tables = _small_tables() | {
        "estimates": pl.concat([*frames, compared.estimates]),
        "risk_table": pl.concat([RISK_TABLE.frame(risks), compared.risk_table]),
        "prognosis": compared.prognosis,
        "naive": compared.naive,
        "tests": compared.tests,
        "findings": FINDINGS.frame(
            [
                {
                    "code": one.code,
                    "severity": str(one.severity),
                    "table": one.table,
                    "rows": list(one.rows),
                    "patients": one.patients,
                    "message": one.message,
                    "remedy": one.remedy,
                }
                for one in findings
            ]
        ),
        "columns": COLUMNS.frame(
            [
                {"table": "estimates", **{k: v for k, v in row.items() if k != "table"}}
                for row in ESTIMATES.dictionary()
            ]
        ),
    }
    return Study(
        protocol=protocol,
        vocabulary=vocabulary,
        tables=tables,
        patients=_patients(courses, contact) if with_patients else {},
        findings=findings,
        citations=(
            "kaplan1958",
            "aalen1978",
            "andersen2013",
            "cox1972",
            "gray1988",
            "mantel1966",
            "mantel1974",
            "simon1984",
            "verweij1994",
            "morris2019",
        ),
        manifest=inputs_manifest(
            title=protocol.title,
            seed=2026,
            inputs={"protocol": "a" * 64, "vocabulary": "b" * 64, "cohort": "c" * 64},
        ),
    )


def _any_code() -> str:
    from equipoise.base.codes import CODES, Severity

    return next(code for code, meaning in CODES.items() if meaning.severity is Severity.WARNING)


def _add_four(add: Any, left: np.ndarray, hct: np.ndarray) -> None:
    words = {"outcome": "dfs", "measure": "survival"}
    add(1 - left, left, words | {"strategy": "treatment_policy: hct"}, risk=False)
    naive = words | {
        "strategy": "hypothetical: hct",
        "role": "naive",
        "status": FindingStatus.BIASED.value,
        "finding": "E110",
    }
    add(1 - 0.92 * left - 0.05 * hct, left, naive, risk=False)
    both = np.clip(left * 0.55 + hct, 0, 1)
    add(1 - both, both, words | {"strategy": "composite: hct"}, risk=False)
    add(
        left * 0.55,
        left,
        {"outcome": "dfs", "measure": "cumulative_incidence", "strategy": "while_on_treatment: hct"},
        risk=False,
    )


def _add_funnels(add: Any, dead: np.ndarray) -> None:
    words = {"outcome": "os", "measure": "survival"}
    early = np.clip(1.35 * np.sqrt(np.array(MONTHS) / 60) * 0.62, 0, 0.9)
    add(1 - early, early, words | {"strategy": "from relapse", "n": 160})
    add(
        1 - 0.6 * early,
        0.6 * early,
        words
        | {
            "strategy": "from hct after relapse",
            "n": 94,
            "role": "naive",
            "status": FindingStatus.BIASED.value,
        },
    )
    del dead


def _small_tables() -> dict[str, pl.DataFrame]:
    boxes = [
        Box("assessed", None, "kept", "Patients in the extract", 646),
        Box("no_remission", "assessed", "left", "No complete remission recorded", 192),
        Box("no_remission_hct", "no_remission", "detail", "transplant", 100),
        Box("no_remission_death", "no_remission", "detail", "death", 141),
        Box("remission", "assessed", "kept", "A complete remission was recorded", 454),
        Box("before", "remission", "left", "Transplanted up to that day", 11),
        Box("enrolled", "remission", "kept", "Followed from first remission", 443),
        Box("hct_cr", "enrolled", "part", "transplanted in first remission", 159),
        Box("relapse", "enrolled", "part", "relapsed without a transplant before", 150),
        Box("other", "enrolled", "part", "neither", 134),
    ]
    baseline = [
        _level("trt", "Treatment arm", "arm A", 224),
        _level("trt", "Treatment arm", "arm B", 230),
        _level("sex", "Sex", "female", 240),
        _level("sex", "Sex", "male", 214),
        NO_BASELINE
        | {
            "group": "all",
            "variable": "age",
            "label": "Age",
            "unit": "years",
            "n": 450,
            "missing": 4,
            "count": 450,
            "median": 44.0,
            "lower_quartile": 31.5,
            "upper_quartile": 57.0,
        },
    ]
    funnel = [
        _step(0, "relapse", "relapse", 160, 160),
        _step(1, "hct", "haematopoietic cell transplant", 94, 160),
        _step(2, "os", "alive at last contact", 41, 94),
    ]
    arrows = [("remission", "hct_in_remission", 159, 90000.0), ("remission", "relapse", 120, 90000.0)]
    transitions = [
        {
            "structure": "course",
            "from": a,
            "to": b,
            "from_label": a.replace("_", " "),
            "to_label": b.replace("_", " "),
            "patients": k,
            "events": k,
            "person_days": t,
            "rate": k / t * 365.25,
        }
        for a, b, k, t in arrows
    ]
    attrition = {
        "step": [1, 2],
        "label": ["a complete remission was recorded", "no transplant up to that day"],
        "excluded": [192, 11],
        "remaining": [454, 443],
        "on_record": ["100 transplant, 141 death", ""],
    }
    return {
        "flow": flow_table(boxes),
        "attrition": pl.DataFrame(attrition),
        "baseline": BASELINE.frame(baseline),
        "funnel": FUNNEL.frame(funnel),
        "transitions": TRANSITIONS.frame(transitions),
        "weights": WEIGHTS.empty(),
    }


def _level(variable: str, label: str, level: str, number: int) -> dict[str, Any]:
    known = {"group": "all", "variable": variable, "label": label, "unit": "", "level": level}
    return NO_BASELINE | known | {"n": PATIENTS, "missing": 0, "count": number, "share": number / PATIENTS}


def _step(step: int, name: str, label: str, reached: int, of: int) -> dict[str, Any]:
    share = reached / 160
    bounds = {"share": share, "lower": max(0.0, share - 0.08), "upper": min(1.0, share + 0.08)}
    counts = {
        "funnel": "after_relapse",
        "step": step,
        "name": name,
        "label": label,
        "reached": reached,
        "of": of,
    }
    return counts | bounds


def _patients(courses: list[Course], contact: np.ndarray) -> dict[str, pl.DataFrame]:
    names = {"hct_in_remission": "hct", "hct_after_relapse": "hct", "relapse": "relapse"}
    stays: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    for patient, (course, last) in enumerate(zip(courses, contact, strict=True)):
        for state, start, stop in course:
            if start >= last:
                break
            if start > 0:
                markers.append({"patient": patient, "day": start, "name": names.get(state, "death")})
            if not state.startswith("death"):
                end = min(stop, last)
                stays.append(
                    {"patient": patient, "state": state, "start": start, "stop": end, "ongoing": stop > last}
                )
    return {"courses": COURSES.frame(stays), "markers": MARKERS.frame(markers)}

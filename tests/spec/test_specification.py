"""Every case of the specification, by the fast implementation and by its slow twin."""

import json
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML
from text_tables import (
    FOLDER,
    Case,
    Table,
    Verb,
    cohort_of,
    read_cases,
    shown,
    strategy_protocol,
    vocabulary,
)

from equipoise.cohort import reference
from equipoise.cohort.audit import audit
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.history import History, event_history
from equipoise.cohort.reference_evaluate import value_of
from equipoise.emulate.enrol import ATTRITION, Enrolment
from equipoise.emulate.flow import FLOW
from equipoise.emulate.prescribed import prescribed
from equipoise.emulate.reference import prescribed_for
from equipoise.language.feature import FEATURES, Feature
from equipoise.language.predicate import Predicate
from equipoise.protocol.strategy import Strategy

WORDS = vocabulary()
CASES = [(path.stem, case) for path in sorted((FOLDER / "cases").glob("*.md")) for case in read_cases(path)]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case.title}" for file, case in CASES])
def test_case(file: str, case: Case) -> None:
    assert case.verbs, "a case without a verb specifies nothing"
    cohort, number = cohort_of(case, WORDS)
    names = {position: name for name, position in number.items()}
    for verb in case.verbs:
        word, _, rest = verb.text.partition(" ")
        RUN[word](cohort, rest, verb, names, case)


def run_history(cohort: Cohort, rest: str, verb: Verb, names: dict[int, str], case: Case) -> None:
    """``history from 0 | stop at transplant``: operations after the bar."""
    start, *operations = [part.strip() for part in rest.split("|")]
    zero = time_zero(cohort, start.removeprefix("from").strip(), names, case)
    fast = event_history(cohort, "course", time_zero=zero)
    slow = reference.courses(cohort, WORDS.structures["course"], zero)
    order = reference.same_day_order(WORDS)
    for operation in operations:
        fast, slow = operate(operation, cohort, zero, fast, slow, order)
    expected = verb.expected[""]
    assert rows_of_fast(fast, names) == expected, "fast implementation"
    assert rows_of_slow(reference.rows(slow, 1.0), names) == expected, "slow twin"


def operate(operation, cohort, zero, fast: History, slow, order):
    match operation.split():
        case ["stop", "at", word] if word in WORDS.records:
            days = cohort.first_day(word, after=zero)
            return fast.stop_at(days, before=word), reference.stop_at(slow, days, word, order)
        case ["stop", "at", "day", day]:
            days = [float(day)] * cohort.n
            return fast.stop_at(float(day)), reference.stop_at(slow, days, None, order)
        case ["divert", "at", word, "to", state]:
            days = cohort.first_day(word, after=zero)
            return fast.divert(days, state, before=word), reference.divert(slow, days, state, word, order)
        case ["lump", *groups]:
            final = [group.split("=")[0].strip("!") for group in groups if group.startswith("!")]
            merged = {g.split("=")[0].strip("!"): g.split("=")[1].split(",") for g in groups}
            return fast.lump(merged, final=final), reference.lump(slow, merged, final)
        case _:
            raise ValueError(operation)


def time_zero(cohort: Cohort, text: str, names: dict[int, str], case: Case) -> np.ndarray:
    """A day, or `time_zero` for the column of that name in the table of patients (empty: not enrolled)."""
    if text != "time_zero":
        return np.full(cohort.n, float(text))
    given = {row["patient"]: row["time_zero"] for row in case.tables["patients"]}
    return np.array([float(given[names[position]] or "nan") for position in range(cohort.n)])


def rows_of_fast(history: History, names: dict[int, str]) -> Table:
    return [
        {name: names[value] if name == "patient" else shown(value) for name, value in row.items()}
        for row in history.intervals().iter_rows(named=True)
    ]


def rows_of_slow(rows: list[reference.Row], names: dict[int, str]) -> Table:
    return [
        {
            "patient": names[row.patient],
            "start": str(row.start // 2),
            "stop": str(row.stop // 2),
            "state": row.origin,
            "next": row.target,
        }
        for row in rows
    ]


def run_evaluate(cohort: Cohort, rest: str, verb: Verb, names: dict[int, str], case: Case) -> None:
    """``evaluate {last: mrd} on 5``."""
    written, _, day = rest.rpartition(" on ")
    data = YAML(typ="safe", pure=True).load(written)
    is_feature = set(data) & set(FEATURES) and not set(data) & {"eq", "ne", "lt", "le", "gt", "ge", "in"}
    asked = TypeAdapter(Feature if is_feature else Predicate).validate_json(json.dumps(data))
    days = np.full(cohort.n, float(day))
    fast = evaluate(asked, cohort, days).to_list()
    slow = [value_of(asked, cohort, patient, float(day)) for patient in range(cohort.n)]
    for found, who in ((fast, "fast implementation"), (slow, "slow twin")):
        table = [{"patient": names[i], "value": shown(value)} for i, value in enumerate(found)]
        assert table == verb.expected[""], who


def run_as_of(cohort: Cohort, rest: str, verb: Verb, names: dict[int, str], case: Case) -> None:
    """``known on 5``: the named tables of the cohort as of that day, in the columns that are shown."""
    known = cohort.as_of(float(rest.removeprefix("on ")))
    for name, expected in verb.expected.items():
        frame: pl.DataFrame = known.tables[name]
        columns = list(expected[0]) if expected else []
        found = [
            {c: names[row[c]] if c == "patient" else shown(row[c]) for c in columns}
            for row in frame.iter_rows(named=True)
        ]
        assert found == expected, name


def run_audit(cohort: Cohort, rest: str, verb: Verb, names: dict[int, str], case: Case) -> None:
    """``audit for D206``: whether, and on which rows, the findings of these codes are reported."""
    codes = rest.removeprefix("for ").split()
    found = [
        {"code": one.code, "table": one.table, "rows": " ".join(map(str, one.rows)), "message": one.message}
        for one in audit(cohort)
        if one.code in codes
    ]
    assert found == verb.expected.get("", [])


def run_prescribe(cohort: Cohort, rest: str, verb: Verb, names: dict[int, str], case: Case) -> None:
    """``prescribe {kind: never, treatment: first} of first on 1 2 3``: q on days after time zero, day 0."""
    written, _, days = rest.rpartition(" on ")
    written, _, treatment = written.rpartition(" of ")
    strategy = Strategy.model_validate_json(
        json.dumps({"name": "written", **YAML(typ="safe", pure=True).load(written)})
    )
    asked = strategy_protocol(strategy)
    zero = np.zeros(cohort.n)
    enrolled = Enrolment(zero, ATTRITION.empty(), FLOW.empty(), ())
    for patient, expected in zip(range(cohort.n), verb.expected[""], strict=True):
        assert expected["patient"] == names[patient]
        for day in map(float, days.split()):
            bin_ = np.array([day - 1, day])
            fast = prescribed(asked, strategy, treatment, cohort, enrolled, bin_)[patient, 0]
            slow = prescribed_for(asked, strategy, treatment, cohort, patient, (0.0, *bin_))
            by_hand = float(Fraction(expected[f"{day:g}"]))
            assert fast == pytest.approx(by_hand, abs=1e-12), (names[patient], day, "fast implementation")
            assert slow == pytest.approx(by_hand, abs=1e-12), (names[patient], day, "slow twin")


RUN = {
    "history": run_history,
    "evaluate": run_evaluate,
    "known": run_as_of,
    "audit": run_audit,
    "prescribe": run_prescribe,
}

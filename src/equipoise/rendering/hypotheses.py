"""The table of tests: hypothesis, statistic, degrees of freedom, P value; and what follows for the reader."""

from collections.abc import Sequence
from typing import Any, Final

from equipoise.language.words import lower_first
from equipoise.rendering.comparison_words import RATIO_STATUS
from equipoise.rendering.numbers import p_value
from equipoise.rendering.reading import Reading
from equipoise.rendering.sentences import events, patients
from equipoise.rendering.tables import Row, TableView
from equipoise.rendering.words import TEXT, capital, join_words

PROPORTIONAL: Final = "proportional hazards"
# Below it the table says that ratios change; it decides upon a sentence, not upon an effect.
DOUBT: Final = 0.05
# Of a test in which less than one event would be expected in a group; its P value stays in the study alone.
FEW_EXPECTED: Final = "E268"


def hypotheses_table(reading: Reading) -> TableView | None:
    """Every test under its outcome, in the order of the study; None without tests."""
    rows = reading.rows("tests")
    if not rows:
        return None
    shown: list[Row] = []
    for outcome in dict.fromkeys(row["outcome"] for row in rows):
        shown.append(Row((reading.outcome(outcome).label,)))
        shown += [_row(reading, row) for row in rows if row["outcome"] == outcome]
    names = ("test", "hypothesis", "statistic", "df", "p", "code")
    numeric = {"statistic", "df", "p"}
    return TableView(
        key="tests-table",
        caption=TEXT["tests_caption"],
        columns=tuple((TEXT[f"column_{name}"], name in numeric) for name in names),
        rows=tuple(shown),
        note=" ".join([TEXT["tests_note"], *_few(rows)]),
        classes="tests",
        # Whether hazards are proportional is a check of a model and no result of a paper.
        sentences=tuple(
            _sentence(reading, row)
            for row in rows
            if row["p_value"] is not None and row["finding"] != FEW_EXPECTED and not _is_check(row)
        ),
    )


def doubts(reading: Reading) -> list[str]:
    """One sentence for each outcome in which a test speaks against proportional hazards."""
    found: dict[str, list[str]] = {}
    for row in reading.rows("tests"):
        if _is_check(row) and row["p_value"] is not None and row["p_value"] < DOUBT:
            said = TEXT["doubt_part"].format(
                about=lower_first(_about(reading, row)), p=p_value(row["p_value"])
            )
            found.setdefault(row["outcome"], []).append(said)
    return [
        TEXT["doubt"].format(outcome=reading.outcome(outcome).label, parts=join_words(parts))
        for outcome, parts in found.items()
    ]


def _few(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What a missing P value means, if one is missing because too little was expected."""
    is_few = any(row["finding"] == FEW_EXPECTED for row in rows)
    return [TEXT["tests_few"].format(code=FEW_EXPECTED)] if is_few else []


def _is_check(row: dict[str, Any]) -> bool:
    """Whether the test is one of proportional hazards."""
    return lower_first(row["test"]).startswith(PROPORTIONAL)


def _row(reading: Reading, row: dict[str, Any]) -> Row:
    if row["statistic"] is None or row["p_value"] is None:
        numbers = (RATIO_STATUS.get(row["status"], TEXT["no_number"]), str(row["degrees_of_freedom"]), "")
    else:
        numbers = (
            f"{row['statistic']:.2f}",
            str(row["degrees_of_freedom"]),
            TEXT["no_p_value"] if row["finding"] == FEW_EXPECTED else p_value(row["p_value"]),
        )
    name = f"{capital(row['test'])}: {lower_first(_about(reading, row))}"
    return Row((name, row["hypothesis"], *numbers, row["finding"] or ""), indent=1)


def _about(reading: Reading, row: dict[str, Any]) -> str:
    """What a test is about, and when it is judged unless its name says so; a naive comparison by its name."""
    rungs = [
        one
        for one in reading.rows("naive")
        if (one["outcome"], one["treated"]) == (row["outcome"], row["about"])
    ]
    if rungs:
        # Of analyses that share their groups the last has the test.
        last = max(rungs, key=lambda one: one["position"])
        return TEXT["rung_named"].format(rung=last["rung"], label=lower_first(last["label"]))
    month = row["landmark_month"]
    when = "" if month is None else TEXT["at_landmark"].format(month=f"{month:g}")
    is_said = bool(when) and row["about"].endswith(when.removeprefix(" at"))
    return row["about"] if is_said else f"{row['about']}{when}"


def _method(row: dict[str, Any]) -> str:
    """The method, with the name of the test where the method is that of the model."""
    test, method = row["test"], row["method"]
    if lower_first(test) in lower_first(method):
        return method
    return TEXT["said_test_of_model"].format(test=test, method=method)


def _sentence(reading: Reading, row: dict[str, Any]) -> str:
    return TEXT["said_test"].format(
        outcome=reading.outcome(row["outcome"]).label,
        about=lower_first(_about(reading, row)),
        method=_method(row),
        statistic=f"{row['statistic']:.2f}",
        df=row["degrees_of_freedom"],
        p=p_value(row["p_value"]),
        patients=patients(row["n"]),
        events=events(row["events"]),
    )

"""Finding published numbers: by key, by words, by what they are about."""

import pytest

from equipoise.base.errors import UsageError
from equipoise.evidence.find import find, near, number, outcomes, terms
from equipoise.evidence.published import Published
from equipoise.evidence.read import published


def _keys(found: tuple[Published, ...]) -> list[str]:
    return [one.key for one in found]


def test_by_key() -> None:
    assert number("schultz-2023-relapse-12").estimate == 0.37
    with pytest.raises(UsageError, match="did you mean 'schultz-2023-relapse-12'"):
        number("schultz-2023-relapse-21")


def test_all_words_must_be_held() -> None:
    assert _keys(find("schultz", "2023", "relapse")) == [
        "schultz-2023-relapse-12",
        "schultz-2023-cd19-positive-relapse-12",
        "schultz-2023-cd19-negative-relapse-12",
    ]
    assert find("schultz", "forum") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("SCHULTZ",), ("schultz",)),
        (("Schültz",), ("schultz",)),
        (("schultz 2023",), ("schultz", "2023")),
        (("tisa-cel,",), ("tisa-cel",)),
        (("10.1200/JCO.22.01076",), ("schultz", "2023")),
        (("overall survival", "FORUM"), ("OS", "FORUM")),
    ],
)
def test_ways_to_say_the_same(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert find(*one) == find(*other) != ()


def test_short_words_are_whole_words_and_longer_ones_may_be_beginnings() -> None:
    assert all("OS" in one.endpoint.name or one.endpoint.outcome == "os" for one in find("os"))
    assert find("leuk") == find("leuka") != ()
    assert find("efs") != ()
    assert find("ef") == ()


def test_a_sign_at_the_end_of_a_marker_counts() -> None:
    both = _keys(find("schultz", "cd19"))
    assert _keys(find("schultz", "cd19+")) == [key for key in both if "positive" in key]
    assert _keys(find("schultz", "cd19-")) == [key for key in both if "negative" in key]


@pytest.mark.parametrize("word", [".*", "(", "[a-z", "\\", "(((", "?", "+", "%", "白血病", "\u202e", "\x00"])
def test_signs_are_no_patterns_and_are_nowhere(word: str) -> None:
    assert find(word, quotable_only=False) == ()
    assert find("schultz", word, quotable_only=False) == ()


@pytest.mark.parametrize("words", [(), ("",), (" ", "\t")])
def test_empty_words_ask_for_nothing(words: tuple[str, ...]) -> None:
    assert find(*words, quotable_only=False) == published()


def test_what_may_not_be_quoted_is_left_out_unless_asked_for() -> None:
    assert find() == tuple(one for one in published() if one.quotable)
    assert len(find()) == 117
    assert find("stein") == ()
    assert len(find("stein", quotable_only=False)) == 15


def test_an_outcome_gathers_the_ways_in_which_it_is_called() -> None:
    names = {one.endpoint.name for one in find(endpoint="relapse")}
    assert {"CIR", "cumulative incidence of relapse"} <= names
    assert {one.endpoint.name for one in find(endpoint="cir")} == {"CIR"}
    assert {one.endpoint.name for one in find(endpoint="Median OS (months)")} == {"median OS (months)"}


def test_time_zero_and_months() -> None:
    late = find(endpoint="os", time_zero="hct", months=(36, 60))
    assert {one.month for one in late} == {36.0}
    assert {one.time_zero for one in late} == {"HCT"}
    assert find(months=(37, 59), quotable_only=False) == ()
    assert all(one.month is not None for one in find(months=(0, 1000)))


@pytest.mark.parametrize(
    ("endpoint", "time_zero", "message"),
    [
        ("relaps", None, "no endpoint 'relaps' \\(did you mean 'relapse'"),
        ("", None, "no endpoint ''"),
        (None, "Infusoin", "no time zero 'Infusoin'"),
    ],
)
def test_a_filter_on_nothing_is_refused(endpoint: str | None, time_zero: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        find(endpoint=endpoint, time_zero=time_zero)
    assert caught.value.code == "U007"
    assert "Use one of:" in caught.value.do


def test_near_words() -> None:
    assert near("relapsse")[0] == "relapse"
    assert near("zzzzzz") == ()


def test_words_are_compared_in_one_form() -> None:
    assert terms(["CD19- relapse,", "relapse", "(("]) == ("cd19-", "relapse", "((")


def test_outcomes_stand_in_the_order_of_the_page() -> None:
    assert outcomes()[:4] == ("os", "efs", "dfs", "duration_of_remission")

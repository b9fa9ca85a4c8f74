"""Structures: where arrows lead, what can be left and come back to, and what is not deterministic."""

import pytest
from small_vocabulary import SMALL

from equipoise.base.errors import ProtocolError
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.structure import Arrow, State, Structure
from equipoise.language.vocabulary import read_vocabulary


def arrow(from_: str, on: str, to: str, **where: Comparison) -> Arrow:
    return Arrow(from_=from_, on=on, to=to, where=where)


def is_(value: str) -> Comparison:
    return Comparison(op=Operator.EQ, value=value)


@pytest.fixture(scope="module")
def course() -> Structure:
    return read_vocabulary(SMALL).structures["course"]


def test_positions_and_arrows(course):
    assert course.index("grafted") == 2
    assert [(one.on, one.to) for one in course.arrows_from("grafted")] == [
        ("relapse", "relapse"),
        ("death", "dead"),
    ]
    assert course.reachable(["grafted"]) == {"grafted", "relapse", "second_remission", "dead"}
    assert {one.to for one in course.exits({"remission", "grafted"})} == {
        "relapse",
        "relapse_negative",
        "dead",
    }


@pytest.mark.parametrize(
    ("states", "can_leave", "can_return"),
    [
        ({"remission", "grafted"}, True, False),
        ({"relapse"}, True, True),  # relapse -> second remission -> relapse
        ({"second_remission"}, True, True),
        ({"relapse", "second_remission"}, True, False),
        ({"remission", "grafted", "second_remission"}, True, True),
        ({"dead"}, False, False),
        ({"waiting", "remission", "grafted", "relapse", "relapse_negative", "second_remission"}, True, False),
    ],
)
def test_leaving_and_coming_back(course, states, can_leave, can_return):
    assert course.can_leave(states) is can_leave
    assert course.can_return(states) is can_return


def structure(*arrows: Arrow) -> Structure:
    states = {name: State(label=name) for name in ("a", "b", "c")}
    return Structure(
        label="x", start="a", states=states, arrows=(arrow("a", "z", "b"), arrow("a", "y", "c"), *arrows)
    )


def test_conditions_must_exclude_each_other():
    structure(arrow("a", "x", "b", d=is_("1")), arrow("a", "x", "c", d=is_("2")))
    structure(arrow("a", "x", "b", d=is_("1")), arrow("a", "x", "c"))  # the second takes what is left
    for second in (
        arrow("a", "x", "c", d=Comparison(op=Operator.IN, value=("1", "2"))),
        arrow("a", "x", "c", d=Comparison(op=Operator.NE, value="2")),
        arrow("a", "x", "c", e=is_("1")),  # another detail: one record may satisfy both
    ):
        with pytest.raises(
            ProtocolError, match=r"P014 structure\.arrows\.3: 'x' leads from 'a' both to 'b' and"
        ):
            structure(arrow("a", "x", "b", d=is_("1")), second)
    with pytest.raises(ProtocolError, match="P014"):
        structure(arrow("a", "x", "b"), arrow("a", "x", "c"))
    structure(arrow("a", "x", "b"), arrow("b", "x", "c"))  # from different states


@pytest.mark.parametrize(
    ("lower", "upper", "excluded"),
    [
        (("lt", 3.0), ("ge", 3.0), True),
        (("le", 3.0), ("gt", 3.0), True),
        (("lt", 3.0), ("gt", 3.0), True),
        (("le", 3.0), ("ge", 3.0), False),
        (("le", 2.0), ("ge", 3.0), True),
        (("lt", 4.0), ("gt", 3.0), False),
        (("lt", 3.0), ("le", 1.0), False),
        (("eq", 2.0), ("ge", 3.0), True),
        (("eq", 3.0), ("ge", 3.0), False),
        (("ne", 3.0), ("eq", 3.0), True),
        (("ne", 3.0), ("ne", 4.0), False),
    ],
)
def test_exclusion_of_comparisons_is_symmetric(lower, upper, excluded):
    one, two = (Comparison(op=Operator(op), value=value) for op, value in (lower, upper))
    assert one.excludes(two) is excluded
    assert two.excludes(one) is excluded

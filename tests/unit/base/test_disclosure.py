"""Messages repeat misspelt words and short codes; identifiers, dates and texts are counted only."""

import pytest

from equipoise.base.disclosure import tellable


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["mael", "mael"], "'mael'"),
        (["9", "x"], "'9', 'x'"),
        (["patient-17"], "a value that is not repeated here"),
        (["2019-03-07", "7.3.2019"], "2 values that are not repeated here"),
        (["seen on Monday", "mael"], "'mael' and 1 other value"),
        (["4711", "12", "Mueller"], "'12' and 2 other values"),
        (["a", "b", "c", "d", "e", "f", "g"], "'a', 'b', 'c', 'd', 'e' and 2 other values"),
    ],
)
def test_what_is_told(values: list[str], told: str) -> None:
    assert tellable(values, ["female", "male"]) == told

"""A short run of the structured fuzzer; `make validate` runs 10,000 cases."""

import pytest

from validation.fuzz.case import built
from validation.fuzz.verdict import judged

CASES = 100
GROUP = 20


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_damaged_documents_and_tables_are_answered_or_refused(first: int) -> None:
    broken = {
        number: verdict.failure
        for number in range(first, first + GROUP)
        if (verdict := judged(built(number))).ended == "broken"
    }
    assert broken == {}


def test_a_case_is_the_same_whenever_it_is_built() -> None:
    for number in range(0, 40, 7):
        one, again = built(number), built(number)
        assert (one.mutations, one.made_of) == (again.mutations, again.made_of)
        assert {name: data for name, data in one.files.items() if not name.endswith("xlsx")} == {
            name: data for name, data in again.files.items() if not name.endswith("xlsx")
        }

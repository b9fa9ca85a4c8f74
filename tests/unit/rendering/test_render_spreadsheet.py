import csv
import io

import pytest

from equipoise.rendering.spreadsheet import safe_cell, safe_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_numbers_and_plain_texts_stay() -> None:
    assert [safe_cell(one) for one in (-1.5, 3, None, "relapse - death")] == [
        -1.5,
        3,
        None,
        "relapse - death",
    ]


def test_the_table_reads_back_with_commas_quotes_and_header_guarded() -> None:
    text = safe_csv(["=a", "b"], [["x, y", 'say "z"'], ["@now", -2.25], [None, 1]])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["'=a", "b"],
        ["x, y", 'say "z"'],
        ["'@now", "-2.25"],
        ["", "1"],
    ]

"""Small pieces of English."""

import pytest

from equipoise.language.words import lower_first, quantity_words


@pytest.mark.parametrize(
    ("alone", "inside"),
    [
        ("Sex", "sex"),
        ("Age at infusion", "age at infusion"),
        ("A transplant before infusion", "a transplant before infusion"),
        ("Time-dependent transplant", "time-dependent transplant"),
        ("FAB class M4 or M5", "FAB class M4 or M5"),
        ("B-cell aplasia lost", "B-cell aplasia lost"),
        ("T cells in blood", "T cells in blood"),
        ("BCR::ABL1", "BCR::ABL1"),
        ("CD19 lost", "CD19 lost"),
        ("NGS-MRD", "NGS-MRD"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_the_capitals_of_signs_only(alone: str, inside: str) -> None:
    assert lower_first(alone) == inside


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (35.0, "years", "35 years"),
        (10.0, "", "10"),
        (1e-6, "of cells", "1 in 1,000,000 cells"),
        (1e-4, "of cells", "1 in 10,000 cells"),
        (1.5e-6, "of cells", "1.5 in 1,000,000 cells"),
        (0.05, "of cells", "5 % of cells"),
        (1e-6, "g/L", "1e-06 g/L"),
    ],
)
def test_small_shares_are_counted_in_cells(value: float, unit: str, said: str) -> None:
    assert quantity_words(value, unit) == said

"""Small pieces of English."""

import pytest

from equipoise.language.words import lower_first


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

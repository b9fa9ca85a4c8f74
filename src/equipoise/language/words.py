"""Small pieces of English that features, predicates and protocols share."""

from collections.abc import Iterable, Mapping

from equipoise.language.comparison import OPERATOR_WORDS, Comparison, Operator, Scalar
from equipoise.language.vocabulary import Vocabulary


def number_words(value: float) -> str:
    """A number without needless zeros: ``35``, ``0.5``, ``1e-06``."""
    return f"{value:.12g}"


def quantity_words(value: float, unit: str) -> str:
    """A number with its unit: ``35 years``; shares as ``1 in 1,000,000 cells`` or ``5 % of cells``."""
    if unit.startswith("of ") and 0 < value < 0.001:
        whole = round(1 / value)
        is_one = abs(whole * value - 1) < 1e-9
        share = f"1 in {whole:,}" if is_one else f"{number_words(value * 1e6)} in 1,000,000"
        return f"{share} {unit.removeprefix('of ')}"
    if unit.startswith("of ") and 0.001 <= value <= 1:
        return f"{number_words(100 * value)} % {unit}"
    return f"{number_words(value)} {unit}".rstrip()


def days_words(days: float | None, before: str) -> str:
    """``" of the past 35 days"``, or nothing when there is no limit."""
    if days is None:
        return ""
    return f"{before} {number_words(days)} day{'' if days == 1 else 's'}"


def lower_first(text: str) -> str:
    """The text with a small first letter, as inside a sentence; KMT2A, B-cells and T cells keep theirs."""
    word = text.partition(" ")[0]
    is_sign = any(not sign.islower() and sign.isalnum() for sign in word[1:])
    is_letter = word not in {"A", "I"} and not word[1:2].isalpha()
    return text if is_sign or is_letter else text[:1].lower() + text[1:]


def listing(items: Iterable[str], word: str = "and") -> str:
    """``a, b and c``."""
    parts = list(items)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def comparison_words(comparison: Comparison, labels: Mapping[str, str] | None, unit: str = "") -> str:
    """``at least 26 years``, ``female``, ``negative or mixed``.

    Parameters
    ----------
    comparison
        What is said about the value.
    labels
        Labels of the categories, or None for a number.
    unit
        Unit of a number.
    """
    given = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    values = listing([_value_words(value, labels, unit) for value in given], "or")
    if comparison.op in (Operator.EQ, Operator.IN):
        return values
    if comparison.op is Operator.NE:
        return f"not {values}"
    return f"{OPERATOR_WORDS[comparison.op]} {values}"


def where_words(vocabulary: Vocabulary, record: str, where: Mapping[str, Comparison]) -> str:
    """``" with CD19 status negative"``, or nothing without conditions."""
    if record in vocabulary.measurements:
        word = vocabulary.measurements[record]
        values = [comparison_words(one, word.values or None, word.unit) for one in where.values()]
        return f" recorded as {listing(values)}" if values else ""
    details = vocabulary.details_of(record)
    parts = [
        f"{details[name].label or name} "
        + comparison_words(comparison, details[name].values or None, details[name].unit)
        for name, comparison in where.items()
    ]
    return f" with {listing(parts)}" if parts else ""


def _value_words(value: Scalar, labels: Mapping[str, str] | None, unit: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return labels[value] if labels and value in labels else value
    return quantity_words(value, unit)

"""Published numbers in words: as they were printed, with what must stand beside them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from equipoise.evidence.endpoint import Bound, Limits, Measure
from equipoise.evidence.published import Caution, Published

NOT_READ = "DOI not read on the page"
INFERRED = "time zero inferred from the abstract"
_ESCAPES = str.maketrans(
    {"<": "$<$", ">": "$>$", **{letter: f"\\{letter}" for letter in "&%#_{}"}, "\\": "", "~": "", "^": ""}
)


def value(one: Published) -> str:
    """The number with its limits and unit, with the digits of the table: ``37 % (30 to 47)``."""
    measure = one.endpoint.measure
    if one.is_probability:
        text = _percent(one.estimate) + " %"
    elif measure is Measure.RATIO_MINUS_ONE:
        text = f"{_percent(abs(one.estimate))} % {'higher' if one.estimate >= 0 else 'lower'}"
    elif measure is Measure.P_VALUE:
        text = f"P = {_digits(one.estimate)}"
    else:
        text = f"{_digits(one.estimate)} {one.endpoint.unit}".rstrip()
    return f"{'< ' if one.endpoint.bound is Bound.BELOW else ''}{text}{_limits(one)}"


def time_zero(one: Published) -> str:
    """Where counting starts, and whether that was only inferred or is in doubt."""
    doubts = [INFERRED] if one.time_zero_inferred else []
    doubts += ["in doubt" for remark in one.remarks if remark.kind is Caution.TIME_ZERO]
    return one.time_zero + (f" ({', '.join(doubts)})" if doubts else "")


def patients(one: Published) -> str:
    """How many patients the number is about; ``of 180`` where the arm is an unknown part of so many."""
    if one.n is not None:
        return str(one.n)
    return "" if one.listed is None else f"of {one.listed}"


def month(one: Published) -> str:
    """Months after time zero; empty where the number belongs to no time."""
    return "" if one.month is None else _digits(one.month)


def of_source(one: Published) -> tuple[str, ...]:
    """What must be said about the source wherever the number is shown, the most serious first."""
    said = [f"not to be quoted: {'; '.join(one.why_not_quotable)}"] if one.why_not_quotable else []
    if one.doi is not None and not one.doi_read:
        said.append(NOT_READ)
    return tuple(said)


def of_transcription(one: Published) -> tuple[str, ...]:
    """The note of the table, if it has one."""
    return (f"note: {one.note}",) if one.note else ()


def cautions(one: Published) -> tuple[str, ...]:
    """Everything that must be read with the number, in full."""
    declared = tuple(f"{remark.kind.value}: {remark.words}" for remark in one.remarks)
    return (*of_source(one), *declared, *of_transcription(one))


def sentence(one: Published) -> str:
    """The number as sentences that can stand alone, with its source."""
    when = "" if one.month is None else f" at month {month(one)}"
    whom = f"{one.arm}; {one.population}"
    if one.n is not None:
        whom += f"; n = {one.n}"
    elif one.listed is not None:
        whom += f"; a part, of unknown size, of {one.listed} patients"
    # The citation says by itself whether the DOI was read.
    marks = "".join(f" {_capital(text)}." for text in cautions(one) if text != NOT_READ)
    return f"{one.endpoint.name}{when} from {time_zero(one)}: {value(one)}; {whom}.{marks} {one.citation}"


def record(one: Published) -> dict[str, Any]:
    """The number as plain data for programs."""
    return {
        "key": one.key,
        "study": one.study,
        "year": one.year,
        "doi": one.doi,
        "doi_read": one.doi_read,
        "population": one.population,
        "n": one.n,
        "listed": one.listed,
        "arm": one.arm,
        "endpoint": one.endpoint.name,
        "outcome": one.endpoint.outcome,
        "meaning": one.endpoint.meaning,
        "measure": one.endpoint.measure.value,
        "unit": one.endpoint.unit,
        "time_zero": one.time_zero,
        "time_zero_inferred": one.time_zero_inferred,
        "month": one.month,
        "bound": one.endpoint.bound.value,
        "estimate": one.estimate,
        "lower": one.lower,
        "upper": one.upper,
        "limits": one.endpoint.limits.value,
        "quotable": one.quotable,
        "seen_in": one.seen_in,
        "cautions": list(cautions(one)),
        "text": value(one),
        "sentence": sentence(one),
        "citation": one.citation,
    }


def bibtex(numbers: Iterable[Published]) -> str:
    """One BibTeX entry a source, with the fields that the table holds and no others.

    Reference managers complete an entry from its DOI; a source without one has no entry.
    """
    sources: dict[str, list[Published]] = {}
    for one in numbers:
        if one.doi is not None:
            sources.setdefault(one.source, []).append(one)
    return "\n".join(_entry(source, cited) for source, cited in sources.items())


def _entry(source: str, cited: list[Published]) -> str:
    first = cited[0]
    notes = [first.study]
    if not first.doi_read:
        notes.append(NOT_READ)
    if not any(one.quotable for one in cited):
        reasons = dict.fromkeys(reason for one in cited for reason in one.why_not_quotable)
        notes.append(f"its numbers here are not to be quoted: {', '.join(reasons)}")
    fields = {
        "year": "" if first.year is None else str(first.year),
        "doi": first.doi or "",
        "url": first.url or "",
        "note": "; ".join(notes).translate(_ESCAPES),
    }
    body = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items() if text)
    return f"@article{{{source},\n{body}}}\n"


def _limits(one: Published) -> str:
    """Limits in the unit of the number; a side that the source leaves open is said to be open."""
    write = _percent if one.is_probability or one.endpoint.measure is Measure.RATIO_MINUS_ONE else _digits
    kind = "range " if one.endpoint.limits is Limits.RANGE else ""
    match one.lower, one.upper:
        case None, None:
            return ""
        case lower, None:
            text = f"from {write(lower)}, no upper limit given"
        case None, upper:
            text = f"to {write(upper)}, no lower limit given"
        case lower, upper:
            text = f"{write(lower)} to {write(upper)}"
    return f" ({kind}{text})"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _percent(probability: float) -> str:
    return _plain(Decimal(repr(probability)) * 100)


def _digits(number: float) -> str:
    return _plain(Decimal(repr(number)))


def _plain(number: Decimal) -> str:
    """All digits, without powers of ten and without zeros at the end."""
    return f"{number.normalize():f}"

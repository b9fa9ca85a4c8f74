"""Read the shipped tables of published numbers (see `README.md` beside them)."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from equipoise.evidence.endpoint import Bound, Endpoint, Limits, Measure
from equipoise.evidence.published import Caution, Published, Remark

_INFERRED = " (check)"
_AS_ABOVE = ("same", "idem")
_NOT_APPLICABLE = "n/a"


@cache
def published() -> tuple[Published, ...]:
    """Return every published number, in the order of the table.

    Raises
    ------
    ValueError
        If the shipped tables contradict each other: our mistake, not the user's.
    """
    known = {one.name: one for one in endpoints()}
    remarks = _remarks()
    arms = {row["key"]: _whole(row["patients"]) for row in _rows("denominators.csv")}
    numbers: list[Published] = []
    for row in _with_populations(_rows("published.csv")):
        key = row["key"]
        listed = _whole(row["n"])
        numbers.append(
            Published(
                key=key,
                study=row["study"],
                year=_whole(row["year"]),
                doi=row["doi"] or None,
                doi_read=_yes(row["doi_read"]),
                population=row["population"],
                arm=row["arm"],
                n=arms.get(key, listed),
                listed=listed,
                endpoint=known[row["endpoint"]],
                time_zero=row["time_zero"].removesuffix(_INFERRED),
                time_zero_inferred=row["time_zero"].endswith(_INFERRED),
                month=_real(row["month"]),
                estimate=float(row["estimate"]),
                lower=_real(row["lower"]),
                upper=_real(row["upper"]),
                quotable=_yes(row["quotable"]),
                seen_in=row["seen_in"],
                note=_note(row["note"]),
                remarks=remarks.get(key, ()),
            )
        )
    _check(numbers, declared={*arms, *remarks})
    return tuple(numbers)


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint of the table, outcome by outcome."""
    return tuple(
        Endpoint(
            name=row["endpoint"],
            outcome=row["outcome"],
            measure=Measure(row["measure"]),
            unit=row["unit"],
            bound=Bound(row["bound"]),
            limits=Limits(row["limits"]),
            meaning=row["meaning"],
        )
        for row in _rows("endpoints.csv")
    )


def _remarks() -> dict[str, tuple[Remark, ...]]:
    found: dict[str, tuple[Remark, ...]] = {}
    for row in _rows("remarks.csv"):
        remark = Remark(Caution(row["kind"]), row["words"])
        found[row["key"]] = (*found.get(row["key"], ()), remark)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    """Rows of a shipped table; a row that is longer or shorter than the header is refused."""
    text = (files("equipoise.evidence") / name).read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines(), strict=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _with_populations(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Write out the population of rows that say "same" or "idem" as the row above them."""
    written: list[dict[str, str]] = []
    for row in rows:
        full = dict(row)
        if full["population"] in _AS_ABOVE:
            above = written[-1]
            if above["study"] != full["study"]:
                raise ValueError(f"published number {full['key']}: no row of its study stands above it")
            full["population"] = above["population"]
        written.append(full)
    return written


def _check(numbers: Iterable[Published], *, declared: set[str]) -> None:
    """Refuse repeated keys, declarations about nothing, and a source that is called by two names."""
    keys: set[str] = set()
    sources: dict[str, tuple[str, int | None, str | None]] = {}
    for one in numbers:
        if one.key in keys:
            raise ValueError(f"published number {one.key}: the key stands there twice")
        keys.add(one.key)
        if one.doi is not None:
            named = (one.study, one.year, one.doi)
            if sources.setdefault(one.source, named) != named:
                raise ValueError(f"published number {one.key}: its source {one.source} is also another one")
    if declared - keys:
        raise ValueError(f"declared for published numbers that are not there: {sorted(declared - keys)}")


def _note(cell: str) -> str:
    return "" if cell == _NOT_APPLICABLE else cell.removeprefix(f"{_NOT_APPLICABLE}; ")


def _yes(cell: str) -> bool:
    return {"yes": True, "no": False}[cell]


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _real(cell: str) -> float | None:
    return float(cell) if cell else None

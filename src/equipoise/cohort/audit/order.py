"""Order: records that no arrow takes, and records of one day whose order nobody declared."""

from collections.abc import Iterator

import polars as pl

from equipoise.base.findings import Finding
from equipoise.cohort.audit.report import told
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.moves import follow_arrows, timeline
from equipoise.language.structure import Structure


def order_findings(cohort: Cohort) -> Iterator[Finding]:
    """Findings D208 and D209."""
    records = timeline(cohort)
    for name, structure in cohort.vocabulary.structures.items():
        yield from _jumps(cohort, records, name, structure)
    yield from _teleports(cohort, records)


def _jumps(cohort: Cohort, records: pl.DataFrame, name: str, structure: Structure) -> Iterator[Finding]:
    moves = follow_arrows(records, structure, cohort.n)
    moved = pl.DataFrame({"patient": moves.patient, "day": moves.day, "place": moves.place, "row": moves.row})
    words = {arrow.on for arrow in structure.arrows}
    stayed = records.filter(pl.col("name").is_in(words)).join(
        moved, on=["patient", "day", "place", "row"], how="anti"
    )
    for word in sorted(words):
        table = cohort.vocabulary.table_of(word)
        label = cohort.vocabulary.label_of(word)
        what = f"no arrow of {name!r} leads on {label} from the state the patient is in"
        yield from told("D208", str(table), stayed.filter(pl.col("name") == word), what)


def _teleports(cohort: Cohort, records: pl.DataFrame) -> Iterator[Finding]:
    """Records of one patient and day whose words have the same place, though both move patients."""
    vocabulary = cohort.vocabulary
    used = {arrow.on for structure in vocabulary.structures.values() for arrow in structure.arrows}
    rank = {word: vocabulary.same_day_rank(word) for word in used}
    ranked = records.filter(pl.col("name").is_in(used)).with_columns(
        rank=pl.col("name").replace_strict(list(rank), list(rank.values()), return_dtype=pl.Int32)
    )
    together = pl.col("name").n_unique().over("patient", "day", "rank")
    unordered = ranked.filter(together > 1)
    for table in ("interventions", "events"):
        here = [word for word in used if vocabulary.table_of(word) == table]
        faulty = unordered.filter(pl.col("name").is_in(here))
        words = " and ".join(sorted(vocabulary.label_of(word) for word in faulty["name"].unique()))
        what = f"the order of records of one patient and day is not declared ({words})"
        yield from told("D209", table, faulty, what)

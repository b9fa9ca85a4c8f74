"""Patients are numbered by their identifiers, whatever the order of the rows."""

import random
from pathlib import Path

import polars as pl

from equipoise.ingest import read_cohort
from equipoise.ingest.identifier import in_order, numbered


def test_numbers_by_size_then_texts_by_characters() -> None:
    given = pl.Series(["b", "10", "9", None, "a", "007", "9", "123456789012345678901"])
    assert in_order(given).to_list() == ["007", "9", "10", "123456789012345678901", "a", "b"]
    assert numbered(given).to_list() == [5, 2, 1, None, 4, 0, 1, 3]


def test_shuffled_sheets_and_folders_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [f"{name},{10 + place},{'1' if place % 3 else '0'}" for place, name in enumerate("kfzabqmx")]
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "title: shuffle\nvocabulary: myeloid\nid: id\nobservation: {stop: fu}\n"
        "events: [{name: death, day: fu, when: {column: dead, is: [1], is_not: [0]}}]\n"
    )
    digests: set[str] = set()
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        place = tmp_path / str(seed)
        place.mkdir()
        (place / "sheet.csv").write_text("\n".join(["id,fu,dead", *rows]) + "\n")
        digests.add(read_cohort(place / "sheet.csv", mapping=mapping).digest())
        fields = [row.split(",") for row in rows]
        folder = place / "folder"
        folder.mkdir()
        (folder / "patients.csv").write_text("patient,trt\n" + "".join(f"{one[0]},\n" for one in fields))
        (folder / "observation.csv").write_text(
            "patient,start,stop\n" + "".join(f"{a},0,{b}\n" for a, b, _ in fields)
        )
        (folder / "events.csv").write_text(
            "patient,day,name\n" + "".join(f"{a},{b},death\n" for a, b, dead in fields if dead == "1")
        )
        digests.add(read_cohort(folder, vocabulary="myeloid").digest())
    assert len(digests) == 1

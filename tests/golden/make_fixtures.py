"""Make the JSON files in ``fixtures/`` anew: ``python tests/golden/make_fixtures.py [script ...]`` (needs R).

R 4.2.2 with survival 3.5-3, cmprsk and etm is needed; mstate, bpcp and survRM2 are read from the R
library named by ``R_LIBS``.  A script whose packages are missing stops the run: no fixture is half made.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import competing_data  # noqa: E402
import random_cox  # noqa: E402
import random_groups  # noqa: E402
import random_hazards  # noqa: E402
from random_histories import DATA_SETS, data_set  # noqa: E402
from real_data import frame  # noqa: E402

FIXTURES = HERE / "fixtures"


def write_random(folder: Path) -> list[str]:
    """Write the rows and the grids of the random data sets for R; return the two paths."""
    rows, grids = folder / "rows.csv", folder / "grids.csv"
    with rows.open("w", newline="") as file:
        writer = csv.writer(file)
        columns = ("data_set", "states", "patient", "cluster", "start", "stop", "origin", "target", "weight")
        writer.writerow(columns)
        for index in range(DATA_SETS):
            data = data_set(index)
            for row in data.rows:
                head = (index, data.states, row.patient, data.cluster(row.patient))
                writer.writerow((*head, row.start, row.stop, row.origin, row.target, row.weight))
    with grids.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("data_set", "tick"))
        writer.writerows((index, tick) for index in range(DATA_SETS) for tick in data_set(index).grid)
    return [str(rows), str(grids)]


def write_groups(folder: Path) -> dict[str, list[str]]:
    """Write the random groups and data sets that R's own packages lack; return the paths by script."""
    rows, bmt, myeloid = (folder / f"{name}.csv" for name in ("groups", "bmt", "myeloid"))
    with rows.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("data_set", *random_groups.COLUMNS))
        for index in range(random_groups.DATA_SETS):
            writer.writerows((index, *row) for row in random_groups.rows_of(index))
    frame("KMsurv", "bmt").to_csv(bmt, index=False)
    frame("survival", "myeloid").to_csv(myeloid, index=False)
    return {
        "group_tests": [str(rows), str(bmt)],
        "pseudo_values": [str(rows)],
        "prognosis": [str(bmt), str(myeloid)],
    }


def write_competing(folder: Path) -> dict[str, list[str]]:
    """Write the competing risks, public and random, and return the path by script."""
    rows = folder / "competing.csv"
    with rows.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("data_set", *competing_data.COLUMNS))
        for data in competing_data.data_sets():
            writer.writerows((data.name, *line) for line in data.table().tolist())
    return {"competing_regression": [str(rows)]}


def write_cox(folder: Path) -> dict[str, list[str]]:
    """Write the random regression data sets and return the path by script."""
    rows = folder / "cox.csv"
    with rows.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("data_set", *random_cox.COLUMNS))
        for index in range(random_cox.DATA_SETS):
            writer.writerows((index, *row) for row in random_cox.rows_of(index))
    return {"cox": [str(rows)]}


def write_hazards(folder: Path) -> dict[str, list[str]]:
    """Write the grouped person-time and the real patients and return the paths by script."""
    rows, veteran = folder / "hazards.csv", folder / "veteran.csv"
    with rows.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("data_set", *random_hazards.COLUMNS))
        for index in range(random_hazards.DATA_SETS):
            writer.writerows((index, *row) for row in random_hazards.rows_of(index))
    frame("survival", "veteran").to_csv(veteran, index=False)
    return {"grouped_hazard": [str(rows), str(veteran)]}


def main(wanted: list[str]) -> None:
    """Run the R scripts (all, or those named without their ending)."""
    with tempfile.TemporaryDirectory() as folder:
        random = write_random(Path(folder))
        groups = write_groups(Path(folder)) | write_competing(Path(folder)) | write_cox(Path(folder))
        groups |= write_hazards(Path(folder))
        for script in sorted((HERE / "r").glob("*.R")):
            if script.stem == "answers" or (wanted and script.stem not in wanted):
                continue
            inputs = {"random_histories": random, **groups}.get(script.stem, [])
            print(script.stem, flush=True)
            subprocess.run(["Rscript", "--vanilla", str(script), *inputs, str(FIXTURES)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""`python -m validation.fuzz --case 1234`: one case again; ``--cases FIRST LAST``: many, without shards."""

import argparse
import sys
from pathlib import Path

from validation.fuzz.case import Case, built, planned
from validation.fuzz.verdict import Verdict, judged


def main() -> None:
    """Run what is asked; leave with 1 if a case is broken."""
    parser = argparse.ArgumentParser(prog="python -m validation.fuzz", description=__doc__)
    parser.add_argument("--case", type=int, help="number of one case")
    parser.add_argument("--keep", type=Path, help="folder to write the files of that case into")
    parser.add_argument(
        "--cases", type=int, nargs=2, metavar=("FIRST", "LAST"), help="cases FIRST to LAST - 1"
    )
    given = parser.parse_args()
    if given.case is not None:
        sys.exit(_again(given.case, given.keep))
    first, last = given.cases or (0, 200)
    broken = [verdict for number in range(first, last) if (verdict := _one(number)).ended == "broken"]
    sys.stdout.write(f"{last - first} cases, {len(broken)} broken: {[one.number for one in broken]}\n")
    sys.exit(bool(broken))


def _one(number: int) -> Verdict:
    verdict = judged(built(number))
    if verdict.ended == "broken":
        last = verdict.failure.strip().splitlines()[-1]
        sys.stdout.write(f"{number} {verdict.target} {verdict.seconds:.1f} s: {last[:300]}\n")
        sys.stdout.flush()
    return verdict


def _again(number: int, keep: Path | None) -> bool:
    case = built(number)
    verdict = judged(case)
    if verdict.ended == "broken":
        case = _smallest(number)
        verdict = judged(case)
    if keep is not None:
        for name, content in case.files.items():
            (keep / name).parent.mkdir(parents=True, exist_ok=True)
            (keep / name).write_bytes(content)
    lines = [f"case {number}: {case.target}, {case.made_of}", *(f"  - {one}" for one in case.mutations)]
    lines += [f"{verdict.ended} in {verdict.seconds:.2f} s, codes {' '.join(verdict.codes)}", verdict.failure]
    sys.stdout.write("\n".join(lines) + "\n")
    return verdict.ended == "broken"


def _smallest(number: int) -> Case:
    """The case with as few of its mutations as break it."""
    without: set[int] = set()
    for position in range(planned(number)):
        if judged(built(number, without={*without, position})).ended == "broken":
            without.add(position)
    return built(number, without=without)


if __name__ == "__main__":
    main()

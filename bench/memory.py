"""Megabytes of one contender in a fresh process: ``python -m bench.memory PROBLEM CONTENDER``."""

from __future__ import annotations

import sys

from bench.measure import peak_growth
from bench.suite import named


def main(problem_name: str, contender: str) -> None:
    problem = named(problem_name)
    prepare = problem.contenders[contender]
    small, _ = prepare(problem.data(2000), problem.grid)
    small()  # imports and compilation belong to the baseline
    call, _ = prepare(problem.data(problem.patients), problem.grid)
    print(peak_growth(call))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

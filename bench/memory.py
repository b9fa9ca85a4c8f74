"""Megabytes of one contender in a fresh process: ``python -m bench.memory PROBLEM CONTENDER``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from bench import fine_gray, regression, time_dependent
from bench.measure import peak_growth
from bench.suite import named

SMALL = 2000
MODELS = {"cox": regression, "time-dependent-cox": time_dependent, "fine-gray": fine_gray}


def call_of(problem_name: str, contender: str, size: int | None) -> Callable[[], Any]:
    """Return the call of a contender at a size, or at the size of the problem."""
    if problem_name in MODELS:
        model = MODELS[problem_name]
        return model.call_of(contender, size or model.PATIENTS)
    problem = named(problem_name)
    return problem.contenders[contender](problem.data(size or problem.patients), problem.grid)[0]


def main(problem_name: str, contender: str) -> None:
    call_of(problem_name, contender, SMALL)()  # imports and compilation belong to the baseline
    print(peak_growth(call_of(problem_name, contender, None)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

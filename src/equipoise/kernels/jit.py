"""The one door to numba: compile a kernel at its first call, keep the machine code on disk, keep types."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile `function` on first use, for one thread, without holding the interpreter lock.

    Division follows numpy (no exception at zero): every kernel guards its own denominators.  Fast-math
    stays off, because `exact_sum` relies on the order of its operations.
    """
    compiled = njit(cache=True, nogil=True, error_model="numpy")(function)  # pyright: ignore[reportUnknownVariableType]
    return cast(Callable[Parameters, Result], compiled)

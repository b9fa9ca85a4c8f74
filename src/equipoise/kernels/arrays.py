"""Array types of the kernels, and the checked way into them: few dtypes, so each kernel is compiled once."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Float64: TypeAlias = npt.NDArray[np.float64]
Int64: TypeAlias = npt.NDArray[np.int64]
Int32: TypeAlias = npt.NDArray[np.int32]
Int16: TypeAlias = npt.NDArray[np.int16]
Bool: TypeAlias = npt.NDArray[np.bool_]


def int32(values: npt.ArrayLike, name: str) -> Int32:
    """One-dimensional contiguous int32 copy or view of `values`.

    Raises
    ------
    TypeError
        `values` are not integers: rounding a time is the caller's decision, never a kernel's.
    ValueError
        More than one dimension, or a number beyond 32 bits.
    """
    array = _integers(values, name)
    limits = np.iinfo(np.int32)
    if array.dtype != np.int32 and array.size and (array.min() < limits.min or array.max() > limits.max):
        raise ValueError(f"{name}: {array.min()} to {array.max()} does not fit 32 bits; use a coarser tick")
    return np.ascontiguousarray(array, dtype=np.int32)


def int16(values: npt.ArrayLike, name: str) -> Int16:
    """One-dimensional contiguous int16 copy or view of `values` (states, causes); errors as in `int32`."""
    array = _integers(values, name)
    limits = np.iinfo(np.int16)
    if array.dtype != np.int16 and array.size and (array.min() < limits.min or array.max() > limits.max):
        raise ValueError(f"{name}: {array.min()} to {array.max()} does not fit 16 bits")
    return np.ascontiguousarray(array, dtype=np.int16)


def float64(values: npt.ArrayLike, name: str) -> Float64:
    """One-dimensional contiguous float64 copy or view of `values`."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, found {array.ndim}")
    return array


def case_weights(weight: npt.ArrayLike | None, rows: int) -> Float64:
    """Weights of `rows` rows: ones when absent; finite and positive, else ValueError with the row index."""
    if weight is None:
        return np.ones(rows, dtype=np.float64)
    array = float64(weight, "weight")
    same_length(rows, weight=array)
    wrong = np.flatnonzero(~(np.isfinite(array) & (array > 0)))
    if wrong.size:
        raise ValueError(
            f"row {wrong[0]}: weight {array[wrong[0]]} is not finite and positive; drop rows of weight 0"
        )
    return array


def same_length(rows: int, **arrays: npt.NDArray[np.generic]) -> None:
    """Raise ValueError naming the first of `arrays` that does not have `rows` entries."""
    for name, array in arrays.items():
        if array.size != rows:
            raise ValueError(f"{name}: {array.size} entries, expected {rows}")


def _integers(values: npt.ArrayLike, name: str) -> npt.NDArray[np.integer]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, found {array.ndim}")
    if array.size == 0:
        return np.zeros(0, dtype=np.int32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integers, found {array.dtype}")
    return array

"""Clock and memory: processor seconds of five warm runs; peak growth of resident memory in one call (Linux).

Processor time (user + system, of all threads) and not wall time: the machines that run this are shared.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUNS = 5


def seconds(call: Callable[[], Any]) -> tuple[list[float], Any]:
    """Return the processor times of five runs after one warm-up, and the result of the warm-up."""
    result, times = call(), []
    for _ in range(RUNS):
        gc.collect()
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return times, result


def peak_growth(call: Callable[[], Any]) -> float:
    """Return the megabytes by which resident memory peaks above its level before the call."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _resident("VmRSS")
    kept = call()
    peak = _resident("VmHWM")
    del kept
    return peak - before


def _resident(field: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024

"""Truths of the shipped worlds, one file each: ``python -m validation.truths [WORLD ...]``.

A world whose courses are those of an earlier one (only what is seen of them differs) has no file of its own. A
file that is there and up to date is left alone.
"""

import sys
import time
from pathlib import Path

from equipoise.protocol.read import read_question
from equipoise.synth.read import read_world, shipped_worlds
from equipoise.synth.recorded import PROTOCOL
from equipoise.synth.truth import PATIENTS, SEED, known_truth, simulate_truth, write_truth

WITHOUT = ("K",)  # its courses take six times as long; its truth is simulated when it is asked for
FOLDER = Path(__file__).parent.parent / "src" / "equipoise" / "synth" / "truths"


def carry_out_missing(only: tuple[str, ...] = ()) -> None:
    """Compute what is missing or out of date."""
    protocol, vocabulary = read_question(PROTOCOL)
    for name in only or [name for name in shipped_worlds() if name not in WITHOUT]:
        world = read_world(name)
        if known_truth(world, protocol) is not None:
            continue
        begin = time.perf_counter()
        truth = simulate_truth(world, protocol, vocabulary, PATIENTS, SEED)
        FOLDER.mkdir(exist_ok=True)
        partial = FOLDER / f"{name}.partial"
        partial.write_bytes(write_truth(truth))
        partial.rename(FOLDER / f"{name}.npz")
        courses = truth.joint.patients * len(truth.strategies)
        seconds = time.perf_counter() - begin
        sys.stderr.write(f"truth of {name}: {courses:,} courses in {seconds:.0f} s\n")


def section() -> str:
    """The section of docs/validation.md: which truths are shipped, and how exact they are."""
    lines = [
        "\n## Truths of the virtual registry\n",
        f"Every strategy of the protocol `{PROTOCOL}` and the natural course, {PATIENTS:,} patients under each, shared "
        f"luck, seed {SEED}; the test suite computes S0 again at 400,000. Monte-Carlo errors are below .00025 for "
        "probabilities and .0003 for differences. Months 24, early transplant minus watching:\n",
        "| world | patients | DFS, watch | DFS difference ± | OS, watch | OS difference ± |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    protocol, _ = read_question(PROTOCOL)
    for name in shipped_worlds():
        truth = known_truth(read_world(name), protocol)
        if truth is None:
            continue
        n, counts, cells = truth.joint.patients, truth.joint.counts, []
        for outcome in (1, 0):
            j = counts[outcome, 24]
            difference = (j[2, 2] - j[1, 1]) / n
            variance = (j[2, 2] + j[1, 1] - 2 * j[2, 1]) / n - difference**2
            cells += [f"{j[1, 1] / n:.4f}", f"{difference:+.4f} ± {(max(variance, 0) / n) ** 0.5:.4f}"]
        lines.append(f"| {name}: {read_world(name).title} | {n:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    carry_out_missing(tuple(sys.argv[1:]))

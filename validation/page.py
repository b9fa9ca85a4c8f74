"""docs/validation.md, made from the shards."""

from pathlib import Path

from validation.anatomy.shards import section as section_of_anatomy
from validation.courses.shards import section as section_of_courses
from validation.emulation.section import section as section_of_emulation
from validation.fuzz.shards import section as section_of_fuzz
from validation.shards import Line, lines
from validation.shrinkage.shards import section as section_of_shrinkage
from validation.truths import section as section_of_truths
from validation.worlds import WORLDS

PAGE = Path(__file__).parent.parent / "docs" / "validation.md"

HEAD = """# Validation

What shows that the numbers are right, and how right they are where the truth is known.

| kind of evidence | where |
|---|---|
| R (`survival`, `etm`, `cmprsk`, `mstate`, `bpcp`) on public data and 200 random data sets | `tests/golden`, [readme](../tests/golden/README.md) |
| worked by hand in fractions | `tests/by_hand` |
| slow twins written from the definition; metamorphic laws | `tests/properties` |
| small tables of patients | [specification](specification.md) |
| recovery of a known truth, in every test run | `tests/recovery` |
| recovery of a known truth, at length | this page |
| malformed input: a table of cases, killed and doubled runs | `tests/studies`, `tests/fail` |
| the emulated trial: bias, coverage, sealing in worlds whose truth is known | this page |
| the virtual registry: two simulators, event by event | `tests/properties/synth`; at length on this page |
| malformed input, at length: a structured fuzzer | this page, at its end |
| the reference world beside the published numbers | [calibration](calibration.md) |

The tables below come from `make validate` (seed 20261122; last full run 2026-11-23): cohorts are simulated, go through the
public verbs, and are compared with the exact truth of their world. All replicates count. Coverage is of 95 % intervals; ± is
the Monte-Carlo standard error. A line is marked **miss** when coverage lies more than three such errors outside
[.93, .98] ([.925, .985] at n = 47), or when the bias exceeds both .01 and three of its errors. Lines of naive analyses are
there to fail.
"""

# Why a line misses, by world and measure; a miss without a reason here stands without one.
REASONS = {
    ("rare", "state_probability"): (
        "nobody or one patient is ever in the state; where it is empty no interval can be given, and coverage is of the "
        "replicates in which somebody was there. Cumulative incidence, which has the beta-product interval, does not miss."
    ),
    ("late", "restricted_mean"): (
        "at n = 47 few are under observation in the first weeks, so single early events move the whole curve; in 13 of "
        "1,000 replicates it collapses and no number is given, and the others are a selection."
    ),
    (
        "late",
        "survival",
    ): "the same: replicates in which the curve collapsed give no number, so the others lie a little high.",
    ("late", "cumulative_incidence"): "the same, the other way round.",
}
NAIVE = ("patients as units", "unweighted", "censored at transplant")


def write_page() -> str:
    """Write the page; return a summary line."""
    all_lines = [line for line in lines() if line.month in (12, 36)]
    parts = [HEAD]
    misses = 0
    reasons: dict[str, str] = {}
    for world in WORLDS:
        parts.append(f"\n## World “{world.name}”: {world.says}\n")
        parts.append(
            "| n | analysis | outcome | measure | month | truth | bias ± | RMSE | coverage ± | width | no number | no interval | |\n"
            "|--:|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
        )
        for line in all_lines:
            if line.world == world.name:
                verdict = _verdict(line)
                if verdict == "**miss**":
                    misses += 1
                    label = f"World “{world.name}”, {line.measure.replace('_', ' ')}, n = {line.n}"
                    reasons[label] = REASONS.get((world.name, line.measure), "no reason is known.")
                parts.append(_row(line, verdict))
    shown = len([line for line in all_lines if line.analysis not in NAIVE])
    summary = f"{shown} lines of our analyses, {misses} of them a miss."
    listed = "\n".join(f"- {label}: {reason}" for label, reason in reasons.items())
    parts.insert(1, f"\n**{summary}**\n\n{listed}\n")
    parts.append(section_of_shrinkage())
    parts.append(section_of_truths())
    parts.append(section_of_anatomy())
    parts.append(section_of_emulation())
    parts.append(section_of_courses())
    parts.append(section_of_fuzz())
    PAGE.write_text("\n".join(parts).rstrip("\n") + "\n", encoding="utf-8")
    return summary


def _verdict(line: Line) -> str:
    low, high = (0.925, 0.985) if line.n < 100 else (0.93, 0.98)
    slack = 3 * max(line.coverage_error, 0.002)
    scale = line.truth if line.measure == "restricted_mean" else 1.0
    is_biased = abs(line.bias) > max(0.01 * scale, 3 * line.bias_error)
    failed = is_biased or not low - slack <= line.coverage <= high + slack
    if line.analysis in NAIVE:
        return "fails, as it should" if failed else "naive"
    return "**miss**" if failed else ""


def _row(line: Line, verdict: str) -> str:
    is_time = line.measure == "restricted_mean"
    digits = 1 if is_time else 4
    return (
        f"| {line.n} | {line.analysis} | {line.outcome} | {line.measure.replace('_', ' ')} | {line.month} "
        f"| {line.truth:.{digits}f} | {line.bias:+.{digits}f} ± {line.bias_error:.{digits}f} | {line.rmse:.{digits}f} "
        f"| {line.coverage:.3f} ± {line.coverage_error:.3f} | {line.width:.{2 if not is_time else 0}f} "
        f"| {line.without_number} | {line.without_interval} | {verdict} |"
    )

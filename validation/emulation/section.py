"""The section of docs/validation.md about the emulation."""

from validation.emulation import large
from validation.emulation.shards import REPLICATES, SEED, WORLDS, records
from validation.emulation.table import Row, rows

SAYS = {
    "S0": "the reference world",
    "S1": "a transplant changes nothing (sharp null)",
    "S3": "only those who lost aplasia benefit",
    "S4": "positivity fails: with an earlier transplant never, with a positive sequencing test always",
    "S6": "loss to follow-up goes with the markers; the loss is modelled",
    "S7": "visits every three months",
    "S10": "more visits while residual disease is present",
}
STRATEGIES = {
    "watch": "watch",
    "early": "early",
    "on_bca_loss": "on loss",
    "early - watch": "early − watch",
    "on_bca_loss - watch": "on loss − watch",
}
BIAS = {47: 0.04, 200: 0.015, 1000: 0.006}  # of differences, each plus two Monte-Carlo errors
COVERAGE = {47: (0.925, 0.985), 200: (0.93, 0.98), 1000: (0.93, 0.98)}
TYPE_I = 0.07
HEAD = """
## The emulated trial

Registries of every world are emulated as in the shipped protocol (clones, weights of each day, penalised hazard of the
transplant with ten covariates; `validation/emulation/protocol.yaml`): disease-free and overall survival at month 24 under
three strategies and their differences, with 95 % intervals (leave-one-out with t up to 300 patients, influence values beyond).
n is the mean number of patients in remission; of the 1,000 replicates planned at n = 47 and 200 those carried out are counted
(the shards at n = 200 are the last ones of each world). Cells of the support gate were counted by stretches of time when these
shards were made, and are counted by patients now, so shares sealed may differ a little. Gates are off, so that averages hold every replicate; what they would have said
stands in its own columns. Seed {seed}, last run {date}; `python -m validation.emulation` goes on where it ended. A line is a
**miss** when coverage lies more than three Monte-Carlo errors outside [.93, .98] ([.925, .985] at n = 47), when the bias of a
difference exceeds .04 / .015 / .006 (n = 47 / 200 / 1,000) by more than two of its errors, or when the sharp null is rejected in
more than 7 % (and three errors).

**{summary}**

{reasons}
"""
REASONS = {
    "S4": "there is no answer in these data: a part of the patients is never, another always treated. That is what the gates "
    "are for: they seal {sealed:.0%} of the replicates of 'early' and {watch:.0%} of 'watch'.",
    "bias": "priors draw the hazard ratios of the transplant towards 1, so a part of the confounding stays in small cohorts; the "
    "bias shrinks in proportion to 1 / n, and the intervals cover all the same.",
    "loss": "two penalised models (of transplant and of loss), each drawn towards no dependence.",
}


def section() -> str:
    """All worlds and sizes of which there are shards; empty without any."""
    found = rows()
    dates = [record["date"] for world in WORLDS for n in REPLICATES for record in records(world, n)]
    if not found:
        return ""
    ours = [row for row in found if row.analysis == "emulated"]
    missed = [row for row in ours if misses(row)]
    outside = [row for row in missed if row.world != "S4"]
    summary = f"{len(ours)} lines; {len(missed)} of them a miss, {len(missed) - len(outside)} of these in S4, where no method can answer."
    parts = [HEAD.format(seed=SEED, date=max(dates), summary=summary, reasons=_reasons(missed, ours))]
    parts += [_world(world, found) for world in WORLDS]
    parts.append(large.section())
    return "\n".join(parts)


def misses(row: Row) -> list[str]:
    """Why a line is a miss; empty if it is none."""
    found: list[str] = []
    low, high = COVERAGE[row.n]
    slack = 3 * max(row.coverage_error, 0.002)
    if not low - slack <= row.coverage <= high + slack:
        found.append("coverage")
    if " - " in row.what and abs(row.bias) > BIAS[row.n] + 2 * row.bias_error:
        found.append("bias")
    if row.world == "S1" and " - " in row.what:
        rate = row.total["excludes_zero"] / row.total["intervals"]
        if rate > TYPE_I + 3 * (rate * (1 - rate) / row.total["intervals"]) ** 0.5:
            found.append("null")
    return found


def _reasons(missed: list[Row], ours: list[Row]) -> str:
    lines: list[str] = []
    sealed = [row for row in ours if row.world == "S4" and row.what in ("early", "watch")]
    if any(row.world == "S4" for row in missed):
        shares = {
            what: min(row.total["sealed"] / row.replicates for row in sealed if row.what == what)
            for what in ("early", "watch")
        }
        lines.append("- S4: " + REASONS["S4"].format(sealed=shares["early"], watch=shares["watch"]))
    for row in missed:
        if row.world == "S4":
            continue
        reason = REASONS["loss"] if row.world == "S6" else REASONS["bias"]
        why = " and ".join(misses(row))
        lines.append(f"- {row.world}, n = {row.n}, {row.outcome}, {STRATEGIES[row.what]} ({why}): {reason}")
    return "\n".join(lines)


def _world(world: str, found: list[Row]) -> str:
    lines = [
        f"\n### {world}: {SAYS[world]}\n",
        "| n | replicates | analysis | outcome | what | truth | bias ± | RMSE | coverage ± | width | excludes 0 | sealed | amber | |",
        "|--:|--:|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    lines += [_line(row) for row in found if row.world == world]
    return "\n".join(lines)


def _line(row: Row) -> str:
    total = row.total
    head = f"| {row.n} | {row.replicates} | {row.analysis} | {row.outcome} | {STRATEGIES[row.what]} | {total['truth']:+.3f} "
    head += f"| {row.bias:+.4f} ± {row.bias_error:.4f} | {row.rmse:.3f} "
    if row.analysis != "emulated":
        fails = abs(row.bias) > 0.02 + 2 * row.bias_error
        return f"{head}| | | | | | {'fails, as it should' if fails else ''} |"
    zero = f"{total['excludes_zero'] / total['intervals']:.3f}" if " - " in row.what else ""
    verdict = f"**miss**: {', '.join(misses(row))}" if misses(row) else ""
    return (
        f"{head}| {row.coverage:.3f} ± {row.coverage_error:.3f} | {total['width'] / total['intervals']:.2f} | {zero} "
        f"| {total['sealed'] / row.replicates:.2f} | {total['amber'] / row.replicates:.2f} | {verdict} |"
    )

"""The plain reading of the calibration: what is matched, what is not, why, and what that means."""

from equipoise.synth.calibration.calibration import Verdict
from equipoise.synth.calibration.target import read_targets
from validation.calibration.kept import Kept
from validation.calibration.words import amount, labels, origin, published, study

MEANING = """### What that means

- A result on virtual patients shows what a *method* does when the truth is {world}: whether it finds it, how far it is off, how often its
  intervals hold it. It says nothing about what transplant, maintenance or reinfusion do to patients.
- Where {world} differs from what was published, methods are tried on a somewhat different disease: fewer CD19-positive relapses, a weaker
  marker of lost aplasia, burden and genetics that part patients less or otherwise, quicker deaths after relapse, more transplants. Whether a conclusion
  about a method depends on one of these is found out by changing it: `equipoise simulate --set`, or the worlds S1 to S10.
- What was never published (the effect of maintenance, or of a transplant by what was measured) cannot be checked here at all. A world can
  be made in which any of them looks good.
"""


def reading(kept: Kept) -> str:
    """The section, with numbers of the kept result."""
    rows = kept.rows

    def world(key: str, way: str = "") -> str:
        row = rows[key]
        return amount(row, row.otherwise[way] if way else row.value)

    def source(key: str) -> str:
        return published(rows[key])

    never, censored, changing = (
        "nobody transplanted",
        "censored at the transplant",
        "changing at the transplant",
    )
    transplants, relapse, early = "maude-2018-subsequent-hct-12", "schultz-2023-relapse-12", "xu-2021-hr-lfs"
    positive, share = "schultz-2023-cd19-positive-relapse-12", "lamble-2023-share-of-relapses-cd19-negative"
    registry, registry_os, loss = "john-2025-rfs-24", "john-2025-os-24", "pulsipher-2022-hr-relapse-bcr-1y"
    burden = ("annesley-2025-lfs-low-burden-12", "annesley-2025-lfs-high-burden-12")
    ngs, median = "pulsipher-2022-hr-relapse-ngs-day-28", "lamble-2023-median-os-after-relapse"
    said = {key: words for part in read_targets().parts for key, words in labels(part.targets).items()}
    outside = [
        f"{study(row.target)}, {said[row.target.key]}, from {origin(row.target)}: {published(row)}, here {amount(row, row.value)}"
        for row in rows.values()
        if row.verdict == Verdict.OUTSIDE and row.is_quotable
    ]
    return "\n".join(
        [
            "## In words\n",
            "### What is matched\n",
            "- **From the infusion**: event-free and overall survival of ELIANA at all published months, of the German patients and of "
            f"PLAT-02, and overall survival of the CIBMTR registry (at 24 months {source(registry_os)}, here {world(registry_os)}).",
            f"- **Relapse if nobody is transplanted**: {world(relapse, never)} at 12 months, published {source(relapse)}. "
            "This is the number that the rates of relapse were chosen by.",
            f"- **Residual disease by sequencing** as a sign of relapse: hazard ratio {world(ngs)} at the first assessment, "
            f"published {source(ngs)}. The share of patients who have it is a placeholder: the library has none.",
            "- **After the transplant**: non-relapse mortality of the pooled series after CAR T-cells, and a place between the two arms of the "
            "one randomised trial of conditioning, which is of other children.",
            "- **In remission, and survival without one**: parameters, so no achievement.\n",
            "### What is not\n",
            "Quotable numbers whose interval the world is outside of:\n",
            *(f"- {one}" for one in outside),
            "\n### Why\n",
            f"- **Transplants.** Usual care here transplants {world(transplants)} within a year of the remission; in ELIANA it was "
            f"{source(transplants)}. Relapse-free survival at 24 months is {world(registry)} in usual care, {world(registry, censored)} with "
            f"transplants censored, {world(registry, never)} if nobody is transplanted: the numbers of the registries ({source(registry)} in "
            "that of the CIBMTR) and the published cumulative incidence of relapse lie between, and their abstracts do not say how many were "
            "transplanted or how that was counted.",
            f"- **Kind of relapse.** CD19-negative are {world(share)} of the relapses, published {source(share)}; CD19-positive relapse "
            f"reaches {world(positive)} at 12 months, published {source(positive)}. With this goes the weak ratio of a loss of aplasia "
            f"({world(loss)}, published {source(loss)}): too many relapses come while aplasia persists.",
            f"- **Case mix.** A high burden parts published patients ({source(burden[0])} and {source(burden[1])} alive without relapse at 12 "
            f"months) far more than virtual ones ({world(burden[0])} and {world(burden[1])}); high-risk genetics, rarer here, part them more "
            "than in the one published series. Shares of patients and ratios are placeholders, and the world has no calendar years.",
            "- **Denominators.** The n of the library often counts all who were infused where the number is about those who responded, and "
            "nobody is followed for ever: limits computed from n are too narrow, most of all those of the large registries.",
            f"- **After a relapse** half die within {world(median)}, published {source(median)}; the rates there were chosen, and most are placeholders.",
            "- **Other patients and products.** A humanised product, children of a trial of conditioning, adults in the pooled studies.",
            f"- **Naive comparisons** of ever with never transplanted patients are biased as published ones are, and less: {world(early)} "
            f"for relapse or death, published {source(early)}. In the same virtual patients the ratio is {world(early, changing)} when the "
            "time before the transplant counts where it belongs: the difference is immortal time. These published ratios are never priors.\n",
            MEANING.format(world="S0"),
        ]
    )

"""What an emulation gives to notice, in words."""

from collections.abc import Iterator

from equipoise.base.findings import Finding, finding
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.inference import FEWEST_CENTRES
from equipoise.estimate.emulated.prepared import LOSS
from equipoise.estimate.emulated.verdicts import Verdict
from equipoise.kernels.grouped_hazard import HazardStatus

EMULATION = "emulation"


def noticed(found: Emulated) -> Iterator[Finding]:
    """Hazards that were not found, treatments that nobody starts, gates, weights off 1 or cut."""
    prepared = found.prepared
    titles = {one.name: one.title for one in prepared.strategies}
    for time, fit in zip(prepared.processes, found.weighted.fits, strict=True):
        if fit.status is HazardStatus.NOT_CONVERGED:
            yield finding("E133", EMULATION, f"The hazard of '{time.name}': {fit.status.value}")
        if time.name != LOSS and not float(time.counts(prepared.omega)[0].sum()) > 0:
            yield finding("E135", EMULATION, f"Nobody starts '{time.name}' while at risk of it.")
    if found.spread.failed:
        message = (
            f"{found.spread.failed} of {found.spread.units} fits with one left out did not come to rest."
        )
        yield finding("E133", EMULATION, message)
    for name, judged in found.judged.items():
        verdict = found.verdict(name)
        if verdict is not Verdict.OPEN:
            says = "; ".join(one.says for one in judged if one.verdict is verdict)
            code = "E130" if verdict is Verdict.SEALED else "E131"
            yield finding(code, EMULATION, f"'{titles[name]}': {says}.")
        support = found.support[name]
        if verdict is not Verdict.SEALED and abs(support.mean - 1.0) > 2.0 * support.mean_error:
            message = (
                f"'{titles[name]}': the mean weight is {support.mean:.3f}, more than two standard errors "
                f"({support.mean_error:.3f}) from 1."
            )
            yield finding("E132", EMULATION, message)
        if support.truncated > 0:
            share = f"{100 * support.truncated:.1f} %"
            message = (
                f"'{titles[name]}': weights of {share} of those who follow it are cut at {prepared.cap:.2f}."
            )
            yield finding("E134", EMULATION, message)
    clusters = prepared.analysis.plan.clusters
    if clusters is not None and clusters < FEWEST_CENTRES:
        yield finding(
            "E137", EMULATION, f"{clusters} centres: patients, not centres, are left out one by one."
        )

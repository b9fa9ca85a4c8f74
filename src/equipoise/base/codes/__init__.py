"""The registry of codes: what each means, why it matters, what to do. `equipoise explain` prints it."""

from equipoise.base.codes import (
    bias,
    comparison,
    completeness,
    estimation,
    examples,
    files,
    group_tests,
    mapping,
    prognosis,
    protocol,
    reading,
    regression,
    release,
    times,
    usage,
    values,
    world,
)
from equipoise.base.codes.code import Code, Severity

__all__ = ["CODES", "Code", "Severity"]

CODES: dict[str, Code] = {
    code.code: code
    for family in (
        files,
        times,
        values,
        reading,
        regression,
        prognosis,
        completeness,
        bias,
        protocol,
        mapping,
        estimation,
        examples,
        comparison,
        group_tests,
        release,
        usage,
        world,
    )
    for code in family.CODES
}

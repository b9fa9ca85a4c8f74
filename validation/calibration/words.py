"""A calibrated number in words: what it is, whom it is about, and how it is written."""

from equipoise.evidence.endpoint import Measure
from equipoise.synth.calibration.calibration import Interval
from equipoise.synth.calibration.target import Groups, Origin, Quantity, Target, Transplants
from validation.calibration.kept import Row

_WHAT = {
    Quantity.RESPONSE: "in remission",
    Quantity.OS: "alive",
    Quantity.DFS: "alive without relapse",
    Quantity.RELAPSE: "relapse",
    Quantity.RELAPSE_CD19_POSITIVE: "CD19-positive relapse",
    Quantity.RELAPSE_CD19_NEGATIVE: "CD19-negative relapse",
    Quantity.NRM: "death without relapse",
    Quantity.HCT: "transplant in first remission",
    Quantity.LOSS_SEEN: "aplasia lost",
    Quantity.SHARE_CD19_POSITIVE: "CD19-positive among relapses",
    Quantity.SHARE_CD19_NEGATIVE: "CD19-negative among relapses",
    Quantity.SHARE_ON_LOSS: "after a loss of aplasia, of transplants",
    Quantity.RESTORED: "aplasia restored",
}
_GROUPS = {
    Groups.NGS_AT_TIME_ZERO: "residual disease at the first assessment",
    Groups.NGS_AT_MONTH_3: "residual disease at month 3",
    Groups.LOSS_AT_MONTH_3: "aplasia lost by month 3",
    Groups.LOSS_WITHIN_A_YEAR: "aplasia lost within a year",
    Groups.EVER_TRANSPLANTED: "ever v never transplanted",
}
_AMONG = {
    ("high_burden", True): "high burden",
    ("high_burden", False): "low burden",
    ("prior_hct", True): "earlier transplant",
    ("prior_hct", False): "no earlier transplant",
    ("high_risk_genetics", True): "high-risk genetics",
    ("ngs_positive", False): "no MRD",
    ("cd19_negative", True): "CD19-negative",
    ("cd19_negative", False): "CD19-positive",
    ("lost", False): "in aplasia",
    ("restored", True): "restored",
    ("restored", False): "not restored",
}
_UNITS = {"%": " %", "months": " months", "": ""}
_FROM = {
    Origin.INFUSION: "the infusion",
    Origin.NO_REMISSION: "the assessment without remission",
    Origin.REMISSION: "the remission",
    Origin.RELAPSE: "the relapse",
    Origin.TRANSPLANT: "the transplant in first remission",
    Origin.SALVAGE_TRANSPLANT: "the transplant in a later remission",
    Origin.REINFUSION: "the reinfusion",
}


def study(target: Target) -> str:
    """Source and year."""
    one = target.published
    return one.study if one.year is None else f"{one.study} {one.year}"


def what(target: Target) -> str:
    """What is counted, when, in whom."""
    months = f"{target.by_month:g}"
    if target.groups is not None:
        kind = "risk" if target.published.endpoint.measure is Measure.RISK_RATIO else "hazard"
        event = {Quantity.OS: "death", Quantity.DFS: "relapse or death"}.get(target.quantity, "relapse")
        words = f"{kind} ratio of {event}: {_GROUPS[target.groups]}"
    elif target.published.endpoint.measure is Measure.MEDIAN_TIME:
        words = {Quantity.OS: "median survival", Quantity.LOSS_SEEN: "median time in aplasia"}[
            target.quantity
        ]
    elif target.by_month and target.quantity not in (Quantity.RESPONSE, Quantity.RESTORED):
        words = f"{_WHAT[target.quantity]}, {months} months"
    else:
        words = _WHAT[target.quantity]
    who = [_AMONG[one] for one in target.among.items()]
    if target.transplants is Transplants.CENSORED and target.quantity is Quantity.DFS:
        who.append("transplants censored")
    if target.origin is Origin.SALVAGE_TRANSPLANT:
        who.append("later remission")
    return f"{words} ({', '.join(who)})" if who else words


def labels(targets: tuple[Target, ...]) -> dict[str, str]:
    """What is counted by each target of a part, by key; with the arm where a source says it of several."""
    said = {target.key: (study(target), what(target)) for target in targets}
    alike = list(said.values())
    return {
        target.key: said[target.key][1]
        + (f", {target.published.arm}" if alike.count(said[target.key]) > 1 else "")
        for target in targets
    }


def origin(target: Target) -> str:
    """From where time is counted."""
    return _FROM[target.origin]


def published(row: Row) -> str:
    """The published number with its limits; those in square brackets are computed."""
    number = f"{_bare(row, row.estimate, 1)}{_UNITS[_unit(row)]}"
    if row.lower is None or row.upper is None:
        return number
    limits = f"{_bare(row, row.lower, 0)} to {_bare(row, row.upper, 0)}"
    return f"{number} ({limits})" if row.interval == Interval.PUBLISHED else f"{number} [{limits}]"


def amount(row: Row, value: float) -> str:
    """A value in the unit of its target, rounded for reading."""
    return f"{_bare(row, value, 0)}{_UNITS[_unit(row)]}"


def simulated(row: Row) -> str:
    """The simulated value with its Monte-Carlo error; parameters have none."""
    error = {"%": f"{row.error * 100:.2f}", "months": f"{row.error:.2f}", "": f"{row.error:.3f}"}[_unit(row)]
    value = f"{_bare(row, row.value, 1)}{_UNITS[_unit(row)]}"
    return f"{value} ± {error}" if row.error > 0 else value


def difference(row: Row) -> str:
    """How far the world is off: in points, in months, or as a factor."""
    if row.target.groups is not None:
        return f"× {row.value / row.estimate:.2f}"
    if _unit(row) == "months":
        return f"{row.value - row.estimate:+.1f} months".replace("-", "−")
    points = round((row.value - row.estimate) * 100)
    return f"{points:+d}".replace("-", "−") if points else "0"


def _unit(row: Row) -> str:
    if row.target.groups is not None:
        return ""
    return "months" if row.target.published.endpoint.measure is Measure.MEDIAN_TIME else "%"


def _bare(row: Row, value: float, decimals: int) -> str:
    """A value without its unit; decimals are those of per cents."""
    if _unit(row) == "%":
        return f"{value * 100:.{decimals}f}".removesuffix(".0")
    return f"{value:.2f}" if _unit(row) == "" else f"{value:.1f}"

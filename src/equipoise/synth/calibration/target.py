"""Targets: which published number is compared with what in a virtual world, declared in ``targets.yaml``."""

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from equipoise.base.document import read_document, validate
from equipoise.base.model import Frozen
from equipoise.evidence.endpoint import Measure
from equipoise.evidence.find import number
from equipoise.evidence.published import Caution, Published
from equipoise.evidence.read import published

Sentence = Annotated[str, Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")]
Pattern = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(-\*)?$")]


class Origin(StrEnum):
    """From where time is counted, and who is counted: all who come there."""

    INFUSION = "infusion"
    NO_REMISSION = "no_remission"
    REMISSION = "remission"
    RELAPSE = "relapse"
    TRANSPLANT = "transplant"
    SALVAGE_TRANSPLANT = "salvage_transplant"
    REINFUSION = "reinfusion"


class Quantity(StrEnum):
    """What is counted after the origin."""

    RESPONSE = "response"
    OS = "os"
    DFS = "dfs"
    RELAPSE = "relapse"
    RELAPSE_CD19_POSITIVE = "relapse_cd19_positive"
    RELAPSE_CD19_NEGATIVE = "relapse_cd19_negative"
    NRM = "nrm"
    HCT = "hct"
    LOSS_SEEN = "loss_seen"
    SHARE_CD19_POSITIVE = "share_cd19_positive"
    SHARE_CD19_NEGATIVE = "share_cd19_negative"
    SHARE_ON_LOSS = "share_on_loss"
    RESTORED = "restored"


class Transplants(StrEnum):
    """How a transplant in first remission counts."""

    IGNORED = "ignored"
    CENSORED = "censored"
    NONE = "none"  # nobody is transplanted: another strategy, not another way to count


class Groups(StrEnum):
    """Which patients a ratio compares with the others."""

    NGS_AT_TIME_ZERO = "ngs_at_time_zero"
    NGS_AT_MONTH_3 = "ngs_at_month_3"
    LOSS_AT_MONTH_3 = "loss_at_month_3"
    LOSS_WITHIN_A_YEAR = "loss_within_a_year"
    EVER_TRANSPLANTED = "ever_transplanted"


Among = Literal[
    "high_burden", "prior_hct", "high_risk_genetics", "ngs_positive", "cd19_negative", "lost", "restored"
]


class Target(Frozen):
    """A published number and its counterpart in a world.

    Parameters
    ----------
    key
        In the evidence library.
    origin, quantity, among
        What is counted in the world: from where, what, and in which patients. `among` is judged at time zero,
        at the first relapse (`cd19_negative`; `lost`: a loss of aplasia was seen before it, or a transplant
        done), or at the reinfusion (`restored`).
    groups
        Of a ratio: who is compared.
    transplants
        How they count.
    month
        Where the published number belongs to no time: the month at which the world is asked.
    counted
        Where the source prints a count: how many, of how many.
    argued
        Where the time zero was only inferred, or is not that of the table: name of the argument for the one
        used here.
    differs
        What must be known to read the comparison, above all why it does not match.
    """

    key: Key
    origin: Origin
    quantity: Quantity
    among: dict[Among, bool] = Field(default_factory=dict)
    groups: Groups | None = None
    transplants: Transplants = Transplants.IGNORED
    month: Annotated[float, Field(gt=0, le=60)] | None = None
    counted: tuple[int, int] | None = None
    argued: str = ""
    differs: str = ""

    @property
    def published(self) -> Published:
        """The published number."""
        return number(self.key)

    @property
    def by_month(self) -> float:
        """Month of the comparison; that of the source, where it has one."""
        month = self.published.month if self.month is None else self.month
        return 0.0 if month is None else month

    @property
    def is_ratio(self) -> bool:
        """Whether the number is a ratio."""
        return self.published.endpoint.measure in (Measure.HAZARD_RATIO, Measure.RISK_RATIO)


class Part(Frozen):
    """Targets that are shown together."""

    title: Sentence
    targets: tuple[Target, ...] = Field(min_length=1)


class Dismissed(Frozen):
    """Published numbers, by key or by the beginning of their keys, that are no targets, and why."""

    keys: tuple[Pattern, ...] = Field(min_length=1)
    because: Sentence

    def holds(self, key: str) -> bool:
        """Whether a key is meant."""
        return any(fnmatchcase(key, pattern) for pattern in self.keys)


class Targets(Frozen):
    """All of them.

    Parameters
    ----------
    arguments
        Why time is counted from where it is, by the names that targets use.
    parts, dismissed
        Each number of the evidence library is in one of both, once.
    """

    arguments: dict[str, Sentence]
    parts: tuple[Part, ...]
    dismissed: tuple[Dismissed, ...]

    @property
    def all(self) -> tuple[Target, ...]:
        """The targets of all parts."""
        return tuple(target for part in self.parts for target in part.targets)

    def because(self, key: str) -> str:
        """Why a published number is no target; empty if it is one."""
        return next((one.because for one in self.dismissed if one.holds(key)), "")

    @model_validator(mode="after")
    def _fits(self) -> "Targets":
        keys = [target.key for target in self.all]
        for one in published():
            places = keys.count(one.key) + sum(other.holds(one.key) for other in self.dismissed)
            if places != 1:
                raise ValueError(f"{one.key} is {places} times a target or dismissed; once is right")
        for target in self.all:
            if problem := _problem(target, self.arguments):
                raise ValueError(f"{target.key}: {problem}")
        return self


@cache
def read_targets() -> Targets:
    """Return the shipped targets.

    Raises
    ------
    ProtocolError, UsageError
        If they contradict themselves or the evidence library: our mistake, not the user's.
    """
    text = (files("equipoise.synth.calibration") / "targets.yaml").read_text(encoding="utf-8")
    return validate(Targets, read_document(text, name="targets.yaml"))


def _problem(target: Target, arguments: dict[str, str]) -> str:
    """What is wrong with a target; empty when nothing is."""
    one = target.published
    # The table calls a remission what is counted in those who responded, and relapse what follows a failure.
    table = {Origin.TRANSPLANT: "HCT", Origin.SALVAGE_TRANSPLANT: "HCT"}
    table |= {Origin.RELAPSE: "relapse or non-response", Origin.NO_REMISSION: "relapse or non-response"}
    is_doubted = one.time_zero_inferred or one.time_zero != table.get(target.origin, target.origin.value)
    problems = (
        (is_doubted and not target.argued, "its time zero is in doubt and nothing is argued"),
        (target.argued != "" and target.argued not in arguments, f"there is no argument {target.argued!r}"),
        (target.argued != "" and not is_doubted, "its time zero is known, so nothing need be argued"),
        (one.month is not None and target.month is not None, "the source says the month"),
        (target.is_ratio != (target.groups is not None), "a ratio has groups, and nothing else has"),
        (
            any(remark.kind in (Caution.FUTURE, Caution.TIME_ZERO, Caution.LIMITS) for remark in one.remarks),
            "a caution of the evidence library forbids it",
        ),
    )
    return next((words for is_wrong, words in problems if is_wrong), "")

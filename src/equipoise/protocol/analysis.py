"""How the numbers are computed: variances, intervals, the emulation, and what is asked of it again."""

from collections.abc import Iterator
from typing import Literal

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.problem import Problem
from equipoise.protocol.emulation import Emulation
from equipoise.protocol.negative_control import NegativeControl
from equipoise.protocol.sensitivity import Sensitivity

Variance = Literal["ij", "greenwood", "aalen"]
Interval = Literal["default", "plain", "loglog", "cloglog", "logit"]


class Analysis(Frozen):
    """How the numbers are computed.

    Parameters
    ----------
    weight
        Column of patients with case weights, or null. It has no default: weights change the people whom
        the answer is about.
    cluster
        Column of patients within which patients are correlated, or null.
    variance
        ``ij`` (infinitesimal jackknife), ``greenwood`` or ``aalen``.
    interval
        ``default`` (log-log for survival, complementary log-log for incidences, logit for occupancies,
        beta-product where events are few), or one transformation for all.
    emulation
        How the strategies are emulated; null: they are stated only.
    sensitivity
        The same question with something changed, each a named patch of the protocol.
    negative_controls
        Emulations of which it is known that nothing may come out.
    """

    weight: Name | None
    cluster: Name | None = None
    variance: Variance = "ij"
    interval: Interval = "default"
    emulation: Emulation | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    negative_controls: tuple[NegativeControl, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """A variance that does not hold for weights or clusters; names that occur twice."""
        if self.variance != "ij" and (self.weight or self.cluster):
            named = " and ".join(name for name in (self.weight, self.cluster) if name)
            yield Problem("P115", ("variance",), f"variance {self.variance!r} with {named!r}")
        for key, names in (
            ("sensitivity", [one.name for one in self.sensitivity]),
            ("negative_controls", [one.name for one in self.negative_controls]),
        ):
            for position, name in enumerate(names):
                if name in names[:position]:
                    yield Problem("P116", (key, position, "name"), f"{name!r} twice")

"""The draws of one patient, for the slow simulator: each at its address, whichever others are taken."""

from typing import NamedTuple

from equipoise.kernels import reference_addressed as addressed


class Luck(NamedTuple):
    """The draws of a patient."""

    seed: int
    patient: int

    def uniform(self, decision: int, occasion: int = 0) -> float:
        """A number in [0, 1)."""
        return addressed.uniform(self.seed, self.patient, decision, occasion)

    def threshold(self, decision: int, occasion: int = 0) -> float:
        """How much intensity has to sum up before it happens: exponential of mean 1."""
        return addressed.exponential(self.seed, self.patient, decision, occasion)

    def normal(self, decision: int, occasion: int = 0) -> float:
        """A standard normal number."""
        return addressed.normal(self.seed, self.patient, decision, occasion)

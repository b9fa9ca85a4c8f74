"""How the virtual registry writes down what the world is made of.

The world knows a burden that is high or not; a registry writes a percentage. Each covariate has a column and
values that stand for "no" and for "yes", so that a statement about the column can be read in the world.
"""

from dataclasses import dataclass
from typing import Final

from equipoise.language.comparison import Scalar
from equipoise.synth.numbers import COVARIATES

VOCABULARY: Final = "cart_all"
PROTOCOL: Final = "virtual_registry"
NGS_THRESHOLD: Final = 1e-6  # of cells; the detection limit of the test
FLOW_THRESHOLD: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Column:
    """A column of patients.

    Attributes
    ----------
    name
        In the vocabulary.
    covariate
        Place among `COVARIATES`; None for a column that is the same in all.
    no, yes
        The values that stand for each: all of them for categories, smallest and largest for numbers.
    """

    name: str
    covariate: int | None
    no: tuple[Scalar, ...]
    yes: tuple[Scalar, ...] = ()

    @property
    def bit(self) -> int:
        """Bit of the covariate in what is known of a patient."""
        return 0 if self.covariate is None else self.covariate


COLUMNS: Final = {
    column.name: column
    for column in (
        Column("burden", COVARIATES.index("high_burden"), (0.0, 4.9), (5.0, 95.0)),
        Column("prior_hct", COVARIATES.index("prior_hct"), (0,), (1,)),
        Column(
            "genetics",
            COVARIATES.index("high_risk_genetics"),
            ("other", "ph"),
            ("kmt2a", "hypodiploid", "tp53"),
        ),
        Column("costimulation", COVARIATES.index("cd28"), ("bb",), ("cd28",)),
        Column("donor_available", COVARIATES.index("donor"), ("no",), ("yes",)),
        Column("age", COVARIATES.index("adult"), (1.0, 17.9), (18.0, 25.9)),
        Column("prior_car", None, (False,)),
    )
}

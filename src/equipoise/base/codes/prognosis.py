"""Codes E22x: the prognostic table."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E220",
        Severity.WARNING,
        "A covariate is not known in some patients when it is judged",
        "Unknown is neither low nor high: these patients are in no group, so the groups are those in whom the value "
        "was looked for. If it was looked for because of how patients fared, the groups are selected.",
        "Read the number unknown beside the groups; complete the column where it can be completed.",
    ),
    Code(
        "E221",
        Severity.WARNING,
        "A covariate that is known only after time zero",
        "A value that came to be known later is one that the patient lived to learn; as a baseline value it would "
        "look ahead. Until the day from which it is known it counts as unknown.",
        "Ask for a landmark after that day, or start the clock there.",
    ),
    Code(
        "E222",
        Severity.NOTE,
        "A number is cut at its median",
        "Without a cut in the protocol the groups are made at the median of the enrolled at time zero; in other data "
        "the median is another number.",
        "Name a `cut` that was chosen before the data were seen.",
    ),
    Code(
        "E223",
        Severity.WARNING,
        "Few events for each coefficient",
        "With fewer than ten events for each coefficient hazard ratios, alone or together, are biased away from 1 "
        "and their intervals too short; the shrunken ones are meant for this case.",
        "Read the absolute risks and the shrunken ratios; ask about fewer covariates.",
    ),
    Code(
        "E224",
        Severity.WARNING,
        "A number without groups",
        "Nobody has a value at time zero from which a median could be taken, and a cut chosen later would be chosen "
        "by those who were still there.",
        "Name a `cut` in the protocol.",
    ),
    Code(
        "E225",
        Severity.WARNING,
        "No hazard ratio, because there is no absolute risk beside it",
        "A ratio says nothing without the risk that it multiplies; it is given only where the absolute risk of at "
        "least one group of the same covariate is.",
        "Ask for a landmark at which the covariate is known, an earlier horizon, or a `cut`.",
    ),
    Code(
        "E226",
        Severity.WARNING,
        "A model that these data do not allow",
        "Those in whom everything asked is known do not include the group that the others are compared with; or "
        "patients come and go, which the weights of Fine and Gray's model do not allow for.",
        "Name another reference, leave out the covariate that is missing in so many, or read the cause-specific ratios.",
    ),
    Code(
        "E227",
        Severity.NOTE,
        "A prior needs patients who count once and are independent",
        "Shrunken ratios are modes of a posterior, which needs a likelihood. With case weights there is none, so they "
        "are not given; with clusters their intervals take the patients as independent, and may be too short.",
        "With clusters, read the unshrunken ratios too, whose intervals count the clusters.",
    ),
    Code(
        "E228",
        Severity.WARNING,
        "A treatment among the prognostic covariates",
        "Who is treated, and when, is decided by how patients fare. The ratio compares the treated with the untreated of "
        "that day; it says who fares how and not what the treatment does, as the same ratio among the naive comparisons.",
        "Do not read it as an effect. For the question of treatment ask `naive_comparisons`, and emulate a trial.",
    ),
)

"""P13x: worlds of virtual patients and what can be asked of them."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "P130",
        Severity.ERROR,
        "A parameter that the world does not have",
        "A change of nothing would go unnoticed.",
        "Name a parameter by the keys that lead to it, joined by dots; `equipoise simulate --show` prints them all.",
    ),
    Code(
        "P131",
        Severity.ERROR,
        "A world that there is not",
        "Without a world there are no virtual patients.",
        "Name a shipped world or a file.",
    ),
    Code(
        "P132",
        Severity.ERROR,
        "A treatment that virtual patients do not get",
        "The simulated world decides about a few treatments only; a strategy about another one would change nothing.",
        "Use the treatments of the protocol `virtual_registry`.",
    ),
    Code(
        "P133",
        Severity.ERROR,
        "A statement about virtual patients that the simulated world does not know",
        "Strategies act while courses are simulated; what is not simulated cannot guide them, and guessing would change the question.",
        "Use what is measured there (the words of the protocol `virtual_registry`), or cut a number where the world cuts it.",
    ),
    Code(
        "P136",
        Severity.ERROR,
        "A truth about other people",
        "Truths are counted for all virtual patients whose courses are simulated, from their time zero on; for others, or from another day, "
        "they would be another number under the same name.",
        "Keep the population, time zero and structure of the protocol `virtual_registry` (strategies, outcomes and report may "
        "differ), or read the truth by feature (`truth_rows(..., by_feature=True)`).",
    ),
    Code(
        "P134",
        Severity.ERROR,
        "A simulation of no size",
        "Numbers of patients and months must be positive, a seed has 63 bits, and a course has room for a limited number of "
        "records.",
        "Give a positive number, and rates at which a patient has at most some hundred records.",
    ),
    Code(
        "P135",
        Severity.ERROR,
        "A strategy that there is not",
        "Who is treated when is half of what happens to virtual patients.",
        "Name a strategy of the protocol, or `natural_course`.",
    ),
)

"""Codes P: protocol, vocabulary and mapping."""

from equipoise.base.codes.code import Code, Severity


def _error(code: str, title: str, why: str, do: str) -> Code:
    return Code(code, Severity.ERROR, title, why, do)


_DOCUMENT = (
    _error(
        "P001", "The document cannot be read", "Nothing can be done without it.", "Check path and encoding."
    ),
    _error(
        "P002",
        "The document is not YAML 1.2",
        "The document is read as plain YAML 1.2: mappings, lists, texts and finite numbers.",
        "Correct the line; a text with ':' or '#', or one that looks like a date, needs quotes.",
    ),
    _error(
        "P003",
        "A field is missing, unknown or of another type",
        "What is not written exactly cannot be run exactly.",
        "Correct this field; the JSON Schema lists what is allowed.",
    ),
)

_LANGUAGE = (
    _error(
        "P010",
        "A word that the vocabulary does not declare",
        "A misspelt word would silently select nobody.",
        "Correct the word, or declare it in the vocabulary.",
    ),
    _error(
        "P011",
        "A word used as what it is not",
        "A statement about patients must be of the kind that the word can answer.",
        "Use a word of the right kind.",
    ),
    _error(
        "P012",
        "One name for two things",
        "Every name must mean one thing in the tables, the protocol and the report.",
        "Rename one of them.",
    ),
    _error(
        "P013",
        "The order of records of one day is incomplete or impossible",
        "Which of two records of one day came first decides the state a patient is in.",
        "List measurement, intervention, event, terminal and censoring once each, and names between them.",
    ),
    _error(
        "P014",
        "Arrows of a structure that are not deterministic",
        "Each record must move a patient to one state, or leave the patient where he or she is.",
        "Give the arrows conditions that exclude each other, or remove one.",
    ),
    _error(
        "P015",
        "A state that nobody can reach",
        "An unreachable state would be reported as 0 % instead of as a mistake.",
        "Add the arrow that leads to it, or remove the state.",
    ),
    _error(
        "P016",
        "A terminal event that does not end the course",
        "A patient who died would stay at risk, or go on.",
        "For each terminal event, give every state that can be left an arrow without conditions into a state "
        "that cannot.",
    ),
    _error(
        "P017",
        "An outcome that its structure cannot give",
        "The number would be a probability of something else.",
        "Choose other states, another structure or another kind of outcome.",
    ),
    _error(
        "P018",
        "A value that cannot occur",
        "A comparison that can never hold would silently select nobody.",
        "Use a declared value.",
    ),
    _error(
        "P019",
        "A declaration that contradicts itself",
        "The door would accept values that mean nothing, or refuse all.",
        "Give values to categories and states only, and limits to quantities only.",
    ),
    _error(
        "P020",
        "The vocabulary is not found",
        "Without the words of the data source nothing can be read.",
        "Name a shipped vocabulary or a file.",
    ),
    _error(
        "P021",
        "An outcome without the words of its estimand",
        "Every number is printed with the sentence that says what it is.",
        "Write the words: 'is' for survival and occupancy, 'event' for survival and cumulative incidence, "
        "'competing' for cumulative incidence.",
    ),
)

_PROTOCOL = (
    _error(
        "P101",
        "The protocol asks for another vocabulary",
        "The same word may mean another thing in another data source.",
        "Use the vocabulary that the protocol names.",
    ),
    _error(
        "P110",
        "A time zero that cannot be carried out",
        "Everyone is counted from time zero; it must be known on the day itself.",
        "Give a landmark a window and an assessment together, with the day inside the window, or neither.",
    ),
    _error(
        "P111",
        "An intercurrent event that is handled twice or is terminal",
        "Each handling is another question; a terminal event ends the follow-up for every question.",
        "Handle each intercurrent event once; a death belongs to the outcome.",
    ),
    _error(
        "P112",
        "The principal stratum is asked for",
        "Who would or would not have had the event under the other treatment is never observed in anybody, "
        "so no amount of such data identifies the answer.",
        "Ask for treatment_policy, hypothetical, composite or while_on_treatment.",
    ),
    _error(
        "P113",
        "A funnel that cannot be drawn",
        "Each step must be a smaller group of the people who took the step before.",
        "Name an origin and steps that differ, and a survival outcome that patients at the origin can keep.",
    ),
    _error(
        "P114",
        "A report grid that contradicts itself",
        "A number is only given on days that the report covers.",
        "Keep the months ascending, above 0 and up to until_month.",
    ),
    _error(
        "P115",
        "A variance that does not fit the weights or clusters",
        "Greenwood's and Aalen's variances hold for independent patients of weight 1.",
        "Use variance: ij, or leave weight and cluster null.",
    ),
    _error(
        "P116",
        "Something is listed twice",
        "A repeated entry is usually a slip for another one.",
        "Remove or correct it.",
    ),
    _error(
        "P117",
        "A panel of four estimands that cannot be drawn",
        "The four answers differ only where the event happens while the outcome is still open.",
        "Name an intercurrent event of this protocol and a survival outcome that it does not itself end.",
    ),
    _error(
        "P118",
        "A covariate that cannot be used",
        "A covariate is one number, category or truth about a patient that is known by a day.",
        "Give it either a feature or a predicate, a unit in `per`, and cuts in rising order.",
    ),
    _error(
        "P119",
        "A naive comparison that cannot be made",
        "Treated and untreated patients are compared by the survival of those whose outcome is still open when "
        "they are treated.",
        "Name an intervention that is neither terminal nor the end of the outcome, and survival outcomes with "
        "which no other intercurrent event competes.",
    ),
    _error(
        "P120",
        "A treatment that cannot be decided on",
        "A treatment is one intervention while in given states of the protocol's structure; each start must "
        "belong to one treatment, and somebody must be able to start.",
        "Name an intervention and states that can be left, and let no two treatments of one intervention share a state.",
    ),
    _error(
        "P121",
        "A grace law that does not fit its window",
        "When a treatment is started within the window is part of the question; the law must say it for the whole "
        "window and for nothing else.",
        "Let the probabilities rise from 0 at month 0 to 1 at the last month of the window, and keep a fixed start and a "
        "last bin inside it.",
    ),
    _error(
        "P122",
        "A strategy that contradicts itself",
        "Nobody can both start a treatment and never start it, and the natural course is what no rule says.",
        "Give each treatment rules that can be followed together, and the strategy a name of its own.",
    ),
    _error(
        "P123",
        "A representative law without its numbers",
        "The law is part of the question: it is estimated once, written into the protocol, and kept in all that is "
        "computed from there on.",
        "Put the numbers in its place (equipoise.emulate.practice.with_laws takes them from a cohort), or give a law.",
    ),
    _error(
        "P124",
        "A grace law that exists only in bins",
        "A natural law changes something in its last bin alone, whose width is part of the question, and a fixed start is "
        "one moment: neither has an intensity in continuous time.",
        "Use bins whose last one has the stated width; for continuous time choose a uniform, representative or given law.",
    ),
    _error(
        "P125",
        "A representative law that the cohort cannot give",
        "The law of the starting times is taken from people who start, and must leave a share to every month of the window.",
        "Give the law as numbers, change the window, or ask about another treatment.",
    ),
)

_TRIAL = (
    _error(
        "P140",
        "An emulation that does not fit the strategies",
        "The weights undo what usual care decided; they need one model of each treatment that a strategy decides "
        "about, and of no other.",
        "Write one model for each treatment that a rule of a strategy names, with pieces in rising order.",
    ),
    _error(
        "P141",
        "A covariate that changes every day",
        "Time since something grows day by day, so the hazard would change every day by a straight line that nobody "
        "has looked at.",
        "Give it a cut: its groups change on few days.",
    ),
    _error(
        "P142",
        "A contrast that cannot be formed",
        "A difference is between two strategies, of a number that the kind of outcome has, on days that the report covers.",
        "Name two different strategies, a measure that fits the outcome, and months (or horizons) that fit the measure.",
    ),
    _error(
        "P143",
        "A contrast whose time zero is a success",
        "Whoever has got as far as the treatment has survived the wait for it. Counted from there, a strategy that "
        "asks for the treatment gets the credit of that survival, and those who died waiting are in no strategy.",
        "Count everybody from the day on which the choice was open, and let the strategy say when the treatment starts. "
        "Of those who got there, only ask how they fare, without a contrast.",
    ),
    _error(
        "P144",
        "The benefit of one patient is asked for",
        "It needs the outcomes of the same patient under both strategies, and nobody is ever seen under both. The "
        "risks under each strategy do not say how many benefit and how many are harmed.",
        "Ask for the difference in risk, in patients like this one. Risks p and q under the two strategies leave only "
        "bounds for the share who benefit: between max(0, p - q) and min(p, 1 - q) (Makarov).",
    ),
    _error(
        "P145",
        "A gate that is open too wide",
        "Below these limits intervals are known not to hold; a protocol that moved them could show any number.",
        "Tighten the gate or leave it out. In simulation studies, whose averages need every run, write on: false.",
    ),
    _error(
        "P146",
        "A sensitivity analysis that cannot be made",
        "It asks the same question with one thing changed, and must itself be a protocol that can be run.",
        "Patch what is to change, by the names of the items of a list, and leave title, vocabulary and the sensitivity "
        "analyses alone.",
    ),
    _error(
        "P147",
        "A negative control that controls nothing",
        "A control repeats the emulation where it is known that nothing may come out.",
        "Name an outcome of the protocol, a month of the report, two different strategies, and for an exposure an "
        "intervention that no strategy decides about.",
    ),
)

CODES: tuple[Code, ...] = (*_DOCUMENT, *_LANGUAGE, *_PROTOCOL, *_TRIAL)

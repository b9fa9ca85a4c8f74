"""Codes E: enrolment (E0xx) and estimation (E1xx)."""

from equipoise.base.codes.code import Code, Severity

CODES: tuple[Code, ...] = (
    Code(
        "E001",
        Severity.ERROR,
        "Nobody can be enrolled",
        "Without a patient who reaches time zero, meets every criterion and is observed afterwards there "
        "is nothing "
        "to estimate.",
        "Read the attrition table: the step that removes the last patients is the one to correct.",
    ),
    Code(
        "E002",
        Severity.WARNING,
        "Patients without follow-up after time zero",
        "They meet the criteria but contribute no time; if they were lost because of how they fared, the "
        "rest is a "
        "selected group.",
        "Complete their follow-up, or say in the report why it ends on the day it begins.",
    ),
    Code(
        "E003",
        Severity.NOTE,
        "Patients who enter after time zero",
        "They are known only because they lived long enough to be seen; they count as at risk from their "
        "entry on "
        "(left truncation), not from time zero.",
        "Nothing, if entry does not depend on prognosis; otherwise start the clock later.",
    ),
    Code(
        "E004",
        Severity.WARNING,
        "A criterion cannot be judged in some patients",
        "What it asks about is not recorded by time zero; whether they belong to the population is "
        "unknown, and they are "
        "left out.",
        "Complete the column, or widen the window of the criterion.",
    ),
    Code(
        "E101",
        Severity.WARNING,
        "Censoring at an intercurrent event is not its hypothetical estimand",
        "Plain censoring imagines that those who had the event would have fared like those who had not had "
        "it yet. "
        "That holds only if its timing carries no information about prognosis, which is rare: it is "
        "offered to patients "
        "because of how they fare.",
        "Read the number as naive. Weight by the probability of remaining free of the event, or emulate a "
        "trial.",
    ),
    Code(
        "E102",
        Severity.WARNING,
        "Patients outside the outcome's states at time zero",
        "They cannot have the first failure that the outcome counts; they are left out of this outcome only.",
        "Add a criterion to the population, so that every outcome is about the same patients.",
    ),
    Code(
        "E103",
        Severity.NOTE,
        "Few events",
        "With fewer than five events, or none, intervals from a normal approximation are too narrow or do "
        "not exist; "
        "the beta-product interval is given where it can be (no weights, clusters or delayed entry).",
        "Report the interval with the estimate; the estimate alone says little.",
    ),
    Code(
        "E104",
        Severity.WARNING,
        "A risk set empties while patients should still be in that state",
        "With delayed entry or gaps nobody is observed in a state that has positive probability; the curve "
        "stands still "
        "there for lack of data, not because nothing happens. Where all at risk leave before others enter, the "
        "product is 0 from there on, and no number is given.",
        "Start the clock where more patients are observed, or read the curve only from later on.",
    ),
    Code(
        "E105",
        Severity.NOTE,
        "Follow-up does not reach the report grid",
        "Beyond the last day on which anybody is observed no number can be given.",
        "Shorten the grid or wait for longer follow-up.",
    ),
    Code(
        "E106",
        Severity.WARNING,
        "Few clusters",
        "The variance between clusters is itself estimated from the clusters; with fewer than twenty the "
        "intervals are "
        "too narrow.",
        "Read the intervals as a lower bound of the uncertainty, or do not cluster and say so.",
    ),
    Code(
        "E108",
        Severity.WARNING,
        "Patients who had the intercurrent event by time zero",
        "Handlings that end at the event cannot speak of patients who already had it; they are left out of "
        "those.",
        "Add a criterion to the population.",
    ),
    Code(
        "E109",
        Severity.NOTE,
        "Patients whose funnel began before time zero, or unobserved",
        "A funnel starts at its origin, for all who reach it under observation after time zero.",
        "Nothing; the number is told so that denominators can be compared.",
    ),
    Code(
        "E110",
        Severity.WARNING,
        "One minus Kaplan-Meier under competing risks",
        "Censoring those who have the competing event counts them as if they could still have the event of "
        "interest; "
        "the probability comes out too high.",
        "Read the cumulative incidence; the other number is shown because it is often printed.",
    ),
    Code(
        "E111",
        Severity.WARNING,
        "A curve that starts at the last step of a funnel",
        "Those who got there are the survivors of all steps before; their curve is not the prospect of a "
        "patient at the "
        "origin.",
        "Compare with the curve of all from the origin, drawn beside it.",
    ),
    Code(
        "E112",
        Severity.ERROR,
        "A weight or cluster is missing",
        "Leaving such patients out, or giving them a value, would change the population without a word.",
        "Complete the column, or add a criterion that excludes these patients in the open.",
    ),
    Code(
        "E113",
        Severity.NOTE,
        "No interval can be given",
        "At an estimate of exactly 0 or 1 the transformed scales carry no information about the uncertainty, a "
        "curve composed of several has no standard error here, and one cluster (or one patient) alone tells nothing of "
        "the variance between clusters.",
        "Read the estimate with its number at risk.",
    ),
    Code(
        "E115",
        Severity.NOTE,
        "A level the curve does not reach",
        "The curve does not come down to this level within the follow-up; a quantile would be a guess.",
        "Report the probability at a day instead.",
    ),
    Code(
        "E116",
        Severity.WARNING,
        "The state at time zero is unknown",
        "Nobody is under observation at time zero, and by their records those who come later were in several "
        "states; the shares of the states at the start, and so at any later time, cannot be known.",
        "Start the clock where patients are observed, or let the population share one state at time zero.",
    ),
    Code(
        "E120",
        Severity.NOTE,
        "Strategies that are stated but not emulated",
        "What would have happened under a strategy is not what happened to those who happened to follow it; until the "
        "trial is emulated with weights, no number here compares strategies.",
        "Name them in `analysis.emulation`, with a model of each treatment that they decide about; or read them as part "
        "of the question only.",
    ),
    Code(
        "E121",
        Severity.NOTE,
        "An assumption that is not argued",
        "Strategies are compared through weights only if decisions were consistent, unconfounded given what is "
        "adjusted for, possible for everybody, and recorded on the right day; no data can prove any of the four.",
        "Write it down under `assumptions`: why it may hold here, and what would refute it.",
    ),
    Code(
        "E130",
        Severity.WARNING,
        "A strategy that these data cannot answer for",
        "A gate is shut: too few patients follow the strategy, or a group of them is never treated as it asks, or the "
        "models of usual care do not fit. A weighted number would rest on a handful of patients, or on none.",
        "Read the limits of the worst case, which assume nothing. Ask a strategy that is closer to what was done, a "
        "population in which it was possible, or wait for more patients.",
    ),
    Code(
        "E131",
        Severity.WARNING,
        "A strategy with thin support",
        "Few patients follow the strategy, so that single courses move the number and its interval may be too short.",
        "Read the number with its interval and the effective sample; do not decide on it alone.",
    ),
    Code(
        "E132",
        Severity.WARNING,
        "The mean weight is not 1",
        "With the right models of usual care the weights of everybody are 1 on average. Off it, the model of the "
        "treatment misses something that decides who is treated.",
        "Add what physicians look at to `adjust_for`, or let the baseline hazard change more often "
        "(`pieces_months`).",
    ),
    Code(
        "E133",
        Severity.WARNING,
        "A hazard of usual care was not found",
        "The iterations did not come to rest, which happens without priors where all starts lie on one side of a "
        "covariate. Weights made of such hazards mean nothing, so no number is given.",
        "Use priors (`penalised: true`), or adjust for less.",
    ),
    Code(
        "E134",
        Severity.NOTE,
        "Weights are cut",
        "A few large weights make a number unstable; they are cut at the limit named in the protocol, which trades a "
        "little bias for much variance.",
        "Compare with the analysis without a limit (`truncate: null`) as a sensitivity analysis.",
    ),
    Code(
        "E135",
        Severity.WARNING,
        "An emulation without starts of a treatment",
        "Nobody starts the treatment while at risk of it, so usual care is what a strategy without it would be, and "
        "nothing can be learned about a strategy that asks for it.",
        "Leave the strategy out, or find data in which the treatment is given.",
    ),
    Code(
        "E136",
        Severity.WARNING,
        "A negative control that is not 0",
        "An emulation of which nothing may come out gives a difference whose interval excludes 0: what makes it may "
        "be in the main answer too.",
        "Look for what was not adjusted for, and for a time zero that lets some be immortal.",
    ),
    Code(
        "E137",
        Severity.NOTE,
        "Few centres",
        "Patients of a centre are alike; with fewer than ten centres their number is too small for a variance of its "
        "own, so patients are left out one by one, and the intervals of the emulation may be short.",
        "Read them with reserve; ask more centres.",
    ),
    Code(
        "E138",
        Severity.WARNING,
        "A strategy whose starting times nobody shows",
        "Its law is representative: as those start who start within the window. Nobody does, so there is no law, and "
        "the strategy and its contrasts are left out.",
        "State a law in the protocol (uniform, or numbers from elsewhere), or a longer window.",
    ),
    Code(
        "E139",
        Severity.WARNING,
        "A sensitivity analysis that could not be carried out",
        "With that change nobody is left to compare, or a strategy has no law, so the answer is not told beside the "
        "others.",
        "Change less: read in the attrition table which step removes the patients.",
    ),
)

"""Protocols and estimands in English: the words that a physician must find."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from myeloid_protocol import broken

from equipoise.protocol.estimand import estimand_sentence, funnel_sentence, state_sentence
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.narrate import narrate
from equipoise.protocol.read import read_question

MYELOID, WORDS = read_question("myeloid")
WHO = "in patients in first complete remission, without relapse or transplant so far"
WHEN = "counted from the day of the first complete remission"


@pytest.mark.parametrize(
    ("outcome", "handling", "sentence"),
    [
        ("dfs", Handling.TREATMENT_POLICY,
         "The probability of still being alive and in first remission on each day (no relapse or death so far), "
         f"{WHO}, {WHEN}, whether or not transplant takes place (treatment policy)."),
        ("dfs", Handling.HYPOTHETICAL,
         "The probability of still being alive and in first remission on each day (no relapse or death so far), "
         f"{WHO}, {WHEN}, if transplant did not take place (hypothetical)."),
        ("dfs", Handling.COMPOSITE,
         "The probability of still being alive and in first remission without transplant on each day "
         f"(no relapse or death or transplant so far), {WHO}, {WHEN}, "
         "with transplant counted as an event (composite)."),
        ("dfs", Handling.WHILE_ON_TREATMENT,
         "The probability that relapse or death before transplant has happened by each day "
         f"(transplant competing), {WHO}, {WHEN}, up to transplant, which competes (while on treatment)."),
        ("relapse", Handling.WHILE_ON_TREATMENT,
         "The probability that relapse before transplant has happened by each day "
         f"(death in remission and transplant competing), {WHO}, {WHEN}, "
         "up to transplant, which competes (while on treatment)."),
        ("hct", None,
         "The probability that transplant in first remission has happened by each day "
         f"(relapse or death before a transplant competing), {WHO}, {WHEN}, transplant itself being counted."),
        ("in_remission", None,
         "The probability of being alive and in first remission on each day, whatever happened earlier, "
         f"{WHO}, {WHEN}, whether or not transplant takes place (treatment policy)."),
    ],
)  # fmt: skip
def test_each_handling_is_another_sentence(outcome, handling, sentence):
    assert estimand_sentence(outcome, handling, MYELOID, WORDS) == sentence


def test_a_handling_for_one_event_leaves_the_others_as_the_protocol_has_them():
    protocol, words = read_question("cart_all")
    sentence = estimand_sentence("dfs", Handling.HYPOTHETICAL, protocol, words, event="hct")
    assert "if transplant did not take place (hypothetical)" in sentence
    assert (
        "whether or not maintenance therapy, reinfusion of the same CAR product, another CAR product or donor "
        "lymphocyte infusion takes place (treatment policy)" in sentence
    )
    # the same without naming the event: it is for the first one
    assert estimand_sentence("dfs", Handling.HYPOTHETICAL, protocol, words) == sentence


@pytest.mark.parametrize(
    ("outcome", "measure", "start"),
    [
        ("dfs", "restricted_mean", "The mean time alive and in first remission up to the horizon, in"),
        (
            "nrm",
            "time_lost",
            "The mean time lost to death in remission up to the horizon (relapse competing), in",
        ),
        ("os", "median", "The day by which death has happened to half, in"),
        ("os", "median_follow_up", "The median time under observation if death had not ended it (reverse"),
        (
            "relapse",
            "one_minus_survival",
            "One minus the Kaplan-Meier estimate for relapse (death in remission comp",
        ),
    ],
)
def test_measures_other_than_the_default(outcome, measure, start):
    sentence = estimand_sentence(outcome, None, MYELOID, WORDS, measure=measure)
    assert sentence.startswith(start)
    assert sentence.endswith("(treatment policy).")


def test_competing_by_definition_is_no_handling():
    protocol, words = read_question("heart")
    assert estimand_sentence("death_waiting", None, protocol, words) == (
        "The probability that death while waiting has happened by each day (transplant competing), in patients "
        "accepted into the programme, counted from the day of acceptance into the programme."
    )


def test_states_and_funnels_have_sentences():
    assert state_sentence("hct_in_remission", MYELOID, WORDS) == (
        f"The probability of being in the state 'In remission, transplanted' on each day, {WHO}, {WHEN}."
    )
    funnel = MYELOID.funnels[0]
    everyone, those = (funnel_sentence(funnel, step, MYELOID, WORDS) for step in ("relapse", "hct"))
    start = f"The probability of still being alive on each day (no death so far), {WHO} and who had relapse"
    end = "whatever is done afterwards (treatment policy)."
    assert everyone == f"{start}, counted from the day of that relapse, {end}"
    assert those == f"{start} and then transplant, counted from the day of that transplant, {end}"


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("myeloid", [
            "From first remission of acute myeloid leukaemia, with transplant on the way.",
            "(1) a complete remission was recorded; (2) no relapse up to that day; (3) no transplant up to that day",
            "each is judged only on what is known by that day",
            "Time zero is the day of the first complete remission; everyone is counted from that day.",
            "Disease-free survival (DFS): The probability of still being alive and in first remission",
            "For HCT, transplant is itself what is counted.",
            "disease-free survival is drawn four ways side by side: transplant ignored (treatment policy)",
            "Plain censoring is not the hypothetical question unless the timing of transplant has nothing to do",
            "Everyone with relapse at or after time zero is followed from that day on, to transplant.",
            "who are the survivors of every step before it",
            "the headline numbers are those at months 12, 24, 36 and 60. Mean times are restricted to months 36 and 60",
            "infinitesimal jackknife", "95 % intervals", "Every patient counts once.",
        ]),
        ("cart_all", [
            "(2) younger than 26 years at infusion",
            "Time zero is the day of the first record of flow-MRD on days 21 to 42 after infusion",
            "patients without one are not included",
            "Current leukaemia-free survival (CLFS): The probability of being alive and in remission on each day, "
            "whatever happened earlier",
            "no relapse, acute GVHD of grade III-IV, severe chronic GVHD or death so far",
            "is followed from that day on, to remission, then transplant.",
        ]),
        ("heart", ["Time zero is the day of acceptance into the programme", "overall survival is drawn four ways"]),
        ("bmt", ["grade is not recorded; this is not GRFS", "No intercurrent event is named"]),
    ],
)  # fmt: skip
def test_shipped_protocols_read_aloud(name, phrases):
    paragraphs = narrate(*read_question(name))
    text = "\n".join(paragraphs)
    for phrase in phrases:
        assert phrase in text
    assert all(paragraph.endswith(".") and "  " not in paragraph for paragraph in paragraphs)
    assert "_" not in text.replace("cart_all", "")  # no name of the files in a text for people


def test_weights_clusters_and_landmarks_are_said():
    text, _ = broken("cluster: null", "cluster: site")
    text, _ = broken(
        "{kind: event, of: remission, occurrence: first}", "{kind: landmark, after: origin, day: 90}", text
    )
    said = "\n".join(narrate(*read_question(text)))
    assert "Patients of one site are taken as correlated." in said
    assert "Time zero is day 90 after randomisation" in said
    assert "Whoever has left observation by then is not included." in said
    assert "90 % intervals" in said
    assert "in steps of 6 months" in said
    # without a label the population is its criteria
    assert "in patients who meet all criteria (in remission; no relapse on record; sex is female)" in said

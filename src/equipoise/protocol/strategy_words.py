"""Strategies in English: one sentence each, for the narrated protocol and the report."""

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import number_words
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, Rule, StartWithin
from equipoise.protocol.strategy import Strategy


def strategy_sentence(strategy: Strategy, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """Say in one sentence what is done under a strategy.

    Parameters
    ----------
    strategy
        A strategy of the protocol, or the natural course.
    protocol, vocabulary
        The question, checked against its words.
    """
    if not strategy.rules:
        return "Every treatment is started as in usual care."
    phrases: list[str] = []
    for treatment in dict.fromkeys(rule.treatment for rule in strategy.rules):
        rules = [rule for _, rule in strategy.rules_on(treatment)]
        either = " or ".join(rule_words(rule, protocol, vocabulary) for rule in rules)
        phrases.append(either + (", whichever comes first" if len(rules) > 1 else ""))
    sentence = "; ".join(phrases)
    return f"{sentence[0].upper()}{sentence[1:]}."


def rule_words(rule: Rule, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """``start transplant within 6 months of time zero, at times drawn from the stated law``."""
    structure = vocabulary.structures[protocol.structure]
    what = protocol.treatment(rule.treatment).words(structure, vocabulary)
    match rule:
        case Never():
            return f"no {what}"
        case StartWithin():
            since = f"{_months(rule.months)} of time zero"
        case OnTrigger():
            trigger = rule.trigger.words(vocabulary)
            since = f"{_months(rule.months)} of the first day on which this is known: {trigger}"
            if rule.until_month is not None:
                since += f" (if that day comes within {_months(rule.until_month)} of time zero)"
    condition = "" if rule.only_if is None else f", only while {rule.only_if.words(vocabulary)}"
    otherwise = f", and no {what} otherwise" if isinstance(rule, OnTrigger) or rule.only_if else ""
    return f"start {what} within {since}, {rule.law.words()}{condition}{otherwise}"


def _months(months: float) -> str:
    return f"{number_words(months)} month{'' if months == 1 else 's'}"

"""The rows of the prognostic table as sentences: a hazard ratio never comes without the absolute risks."""

from collections.abc import Sequence

from equipoise.language.feature import Has
from equipoise.language.predicate import AnyOf, Predicate
from equipoise.language.words import listing, lower_first
from equipoise.rendering.comparison_words import RATIO_SAID, RATIO_STATUS
from equipoise.rendering.numbers import count, duration, percent, ratio, ratio_interval
from equipoise.rendering.prognostic import Group, Ratio
from equipoise.rendering.reading import Reading
from equipoise.rendering.sentences import level_words, patients, value_with_interval
from equipoise.rendering.words import TEXT, capital, join_words


def group_sentences(reading: Reading, groups: Sequence[Group]) -> list[str]:
    """One sentence for each group and each slope, in the order of print."""
    references = {ratio.row.versus for one in groups for ratio in one.shown}
    said: list[str] = []
    for group in groups:
        who = f"{capital(group.covariate_label)}, {group.level_label}{_at(group.landmark_month)}"
        ratios = _compared(group, groups)
        if group.strategy in references:
            ratios = TEXT["said_reference"]
        if group.is_empty and not ratios:
            parts = [TEXT["nobody_known" if group.is_slope else "nobody"]]
        elif group.is_empty and group.varies:
            # The ratio is of the days after time zero, the risks are of patients known at a landmark.
            parts = [TEXT["nobody_at_start"], ratios, _risks_beside(reading, group, groups)]
        else:
            parts = [_risk(reading, group) or _risks_beside(reading, group, groups), ratios]
        said.append(f"{who}: {'; '.join(part for part in parts if part) or TEXT['no_number']}.")
    return said


def _at(landmark_month: float | None) -> str:
    return "" if landmark_month is None else TEXT["at_landmark"].format(month=f"{landmark_month:g}")


def _compared(group: Group, groups: Sequence[Group]) -> str:
    """The ratios of a group, and whether they are judged as it happens; empty without any."""
    if not group.said:
        return ""
    judged = ""
    if group.varies and group.landmark_month is None:
        judged = TEXT["said_as_it_comes" if group.is_empty else "said_as_it_happens"]
    return TEXT["said_ratio"].format(
        ratios=join_words([_ratio(one) for one in group.said]),
        against=_label_of(group.versus, groups),
        judged=judged,
    )


def _risk(reading: Reading, group: Group) -> str:
    if group.risk is None:
        return ""
    outcome = reading.outcome(group.outcome)
    return TEXT["said_risk"].format(
        outcome=_by_horizon(reading, group),
        value=TEXT["not_known"] if group.risk.estimate is None else value_with_interval(group.risk),
        patients=patients(group.n),
        when=TEXT["at_time_zero"] if group.varies and group.landmark_month is None else "",
        events=count(group.events),
        event=outcome.event,
    )


def _risks_beside(reading: Reading, group: Group, groups: Sequence[Group]) -> str:
    """Absolute risks of the groups of the same covariate, at each time with more than one."""
    own = [one for one in groups if one.covariate == group.covariate and one.risk]
    judged: dict[float | None, list[Group]] = {}
    for one in own:
        judged.setdefault(one.landmark_month, []).append(one)
    several = [found for found in judged.values() if len(found) > 1] or list(judged.values())
    return "; ".join(_beside(reading, found) for found in several)


def _beside(reading: Reading, found: Sequence[Group]) -> str:
    event = reading.outcome(found[0].outcome).event
    values = [
        TEXT["said_beside_group"].format(
            value=percent(one.risk.estimate, one.risk.n)
            if one.risk.estimate is not None
            else TEXT["not_known"],
            level=one.level_label,
            patients=patients(one.n),
            events=count(one.events),
            event=event,
        )
        for one in found
        if one.risk
    ]
    month = found[0].landmark_month
    return TEXT["said_beside"].format(
        outcome=_by_horizon(reading, found[0]),
        when="" if month is None else TEXT["said_month"].format(month=f"{month:g}"),
        values=join_words(values),
    )


def _by_horizon(reading: Reading, group: Group) -> str:
    """``2-year overall survival``."""
    return f"{duration(_by_month(reading))} {lower_first(reading.outcome(group.outcome).label)}"


def _ratio(one: Ratio) -> str:
    row = one.row
    if row.estimate is None:
        return (
            f"{RATIO_SAID.get(row.status, RATIO_STATUS.get(row.status, TEXT['not_observed']))} ({row.method})"
        )
    if row.lower is None or row.upper is None:
        return f"{ratio(row.estimate)} ({TEXT['no_interval']}; {row.method})"
    is_posterior = row.interval.endswith("posterior")
    level = TEXT["posterior"].format(level=f"{100 * row.level:g}") if is_posterior else level_words(row.level)
    limits = f"{level} {ratio_interval(row.lower, row.upper)}"
    return f"{ratio(row.estimate)} ({limits}; {row.method})"


def _label_of(strategy: str | None, groups: Sequence[Group]) -> str:
    """Words of the group that others are compared with; a slope compares with one unit less."""
    found = next((one.level_label for one in groups if one.strategy == strategy), None)
    return TEXT["said_against"].format(level=found) if found else ""


def _by_month(reading: Reading) -> float:
    asked = reading.study.protocol.prognosis
    return asked.by_month if asked else 0.0


def what_counts(reading: Reading, group: Group) -> str:
    """What makes a covariate that may change true, and after which events it may still come; may be empty.

    While an outcome goes on after other events, as survival does, a record after those counts too.
    """
    asked, vocabulary = reading.study.protocol.prognosis, reading.study.vocabulary
    covariates = asked.covariates if asked else ()
    predicate = next((one.predicate for one in covariates if one.name == group.covariate), None)
    if predicate is None:
        return ""
    words = predicate.words(vocabulary)
    records = _records(predicate)
    if not records:
        return TEXT["what_counts"].format(words=words)
    outcome = vocabulary.outcomes[group.outcome]
    arrows = vocabulary.structures[outcome.structure].arrows
    passed = [
        vocabulary.label_of(one.on)
        for one in arrows
        if {one.from_, one.to} <= set(outcome.follows)
        and one.on in vocabulary.events
        and one.on not in records
    ]
    events = listing(dict.fromkeys(passed), TEXT["or"])
    after = TEXT["also_after"].format(events=events) if events else ""
    return TEXT["what_counts"].format(words=f"{words}{after}")


def _records(predicate: Predicate) -> list[str]:
    """The records of which one is enough; none if it asks for anything else."""
    parts = predicate.any_of if isinstance(predicate, AnyOf) else (predicate,)
    records = [one.record for one in parts if isinstance(one, Has)]
    return records if len(records) == len(parts) else []

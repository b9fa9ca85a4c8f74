"""The answer of an emulated trial first: differences as sentences, and a banner where support is thin."""

from dataclasses import dataclass

from equipoise.language.words import lower_first
from equipoise.rendering.emulated.numbers import difference_said
from equipoise.rendering.emulated.trial import Arm, Between, Trial
from equipoise.rendering.numbers import count, duration, points
from equipoise.rendering.reading import Estimate
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import TEXT, capital


@dataclass(frozen=True, slots=True)
class Headline:
    """One difference as a sentence; `is_pale` where no number may be shown."""

    sentence: str
    is_pale: bool
    row: Estimate


@dataclass(frozen=True, slots=True)
class Banner:
    """What the gates say of a strategy that is sealed or thin."""

    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at the head of the report."""

    lead: str
    headlines: tuple[Headline, ...]
    banners: tuple[Banner, ...]


def answer_of(trial: Trial, setting: Setting, month: float) -> Answer:
    """Differences at the latest month of each contrast up to a month, and the banners."""
    lead = TEXT["emulated_lead"].format(n=count(trial.rows[0].n), origin=setting.origin)
    return Answer(lead, tuple(headlines(trial, month)), tuple(banners(trial)))


def headlines(trial: Trial, month: float) -> list[Headline]:
    """One sentence for each outcome and pair that the protocol compares by a difference."""
    found: list[Headline] = []
    for outcome in trial.outcomes():
        for between in trial.pairs(outcome):
            row = latest(trial.contrast(outcome, trial.difference(outcome), between), month)
            if row is not None:
                found.append(Headline(sentence_of(trial, row, between), row.estimate is None, row))
    return found


def latest(rows: list[Estimate], month: float) -> Estimate | None:
    """The last row up to a month; the first one where all are later."""
    before = [one for one in rows if one.month <= month + 1e-6]
    return before[-1] if before else next(iter(rows), None)


def sentence_of(trial: Trial, row: Estimate, between: Between) -> str:
    """``3-year disease-free survival, early transplant minus watch: +12.3 points (...)``."""
    known = trial.reading.at(trial.truth(row.outcome, row.measure, *between), round(row.month, 3))
    truth = ""
    if known is not None and known.estimate is not None:
        truth = TEXT["emulated_truth"].format(points=points(known.estimate, known.n))
    return TEXT["emulated_headline"].format(
        outcome=outcome_words(trial, row),
        versus=trial.versus_words(between),
        value=difference_said(row),
        truth=truth,
    )


def outcome_words(trial: Trial, row: Estimate) -> str:
    """``3-year disease-free survival``."""
    label = lower_first(trial.word(row.outcome).label)
    return capital(f"{duration(round(row.month, 3))} {label}")


def banners(trial: Trial) -> list[Banner]:
    """One banner for each strategy that is sealed or thin, the sealed ones first."""
    shut = [one for one in trial.arms if one.is_sealed]
    thin = [one for one in trial.arms if one.verdict == "amber"]
    return [Banner(one.verdict, banner_sentence(one)) for one in (*shut, *thin)]


def banner_sentence(arm: Arm) -> str:
    """Which strategy, and the sentences of the gates that say so."""
    return TEXT[f"banner_{arm.verdict}"].format(strategy=arm.title, says=capital("; ".join(arm.says)))

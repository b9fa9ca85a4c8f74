"""Protocols that may well be valid, made of the words of a vocabulary."""

from random import Random
from typing import Any

from equipoise.base.document import Document, validate
from equipoise.base.errors import ProtocolError
from equipoise.language.outcome import OutcomeKind
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.check import check
from equipoise.protocol.protocol import Protocol

DAYS = (0.5, 1, 7, 30, 100, 1e6)


class Asker:
    """Draws parts of protocols; `random` decides, the vocabulary gives the words."""

    def __init__(self, random: Random, vocabulary: Vocabulary) -> None:
        self.random = random
        self.words = vocabulary
        self.dated = [*vocabulary.interventions, *vocabulary.events]
        self.followed = [one for one in self.dated if one not in vocabulary.terminal_events]
        self.records = [*vocabulary.measurements, *self.dated]

    def _some(self, words: list[str], most: int) -> list[str]:
        return self.random.sample(words, self.random.randint(min(1, len(words)), min(most, len(words))))

    def _where(self, record: str) -> dict[str, Any]:
        if self.random.random() < 0.6:
            return {}
        if record in self.words.measurements:
            word = self.words.measurements[record]
            value = (
                self.random.choice(list(word.values)) if word.values else {"ge": self.random.choice((0, 2))}
            )
            return {"where": {"value": value}}
        if record not in self.words.records:
            return {}
        closed = {name: list(one.values) for name, one in self.words.details_of(record).items() if one.values}
        if not closed:
            return {}
        name = self.random.choice(list(closed))
        return {
            "where": {name: self.random.choice((closed[name], closed[name][0], {"ne": closed[name][-1]}))}
        }

    def _within(self) -> dict[str, Any]:
        return {"within": self.random.choice(DAYS)} if self.random.random() < 0.4 else {}

    def feature(self) -> dict[str, Any]:
        measured, columns = list(self.words.measurements), list(self.words.patients)
        forms: list[dict[str, Any]] = []
        if columns:
            forms += [{"baseline": self.random.choice(columns)}] * 3
        if measured:
            word = self.random.choice(measured)
            forms += [{"last": word, **self._within()}] * 2
            forms += [{"age_of_value": word}]
        if self.records:
            record = self.random.choice(self.records)
            forms += [{"first": record, **self._where(record)}, {"count": record, **self._within()}]
        if self.dated:
            forms += [{"days_since": self.random.choice(self.dated)}]
        return self.random.choice(forms)

    def predicate(self, depth: int = 0) -> dict[str, Any]:
        kind = self.random.choice(("compare", "compare", "has", "not_", "all_of", "any_of"))
        if depth < 3 and kind == "not_":
            return {"not_": self.predicate(depth + 1)}
        if depth < 3 and kind in ("all_of", "any_of"):
            return {kind: [self.predicate(depth + 1) for _ in range(self.random.randint(1, 3))]}
        if kind == "has" and self.records:
            record = self.random.choice(self.records)
            return {"has": record, **self._where(record), **self._within()}
        return self._comparison()

    def _comparison(self) -> dict[str, Any]:
        feature = self.feature()
        values = self._values(feature)
        if values is None:
            return {
                **feature,
                self.random.choice(("lt", "le", "gt", "ge", "eq", "ne")): self.random.choice(
                    (0, 1, 2, 50, 1e-4)
                ),
            }
        if values == [True]:
            return {**feature, "eq": self.random.choice((True, False))}
        return {**feature, **self.random.choice(({"eq": values[0]}, {"ne": values[-1]}, {"in": values}))}

    def _values(self, feature: dict[str, Any]) -> list[Any] | None:
        if "baseline" in feature:
            column = self.words.patients[feature["baseline"]]
            if column.type == "boolean":
                return [True]
            return (list(column.values) or ["north"]) if column.type == "category" else None
        if "last" in feature:
            return list(self.words.measurements[feature["last"]].values) or None
        return None

    def time_zero(self) -> dict[str, Any]:
        kind = self.random.choice(
            ("origin", "origin", "origin", "origin", "day", "event", "record", "window")
        )
        if kind == "event" and self.followed:
            return {"kind": "event", "of": self.random.choice(self.followed)}
        if kind == "record" and self.words.measurements:
            record = self.random.choice(list(self.words.measurements))
            confirmed = {"confirmed": self.random.choice(DAYS)} if self.random.random() < 0.5 else {}
            return {"kind": "event", "of": record, **self._where(record), **confirmed}
        after = self.random.choice(["origin", *self.followed])
        if kind == "window" and self.words.measurements:
            first, last = sorted(self.random.sample((0, 1, 7, 30, 60, 300), 2))
            assessment = self.random.choice(list(self.words.measurements))
            window = {"window": [first, last], "assessment": assessment}
            return {"kind": "landmark", "after": after, "day": first, **window}
        return {
            "kind": "landmark",
            "after": "origin" if kind == "origin" else after,
            "day": self.random.choice((0, 0, 1, 28)),
        }

    def covariate(self, number: int) -> dict[str, Any]:
        if self.random.random() < 0.3:
            return {"name": f"c{number}", "predicate": self.predicate(1)}
        feature = self.feature()
        more: dict[str, Any] = {}
        values = self._values(feature)
        if values is None:
            cuts = self.random.choice(([], [50], [1, 2, 3], [-1e9], [0]))
            more = {"cut": cuts, "per": self.random.choice((1, 10, 1e-3))}
        elif values != [True] and self.random.random() < 0.4:
            more = {"reference": self.random.choice(values)}
        return {"name": f"c{number}", "feature": feature, **more}

    def prognosis(self, until: float) -> dict[str, Any]:
        closed = [n for n, one in self.words.outcomes.items() if one.kind is not OutcomeKind.OCCUPANCY]
        strata = [name for name, one in self.words.patients.items() if one.type in ("category", "boolean")]
        return {
            "outcomes": self._some(closed, 2),
            "by_month": self.random.choice((0.01, 1, until / 2, until)),
            "landmarks_months": self.random.choice(([], [until / 3], [until / 12, until / 2])),
            "covariates": [self.covariate(number) for number in range(self.random.randint(1, 4))],
            "strata": self._some(strata, 1) if strata and self.random.random() < 0.2 else [],
            "prior_sd": self.random.choice((None, 0.7, 0.7, 1e-3, 1e3)),
        }

    def naive_comparison(self, number: int, until: float) -> dict[str, Any]:
        survival = [name for name, one in self.words.outcomes.items() if one.kind is OutcomeKind.SURVIVAL]
        return {
            "name": f"n{number}",
            "label": "Treated or not",
            "intervention": self.random.choice(self.followed),
            "outcomes": self._some(survival, 2),
            "landmarks_months": self.random.choice(([until / 4, until / 2], [until / 3], [], [0.1])),
        }

    def protocol(self) -> dict[str, Any]:
        """A whole protocol; nearly always one that the vocabulary has nothing against."""
        asked = self._drawn()
        for _ in range(self.random.choice((0, *[12] * 9))):
            if self._is_sound(asked):
                break
            asked = self._drawn()
        return asked

    def _is_sound(self, asked: dict[str, Any]) -> bool:
        try:
            check(validate(Protocol, Document("protocol", asked, {(): 1})), self.words)
        except ProtocolError:
            return False
        return True

    def _drawn(self) -> dict[str, Any]:
        """Draw the parts one by one; the grid of the report is coarse, so that a case is quick."""
        outcomes = list(self.words.outcomes)
        survival = [name for name in outcomes if self.words.outcomes[name].kind is OutcomeKind.SURVIVAL]
        until = self.random.choice((1, 6, 12, 36))
        handling = ("treatment_policy", "hypothetical", "composite", "while_on_treatment")
        asked: dict[str, Any] = {
            "title": "A question",
            "vocabulary": "vocabulary.yaml",
            "population": {
                "label": "everybody",
                "all_of": [
                    {"label": "anybody", "predicate": {"count": self.random.choice(self.records), "ge": 0}},
                    *(
                        {"label": f"criterion {number}", "predicate": self.predicate()}
                        for number in range(self.random.choice((0, 0, 0, 0, 0, 0, 1, 2)))
                    ),
                ],
            },
            "time_zero": self.time_zero(),
            "structure": self.random.choice(list(self.words.structures)),
            "outcomes": self._some(outcomes, 3),
            "intercurrent_events": [
                {"event": event, "handling": self.random.choice(handling)}
                for event in self._some(self.followed, 2)
            ]
            if self.random.random() < 0.6
            else [],
            "report": {
                "every_months": self.random.choice((0.5, 1, 3, until)),
                "until_month": until,
                "at_months": [self.random.choice((0.5, 1, until))],
                "restricted_to_months": self.random.choice(([], [until])),
                "level": self.random.choice((0.95, 0.9, 0.6, 0.999)),
            },
            "analysis": {
                "variance": self.random.choice(("ij", "ij", "greenwood", "aalen")),
                "interval": self.random.choice(("default", "default", "plain", "loglog", "cloglog", "logit")),
                "cluster": self.random.choice((None, None, None, "site")),
                "weight": None,
            },
        }
        weights = [name for name, one in self.words.patients.items() if one.role == "weight"]
        if weights and self.random.random() < 0.2:
            asked["analysis"] |= {"weight": weights[0], "variance": "ij"}
        if self.followed and len(self.followed) > 1 and survival and self.random.random() < 0.4:
            origin, *steps = self.random.sample(
                self.followed, self.random.randint(2, min(3, len(self.followed)))
            )
            outcome = self.random.choice(survival)
            asked["funnels"] = [
                {"name": "f", "label": "Steps", "origin": origin, "steps": steps, "outcome": outcome}
            ]
        if self.random.random() < 0.5:
            asked["prognosis"] = self.prognosis(until)
        if self.followed and survival and self.random.random() < 0.5:
            asked["naive_comparisons"] = [
                self.naive_comparison(number, until) for number in range(self.random.randint(1, 2))
            ]
        return asked

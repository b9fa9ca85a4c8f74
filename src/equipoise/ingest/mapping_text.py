"""The mapping of a guess as YAML with comments; what is open stands under `doubtful`."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from equipoise.base.errors import DataError
from equipoise.ingest.guess import ColumnGuess, Guess
from equipoise.ingest.interpretation import (
    category_codes,
    end_candidates,
    indicator_codes,
    indicator_of,
    limit_codes,
    used_word,
)
from equipoise.ingest.questions import questions


def quoted(value: object) -> str:
    """A scalar as YAML: a plain word where that is safe, else in JSON quotes."""
    text = str(value)
    safe = text.replace("_", "").replace(".", "").isalnum() and text[0].isalpha() and text.isascii()
    reserved = text.lower() in {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
    return text if isinstance(value, str) and safe and not reserved else json.dumps(value, ensure_ascii=False)


class MappingText:
    """Writes the mapping of a guess.

    Parameters
    ----------
    guess
        The guess.
    extra
        Columns that fill words which the copy of the vocabulary declares, by word.
    vocabulary
        Name or file of the vocabulary.
    title
        Title of the mapping.
    sheet
        Sheet of the workbook.
    """

    def __init__(
        self,
        guess: Guess,
        extra: Mapping[str, ColumnGuess],
        vocabulary: str,
        title: str,
        sheet: str | None,
    ) -> None:
        self.guess, self.extra, self.vocabulary, self.title, self.sheet = (
            guess,
            extra,
            vocabulary,
            title,
            sheet,
        )
        self.used: set[str] = set()
        self.missing = sorted({code for cells in guess.profiles.values() for code in cells.missing} or {"NA"})
        counted = Counter(guess.formats[one.column] for one in guess.columns if one.column in guess.formats)
        self.common = counted.most_common(1)[0][0] if counted else None
        self.asked = questions(guess)
        self.origin = next(iter(guess.of("origin", "time")), self._origin_asked())

    def text(self) -> str:
        """The whole document."""
        body = [
            *self._head(),
            *self._observation(),
            *self._patients(),
            *self._records(),
            *self._measurements(),
        ]
        return "\n".join([*body, *self._rest(), *self._doubtful()]) + "\n"

    def _origin_asked(self) -> ColumnGuess | None:
        """Day 0 as the open question about it says meanwhile; without one the dates could not be read."""
        choices = (
            one.choices[0].values for one in self.asked if one.kind == "role" and one.choices[0].values
        )
        return next(
            (ColumnGuess(column, "origin", "time") for role, column in choices if role == "origin"), None
        )

    def _use(self, column: str) -> str:
        self.used.add(column)
        return quoted(column)

    def _head(self) -> Iterator[str]:
        guess = self.guess
        yield "# What the columns of the sheet mean. No patient data belong into this file; it can be shared."
        yield "# Written by `equipoise init`; check it line by line."
        yield f"title: {json.dumps(self.title, ensure_ascii=False)}"
        yield f"vocabulary: {quoted(self.vocabulary)}"
        if self.sheet is not None:
            yield f"sheet: {json.dumps(self.sheet, ensure_ascii=False)}"
        patient = next(iter(guess.of("patient")), None)
        yield f"id: {self._use(patient.column) if patient else 'null # each row is its own patient'}"
        if self.origin is not None:
            label = guess.vocabulary.origin.label
            yield f"origin: {{column: {self._use(self.origin.column)}}} # day 0: {label}"
        years = [one for one in guess.of("origin_year") if guess.profiles[one.column].whole]
        if self.origin is None and years and used_word(guess, years[0]) is None:
            yield f"origin_year: {self._use(years[0].column)}"
        yield from self._times()
        if any(cells.decimal == "," for cells in guess.profiles.values()):
            yield 'decimal: ","'
        yield f"missing: {json.dumps(self.missing)}"

    def _times(self) -> Iterator[str]:
        guess, parts = self.guess, list[str]()
        numeric = any(one.facet == "time" and guess.profiles[one.column].is_number for one in guess.columns)
        if numeric:
            parts.append(f"unit: {guess.unit or 'days'}")
        if self.common is not None:
            parts.append(f"formats: [{quoted(self.common)}]")
        if guess.century is not None:
            parts.append(f"two_digit_years_from: {guess.century}")
        coarse = {one.unit for one in guess.columns if one.facet == "time"} | {guess.unit}
        if coarse & {"months", "years"}:
            parts.append("rounding: nearest")
        if parts:
            yield f"times: {{{', '.join(parts)}}}"

    def _time(self, one: ColumnGuess) -> str:
        """A time column, in short form where the defaults of the mapping say the rest."""
        column, cells = self._use(one.column), self.guess.profiles[one.column]
        declared = self.guess.formats.get(one.column)
        parts = [f"column: {column}"]
        if cells.is_date and declared is not None and declared != self.common:
            parts.append(f"format: {quoted(declared)}")
        if cells.is_number and (self.origin is not None or one.unit is not None):
            parts.append(f"unit: {one.unit or self.guess.unit or 'days'}")
        return column if len(parts) == 1 else f"{{{', '.join(parts)}}}"

    def _observation(self) -> Iterator[str]:
        guess = self.guess
        ends = [one for one in guess.of("end", "time") if one.doubt is None] or list(guess.of("end", "time"))
        if not ends:
            candidates = end_candidates(guess)
            if not candidates:
                raise DataError(
                    "D111",
                    where=guess.source,
                    found="no column says when follow-up ended",
                    why="Nobody knows until when a patient could have had an event.",
                    do="Add the date of the last contact (or of death) as a column.",
                )
            ends = [ColumnGuess(candidates[0], "end", "time")]
        deaths = [one for word in guess.vocabulary.terminal_events for one in self._of_word(word, "time")]
        stops = [self._time(one) for one in (*ends[:1], *deaths)]
        yield f"observation: {{stop: {stops[0] if len(stops) == 1 else '[' + ', '.join(stops) + ']'}}}"

    def _of_word(self, word: str, facet: str) -> list[ColumnGuess]:
        guess = self.guess
        return [
            one
            for one in guess.columns
            if one.facet == facet and used_word(guess, one) == word and one.column not in guess.duplicates
        ]

    def _patients(self) -> Iterator[str]:
        guess, lines = self.guess, dict[str, str]()
        for one in guess.columns:
            word = used_word(guess, one)
            if (
                word is not None
                and word in guess.vocabulary.patients
                and one.facet == "value"
                and word not in lines
            ):
                lines[word] = self._value(one, category_codes(guess, one.column, word) or {})
        for name, one in self.extra.items():
            lines[name] = self._value(one, {})
        sites = guess.of("site")
        if sites and "site" not in lines:
            lines["site"] = self._use(sites[0].column)
        births = guess.of("birth", "time")
        if births and self.origin is not None and "age" in guess.vocabulary.patients and "age" not in lines:
            lines["age"] = f"{{years_before_origin: {self._time(births[0])}}}"
        if lines:
            yield "patients:"
            yield from (f"  {name}: {value}" for name, value in lines.items())

    def _value(self, one: ColumnGuess, recode: Mapping[str, str]) -> str:
        column, missing = self._use(one.column), self.guess.missing.get(one.column, ())
        parts = [f"column: {column}"]
        if recode:
            pairs = ", ".join(f"{json.dumps(code)}: {json.dumps(value)}" for code, value in recode.items())
            parts.append(f"recode: {{{pairs}}}")
        if missing:
            parts.append(f"missing: {json.dumps([*self.missing, *missing])}")
        return column if len(parts) == 1 else f"{{{', '.join(parts)}}}"

    def _records(self) -> Iterator[str]:
        vocabulary = self.guess.vocabulary
        for table, words, day in (
            ("interventions", vocabulary.interventions, "start"),
            ("events", vocabulary.events, "day"),
        ):
            lines = [line for word in words for line in self._record(word, day)]
            if lines:
                yield f"{table}:"
                yield from lines

    def _record(self, word: str, day: str) -> Iterator[str]:
        times = self._of_word(word, "time")
        for time in times:
            indicator = indicator_of(self.guess, time)
            full = self.guess.profiles[time.column].share == 1
            # A date of death is itself the sign of death, unless everybody has one.
            if word in self.guess.vocabulary.terminal_events:
                indicator = self._vital() if full else None
            when = self._when(indicator) if indicator is not None else ""
            yield f"  - {{name: {word}, {day}: {self._time(time)}{when}}}"
        ends, vital = self.guess.of("end", "time"), self._vital()
        if word in self.guess.vocabulary.terminal_events and not times and ends and vital is not None:
            yield f"  - {{name: {word}, {day}: {self._time(ends[0])}{self._when(vital)}}}"

    def _vital(self) -> ColumnGuess | None:
        """The column that says who died."""
        died = [
            one for word in self.guess.vocabulary.terminal_events for one in self._of_word(word, "indicator")
        ]
        said = (*died, *self.guess.of("vital_status", "indicator"), *self.guess.of("alive", "indicator"))
        return next(iter(said), None)

    def _when(self, one: ColumnGuess) -> str:
        codes = indicator_codes(self.guess, one.column) or (self.guess.profiles[one.column].codes[-1:], ())
        yes, no = (json.dumps(list(part)) for part in codes)
        if self.guess.profiles[one.column].share < 1 and not no.endswith('""]'):
            no = json.dumps([*codes[1], ""])
        return f", when: {{column: {self._use(one.column)}, is: {yes}, is_not: {no}}}"

    def _measurements(self) -> Iterator[str]:
        lines: list[str] = []
        for word, declared in self.guess.vocabulary.measurements.items():
            times = self._of_word(word, "time")
            for one in self._of_word(word, "value"):
                time = next((other for other in times if other.number == one.number), None)
                if time is not None:
                    when = f"day: {self._time(time)}"
                elif one.number is not None:
                    when = f"on_day: {one.number}"
                else:
                    continue
                unit = f", unit: {json.dumps(declared.unit, ensure_ascii=False)}" if declared.unit else ""
                value = self._value(one, limit_codes(self.guess, one.column, word) or {})
                lines.append(f"  - {{name: {word}, value: {value}, {when}{unit}}}")
        if lines:
            yield "measurements:"
            yield from lines

    def _rest(self) -> Iterator[str]:
        left = [one for one in self.guess.columns if one.column not in self.used]
        if left:
            yield "# Not read:"
            for one in left:
                said = self.guess.duplicates.get(one.column)
                if said is not None:
                    why = f"says the same as {said}"
                elif one.concept is None:
                    why = "not recognised"
                else:
                    why = f"{one.concept.replace('_', ' ')} ({one.facet}), for which there is no use"
                yield f"#   {json.dumps(one.column, ensure_ascii=False)}: {why}"
        repeated = [one.column for one in left if one.column in self.guess.duplicates]
        if repeated:
            yield f"ignored: [{', '.join(quoted(name) for name in repeated)}]"

    def _doubtful(self) -> Iterator[str]:
        if not self.asked:
            return
        yield "# Correct the mapping where the guess is wrong, then delete the entry. Nothing is read before."
        yield "doubtful:"
        for one in self.asked:
            yield f"  - column: {json.dumps(one.column, ensure_ascii=False)}"
            yield f"    question: {json.dumps(one.text, ensure_ascii=False)}"
            yield f"    chosen: {json.dumps(one.choices[0].label, ensure_ascii=False)}"

"""The methods section, written from what the study used, with numbered citations."""

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.base.citation import Citation
from equipoise.base.citations import CITATIONS
from equipoise.rendering.comparison_words import COMPARISON_SENTENCES, TEST_SENTENCES
from equipoise.rendering.emulated.methods import emulation_methods
from equipoise.rendering.reading import NATURAL_COURSE, Reading
from equipoise.rendering.setting import Setting
from equipoise.rendering.words import HANDLINGS, MEASURES, METHOD_SENTENCES, TEXT, join_words

VARIANCES = {"ij": "variance_ij", "greenwood": "variance_greenwood", "aalen": "variance_aalen"}


@dataclass(frozen=True, slots=True)
class Methods:
    """Paragraphs with citation marks such as ``[1, 2]``, and the references in that order."""

    paragraphs: tuple[str, ...]
    references: tuple[Citation, ...]


def methods(reading: Reading, setting: Setting) -> Methods:
    """Write the section: only methods that left a row in the tables are named."""
    numbers: dict[str, int] = {}
    used = set(reading.study.citations)

    def cite(*keys: str) -> str:
        known = [key for key in keys if key in CITATIONS and (key in used or key == "morris2019")]
        for key in known:
            numbers.setdefault(key, len(numbers) + 1)
        return f" [{', '.join(str(numbers[key]) for key in known)}]" if known else ""

    measures = {measure for _, measure, _ in reading.blocks()}
    sentences = [
        text + cite(*keys) + "." for measure, (text, keys) in METHOD_SENTENCES.items() if measure in measures
    ]
    intervals = {one.interval for block in reading.blocks().values() for one in block}
    if any(name.startswith("beta product") for name in intervals):
        sentences.append(TEXT["method_beta"] + cite("fay2013") + ".")
    analysis = reading.study.protocol.analysis
    uncertainty = [
        TEXT["method_variance"].format(
            variance=TEXT[VARIANCES[analysis.variance]],
            level=f"{100 * setting.level:g}",
            intervals=_intervals(reading),
        )
    ]
    if analysis.cluster:
        uncertainty.append(TEXT["method_cluster"].format(column=analysis.cluster))
    if analysis.weight:
        uncertainty.append(TEXT["method_weight"].format(column=analysis.weight))
    compared = _comparisons(reading, cite)  # before what is cited below it: numbers go by first appearance
    emulated = emulation_methods(reading, cite)
    paragraphs = [
        " ".join(sentences),
        *([compared] if compared else []),
        *emulated,
        *_beside(reading),
        " ".join(uncertainty),
        TEXT["method_curves"] + cite("morris2019") + ".",
    ]
    handlings = [HANDLINGS[name] for name in HANDLINGS if _is_used(reading, name)]
    if handlings:
        paragraphs.insert(
            1, TEXT["method_handlings"].format(handlings=join_words([h.lower() for h in handlings]))
        )
    rest = [key for key in reading.study.citations if key in CITATIONS and key not in numbers]
    if rest:
        paragraphs.append(TEXT["method_further"] + cite(*rest) + ".")
    order = sorted(numbers, key=lambda key: numbers[key])
    return Methods(tuple(paragraphs), tuple(CITATIONS[key] for key in order))


def _comparisons(reading: Reading, cite: Callable[..., str]) -> str:
    """Regressions, landmarks, naive comparisons and tests; only what left a row."""
    rows = [*reading.rows("prognosis"), *reading.rows("naive")]
    blocks = reading.blocks()
    used = {measure for _, measure, _ in blocks}
    used |= {"landmark"} if any(row["landmark_month"] is not None for row in rows) else set()
    used |= (
        {"shrunken"} if any("shrunken" in one.method for block in blocks.values() for one in block) else set()
    )
    asked = reading.study.protocol.prognosis
    prior_sd = f"{asked.prior_sd:g}" if asked and asked.prior_sd else ""
    said = [
        text.format(prior_sd=prior_sd) + cite(*keys) + "."
        for name, (text, keys) in COMPARISON_SENTENCES.items()
        if name in used
    ]
    made = {row["test"].lower() for row in reading.rows("tests")}
    tests = [
        text + cite(*keys)
        for name, (text, keys) in TEST_SENTENCES.items()
        if any(one.startswith(name) for one in made)
    ]
    return " ".join([*said, *([TEXT["method_tests"].format(tests=join_words(tests))] if tests else [])])


def _beside(reading: Reading) -> list[str]:
    """Where the truths and the published numbers are from; nothing without them."""
    methods_of: dict[str, list[str]] = {}
    for block in reading.beside():
        methods_of.setdefault(block[0].role, []).extend(one.method for one in block)
    said = [
        TEXT[f"method_{role}"].format(methods="; ".join(dict.fromkeys(names)))
        for role, names in methods_of.items()
    ]
    return [" ".join(said)] if said else []


def _is_used(reading: Reading, handling: str) -> bool:
    return any(
        strategy != NATURAL_COURSE and strategy.startswith(f"{handling}: ")
        for _, _, strategy in reading.blocks()
    )


def _intervals(reading: Reading) -> str:
    """The scale of the intervals of each measure; the exact and posterior ones are told elsewhere."""
    scales: dict[str, list[str]] = {}
    for measure in MEASURES:
        names = {
            one.interval
            for (_, used, _), block in reading.blocks().items()
            if used == measure
            for one in block
        }
        for name in sorted(names):
            if name != "none" and not name.startswith("beta product") and "posterior" not in name:
                scales.setdefault(name, []).append(MEASURES[measure].split(" (")[0].lower())
    return "; ".join(f"{name} for {join_words(measures)}" for name, measures in scales.items())

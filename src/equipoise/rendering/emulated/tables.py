"""Tables of an emulated trial: all contrasts, the gates, the models of treatment, the target trial."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from equipoise.language.words import lower_first
from equipoise.protocol.strategy_words import strategy_sentence
from equipoise.protocol.target_table import target_table
from equipoise.rendering.emulated.covariates import column_of
from equipoise.rendering.emulated.numbers import EVALUE, contrast_cells, is_sealed
from equipoise.rendering.emulated.trial import Between, Trial
from equipoise.rendering.numbers import count, day_as_months, ratio, ratio_interval
from equipoise.rendering.reading import Estimate
from equipoise.rendering.setting import Setting
from equipoise.rendering.tables import Row, TableView
from equipoise.rendering.words import MEASURES, TEXT, capital

SUPPORT_GATE = "support"
DAYS_A_YEAR = 365.25


def contrasts_view(trial: Trial, setting: Setting) -> TableView | None:
    """Every contrast of the protocol and what follows from it, by outcome and pair; None without any."""
    rows: list[Row] = []
    measures: set[str] = set()
    for outcome in trial.outcomes():
        for pair in trial.pairs(outcome):
            own = [one for one in trial.rows if _is_main(one, outcome, pair)]
            measures |= {one.measure for one in own}
            rows.append(Row((f"{trial.word(outcome).label}: {trial.versus_words(pair)}",)))
            rows += [_contrast_row(trial, one, pair) for one in own]
    if not rows:
        return None
    names = ["contrast", "by", "estimate", "interval", "effective", "truth"]
    if not any(row.cells[-1] for row in rows if not row.is_heading):
        # Nothing is known of real patients.
        names.pop()
        rows = [row if row.is_heading else replace(row, cells=row.cells[:-1]) for row in rows]
    level = f"{100 * setting.level:g}"
    explained = TEXT["e_value_note"] if EVALUE in measures else ""
    return TableView(
        key="contrasts",
        caption=TEXT["contrast_table"],
        columns=tuple(
            (TEXT[f"column_{name}"].format(level=level), name not in {"contrast", "by"}) for name in names
        ),
        rows=tuple(rows),
        note=TEXT["contrast_table_note"].format(e_value=explained),
        classes="grouped",
    )


def _is_main(row: Estimate, outcome: str, between: Between) -> bool:
    return row.role == "primary" and (row.outcome, row.strategy, row.versus) == (outcome, *between)


def _contrast_row(trial: Trial, row: Estimate, between: Between) -> Row:
    known = trial.truth(row.outcome, row.measure, *between)
    truth = next(
        (one for one in known if one.day is not None and abs(one.day - (row.day or 0.0)) < 1e-3), None
    )
    cells = (
        MEASURES[row.measure],
        day_as_months(row.day or 0.0),
        *contrast_cells(row),
        f"{row.ess:.0f}",
        "" if truth is None or truth.estimate is None else contrast_cells(truth)[0],
    )
    return Row(cells, indent=1, is_pale=is_sealed(row))


def gates_view(trial: Trial) -> TableView | None:
    """What each gate found, strategy by strategy, with its verdict; None without gates."""
    rows: list[Row] = []
    for arm in trial.arms:
        own = [row for row in trial.reading.rows("gates") if row["strategy"] == arm.name]
        if own:
            rows.append(Row((f"{arm.title}: {TEXT[f'verdict_{arm.verdict}']}",)))
            rows += [_gate_row(row) for row in own]
    if not rows:
        return None
    return TableView(
        key="gates",
        caption=TEXT["gates_table"],
        columns=tuple((TEXT[f"column_{name}"], False) for name in ("gate", "verdict", "says")),
        rows=tuple(rows),
        classes="grouped gates",
    )


def _gate_row(row: dict[str, Any]) -> Row:
    cells = (capital(row["gate"]), TEXT[f"verdict_{row['verdict']}"], f"{capital(row['says'])}.")
    return Row(cells, indent=1)


def models_views(trial: Trial) -> list[TableView]:
    """A table for each hazard: of every treatment, and of the loss where it is modelled."""
    rows = trial.reading.rows("models")
    return [
        _model_view(trial, name, [row for row in rows if row["process"] == name])
        for name in dict.fromkeys(row["process"] for row in rows)
    ]


def _model_view(trial: Trial, process: str, rows: Sequence[dict[str, Any]]) -> TableView:
    columns = [column_of(trial.reading, row["column"]) for row in rows]
    sites = [row for row, column in zip(rows, columns, strict=True) if column.is_site]
    shown = [
        _model_row(row, column.words) for row, column in zip(rows, columns, strict=True) if not column.is_site
    ]
    note = [TEXT["models_note"]]
    known = [row["estimate"] for row in sites if row["estimate"] is not None]
    if known:
        low, high = ratio(min(known)), ratio(max(known))
        note.append(TEXT["models_sites"].format(n=len(sites), low=low, high=high))
    names = ("term", "ratio", "limits", "prior", "person_years", "starts")
    return TableView(
        key=f"model-{process}",
        caption=TEXT["models_table"].format(process=process_words(trial, process)),
        columns=tuple((TEXT[f"column_{name}"], name != "term") for name in names),
        rows=tuple(shown),
        note=" ".join(note),
    )


def process_words(trial: Trial, process: str) -> str:
    """A treatment in the words of the protocol; the loss by its own."""
    study = trial.reading.study
    structure = study.vocabulary.structures[study.protocol.structure]
    for one in study.protocol.treatments:
        if one.name == process:
            return one.words(structure, study.vocabulary)
    return process.replace("_", " ")


def _model_row(row: dict[str, Any], words: str) -> Row:
    label = TEXT["models_piece"].format(piece=lower_first(words)) if row["is_baseline"] else words
    estimate, limits = ("", "") if row["estimate"] is None else _value(row)
    prior = f"{row['prior_mean']:.2g} ({row['prior_sd']:.2g})".replace("-", "\u2212")
    years = f"{row['person_days'] / DAYS_A_YEAR:.1f}"
    return Row((label, estimate, limits, prior, years, count(row["starts"])))


def _value(row: dict[str, Any]) -> tuple[str, str]:
    """A hazard with three digits, as it may be small; a ratio as ratios are written."""
    if row["lower"] is None or row["upper"] is None:
        return ratio(row["estimate"]), TEXT["no_interval"]
    if row["is_baseline"]:
        low, high = (f"{row[name]:.3f}" for name in ("lower", "upper"))
        return f"{row['estimate']:.3f}", f"{low} to {high}"
    return ratio(row["estimate"]), ratio_interval(row["lower"], row["upper"])


def target_view(trial: Trial) -> TableView:
    """What a trial would do, and what is done instead, in two columns; a line for each emulated strategy."""
    study = trial.reading.study
    compared = {name for one in study.protocol.contrasts for name in one.between}
    arms = compared | {arm.name for arm in trial.arms}
    shown = tuple(one for one in study.protocol.strategies if one.name in arms)
    protocol = study.protocol.model_copy(update={"strategies": shown})
    sentences = {one.title: strategy_sentence(one, protocol, study.vocabulary) for one in shown}
    told = " ".join(f"{title}: {sentence}" for title, sentence in sentences.items())
    rows: list[Row] = []
    for row in target_table(protocol, study.vocabulary):
        if shown and row.target_trial == told:
            rows.append(Row((row.component, TEXT["target_one_of"], row.emulation)))
            rows += [Row((title, sentence, ""), indent=1) for title, sentence in sentences.items()]
        else:
            rows.append(Row(tuple(row)))
    return TableView(
        key="target-trial",
        caption=TEXT["target_table"],
        columns=tuple((TEXT[f"column_{name}"], False) for name in ("component", "target", "emulation")),
        rows=tuple(rows),
        classes="target",
    )

"""`render`: a study as one HTML file that needs nothing else, written whole or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from equipoise.base.codes import CODES, Code
from equipoise.rendering.answer import headline_month, lead, remarks, tiles
from equipoise.rendering.emulated.balance import balance_view
from equipoise.rendering.emulated.headline import answer_of
from equipoise.rendering.emulated.tables import contrasts_view, gates_view, models_views, target_view
from equipoise.rendering.emulated.trial import Trial, trial_of
from equipoise.rendering.figure import Figure
from equipoise.rendering.figures.clones import clones_figure
from equipoise.rendering.figures.emulated_curves import emulated_curve_figures
from equipoise.rendering.figures.emulated_forest import emulated_forest_figures
from equipoise.rendering.figures.estimands import estimands_figure, handled, pairs
from equipoise.rendering.figures.flow import flow_figure
from equipoise.rendering.figures.funnel import curves_figure, funnel_names, steps_figure
from equipoise.rendering.figures.ladder import ladder_figures
from equipoise.rendering.figures.laws import laws_figure
from equipoise.rendering.figures.lost_time import lost_time_figure
from equipoise.rendering.figures.love import love_figure
from equipoise.rendering.figures.occupancy import occupancy_figure
from equipoise.rendering.figures.outcomes import outcome_figures
from equipoise.rendering.figures.overlap import overlap_figures
from equipoise.rendering.figures.prognosis import prognosis_figures
from equipoise.rendering.figures.reaching import reaching_figures
from equipoise.rendering.figures.rung_curves import rung_curve_figures
from equipoise.rendering.figures.support import support_figure
from equipoise.rendering.figures.swimmer import swimmer_figure
from equipoise.rendering.hypotheses import doubts, hypotheses_table
from equipoise.rendering.methods import methods
from equipoise.rendering.one_file import html, write_whole
from equipoise.rendering.page import (
    Drawn,
    all_figures,
    drawn,
    finding_views,
    packed_drawings,
    provenance,
    question,
    whole_downloads,
)
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.setting import Setting, setting_of
from equipoise.rendering.tables import (
    attrition_table,
    baseline_table,
    estimates_table,
    state_times_table,
    transitions_table,
    weights_table,
)
from equipoise.study.study import Study

FILE_NAME: Final = "report.html"


def render(study: Study, target: Path) -> Path:
    """Write the report of a study.

    Parameters
    ----------
    study
        What a run produced.
    target
        The file, or an existing folder, in which ``report.html`` is written.

    Returns
    -------
    Path
        The file. It holds everything it needs (style, script, fonts, figures, downloads) and asks for
        nothing; equal studies give equal bytes.
    """
    path = target / FILE_NAME if target.is_dir() else target
    return write_whole(report_html(study), path)


def report_html(study: Study) -> str:
    """The report as text; see `render`."""
    reading = Reading(study)
    setting = setting_of(study)
    trial = trial_of(reading)
    figures = _figures(reading, setting, trial)
    ready = [one for drawings in figures.values() for one in drawings]
    month = headline_month(reading, setting)
    return html(
        "report.html.j2",
        {
            "title": study.protocol.title,
            "source": study.vocabulary.title,
            "patients_from": study.manifest.get("patients_from", ""),
            "lead": lead(reading, setting),
            "emulated": _emulated_views(trial, setting, month),
            "tiles": tiles(reading, setting),
            "remarks": remarks(reading, setting),
            "question": question(reading),
            "figures": figures,
            "drawings": packed_drawings(ready),
            "all_figures": all_figures(ready, study.protocol.title),
            "handled": _handled(reading),
            "attrition": attrition_table(reading),
            "baseline": baseline_table(reading),
            "estimates": estimates_table(reading, setting),
            "state_times": state_times_table(reading, setting),
            "transitions": transitions_table(reading),
            "weights": weights_table(reading),
            "tests": hypotheses_table(reading),
            "doubts": doubts(reading),
            "findings": finding_views(reading),
            "methods": methods(reading, setting),
            "provenance": provenance(reading),
            "downloads": whole_downloads(reading),
        },
    )


def _figures(reading: Reading, setting: Setting, trial: Trial | None) -> dict[str, list[Drawn]]:
    """Figures by section, numbered through the report."""
    sections: dict[str, list[Figure | None]] = {
        "flow": [flow_figure(reading)],
        "course": [swimmer_figure(reading, setting), occupancy_figure(reading, setting)],
        "outcomes": [*outcome_figures(reading, setting)],
        "estimands": [estimands_figure(reading, setting, *pair) for pair in pairs(reading)],
        "funnel": [
            figure
            for name in funnel_names(reading)
            for figure in (steps_figure(reading, name), curves_figure(reading, setting, name))
        ],
        "time": [lost_time_figure(reading, setting)],
        **_emulated_figures(reading, setting, trial),
        "prognosis": [*prognosis_figures(reading, setting)],
        "ladder": [
            *ladder_figures(reading, setting),
            *rung_curve_figures(reading, setting),
            *reaching_figures(reading, setting),
        ],
    }
    number = 0
    ready: dict[str, list[Drawn]] = {}
    for section, figures in sections.items():
        ready[section] = []
        for figure in figures:
            if figure is not None:
                number += 1
                ready[section].append(drawn(figure, number))
    return ready


def _emulated_figures(
    reading: Reading, setting: Setting, trial: Trial | None
) -> dict[str, list[Figure | None]]:
    """Figures of the emulated trial as they are read: who, what came out, whether it holds."""
    if trial is None:
        return {}
    month = headline_month(reading, setting)
    return {
        "emulated_who": [laws_figure(trial), clones_figure(trial), love_figure(trial)],
        "emulated": [
            *emulated_curve_figures(trial, setting),
            *emulated_forest_figures(trial, setting, month),
        ],
        "emulated_checks": [support_figure(trial, setting), *overlap_figures(trial)],
    }


def _emulated_views(trial: Trial | None, setting: Setting, month: float) -> dict[str, Any] | None:
    """Answer and tables of the emulated trial; None without one."""
    if trial is None:
        return None
    return {
        "answer": answer_of(trial, setting, month),
        "target": target_view(trial),
        "balance": balance_view(trial),
        "contrasts": contrasts_view(trial, setting),
        "gates": gates_view(trial),
        "models": models_views(trial),
    }


@dataclass(frozen=True, slots=True)
class HandlingView:
    """A handling, its estimand as a sentence, and the cautions where it answers another question."""

    label: str
    sentence: str
    cautions: tuple[Code, ...]


def _handled(reading: Reading) -> dict[str, list[HandlingView]]:
    """The sentences under each four-estimands figure."""
    return {
        f"estimands-{event}-{outcome}": [
            HandlingView(one.label, one.block[0].estimand, _cautions(one.block))
            for one in handled(reading, event, outcome)
        ]
        for event, outcome in pairs(reading)
    }


def _cautions(block: list[Estimate]) -> tuple[Code, ...]:
    codes = {row.finding for row in block if row.role == "naive" and row.finding}
    return tuple(CODES[code] for code in sorted(codes))

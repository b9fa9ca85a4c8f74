import base64
import csv
import gzip
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from invented import invented_study
from invented_infusions import invented_infusions
from packed import drawings

from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.read import read_question
from equipoise.rendering.answer import answer_lines
from equipoise.rendering.figures.contrast_axes import points_axis
from equipoise.rendering.figures.curves import percent_axis
from equipoise.rendering.hypotheses import doubts, hypotheses_table
from equipoise.rendering.page import readout, whole_downloads
from equipoise.rendering.prognostic import groups_of
from equipoise.rendering.prognostic_sentences import what_counts
from equipoise.rendering.reading import Reading
from equipoise.rendering.report import render, report_html
from equipoise.rendering.sentences import headline
from equipoise.rendering.tables import baseline_table
from equipoise.study.run import run
from equipoise.study.study import Study


@pytest.fixture(scope="module")
def fullest() -> Study:
    protocol, _ = read_question("cart_all")
    return run(protocol, invented_infusions(400), 0)


@pytest.fixture(scope="module")
def html(study: Study) -> str:
    return report_html(study)


def test_the_answer_comes_with_denominator_interval_and_number_at_risk(study: Study) -> None:
    lines = answer_lines(study)
    row = study.estimates.filter(outcome="os", measure="survival", strategy="natural course").row(
        36, named=True
    )
    value, low, high = (f"{100 * row[name]:.1f}" for name in ("estimate", "lower", "upper"))
    assert lines[0] == "Of 646 patients in the extract, 443 were followed from first complete remission."
    assert lines[1] == (
        f"3-year overall survival was {value}\u202f% (95\u202f% CI {low} to {high}): 454 patients, "
        f"{row['events']} with death by then, {row['at_risk']} still at risk."
    )


def test_one_file_below_its_size_that_asks_for_nothing(html: str) -> None:
    assert len(html.encode()) < 1_500_000
    addresses = re.findall(r'(?:src|href|action|data)="([^"#][^"]*)"', html)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert not re.search(r"url\((?!data:)", html)
    assert "@import" not in html


def test_the_fullest_shipped_protocol_stays_below_it_too(fullest: Study) -> None:
    text = report_html(fullest)
    for section in ("funnel", "prognosis", "ladder", "estimands", "tests"):
        assert f'<section id="{section}"' in text
    assert text.count("<figure") >= 24
    assert len(text.encode()) < 1_450_000


def test_tests_are_named_and_asked_in_words_and_not_by_names_of_the_machine(fullest: Study) -> None:
    table = hypotheses_table(Reading(fullest))
    assert table is not None
    asked = {row.cells[0]: row.cells[1] for row in table.rows if not row.is_heading}
    assert asked["Log-rank: N1, ever v never transplant, from time zero"].endswith(
        "the same in those who ever have transplant in first remission and in those who never have it."
    )
    assert asked["Mantel-Byar: N5, time-dependent transplant: Cox and Mantel-Byar"].endswith(
        "at all times the same before and after transplant in first remission."
    )
    assert asked["Proportional hazards: genetic group"] == (
        "The hazard ratio for genetic group is the same at all times, given the other covariates."
    )
    assert asked["Proportional hazards: B-cell aplasia lost"] == (
        "The hazard ratio for B-cell aplasia lost is the same at all times, given the other covariates."
    )
    assert "All hazard ratios are the same at all times." in asked.values()
    assert not any("hct" in cell for row in table.rows for cell in row.cells)
    assert "hct" not in " ".join(doubts(Reading(fullest)))


def test_what_counts_as_a_later_record_is_said_and_after_which_events(fullest: Study) -> None:
    reading = Reading(fullest)
    found = {
        (outcome, one.covariate): what_counts(reading, one)
        for outcome in ("os", "dfs")
        for one in groups_of(reading, outcome)
        if one.varies
    }
    counts = "What counts: loss of B-cell aplasia on record or B-cell aplasia recorded as lost on record"
    # The dead do not lose it, but whoever relapsed and lives on may.
    assert found["os", "bca_lost"].startswith(f"{counts}, also after ")
    assert "relapse" in found["os", "bca_lost"].removeprefix(counts)
    assert "relapse" not in found["dfs", "bca_lost"].removeprefix(counts)
    assert found["os", "ngs_positive"] == "What counts: the last NGS-MRD is at least 1 in 1,000,000 cells."
    assert ("os", "prior_hct") not in found


def test_the_policy_names_exactly_this_style_and_this_script(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    text = policy[1].replace("&#39;", "'")
    assert text.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text
    assert " style=" not in html
    assert " onclick=" not in html


def test_no_number_is_called_significant(html: str) -> None:
    words = re.sub(r"<[^>]*>", " ", re.sub(r"<(style|script)[^>]*>.*?</\1>", " ", html, flags=re.S))
    assert not re.search(r"\b[Pp]\s*(<|=|&lt;)", words)
    assert not re.search(r"significan|number needed to treat|\bNNT\b", words)


def test_the_statement_of_research_use_stands_first_and_last(html: str) -> None:
    statement = "shows options with outcomes, never an order"
    assert html.count(statement) == 2
    assert html.index(statement) < html.index('id="answer"')


def test_words_of_the_user_cannot_become_markup(study: Study) -> None:
    title = '<img src=x onerror="alert(1)"> & co'
    protocol = study.protocol.model_copy(update={"title": title})
    hostile = Study(
        protocol,
        study.vocabulary,
        study.tables,
        study.patients,
        study.findings,
        study.citations,
        study.manifest,
    )
    text = report_html(hostile)
    assert "<img" not in text
    assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt; &amp; co" in text


def test_equal_studies_give_equal_files(tmp_path: Path) -> None:
    first = render(invented_study(), tmp_path / "a.html").read_bytes()
    second = render(invented_study(), tmp_path)
    assert second == tmp_path / "report.html"
    assert first == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "report.html"]


def test_without_patients_the_rest_still_renders() -> None:
    text = report_html(invented_study(with_patients=False))
    assert "Single courses" not in text
    assert "Where patients are, month by month" in text


def test_all_estimates_travel_inside(html: str, study: Study) -> None:
    packed = re.search(r'download="estimates.csv.gz" href="data:application/gzip;base64,([^"]*)"', html)
    assert packed is not None
    lines = gzip.decompress(base64.b64decode(packed[1])).decode().splitlines()
    assert lines[0].split(",")[:3] == ["estimand", "outcome", "strategy"]
    assert len(lines) == study.estimates.height + 1


def test_each_row_of_the_estimates_finds_the_sentence_of_its_estimand(study: Study) -> None:
    files = {one.name: one.address.split(",", 1)[1] for one in whole_downloads(Reading(study))}
    estimates, sentences = (
        list(csv.DictReader(io.StringIO(gzip.decompress(base64.b64decode(files[name])).decode("utf-8-sig"))))
        for name in ("estimates.csv.gz", "estimands.csv.gz")
    )
    sentence = {row["estimand"]: row["sentence"] for row in sentences}
    assert len(sentence) == len(sentences) == study.estimates["estimand"].n_unique()
    assert [sentence[row["estimand"]] for row in estimates] == study.estimates["estimand"].to_list()
    assert [row["status"] for row in estimates] == study.estimates["status"].to_list()


def test_where_patients_are_from_is_said_at_the_head_and_only_where_it_is_known(
    study: Study, html: str
) -> None:
    told = replace(study, manifest={**study.manifest, "patients_from": "Made from <seed> 3."})
    head = report_html(told).partition("</header>")[0]
    assert '<p class="from">Made from &lt;seed&gt; 3.</p>' in head
    assert 'class="from"' not in html


def test_the_page_holds_the_values_behind_every_curve(html: str) -> None:
    figures = re.findall(r'<figure id="([^"]*)">(.*?)</figure>', html, re.S)
    kept = drawings(html)
    assert set(kept) == {key for key, _ in figures}
    for key, figure in figures:
        panels = kept[key]["panels"]
        assert bool(panels) == ('class="zone"' in figure), key
        for place in map(int, re.findall(r'data-panel="(\d+)"', figure)):
            series = panels[place]["series"]
            assert series, key
            for one in series:
                assert len(one["y"]) == len(one.get("x", panels[place]["x"]))


def test_values_for_the_pointer_are_in_thousandths() -> None:
    values = [None, 1.0, 0.9876, None, 0.2504, 0.25]
    mark = {"mark": "curve", "label": "A", "colour": "c1", "dashed": False, "ghost": False}
    curve = mark | {"x": [0, 1, 2, 3, 4, 5], "y": values, "lower": [None] * 6, "upper": [1.0] * 6}
    panel = {"marks": [curve], "y": percent_axis("A, %")}
    (series,) = readout({"panels": [panel]}, 0)["series"]
    assert series["y"] == [None, 1000, 988, None, 250, 250]
    assert series["lower"] == [None] * 6
    assert series["upper"] == [1000] * 6
    assert "unit" not in series


def test_what_the_pointer_reads_off_a_difference_is_in_points_and_off_a_weight_is_nothing() -> None:
    mark = {"mark": "curve", "label": "A", "colour": "c1", "dashed": False, "ghost": False}
    curve = mark | {"x": [0.0, 1.0], "y": [0.0, -0.0521], "lower": [None] * 2, "upper": [None] * 2}
    (series,) = readout({"panels": [{"marks": [curve], "y": points_axis([-0.1, 0.2])}]}, 0)["series"]
    assert (series["y"], series["unit"]) == ([0, -52], "points")
    weights = percent_axis("Mean weight") | {"percent": False}
    assert readout({"panels": [{"marks": [curve], "y": weights}]}, 0)["series"] == []


def test_each_method_that_was_used_is_cited_once_and_in_order(html: str) -> None:
    section = html[html.index('id="methods"') : html.index('id="provenance"')]
    marks = [int(one) for group in re.findall(r"\[([\d, ]+)\]", section) for one in group.split(", ")]
    assert list(dict.fromkeys(marks)) == list(range(1, max(marks) + 1))
    assert section.count("<li>") == max(marks)
    assert "Kaplan EL, Meier P" in section


def test_every_figure_has_caption_numbers_and_downloads(html: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", html, re.S)
    assert len(figures) == 15
    for number, figure in enumerate(figures, start=1):
        assert f"Figure {number}." in figure
        assert "<svg" in figure
        assert all(f'.{kind}" href="data:' in figure for kind in ("svg.gz", "csv.gz"))
        assert 'href="#all-figures"' in figure
    assert html.count('id="all-figures"') == 1
    packed = drawings(html)
    for figure in figures:
        kept = packed[figure.split('"')[1]]
        assert kept["narrow"].startswith("<svg")
        # A short table stands in the page; a long one is packed.
        assert ("<table" in figure) != ("<table" in kept["numbers"])


def test_one_pdf_holds_every_figure_with_its_title_and_caption(html: str) -> None:
    (packed,) = re.findall(r'download="figures.pdf" href="data:application/pdf;base64,([^"]*)"', html)
    content = base64.b64decode(packed)
    assert content.count(b"/Type /Page\n") == html.count("<figure")
    assert content.count(b"/FontFile2") == 2
    titles = re.findall(rb"/Title \(((?:\\.|[^)\\])*)\)", content)
    heads = re.findall(r"<figure[^>]*>\s*<h3[^>]*>(.*?)</h3>", html)
    assert len(heads) == html.count("<figure")
    outline = [one.decode("latin-1").replace("\\", "") for one in titles]
    assert (
        sum(head in outline for head in heads if head.isascii()) == sum(head.isascii() for head in heads) > 10
    )


def test_ids_are_unique(html: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids))


def test_each_code_beside_an_estimate_is_explained(html: str) -> None:
    tables = html[html.index('id="tables"') : html.index('id="findings"')]
    findings = html[html.index('id="findings"') : html.index('id="methods"')]
    beside = set(re.findall(r">([DE]\d{3})<", tables))
    assert beside
    assert beside <= set(re.findall(r'class="code">([A-Z]\d{3})<', findings))


def test_a_state_that_can_be_left_counts_who_was_last_seen_in_it(reading: Reading) -> None:
    vocabulary = read_vocabulary("cart_all")
    row = next(iter(reading.block("os", "survival")))
    said = headline(vocabulary.outcomes["clfs"], row)
    assert f"{row.events} last seen alive and in remission, {row.at_risk} still under observation" in said
    assert "with" not in said.split("patients, ")[1]


def test_what_nobody_has_on_record_is_named_below_table_1(study: Study) -> None:
    baseline = study.tables["baseline"]
    label = baseline["label"][0]
    emptied = baseline.with_columns(
        missing=pl.when(pl.col("label") == label).then(pl.col("n")).otherwise(pl.col("missing"))
    )
    tables = {**study.tables, "baseline": emptied}
    changed = Study(
        study.protocol,
        study.vocabulary,
        tables,
        study.patients,
        study.findings,
        study.citations,
        study.manifest,
    )
    full, rest = baseline_table(Reading(study)), baseline_table(Reading(changed))
    assert full is not None
    assert rest is not None
    assert f"Recorded in nobody: {label}." in (rest.note or "")
    assert "nobody" not in (full.note or "")
    assert len(rest.rows) < len(full.rows)


def test_no_object_of_the_program_is_printed(html: str) -> None:
    """A name that is also a method of a mapping once printed that method on every button."""
    assert "built-in" not in html
    assert " at 0x" not in html
    assert ">Copy as a sentence</button>" in html

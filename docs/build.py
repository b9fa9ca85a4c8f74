"""Make the generated pages of docs/ again: specification, schemas, codes, tables, commands, validation."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

from equipoise.base.codes import CODES
from equipoise.base.schema import Schema
from equipoise.cohort.describe import BASELINE
from equipoise.cohort.tables import MEASUREMENTS, OBSERVATION
from equipoise.emulate.enrol import ATTRITION
from equipoise.emulate.flow import FLOW
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, RISK_TABLE, TRANSITIONS, WEIGHTS
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.estimate.test_results import TESTS
from equipoise.ingest.mapping import mapping_schema
from equipoise.protocol.schemas import PUBLISHED, schema_text
from equipoise.study.tables import COLUMNS, COURSES, FINDINGS, MARKERS

DOCS = Path(__file__).parent
FAMILIES = {
    "D1": "Files and columns",
    "D2": "Times and order",
    "D3": "Values and units",
    "D4": "Completeness",
    "D5": "Bias smells",
    "P": "Protocol, vocabulary, mapping",
    "E": "Enrolment and estimation",
    "R": "Studies and reports",
    "U": "Command line",
}
TABLES: tuple[Schema, ...] = (
    ESTIMATES, RISK_TABLE, ATTRITION, FLOW, BASELINE, TRANSITIONS, FUNNEL, WEIGHTS, TESTS, PROGNOSIS,
    NAIVE, FINDINGS, COLUMNS, COURSES, MARKERS, OBSERVATION, MEASUREMENTS,
)  # fmt: skip


def codes_page() -> str:
    """Return the page of all codes, generated from the registry that `equipoise explain` prints."""
    parts = ["# Codes\n\nGenerated from the registry; `equipoise explain CODE` prints the same."]
    for prefix, title in FAMILIES.items():
        parts.append(
            f"\n## {title}\n\n| code | severity | what | why it matters | what to do |\n|---|---|---|---|---|"
        )
        parts += [
            f"| {one.code} | {one.severity.value} | {one.title} | {_cell(one.why)} | {_cell(one.do)} |"
            for one in sorted(CODES.values(), key=lambda code: code.code)
            if one.code.startswith(prefix)
        ]
    return "\n".join(parts) + "\n"


def tables_page() -> str:
    """Return the data dictionary of the declared tables."""
    parts = ["# Tables\n\nGenerated from the schemas through which every table is built."]
    for schema in TABLES:
        parts.append(
            f"\n## {schema.name}\n\nOne row: {schema.meaning}.\n\n| column | type | unit | meaning |\n|---|---|---|---|"
        )
        parts += [
            f"| `{row['column']}` | {row['type']} | {row['unit']} | {_cell(row['meaning'])} |"
            for row in schema.dictionary()
        ]
    return "\n".join(parts) + "\n"


def commands_page() -> str:
    """Return the help texts of all commands."""
    from typer.testing import CliRunner

    from equipoise.cli.main import app

    runner = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"})
    parts = ["# Commands\n\nGenerated from the program's own help."]
    for verb in ("", "demo", "init", "check", "explain", "run", "report", "simulate", "evidence"):
        words = [verb, "--help"] if verb else ["--help"]
        text = runner.invoke(app, words, prog_name="equipoise").output.rstrip()
        parts.append(f"\n## equipoise {verb}".rstrip() + f"\n\n```\n{text}\n```")
    parts.append(
        "\n## Exit codes\n\n0 done · 1 internal error · 2 usage · 3 data · 4 protocol · 5 identification · "
        "6 numerical · 7 release · 130 interrupted"
    )
    return "\n".join(parts) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    """Return every generated page with its maker."""
    made: dict[str, Callable[[], str]] = {
        "reference/codes.md": codes_page,
        "reference/tables.md": tables_page,
        "reference/commands.md": commands_page,
        "specification.md": _specification,
    }
    made["schemas/mapping.schema.json"] = _mapping_schema
    made |= {f"schemas/{name}.schema.json": lambda name=name: schema_text(name) for name in PUBLISHED}
    return made


def _mapping_schema() -> str:
    return json.dumps(mapping_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _specification() -> str:
    place = DOCS / "build_specification.py"
    description = importlib.util.spec_from_file_location("build_specification", place)
    if description is None or description.loader is None:
        raise FileNotFoundError(place)
    script = importlib.util.module_from_spec(description)
    description.loader.exec_module(script)
    return str(script.specification())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for page, make in pages().items():
        (DOCS / page).write_text(make(), encoding="utf-8")
        sys.stderr.write(f"docs/{page}\n")

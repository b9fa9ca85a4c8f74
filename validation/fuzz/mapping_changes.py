"""Mutations that know what the parts of a mapping mean: many of them can still be read, as something else."""

from random import Random
from typing import Any

from validation.fuzz.cohorts import WIDE_COLUMNS
from validation.fuzz.material import Material

CODES = (0, 1, 99, "", "w", "m", "ja", "nein", "A", True, 0.5)


def other_column(random: Random, data: dict[str, Any]) -> str:
    name = random.choice(list(data["patients"]))
    data["patients"][name] = random.choice(WIDE_COLUMNS)
    return f"{name} is read from {data['patients'][name]}"


def other_recode(random: Random, data: dict[str, Any]) -> str:
    words = [one for one in data["patients"].values() if isinstance(one, dict) and "recode" in one]
    recode = random.choice(words)["recode"]
    key = random.choice(list(recode))
    recode[key] = random.choice((None, recode[random.choice(list(recode))], "x", 1, True))
    return f"recode {key}: {recode[key]}"


def other_missing(random: Random, data: dict[str, Any]) -> str:
    data["missing"] = random.sample(CODES, random.randint(0, 3))
    return f"missing {data['missing']}"


def other_times(random: Random, data: dict[str, Any]) -> str:
    data["times"] = random.choice(
        (
            {"formats": ["DD.MM.YYYY", "YYYY-MM-DD"], "rounding": "nearest"},
            {"formats": ["MM.DD.YYYY"]},
            {"formats": []},
            {"formats": ["DD.MM.YY"], "two_digit_years_from": 1950},
            {"formats": ["DD.MM.YYYY"], "excel_serials": 1900, "unit": "months", "rounding": "up"},
            {"formats": ["DD.MM.YYYY", "MM.DD.YYYY"]},
            {"unit": "years"},
        )
    )
    return f"times {data['times']}"


def other_end(random: Random, data: dict[str, Any]) -> str:
    data["observation"] = random.choice(
        (
            {"stop": "Letzter"},
            {"stop": "Kontrolle"},
            {"start": "OP", "stop": "Letzter"},
            {"start": "Sturz", "stop": ["Letzter", "Kontrolle", "OP"]},
            {"stop": {"column": "Besuche", "unit": "years"}},
            {"start": {"column": "Tage_Schiene", "unit": "days"}, "stop": "Letzter"},
        )
    )
    return f"observation {data['observation']}"


def other_origin(random: Random, data: dict[str, Any]) -> str:
    data["origin"] = random.choice(
        (
            {"column": "Aufnahme", "day": random.choice((1, -5, 0.5, 36_000))},
            {"column": "OP", "undated": "drop"},
            {"column": "Letzter"},
            {"column": "Sturz"},
        )
    )
    return f"origin {data['origin']}"


def other_record(random: Random, data: dict[str, Any]) -> str:
    entry = random.choice([*data["events"], *data["interventions"]])
    key = "day" if "day" in entry else "start"
    part = random.choice(("time", "undated", "when", "after end", "details"))
    match part:
        case "time":
            entry[key] = random.choice(
                (*WIDE_COLUMNS, {"column": "Besuche", "unit": random.choice(("weeks", "months"))})
            )
        case "undated":
            entry["undated"] = random.choice(("refuse", "drop"))
        case "when":
            entry["when"] = {
                "column": random.choice(WIDE_COLUMNS),
                "is": [random.choice(CODES)],
                "is_not": list(CODES[:3]),
            }
        case "after end" if key == "day":
            entry["after_end"] = random.choice(("keep", "drop"))
        case _:
            entry.pop("details", None)
    return f"{entry.get('name')}: other {part}"


def other_measurement(random: Random, data: dict[str, Any]) -> str:
    entry = random.choice(data["measurements"])
    part = random.choice(("factor", "unit", "day", "on_day", "value"))
    match part:
        case "factor":
            entry["value"] = {"column": "Marker", "factor": random.choice((1000, 1e-3, 1e-300, 1e300))}
        case "unit":
            entry["unit"] = random.choice(("ng", "mg", ""))
        case "day" | "on_day":
            entry.pop("day", None)
            entry.pop("on_day", None)
            entry[part] = (
                random.choice((0, 1, -3, 7, 500)) if part == "on_day" else random.choice(WIDE_COLUMNS)
            )
        case _:
            entry["value"] = random.choice(WIDE_COLUMNS)
    return f"{entry.get('name')}: other {part}"


def another_entry(random: Random, data: dict[str, Any]) -> str:
    """The same record twice: from the same column, or from another one."""
    part = random.choice(("events", "interventions", "measurements"))
    entry = dict(random.choice(data[part]))
    if random.random() < 0.5:
        entry["day" if part != "interventions" else "start"] = random.choice(WIDE_COLUMNS)
    data[part].append(entry)
    return f"one more of {entry.get('name')} under {part}"


def fewer_entries(random: Random, data: dict[str, Any]) -> str:
    part = random.choice(("events", "interventions", "measurements", "patients", "id", "ignored", "decimal"))
    data.pop(part)
    return f"no {part}"


MAPPING_CHANGES = (
    other_column, other_recode, other_missing, other_times, other_end, other_origin, other_record, other_record,
    other_measurement, another_entry, fewer_entries,
)  # fmt: skip


def change_a_mapping(random: Random, material: Material) -> str:
    """One mutation of the mapping's meaning; other mutations may have broken its form already."""
    try:
        told = random.choice(MAPPING_CHANGES)(random, material.documents["mapping"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return ""
    return f"mapping: {told}"

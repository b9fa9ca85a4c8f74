"""Mutations that know what the parts of a vocabulary mean: arrows, states, words, the unit of time."""

from random import Random
from typing import Any

from validation.fuzz.material import Material


def _structure(random: Random, data: dict[str, Any]) -> tuple[str, dict[str, Any], list[str]]:
    name = random.choice(list(data["structures"]))
    structure = data["structures"][name]
    return name, structure, list(structure["states"])


def more_arrows(random: Random, data: dict[str, Any]) -> str:
    """Arrows that make circles, leave absorbing states, lead to themselves or to nowhere."""
    name, structure, states = _structure(random, data)
    records = [*data.get("events", {}), *data.get("interventions", {})]
    count = random.choice((1, 1, 3, 12))
    for _ in range(count):
        to = random.choice([*states, "nowhere"] if random.random() < 0.2 else states)
        structure["arrows"].append({"from": random.choice(states), "on": random.choice(records), "to": to})
    return f"{count} arrow(s) more in {name}"


def fewer_arrows(random: Random, data: dict[str, Any]) -> str:
    name, structure, _ = _structure(random, data)
    arrows = structure["arrows"]
    kept = random.sample(arrows, random.choice((0, 1, len(arrows) - 1)) if arrows else 0)
    structure["arrows"] = kept
    return f"{len(kept)} arrow(s) left in {name}"


def fewer_arrows_and_states(random: Random, data: dict[str, Any]) -> str:
    """A state goes with all that leads to it: often still a structure."""
    name, structure, states = _structure(random, data)
    gone = random.choice(states)
    structure["states"].pop(gone)
    structure["arrows"] = [one for one in structure["arrows"] if gone not in (one["from"], one["to"])]
    for outcome in data["outcomes"].values():
        for key in ("states", "at_risk"):
            if key in outcome:
                outcome[key] = [state for state in outcome[key] if state != gone]
    return f"no state {gone!r} in {name}"


def other_outcome(random: Random, data: dict[str, Any]) -> str:
    """An outcome on absorbing states, on the start, on everything, of another kind."""
    name = random.choice(list(data["outcomes"]))
    outcome = data["outcomes"][name]
    states = list(data["structures"].get(outcome["structure"], {"states": {}})["states"])
    if not states:
        return ""
    outcome["states"] = random.sample(states, random.randint(1, len(states)))
    outcome["kind"] = random.choice(("survival", "cumulative_incidence", "occupancy"))
    outcome |= {"is": "there", "event": "leaving", "competing": "anything else"}
    outcome.pop("at_risk", None)
    if outcome["kind"] == "cumulative_incidence":
        outcome["at_risk"] = random.sample(states, random.randint(1, len(states)))
    return f"outcome {name}: {outcome['kind']} of {outcome['states']}"


def other_unit_of_time(random: Random, data: dict[str, Any]) -> str:
    data["resolution"] = random.choice((0.5, 0.25, 1e-4, 7, 30, 31, 1 / 3, 0.1, 2))
    return f"resolution {data['resolution']:g}"


def other_terminal(random: Random, data: dict[str, Any]) -> str:
    name = random.choice(list(data["events"]))
    data["events"][name]["terminal"] = not data["events"][name].get("terminal", False)
    return f"terminal: {name} {data['events'][name]['terminal']}"


def other_order(random: Random, data: dict[str, Any]) -> str:
    words = [
        "measurement",
        "intervention",
        "event",
        "terminal",
        "censoring",
        *data["events"],
        *data.get("interventions", {}),
    ]
    data["same_day_order"] = random.sample(words, random.randint(0, len(words)))
    if random.random() < 0.6:
        data["same_day_order"] = [*random.sample(words[:3], 3), *data["events"], "terminal", "censoring"]
    return f"same-day order {data['same_day_order']}"


def other_known_from(random: Random, data: dict[str, Any]) -> str:
    name = random.choice(list(data["patients"]))
    words = [
        0,
        30,
        -5,
        1e6,
        *data["events"],
        *data.get("interventions", {}),
        *data.get("measurements", {}),
        "x",
    ]
    data["patients"][name]["known_from"] = random.choice(words)
    return f"{name} known from {data['patients'][name]['known_from']}"


def other_range(random: Random, data: dict[str, Any]) -> str:
    words = [*data["patients"].values(), *data.get("measurements", {}).values()]
    word = random.choice(words)
    word["range"] = random.choice(([0, 1], [1, 0], [0, 0], [-1e308, 1e308], [0, 1e-300], [0, 50]))
    if "kind" in word:
        word["detection_limit"] = random.choice((0, -1, 1e-300, 1, 1e308))
    return f"a range of {word['range']}"


LABELS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a & b", "\u202eRTL", "שלום", "e\u0301\u0301\u0301", "😀",
    "", " ", "x" * 3000, "{{7*7}}", "{% raw %}", '"><b>', "'", "\\", "%s", "line\nbreak", "tab\there", "𝔘𝔫𝔦", "\u200b",
    "NULL", "=1+1", "]]>", "<!--", "</script>", "\x7f", "\x85", "\u200fעב", "long " * 400, "ﷺ" * 50,
)  # fmt: skip


def other_label(random: Random, data: dict[str, Any]) -> str:
    """Labels go into figures, tables and pages."""
    kind = random.choice(
        ("title", "origin", "patients", "interventions", "events", "states", "outcomes", "values")
    )
    label = random.choice(LABELS)
    match kind:
        case "title":
            data["title"] = label
        case "origin":
            data["origin"]["label"] = label
        case "states":
            _, structure, states = _structure(random, data)
            structure["states"][random.choice(states)]["label"] = label
        case "values":
            column = next(one for one in data["patients"].values() if one["type"] == "category")
            if not column.get("values"):
                return ""
            column["values"] = dict.fromkeys(column["values"], label)
        case "outcomes":
            outcome = random.choice(list(data[kind].values()))
            outcome[random.choice(("label", "abbreviation", "event", "is", "competing"))] = label
        case _:
            word = random.choice(list(data[kind].values()))
            word[random.choice(("label", "label", "unit" if kind == "patients" else "short"))] = label
    return f"{kind}: label {label[:40]!r}"


VOCABULARY_CHANGES = (
    more_arrows, more_arrows, fewer_arrows, fewer_arrows_and_states, other_outcome, other_outcome, other_unit_of_time,
    other_terminal, other_order, other_known_from, other_range, other_label, other_label,
)  # fmt: skip


def change_the_words(random: Random, material: Material) -> str:
    """One mutation of the vocabulary's meaning; other mutations may have broken its form already."""
    try:
        told = random.choice(VOCABULARY_CHANGES)(random, material.documents["vocabulary"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, StopIteration):
        return ""
    return told and f"vocabulary: {told}"


def change_the_labels_of_a_protocol(random: Random, material: Material) -> str:
    """Titles and labels of a protocol go into the report too."""
    data, label = material.documents["protocol"], random.choice(LABELS)
    try:
        match random.choice(("title", "population", "criterion", "funnel", "naive", "covariate")):
            case "title":
                data["title"] = label
            case "population":
                data["population"]["label"] = label
            case "criterion":
                data["population"]["all_of"][0]["label"] = label
            case "funnel":
                data["funnels"][0]["label"] = label
            case "naive":
                data["naive_comparisons"][0]["label"] = label
            case _:
                data["prognosis"]["covariates"][0]["label"] = label
    except (KeyError, TypeError, IndexError):
        return ""
    return f"protocol: a label {label[:40]!r}"

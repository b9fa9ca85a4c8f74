"""Mutations of documents as trees: keys, values, words, and what they mean."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from validation.fuzz.cells import misspelt, nasty
from validation.fuzz.emitter import Raw
from validation.fuzz.material import Material

Path = tuple[str | int, ...]

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 0.5, 1e-4, -0.0, 1e308, -1e308, 5e-324, 2**31, 2**63, 2**64, 10**400, 1e-9,
    float("inf"), float("nan"), "", " ", "a", "site", "origin", "death", [], {}, [[]], [None], [1, 2], ["a", "a"],
    {"a": 1}, {"kind": "event"}, {"column": "x"}, {"ge": 1}, {"eq": []}, {"in": []}, {"in": [[1]]},
    Raw("no"), Raw("yes"), Raw("on"), Raw("~"), Raw("1e-4"), Raw("1E4"), Raw("0o17"), Raw("017"), Raw("0x1F"),
    Raw("0b11"), Raw("1_000"), Raw("+1"), Raw(".5"), Raw("5."), Raw(".nan"), Raw("-.inf"), Raw("2020-01-01"),
    Raw("2020-13-45"), Raw("2020-01-01T12:00:00Z"), Raw("12:30:45"), Raw("1e400"), Raw("<<"), Raw("="),
    Raw("!!str 1"), Raw("!!binary YQ=="), Raw("!!set {a}"), Raw("!!python/object:os.system {}"), Raw("&a x"),
    Raw("*a"), Raw("|\n    text"), Raw(">-\n    text"), Raw("? a"), Raw("@a"), Raw("`a`"), Raw("%a"), Raw("'"),
    Raw('"'), Raw("["), Raw("{"), Raw("- - - a"), Raw("{a: {b: [c, {d: e}]}}"), Raw("[a, b"), Raw("# nothing"),
    Raw('"\\ud800"'), Raw('"\\x00"'), Raw('"\\e[31m"'), Raw("{[a]: b}"), Raw("{1: 2}"), Raw("{null: 1}"),
    Raw("9" * 400), Raw("9" * 5000), Raw("1e-400"), Raw("-0"), Raw("0.1e-300"),
)  # fmt: skip


def paths(data: Any, above: Path = ()) -> Iterator[Path]:
    """Paths of all values below the root."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from paths(value, (*above, key))


def at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _leaves(data: Any, kinds: tuple[type, ...]) -> list[Path]:
    return [path for path in paths(data) if type(at(data, path)) in kinds]


def _put(data: Any, path: Path, value: Any) -> None:
    at(data, path[:-1])[path[-1]] = value


def other_scalar(random: Random, data: Any) -> str:
    path = random.choice(list(paths(data)))
    value = copy.deepcopy(random.choice(SCALARS))
    _put(data, path, value)
    return f"{_dotted(path)} becomes {str(value)[:40]!r}"


def other_text(random: Random, data: Any) -> str:
    path = random.choice(list(paths(data)))
    value = nasty(random)
    _put(data, path, value)
    return f"{_dotted(path)} becomes the text {value[:40]!r}"


def other_word(random: Random, data: Any) -> str:
    """A word in the place of another word of the document: often well formed, with another meaning."""
    leaves = _leaves(data, (str,))
    if len(leaves) < 2:
        return ""
    path, source = random.choice(leaves), random.choice(leaves)
    near = [one for one in leaves if one[-1] == path[-1] or isinstance(one[-1], int)]
    source = random.choice(near) if near and random.random() < 0.6 else source
    keys = [one[-1] for one in paths(data) if isinstance(one[-1], str)]
    value = at(data, source) if random.random() < 0.7 else random.choice(keys)
    _put(data, path, value)
    return f"{_dotted(path)} becomes {value[:40]!r}"


def other_number(random: Random, data: Any) -> str:
    leaves = _leaves(data, (int, float, bool))
    if not leaves:
        return ""
    path = random.choice(leaves)
    old = at(data, path)
    value = random.choice(
        (0, -old, old * 1000, old / 3, old + 1, 1e-9, 1e9, not old, str(old), [old], 2, 0.5)
    )
    _put(data, path, value)
    return f"{_dotted(path)} becomes {value!r}"


def misspelt_word(random: Random, data: Any) -> str:
    leaves = _leaves(data, (str,))
    if not leaves:
        return ""
    path = random.choice(leaves)
    value = misspelt(random, at(data, path))
    _put(data, path, value)
    return f"{_dotted(path)} becomes {value[:40]!r}"


def dropped(random: Random, data: Any) -> str:
    path = random.choice(list(paths(data)))
    del at(data, path[:-1])[path[-1]]
    return f"no {_dotted(path)}"


def renamed_key(random: Random, data: Any) -> str:
    keys = [path for path in paths(data) if isinstance(path[-1], str)]
    path = random.choice(keys)
    above, old = at(data, path[:-1]), str(path[-1])
    new = random.choice(
        (misspelt(random, old), str(random.choice(keys)[-1]), Raw("? [a]\n"), Raw("1"), Raw("null"))
    )
    renamed = {(new if key == old else key): value for key, value in above.items()}
    above.clear()
    above.update(renamed)
    return f"{_dotted(path)} is called {new[:40]!r}"


def extra_key(random: Random, data: Any) -> str:
    mappings = [(), *(path for path in paths(data) if isinstance(at(data, path), dict))]
    path = random.choice(mappings)
    if not isinstance(at(data, path), dict):
        return ""
    every = [one for one in paths(data) if isinstance(one[-1], str)]
    source = random.choice(every)
    key = random.choice((source[-1], "x", "_", "__class__", "label", "values", "where", "kind"))
    at(data, path)[key] = copy.deepcopy(at(data, source))
    return f"{_dotted(path)} gets {key!r} of {_dotted(source)}"


def moved_part(random: Random, data: Any) -> str:
    every = list(paths(data))
    path, source = random.choice(every), random.choice(every)
    _put(data, path, copy.deepcopy(at(data, source)))
    return f"{_dotted(path)} becomes a copy of {_dotted(source)}"


def swapped_parts(random: Random, data: Any) -> str:
    every = list(paths(data))
    one, other = random.choice(every), random.choice(every)
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return ""
    kept = copy.deepcopy(at(data, one))
    _put(data, one, at(data, other))
    _put(data, other, kept)
    return f"{_dotted(one)} and {_dotted(other)} change places"


def changed_list(random: Random, data: Any) -> str:
    lists = [path for path in paths(data) if isinstance(at(data, path), list) and at(data, path)]
    if not lists:
        return ""
    path = random.choice(lists)
    items = at(data, path)
    how = random.choice(("empty", "twice", "reversed", "shuffled", "one item twice", "one item less", "long"))
    match how:
        case "empty":
            items.clear()
        case "twice":
            items.extend(copy.deepcopy(items))
        case "reversed":
            items.reverse()
        case "shuffled":
            random.shuffle(items)
        case "one item twice":
            items.append(copy.deepcopy(random.choice(items)))
        case "one item less":
            items.pop(random.randrange(len(items)))
        case _:
            items.extend(copy.deepcopy(items[:1]) * 300)
    return f"{_dotted(path)}: {how}"


def wrapped(random: Random, data: Any) -> str:
    path = random.choice(list(paths(data)))
    depth = random.choice((1, 1, 2, 70))
    value = at(data, path)
    for _ in range(depth):
        value = [value] if random.random() < 0.5 else {"a": value}
    _put(data, path, value)
    return f"{_dotted(path)} goes {depth} levels down"


def nested_predicate(random: Random, data: Any) -> str:
    """Criteria inside criteria inside criteria."""
    places = [path for path in paths(data) if path[-1] == "predicate"]
    if not places:
        return ""
    path, depth = random.choice(places), random.choice((3, 25, 55, 70))
    value = at(data, path)
    for _ in range(depth):
        value = random.choice(({"not_": value}, {"all_of": [value]}, {"any_of": [value, {"has": "fall"}]}))
    _put(data, path, value)
    return f"{_dotted(path)} nested {depth} times"


TREE_CHANGES = (
    other_scalar, other_scalar, other_text, other_word, other_word, other_word, other_number, other_number,
    misspelt_word, dropped, dropped, renamed_key, extra_key, moved_part, swapped_parts, changed_list, changed_list,
    wrapped, nested_predicate,
)  # fmt: skip


def change_a_document(random: Random, material: Material, name: str) -> str:
    """One mutation of one document."""
    data = material.documents[name]
    if not isinstance(data, dict) or not data:
        return ""
    told = random.choice(TREE_CHANGES)(random, data)
    return told and f"{name}: {told}"


def _dotted(path: Path) -> str:
    return ".".join(str(key)[:20] for key in path) or "the root"

"""One case by its number: valid material and a list of mutations, each with its own stream of luck."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random

from equipoise.base.errors import EquipoiseError
from equipoise.language.vocabulary import read_vocabulary
from validation.fuzz.byte_changes import change_a_file
from validation.fuzz.cohorts import Dials, five_tables
from validation.fuzz.emitter import emitted
from validation.fuzz.grid_changes import change_a_grid, course_change, renamed_table
from validation.fuzz.mapping_changes import change_a_mapping
from validation.fuzz.material import TARGETS, Material, starting
from validation.fuzz.meaning_changes import change_the_labels_of_a_protocol, change_the_words
from validation.fuzz.questions import Asker
from validation.fuzz.tree_changes import change_a_document

SEED = 20261123
Change = Callable[[Random, Material], str]


def _document(name: str) -> Change:
    return lambda random, material: change_a_document(random, material, name)


def _cohort_in_these_words(random: Random, material: Material) -> str:
    """A cohort, and perhaps a question, in the words as they stand now, where they can be read."""
    if material.is_wide:
        return ""
    try:
        words = read_vocabulary(emitted(material.documents["vocabulary"]) + "\n")
    except EquipoiseError:
        return ""
    if not (words.structures and words.outcomes):
        return ""
    material.words = words
    material.grids = five_tables(random, words, Dials.turned(random))
    if random.random() < 0.7:
        material.documents["protocol"] = Asker(random, words).protocol()
    return "a cohort in these words"


def _drawn_parts(random: Random, material: Material) -> str:
    """Parts of the protocol from another one that may well be valid."""
    words, asked = material.words, material.documents["protocol"]
    if not (words.structures and words.outcomes and isinstance(asked, dict)):
        return ""
    drawn = Asker(random, words).protocol()
    parts = random.sample(sorted(drawn), random.choice((1, 1, 2, 4)))
    asked.update({part: drawn[part] for part in parts})
    return f"protocol: other {', '.join(parts)}"


CHANGES: dict[str, tuple[Change, ...]] = {
    "tables": (*[change_a_grid] * 8, course_change, course_change, renamed_table),
    "wide": (change_a_grid,),
    "mapping": (*[change_a_mapping] * 8, *[_document("mapping")] * 6, *[change_a_grid] * 2),
    "vocabulary": (*[change_the_words] * 4, *[_document("vocabulary")] * 3, *[_cohort_in_these_words] * 3),
    "protocol": (
        *[_document("protocol")] * 8,
        *[_drawn_parts] * 4,
        change_the_labels_of_a_protocol,
        change_a_grid,
    ),
}
# How often a mutation is one of the file as it is written.
OF_BYTES = {"tables": 0.08, "wide": 0.12, "mapping": 0.2, "vocabulary": 0.1, "protocol": 0.12}


@dataclass(frozen=True)
class Case:
    """What is written into the folder of the case, and how it came to be."""

    number: int
    target: str
    made_of: str
    mutations: tuple[str, ...]
    files: dict[str, bytes]
    is_wide: bool

    @property
    def sheet(self) -> str:
        """Name of the wide sheet."""
        return next(name for name in self.files if name.startswith("clinic."))


def planned(number: int, seed: int = SEED) -> int:
    """How many mutations a case has."""
    return Random(f"{seed}:{number}:count").choices((0, 1, 2, 3, 6), (6, 64, 20, 7, 3))[0]


def built(number: int, seed: int = SEED, without: Collection[int] = ()) -> Case:
    """Build a case; `without` leaves out mutations by their position (to find out which one matters)."""
    target = TARGETS[number % len(TARGETS)]
    material = starting(Random(f"{seed}:{number}:material"), target)
    told: list[str] = []
    on_bytes: list[Random] = []
    for position in range(planned(number, seed)):
        luck = Random(f"{seed}:{number}:{position}")
        if position in without:
            continue
        if luck.random() < OF_BYTES[target]:
            on_bytes.append(luck)
        else:
            change = luck.choice(CHANGES[target])
            told.append(change(luck, material))
    files = material.files()
    if target == "vocabulary" and not material.is_wide and "tables/vocabulary.yaml" in files:
        files["tables/vocabulary.yaml"] = files["vocabulary.yaml"]
    for luck in on_bytes:
        told.append(change_a_file(luck, files, luck.choice(_names(files, target))))
    return Case(number, target, material.made_of, tuple(filter(None, told)), files, material.is_wide)


def _names(files: dict[str, bytes], target: str) -> list[str]:
    if target == "tables":
        return [name for name in files if name.startswith("tables/")]
    if target == "wide":
        return [name for name in files if name.startswith("clinic.")]
    return [name for name in files if name.endswith(f"{target}.yaml")]

"""A simulation in parts, each written in every form that is wanted, so that memory does not grow."""

import shlex
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.cli.envelope import Envelope
from equipoise.cli.new_folder import check_place, new_folder
from equipoise.cli.talk import progress, say

if TYPE_CHECKING:
    from equipoise.protocol.protocol import Protocol
    from equipoise.synth.world import World
    from equipoise.synth.write import Form

WORLD_FILE = "world.yaml"
TABLES = "tables"
PARQUET = "tables-parquet"
TRUTH = "truth.csv"


class Written(StrEnum):
    """Forms of a registry."""

    TABLES = "tables"
    PARQUET = "parquet"
    WIDE = "wide"
    EXCEL = "excel"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Order:
    """What to simulate, and what to write.

    Parameters
    ----------
    world
        The world.
    patients, seed, strategy
        As `equipoise.simulate` takes them.
    protocol
        Name of a shipped protocol, or a path.
    out, forms
        Where to write, in which forms.
    with_truth
        Whether to write what would happen to all patients of the world under each strategy of the protocol.
    changes
        How many parameters of the world were changed.
    """

    world: "World"
    patients: int
    seed: int
    strategy: str | None
    protocol: str
    out: Path
    forms: frozenset[Written]
    with_truth: bool = False
    changes: int = 0


def carry_out(order: Order, *, json: bool) -> int:
    """Simulate part after part and write each; all files appear at once, at the end.

    Returns
    -------
    int
        0; whatever stops the work is an exception.
    """
    from equipoise.protocol.read import read_protocol
    from equipoise.synth.registry import registry_in_chunks

    check_place(order.out)
    _check_size(order)
    with progress(quiet=json) as stage:
        stage("simulating")
        protocol = read_protocol(order.protocol)
        parts = registry_in_chunks(
            order.world, order.patients, order.seed, strategy=order.strategy, protocol=protocol
        )
        patients, rows = 0, dict[str, int]()
        with new_folder(order.out) as folder:
            forms = _forms(order, folder)
            for part in parts:
                for form in forms:
                    form.add(part)
                patients += part.n
                stage(f"simulating and writing: {patients} of {order.patients} patients")
            for form in forms:
                form.close()
                rows |= {file.relative_to(folder).as_posix(): n for file, n in form.rows.items()}
            if order.with_truth:
                stage("finding the truth")
                _write_truth(order, protocol, folder / TRUTH)
            (folder / WORLD_FILE).write_text(_world_file(order), encoding="utf-8")
    return _told(order, patients, rows, json=json)


def _write_truth(order: Order, protocol: "Protocol", file: Path) -> None:
    """Rows of the table of estimates with the role truth, without the sentence of each."""
    from equipoise.language.vocabulary import read_vocabulary
    from equipoise.synth.recorded import VOCABULARY
    from equipoise.synth.truth import truth_of
    from equipoise.synth.truth_rows import truth_rows

    vocabulary = read_vocabulary(VOCABULARY)
    truth = truth_of(order.world, protocol, vocabulary)
    rows = truth_rows(truth, protocol, vocabulary, by_feature=True, states=True)
    rows.select("outcome", "strategy", "versus", "measure", "day", "estimate", "std_error", "n").write_csv(
        file
    )


def _check_size(order: Order) -> None:
    from equipoise.synth.workbook import check_rows

    if Written.EXCEL in order.forms:
        check_rows(order.patients, "registry.xlsx")


def _forms(order: Order, folder: Path) -> "list[Form]":
    from equipoise.synth.write import Sheet, Tables

    forms: list[Form] = []
    if Written.TABLES in order.forms:
        forms.append(Tables(folder / TABLES, "csv"))
    if Written.PARQUET in order.forms:
        forms.append(Tables(folder / PARQUET, "parquet"))
    sheets = [
        folder / name
        for form, name in ((Written.WIDE, "registry.csv"), (Written.EXCEL, "registry.xlsx"))
        if form in order.forms
    ]
    if sheets:
        forms.append(Sheet(tuple(sheets)))
    return forms


def _world_file(order: Order) -> str:
    """The world as it was simulated, with the command that makes the same registry again."""
    from equipoise.base.document import write_document

    return f"# {shlex.join(_again(order, WORLD_FILE))}\n{write_document(order.world)}"


def _again(order: Order, world: str) -> list[str]:
    """The command that makes the same patients again from a file of the world."""
    words = ["equipoise", "simulate", "--world", world, "--patients", str(order.patients)]
    words += ["--seed", str(order.seed)]
    if order.strategy is not None:
        words += ["--strategy", order.strategy, "--protocol", order.protocol]
    return words


def _told(order: Order, patients: int, rows: Mapping[str, int], *, json: bool) -> int:
    """Say what was made and what can be done with it."""
    world, out = order.world, order.out
    envelope = Envelope("simulate", digest=world.digest())
    files = {one.relative_to(out).as_posix(): one for one in sorted(out.rglob("*")) if one.is_file()}
    envelope.tables = [
        {"name": name, "path": str(file), "rows": rows.get(name, 0)} for name, file in files.items()
    ]
    envelope.answer = {"patients": patients, "seed": order.seed, "world": world.name}
    entered = "" if patients == order.patients else f", of whom {patients} came into the registry"
    say(
        f"made {order.patients} patients of the world {world.name} ({world.title.lower()}{_changed(order)}), "
        f"strategy {order.strategy or 'natural_course'}, seed {order.seed}{entered}"
    )
    say(f"wrote {', '.join(sorted({name.split('/')[0] for name in files}))} into {out}/")
    large = [name for name, file in files.items() if _is_too_large(file)]
    if large:
        say(f"too large for equipoise to read back: {', '.join(large)}; use --format parquet for so many")
    envelope.next = shlex.join(_following(order, large))
    say(f"next: {envelope.next}")
    if json:
        envelope.done()
    return 0


def _changed(order: Order) -> str:
    if not order.changes:
        return ""
    return f", {order.changes} parameter{'' if order.changes == 1 else 's'} changed"


def _is_too_large(file: Path) -> bool:
    """Whether the commands of this package refuse to read a file, which is better told now."""
    from equipoise.ingest.guard import MAXIMUM_TEXT_BYTES, MAXIMUM_UNPACKED_BYTES, MAXIMUM_WORKBOOK_BYTES

    match file.suffix:
        case ".csv":
            return file.stat().st_size > MAXIMUM_TEXT_BYTES
        case ".xlsx":
            with zipfile.ZipFile(file) as archive:
                unpacked = sum(part.file_size for part in archive.infolist())
            return file.stat().st_size > MAXIMUM_WORKBOOK_BYTES or unpacked > MAXIMUM_UNPACKED_BYTES
        case _:
            return False


def _following(order: Order, large: Collection[str]) -> list[str]:
    """A command for the first form that can be read back, or one that makes such a form."""
    out = order.out
    is_large = {name.split("/")[0] for name in large}
    if Written.TABLES in order.forms and TABLES not in is_large:
        return ["equipoise", "run", order.protocol, str(out / TABLES)]
    if Written.PARQUET in order.forms:
        return ["equipoise", "run", order.protocol, str(out / PARQUET)]
    for form, sheet in ((Written.EXCEL, "registry.xlsx"), (Written.WIDE, "registry.csv")):
        if form in order.forms and sheet not in is_large:
            return ["equipoise", "check", str(out / sheet), "--mapping", str(out / "mapping.yaml")]
    more = ["--format", "parquet", "--out", f"{out}-parquet"]
    return [*_again(order, str(out / WORLD_FILE)), *more]

"""A simulation in parts, each written in every form that is wanted, so that memory does not grow."""

import shlex
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
    """

    world: "World"
    patients: int
    seed: int
    strategy: str | None
    protocol: str
    out: Path
    forms: frozenset[Written]
    with_truth: bool = False


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
        patients = 0
        with new_folder(order.out) as folder:
            forms = _forms(order, folder)
            for part in parts:
                for form in forms:
                    form.add(part)
                patients += part.n
                stage(f"simulating and writing: {patients} of {order.patients} patients")
            for form in forms:
                form.close()
            if order.with_truth:
                stage("finding the truth")
                _write_truth(order, protocol, folder / TRUTH)
            (folder / WORLD_FILE).write_text(_world_file(order), encoding="utf-8")
    return _told(order, patients, json=json)


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

    words = ["equipoise", "simulate", "--world", WORLD_FILE, "--patients", str(order.patients)]
    words += ["--seed", str(order.seed)]
    if order.strategy is not None:
        words += ["--strategy", order.strategy, "--protocol", order.protocol]
    return f"# {shlex.join(words)}\n{write_document(order.world)}"


def _told(order: Order, patients: int, *, json: bool) -> int:
    """Say what was made and what can be done with it."""
    world, out = order.world, order.out
    envelope = Envelope("simulate", digest=world.digest())
    files = sorted(one for one in out.rglob("*") if one.is_file())
    envelope.tables = [
        {"name": one.relative_to(out).as_posix(), "path": str(one), "rows": 0} for one in files
    ]
    envelope.answer = {"patients": patients, "seed": order.seed, "world": world.name}
    entered = "" if patients == order.patients else f", of whom {patients} came into the registry"
    say(
        f"made {order.patients} patients of the world {world.name} ({world.title.lower()}), "
        f"strategy {order.strategy or 'natural_course'}, seed {order.seed}{entered}"
    )
    say(f"wrote {', '.join(sorted({one.relative_to(out).parts[0] for one in files}))} into {out}/")
    _warn_of_size(files)
    envelope.next = _following(order)
    say(f"next: {envelope.next}")
    if json:
        envelope.done()
    return 0


def _warn_of_size(files: list[Path]) -> None:
    """A table that the commands of this package refuse to read is better told about now."""
    from equipoise.ingest.guard import MAXIMUM_TEXT_BYTES, MAXIMUM_WORKBOOK_BYTES

    limits = {".csv": MAXIMUM_TEXT_BYTES, ".xlsx": MAXIMUM_WORKBOOK_BYTES}
    large = [one.name for one in files if one.stat().st_size > limits.get(one.suffix, float("inf"))]
    if large:
        say(f"too large for equipoise to read back: {', '.join(large)}; use --format parquet for so many")


def _following(order: Order) -> str:
    if Written.TABLES in order.forms or Written.PARQUET in order.forms:
        tables = TABLES if Written.TABLES in order.forms else PARQUET
        return shlex.join(["equipoise", "run", "virtual_registry", str(order.out / tables)])
    sheet = "registry.xlsx" if Written.EXCEL in order.forms else "registry.csv"
    mapping = ["--mapping", str(order.out / "mapping.yaml")]
    return shlex.join(["equipoise", "check", str(order.out / sheet), *mapping])

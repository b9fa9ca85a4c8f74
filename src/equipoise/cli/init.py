"""`equipoise init FILE`: guess what the columns mean; write mapping and protocol; ask when in doubt."""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equipoise.base.errors import UsageError
from equipoise.cli import options
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import say

if TYPE_CHECKING:
    from equipoise.ingest.guess import Guess
    from equipoise.ingest.questions import Question


def init(
    file: Annotated[str, typer.Argument(help="A wide sheet, one row a patient: CSV, Excel or Parquet.")],
    vocabulary: options.Vocabulary = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook; default the first.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; default here.")] = Path(),
    ask: Annotated[bool, typer.Option(help="Ask at most five questions at a terminal.")] = True,
    json: options.Json = False,
) -> int:
    """Guess what the columns of a sheet mean; write mapping.yaml and protocol.yaml."""
    from equipoise.ingest.draft import draft
    from equipoise.ingest.guess import guess
    from equipoise.ingest.read import read_sheet
    from equipoise.language.vocabulary import read_vocabulary

    words = read_vocabulary(vocabulary) if vocabulary else None
    guessed = guess(read_sheet(file, sheet=sheet), vocabulary=words)
    if ask and not json and sys.stdin.isatty():
        guessed = _asked(guessed)
    made = draft(guessed, title=Path(file).stem, sheet=sheet)
    _write(made.texts, out)
    recognised = sum(column.concept is not None for column in guessed.columns)
    say(f"{len(guessed.columns)} columns, {recognised} recognised, in the words of {guessed.vocabulary.name}")
    say(f"wrote {', '.join(str(out / name) for name in made.texts)}")
    mapping = out / "mapping.yaml"
    envelope = Envelope("init")
    envelope.tables = [{"name": name, "path": str(out / name), "rows": 0} for name in made.texts]
    if made.open_questions:
        envelope.next = f"answer the {made.open_questions} entries under `doubtful` in {mapping}"
        say(f"next: {envelope.next}; until then reading refuses it")
    else:
        envelope.next = f"equipoise check {file} --mapping {mapping}"
        say(f"next: {envelope.next}")
    if json:
        envelope.done()
    return 0


def _asked(guessed: "Guess") -> "Guess":
    """Ask at most five questions, the most consequential first; the rest stays open in the mapping."""
    from equipoise.ingest.answers import answered
    from equipoise.ingest.questions import ASKED, questions

    left_open: set[str] = set()
    for _ in range(ASKED):
        waiting = [one for one in questions(guessed) if one.text not in left_open]
        if not waiting:
            break
        chosen = _choice(waiting[0])
        if chosen is None:
            left_open.add(waiting[0].text)
        else:
            guessed = answered(guessed, waiting[0], chosen)
    return guessed


def _choice(question: "Question") -> int | None:
    """Position of the chosen answer; None leaves the question open."""
    say(f"\n{question.text}")
    for place, choice in enumerate(question.choices, 1):
        say(f"  {place}  {choice.label}")
    while True:
        given = typer.prompt(
            "number, or Enter to leave it open", default="", show_default=False, err=True
        ).strip()
        if not given:
            return None
        if given.isdigit() and 1 <= int(given) <= len(question.choices):
            return int(given) - 1
        say(f"a number from 1 to {len(question.choices)}, please")


def _write(texts: Mapping[str, str], folder: Path) -> None:
    """Write the files, none over another: all of them or none."""
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        raise UsageError(
            "U003",
            where=str(folder),
            found=f"{', '.join(taken)} is there already",
            why="What stands there may be your work.",
            do="Choose another folder with --out, or move the file away.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".init-", dir=folder) as partial:
            for name, text in texts.items():
                (Path(partial) / name).write_text(text, encoding="utf-8")
            for name in texts:
                os.replace(Path(partial) / name, folder / name)
    except OSError as error:
        raise UsageError(
            "U004",
            where=str(folder),
            found=error.strerror or type(error).__name__,
            why="The files were not written.",
            do="Check free space and permissions, or choose another --out.",
        ) from None

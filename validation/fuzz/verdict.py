"""The verdict on a case: an answer that keeps its promises, or one clear refusal; anything else is broken."""

import re
import time
import traceback
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from equipoise.base.codes import CODES
from validation.fuzz.case import Case
from validation.fuzz.cells import FREE_TEXT, IDENTIFIER, MARKUP
from validation.fuzz.promises import broken_promises
from validation.fuzz.verbs import (
    Said,
    TooSlowError,
    commands,
    contents,
    folder_of,
    say,
    standing_study,
    time_limit,
)

PRIVATE = (re.compile(rf"{IDENTIFIER}\d", re.IGNORECASE), re.compile(FREE_TEXT), re.compile("2019-03-07"))
DATES = re.compile(rb"\b\d\d\.\d\d\.\d\d\d\d\b")
FAMILIES = {2: "usage", 3: "data", 4: "protocol", 5: "identification", 6: "numerical", 7: "release"}


class BrokenError(Exception):
    """A promise that a case has broken."""


@dataclass(frozen=True)
class Verdict:
    """How a case ended: ``answered``, ``refused`` or ``broken``."""

    number: int
    target: str
    ended: str
    codes: tuple[str, ...]
    seconds: float
    failure: str = ""


def judged(case: Case) -> Verdict:
    """Run a case and judge it."""
    standing_study()  # compiles what has to be compiled, outside the time limit of a case
    begun = time.process_time()
    codes: set[str] = set()
    ended, failure = "broken", ""
    try:
        with time_limit(), folder_of(case) as folder:
            ended = _judge(case, folder, codes)
    except (Exception, TooSlowError) as error:  # noqa: BLE001  whatever comes out is what is looked for
        failure = "".join(traceback.format_exception(error, limit=-12))
        ended = "broken"
    return Verdict(
        case.number, case.target, ended, tuple(sorted(codes)), time.process_time() - begun, failure
    )


def _judge(case: Case, folder: Path, codes: set[str]) -> str:
    ended: dict[str, int] = {}
    refusal = ""
    for command in commands(case, folder):
        before = contents(folder)
        said = say(*command)
        _speaks_clearly(said)
        _names_nobody(said.out + said.err, _private_dates(case))
        codes |= said.codes
        ended[said.command[0]] = said.exit_code
        if said.command[0] == "run" and said.record["error"]:
            refusal = said.record["error"]["code"]
        after = contents(folder)
        if said.exit_code and before != after:
            changed = sorted(name for name in before.keys() | after if before.get(name) != after.get(name))
            raise BrokenError(f"{said.command[0]} failed with {said.exit_code}, but changed {changed[:5]}")
        if said.command[0] == "init" and not said.exit_code:
            for path in (folder / "drafted").iterdir():
                _names_nobody(path.read_text(encoding="utf-8"), _private_dates(case))
        if said.command[0] == "run" and not said.exit_code:
            _keeps_its_promises(case, folder, said)
    if ended.get("check") == 0 and refusal.startswith("D"):
        raise BrokenError("check found nothing wrong, but run refused the data")
    return "refused" if ended["run"] else "answered"


def _private_dates(case: Case) -> set[str]:
    if not case.is_wide or not case.sheet.endswith("csv"):
        return set()
    return {one.decode() for one in DATES.findall(case.files[case.sheet])}


def _speaks_clearly(said: Said) -> None:
    """One object on stdout; if it failed, one registered code with all four parts; nothing unprintable."""
    if said.out.count("\n") != 1:
        raise BrokenError(f"{said.command[0]}: {said.out.count(chr(10))} lines on stdout")
    record = said.record
    error = record["error"]
    if said.exit_code not in (0, *FAMILIES):
        raise BrokenError(f"{said.command[0]} left with {said.exit_code}")
    if error is None and said.exit_code not in (0, 3):
        raise BrokenError(f"{said.command[0]} left with {said.exit_code} and told no error")
    if error is not None:
        if CODES[error["code"]].severity != "error":
            raise BrokenError(f"{error['code']} is no error")
        if error["family"] != FAMILIES[said.exit_code]:
            raise BrokenError(f"{error['family']} with exit {said.exit_code}")
        empty = [part for part in ("where", "found", "why", "do") if not error[part].strip()]
        if empty or f"{error['code']}  " not in said.err:
            raise BrokenError(f"{error['code']} tells nothing: {empty}")
        if len(error["found"]) + len(error["where"]) > 2000:
            raise BrokenError(f"{error['code']} tells {len(error['found'])} letters")
    for one in record["findings"]:
        if one["code"] not in CODES or not one["message"].strip() or not one["remedy"].strip():
            raise BrokenError(f"the finding {one['code']} tells nothing")
        if any(row < 1 for row in one["rows"]) or len(one["message"]) > 2000:
            raise BrokenError(f"the finding {one['code']} tells too much: {one['message'][:200]!r}")
    strange = sorted({hex(ord(one)) for one in said.err + said.out if _is_unprintable(one)})
    if strange:
        raise BrokenError(f"{said.command[0]} {error and error['code']} prints {strange[:5]}")


def _is_unprintable(letter: str) -> bool:
    """Letters that steer a terminal or turn a line round."""
    return letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _names_nobody(text: str, dates: set[str]) -> None:
    for pattern in PRIVATE:
        found = pattern.search(text)
        if found:
            raise BrokenError(f"tells {text[max(0, found.start() - 80) : found.end() + 20]!r}")
    told = next((one for one in dates if one in text), None)
    if told is not None:
        place = text.index(told)
        raise BrokenError(f"tells the date {text[max(0, place - 80) : place + 20]!r}")


def _keeps_its_promises(case: Case, folder: Path, said: Said) -> None:
    del said
    target = folder / "target"
    if sorted(one.name for one in target.iterdir()) != ["study"]:
        raise BrokenError(f"beside the study: {sorted(one.name for one in target.iterdir())}")
    for path in (one for one in (target / "study").rglob("*") if one.is_file()):
        content = path.read_bytes()
        if path.suffix in (".html", ".bib"):
            text = content.decode("utf-8")
            found = [markup for markup in MARKUP if markup in text]
            if found:
                raise BrokenError(f"{path.name} holds {found}")
            _names_nobody(text, _private_dates(case))
        elif any(pattern.pattern.encode() in content for pattern in PRIVATE[1:]):
            raise BrokenError(f"{path.name} holds a private text")
    broken = broken_promises(target / "study")
    if broken:
        raise BrokenError("; ".join(broken[:4]))

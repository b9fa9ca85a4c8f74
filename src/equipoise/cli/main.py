"""The command line: parses, calls, shows. Data go to stdout, talk to stderr; exit codes by error family."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from equipoise.base.codes import CODES
from equipoise.base.errors import DataError, EquipoiseError, StoppedError, UsageError
from equipoise.cli import check, demo, evidence, explain, init, report, run, simulate
from equipoise.cli.envelope import Envelope
from equipoise.cli.talk import complain, show_findings

# typer carries its own copy of click since 0.26; older versions use the installed one.
CLICK_EXCEPTION: type[Exception] = next(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
)
INTERRUPTED = 130

app = typer.Typer(
    name="equipoise",
    help="After CAR T-cells: transplant or not, whom, when? From an extract to honest outcomes.\n\n"
    "Research software: it describes groups of past patients under stated assumptions. "
    "It shows options with outcomes, never an order.",
    epilog="Start with: equipoise demo",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("explain")(explain.explain)
app.command("run")(run.run)
app.command("report")(report.report)
app.command("simulate")(simulate.simulate)
app.command("evidence")(evidence.evidence)


def _show_version(asked: bool) -> None:
    if asked:
        from equipoise.base.version import __version__

        typer.echo(f"equipoise {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        help="Show the version.",
        is_eager=True,
        callback=_show_version,
    ),
) -> None:
    del version


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with the exit code of what happened.

    Parameters
    ----------
    arguments
        Arguments after the program's name; default ``sys.argv[1:]``.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    sys.exit(_outcome(given))


def _outcome(given: list[str]) -> int:
    try:
        return _carried_out(given)
    except UsageError as error:  # the object of an error could not be printed
        return _tell(error)


def _carried_out(given: list[str]) -> int:
    """Run the command and tell its errors."""
    try:
        result = app(args=given, prog_name="equipoise", standalone_mode=False)
    except EquipoiseError as error:
        return _fail(error, given)
    except CLICK_EXCEPTION as error:
        return _fail(_as_usage_error(error), given)
    except (KeyboardInterrupt, typer.Abort):
        result = INTERRUPTED
    except Exception as error:
        if os.environ.get("EQUIPOISE_DEBUG"):
            raise
        return _fail(_as_internal_error(error), given)
    # typer turns Ctrl-C into this code by itself, without a word.
    if result == INTERRUPTED:
        return _fail(_interruption(), given)
    return result if isinstance(result, int) else 0


def _fail(error: EquipoiseError, given: list[str]) -> int:
    findings = error.findings if isinstance(error, DataError) else ()
    show_findings(findings)
    if "--json" in given:
        command = next((word for word in given if not word.startswith("-")), "")
        envelope = Envelope(command)
        envelope.add_findings(findings)
        envelope.failed(error)
    return _tell(error)


def _tell(error: EquipoiseError) -> int:
    complain(f"{error.code}  {error.where}: {error.found}")
    complain(f"      why: {error.why}")
    complain(f"      do:  {error.do}")
    return error.exit_code


def _as_internal_error(error: Exception) -> EquipoiseError:
    """Name the kind of an error that is ours; its text may hold values of patients."""
    return EquipoiseError(
        "U005",
        where="equipoise",
        found=f"internal error ({type(error).__name__})",
        why=CODES["U005"].why,
        do=CODES["U005"].do,
    )


def _interruption() -> StoppedError:
    return StoppedError(
        "U006", where="equipoise", found="interrupted", why=CODES["U006"].why, do=CODES["U006"].do
    )


def _as_usage_error(error: Any) -> UsageError:
    command = error.ctx.command_path if error.ctx else "equipoise"
    return UsageError(
        "U001",
        where=command,
        found=error.format_message(),
        why="The command was not carried out.",
        do=f"See: {command} --help",
    )

"""The command `harvest`: a few verbs, each in a module of its own, loaded when it is asked for."""

import importlib
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

import click

from harvester import __version__
from harvester.errors import DatasetError, Exit, HarvestError

VERBS = {
    "crawl": "Walk results listings live, into a dataset.",
    "replay": "Read captures of all kinds into a dataset, with no network.",
    "update": "Harvest datasets again, from what they were made from.",
    "parse": "Print the records of one saved page.",
    "explain": "Say what a URL is, or what a printed date means.",
    "status": "Say how datasets stand: complete, what is new, what is to be done.",
    "verify": "Check a dataset: digests, schema, certificate.",
    "find": "Search a dataset by text or date.",
    "export": "Bring a dataset into a database, a table or a bibliography.",
    "release": "Pack a dataset for a repository, with all that vouches for it.",
    "browse": "Look through a dataset in a browser: search, facets, sources.",
    "diff": "Compare two datasets, or two states of one.",
    "schedule": "Print what systemd or cron need to run a harvest of harvest.toml.",
    "why": "Lead a record, or one of its fields, back to its captures.",
}


class LazyGroup(click.Group):
    """A group whose help is known without loading any verb; loading Scrapy for --help would take a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in their order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb's module."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"harvester.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their one line each."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 complete, 1 unexpected, 2 usage, 3 incomplete, 4 refused, 5 unreachable, 6 input unreadable, "
    "7 dataset busy or damaged, 8 destination not to be written to, 130 interrupted.",
)
@click.version_option(__version__, prog_name="harvest")
@click.option("--debug", is_flag=True, help="Show the whole trace of an error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """Turn an archive's results listing into a dated, deduplicated, provably complete dataset."""
    context.obj = {"debug": debug}


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command; every error that a user can cause ends in a sentence, an advice and its exit code."""
    arguments = sys.argv[1:] if args is None else args
    debug = "--debug" in arguments
    try:
        code = cli.main(args=arguments, prog_name="harvest", standalone_mode=False)
        sys.exit(int(code or 0))
    except HarvestError as error:
        if debug:
            traceback.print_exc()
        complain(str(error), error.advice)
        sys.exit(int(error.code))
    except (click.exceptions.Abort, KeyboardInterrupt):
        complain("interrupted")
        sys.exit(int(Exit.INTERRUPTED))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except sqlite3.Error as error:
        if debug:
            traceback.print_exc()
        complain(f"the dataset's ledger cannot be used: {error}", DatasetError.advice)
        sys.exit(int(Exit.DATASET))
    except Exception as error:
        if debug:
            raise
        complain(f"unexpected: {type(error).__name__}: {error}", HarvestError.advice)
        sys.exit(int(Exit.UNEXPECTED))


def complain(message: str, advice: str | None = None) -> None:
    """Write an error for people: what happened, what to do next."""
    with suppress(BrokenPipeError):  # nobody listens; the exit code says it too
        click.echo(f"harvest: {message}", err=True)
        if advice:
            click.echo(f"  {advice}", err=True)


def put_lines(values: Any) -> None:
    """Write each value as one line of JSON, as it comes."""
    import orjson

    _put(orjson.dumps(value) for value in values)


def say_lines(lines: Iterable[str]) -> None:
    """Write lines for people."""
    _put(line.encode("utf-8", "replace") for line in lines)


def _put(lines: Iterable[bytes]) -> None:
    """Write lines to standard output; a reader that has gone, as under `| head`, is no error and wants no more."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        let_go_of_output()


def let_go_of_output() -> None:
    """Have what is still to be written to standard output go nowhere: nobody reads it, or nobody can."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

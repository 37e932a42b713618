"""The command line of the sample archive: `python -m harvester.sample serve` and `... run -- COMMAND ARG...`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from harvester.sample.archive import Archive
from harvester.sample.differing import let_differ
from harvester.sample.habits import Habits, Validators
from harvester.sample.odds import DOCUMENT_FAULTS, EVENTS, FAULTS, FILE_FAULTS
from harvester.sample.run import Run
from harvester.sample.schedule import REQUESTS, Schedule
from harvester.sample.serve import serve_archive


def main(arguments: Sequence[str]) -> int:
    """Return the exit code; 2 for a command line that makes no sense."""
    own, found, command = _split_at_dashes(arguments)
    parser = _build_parser()
    options = parser.parse_args(own)
    if options.verb == "serve":
        if found:
            parser.error("serve takes no command")
        archive = Archive(options.records, options.seed)
        archive.habits = Habits(options.era, options.direct_nodes, not options.no_ranges, validators=options.validators)
        let_differ(archive, options.differing)
        return serve_archive(archive, options.port, options.log, options.url_file, _draw_schedule(options))
    if not command:
        parser.error("run needs a command after --, as in: run -- curl {url}/search")
    return Run(own[1:], command)()  # all that stands behind "run" is serve's as well


def _draw_schedule(options: argparse.Namespace) -> Schedule | None:
    if options.schedule is None:
        return None
    return Schedule.draw(options.schedule, options.requests, options.documents).without(*options.without)


def _split_at_dashes(arguments: Sequence[str]) -> tuple[list[str], bool, list[str]]:
    """Split at the first "--": what comes after it is the command's, dashes and all."""
    if "--" not in arguments:
        return list(arguments), False, []
    place = list(arguments).index("--")
    return list(arguments[:place]), True, list(arguments[place + 1 :])


def _build_parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--records", type=_read_count, default=103, metavar="N", help="size of the archive (103)")
    shared.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, another archive (1)")
    shared.add_argument("--log", type=Path, metavar="FILE", help='append a line a request: "GET /search?page=1"')
    shared.add_argument(
        "--schedule", type=int, metavar="S", help="let things happen and answers fail as this seed draws them"
    )
    shared.add_argument(
        "--requests", type=int, default=REQUESTS, metavar="N", help=f"page requests that they begin in ({REQUESTS})"
    )
    shared.add_argument(
        "--documents",
        type=_read_count,
        default=0,
        metavar="N",
        help="requests for documents and for files that faults of these begin in (0: they have none)",
    )
    kinds = sorted({*EVENTS, *FAULTS, *DOCUMENT_FAULTS, *FILE_FAULTS})
    shared.add_argument("--without", action="append", default=[], metavar="KIND", choices=kinds, help="leave out")
    shared.add_argument("--era", choices=("new", "old"), default="new", help="old: as it was served until 2022 (new)")
    shared.add_argument("--direct-nodes", action="store_true", help="/node/N gives the page instead of a redirect")
    shared.add_argument("--no-ranges", action="store_true", help="files come whole only")
    shared.add_argument(
        "--validators",
        choices=get_args(Validators),
        default="etag",
        metavar="KIND",
        help=f"what pages carry for who asks again: {', '.join(get_args(Validators))} (etag)",
    )
    shared.add_argument(
        "--differing", type=_read_count, default=0, metavar="N", help="documents that disagree with the listing (0)"
    )
    parser = argparse.ArgumentParser(prog="python -m harvester.sample", description="An invented archive, on loopback.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", parents=[shared], help="print the URL and serve until stdin ends")
    serve.add_argument("--port", type=int, default=0, metavar="P", help="0 takes any free port (0)")
    serve.add_argument("--url-file", type=Path, metavar="FILE", help="write the URL here as well")
    verbs.add_parser(
        "run",
        parents=[shared],
        help="run a command beside a server",
        usage="%(prog)s [--records N] [--seed S] [--log FILE] -- COMMAND ARG...   ({url} becomes the address)",
    )
    return parser


def _read_count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"not a number of records: {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

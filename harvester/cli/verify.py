"""`harvest verify`: checks a dataset independently of what made it."""

from pathlib import Path

import click

from harvester.cli import complain, say_lines
from harvester.dataset.certificate import exit_code
from harvester.dataset.documents import lacks
from harvester.dataset.screen import say
from harvester.dataset.verify import verify
from harvester.errors import DatasetError, Exit


@click.command(name="verify", short_help="Check a dataset: digests, schema, certificate.")
@click.argument("dataset", type=click.Path(path_type=Path))
def command(dataset: Path) -> int:
    """Check the digests, the schema and the order of DATASET, and work out its certificate anew from provenance.

    Exit code 7 if anything differs; else that of the certificate itself: 0 complete, 3 incomplete.
    """
    findings, coverage = verify(dataset)
    if findings.faults:
        for fault in findings.told():
            complain(fault)
        complain(f"{dataset} is not what was published", DatasetError.advice)
        return int(Exit.DATASET)
    documents = coverage.get("documents")
    lacking = lacks(documents, documents and documents["wanted"], brought=True)
    code = exit_code(coverage["listings"], [], lacking=lacking)
    facts = [f"{dataset} is whole: {findings.records} records, as published."]
    say_lines(say(coverage["listings"], [], facts, code, "crawl it again", documents))
    return int(code)

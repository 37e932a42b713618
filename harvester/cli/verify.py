"""`harvest verify`: checks a dataset, or a release of one, independently of what made it."""

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

    DATASET may also be a release, folder or .zip: then every file is checked by the manifest, and that Parquet and
    SQLite say the same records.

    Exit code 7 if anything differs; else that of the certificate itself: 0 complete, 3 incomplete.
    """
    from harvester.exports.release.checking import is_release, verify_release

    released = is_release(dataset)
    findings, coverage, notes = verify_release(dataset) if released else (*verify(dataset), [])
    if findings.faults:
        for fault in findings.told():
            complain(fault)
        advice = "Get the release again from where it came from." if released else DatasetError.advice
        complain(f"{dataset} is not what was {'released' if released else 'published'}", advice)
        return int(Exit.DATASET)
    documents = coverage.get("documents")
    lacking = lacks(documents, documents and documents["wanted"], brought=True)
    code = exit_code(coverage["listings"], [], lacking=lacking)
    facts = [f"{dataset} is whole: {findings.records} records, as {'released' if released else 'published'}."]
    facts += [f"Note: {note}" for note in notes]
    shown = Exit.COMPLETE if released else code  # nothing is crawled or replayed into a release: there is no next step
    say_lines(say(coverage["listings"], [], facts, shown, "crawl it again", documents))
    return int(code)

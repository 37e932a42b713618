"""Folds old versions of what was published into one a record, so that a feed of many years need not grow for ever."""

import sqlite3

from harvester.ledger.versions import FOLDED, folded_run

# The last run before the first that began since. A clock that was wrong for a night (a machine without a battery begins
# at 1970) makes the runs before that night no older than they are.
_OLD = """
SELECT max(id) FROM run
WHERE started < :before AND NOT EXISTS (SELECT 1 FROM run AS since WHERE since.id < run.id AND since.started >= :before)
"""
# Of each record its last change by then stays, under its number: whoever had read on beyond it knows what it tells, and
# who had not is told the whole record, as somebody is who begins with nothing.
_LAST = "SELECT max(seq) FROM change WHERE run <= :run GROUP BY record"
_FOLD = (
    f"DELETE FROM change WHERE run <= :run AND seq NOT IN ({_LAST})",
    """
    DELETE FROM version WHERE run <= :run AND number < (
        SELECT change.version FROM change WHERE change.record = version.record AND change.run <= :run)
    """,
    """
    UPDATE change SET kind = 'added', told = NULL WHERE run <= :run AND kind NOT IN ('added', 'merged', 'dropped')
    """,
)


def fold_versions(db: sqlite3.Connection, before: str) -> None:
    """Fold the changes of runs that began before a time (UTC) into one a record. Inside the caller's transaction.

    A record that stood then is `added`, whole, as it was then; of one that was merged or dropped that is kept.
    """
    run = db.execute(_OLD, {"before": before}).fetchone()[0]
    if run is None or run == folded_run(db) or not db.execute("SELECT 1 FROM change WHERE run <= ?", (run,)).fetchone():
        return
    for statement in _FOLD:
        db.execute(statement, {"run": run})
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (FOLDED, str(run)))

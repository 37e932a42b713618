"""A crontab: a line for each job, for any cron with /bin/sh, flock and od."""

import re
from collections.abc import Sequence
from pathlib import Path

from harvester.errors import UsageProblem
from harvester.standing.timers.jobs import File, Job
from harvester.standing.values import DAYS

_MOST = 998  # bytes of a command that Debian's cron takes; it refuses the crontab with a longer one
_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_PIECES = re.compile(r"%|'|\\|[^%'\\]+")
_SPELLED = {"%": r"\%", "'": '"\'"', "\\": r"'\'"}
_MOST_DRAWN = 65_535  # two bytes from the system's randomness; the shell of cron has no other


def crontab(jobs: Sequence[Job]) -> File:
    """Return the lines to add to a crontab; raises UsageProblem for a command that cron would cut."""
    name = f"{jobs[0].name}.crontab"
    lines = [f"# {name}: made by `harvest schedule --cron`; docs/scheduling.md says how to install it."]
    for job in jobs:
        lines += [f"# {job.purpose}", f"{_times(job)} {_command(job)}"]
    return File(name, "\n".join(lines) + "\n")


def _times(job: Job) -> str:
    """Return the five fields; days as numbers, as Debian's cron promises no lists of names."""
    days = ",".join(str((DAYS.index(day) + 1) % 7) for day in job.days) or "*"
    return f"{job.at.minute} {job.at.hour} * * {days}"


def _command(job: Job) -> str:
    steps = [f"cd {_word(job.folder)}", f"mkdir -p {_folders(job)}", f"exec >>{_near(job.log, job.folder)} 2>&1"]
    env = _near(job.environment, job.folder)
    steps.append(f"{{ [ ! -r {env} ] || {{ set -a; . {env}; set +a; }}; }}")
    if seconds := int(job.random_delay.total_seconds()):
        steps.append(f"sleep $(($(od -An -N2 -tu2 /dev/urandom) * {seconds} / {_MOST_DRAWN}))")
    command = " && ".join([*steps, _run(job)])
    if len(command.encode()) > _MOST:
        raise UsageProblem(
            f"the command for cron has {len(command.encode())} bytes, and cron takes {_MOST} at most",
            advice="Use folders with shorter paths, or systemd.",
        )
    return command


def _run(job: Job) -> str:
    """Return the run itself, with its beginning and its end in the log.

    The shell holds the lock, not the program (9>&-): what that leaves running must not keep the next from beginning.
    """
    words = " ".join(map(_word, job.words))
    if job.lock is None:
        return words
    told = f'echo "{job.purpose}: $(date)"'
    ended = f'echo "{job.purpose}: exit code $?, $(date)"'  # $? first: date has an exit code too
    busy = f'{{ echo "{job.purpose}: left out, as the run before has not ended, $(date)"; exit 1; }}'
    return f"( flock -n 9 || {busy}; {told}; {words} 9>&-; {ended} ) 9>>{_near(job.lock, job.folder)}"


def _folders(job: Job) -> str:
    folders = dict.fromkeys(path.parent for path in (job.log, job.lock) if path is not None)
    return " ".join(_near(folder, job.folder) for folder in folders)


def _near(path: Path, folder: Path) -> str:
    """Return a path as a word, from the folder on where it lies in there: cron's lines are long enough."""
    return _word(f"./{path.relative_to(folder)}" if path.is_relative_to(folder) else path)


def _word(word: str | Path) -> str:
    r"""Return a word for the shell behind cron.

    Cron makes an end of line of % unless a backslash stands before it. Some crons take that backslash away, some leave
    it to the shell, and some make one of two: so % stands outside of quotes, and no two backslashes side by side.

    >>> print(_word("/a/50% o'clock"))
    '/a/50'\%' o'"'"'clock'
    """
    text = str(word)
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_SPELLED.get(piece, f"'{piece}'") for piece in _PIECES.findall(text))

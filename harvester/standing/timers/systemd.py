"""Units of systemd: a service and its timer for each job."""

import re
from collections.abc import Sequence

from harvester.standing.timers.jobs import File, Job

_MADE = "made by `harvest schedule --systemd`; docs/scheduling.md says how to install it"
# systemd refuses a program whose path has quotes or backslashes, and its manual doesn't say what $ means there.
_ODD = re.compile(r"[\"'\\$]")
_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')


def units(jobs: Sequence[Job]) -> list[File]:
    """Return the files for the folder of units."""
    return [file for job in jobs for file in (_service(job), _timer(job))]


def _service(job: Job) -> File:
    name = f"{job.name}.service"
    lines = [
        f"# {name}: {_MADE}.",
        "[Unit]",
        f"Description={job.purpose}",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "# Among the system's own units add User=, or it runs as root.",
        "Type=oneshot",
        f"WorkingDirectory={_path(str(job.folder))}",
        "# Lines NAME=value: what harvest.toml only names. The file need not exist.",
        f"EnvironmentFile=-{_path(_unglobbed(str(job.environment)))}",
        "# No exit code but 0 is success, on purpose: a night that is not complete is to be seen as failed.",
        f"ExecStart={_command(job.words)}",
        "Nice=10",
    ]
    return File(name, "\n".join(lines) + "\n")


def _timer(job: Job) -> File:
    name = f"{job.name}.timer"
    days = ",".join(day.capitalize() for day in job.days)
    lines = [
        f"# {name}: {_MADE}.",
        "[Unit]",
        f"Description=When to: {job.purpose}",
        "",
        "[Timer]",
        f"OnCalendar={days + ' ' if days else ''}*-*-* {job.at:%H:%M}:00",
        f"RandomizedDelaySec={int(job.random_delay.total_seconds())}s",
        "# What was missed while the machine was off is made up for, once.",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return File(name, "\n".join(lines) + "\n")


def _command(words: Sequence[str]) -> str:
    """Return a command line; of a program whose path systemd does not take, one by which the shell runs it."""
    return " ".join(map(_quoted, (*_SHELL, *words) if _ODD.search(words[0]) else words))


def _quoted(word: str) -> str:
    r"""Return a word in which nothing means anything: systemd undoes backslashes, specifiers (%) and variables ($).

    >>> print(_quoted('50% "$x"'))
    "50%% \"$$x\""
    """
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped.replace("%", "%%").replace("$", "$$")}"'


def _path(path: str) -> str:
    """Return a path as the value of a setting, which knows no quotes, and loses a blank or backslash at its end."""
    return path.replace("%", "%%") + ("/" if re.search(r"[\s\\]$", path) else "")


def _unglobbed(path: str) -> str:
    """Return a path in which no character is taken for a pattern, as systemd does in that of an environment file."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", path)

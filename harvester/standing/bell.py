"""Rings: hands notices to the bells that a harvest names, and says of each bell that failed why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harvester.standing.bells import apprise, command
from harvester.standing.notice import WELL, Notice
from harvester.standing.values import Notify


@dataclass(frozen=True, slots=True)
class Rung:
    """What became of one notice: whether any bell was heard, and a sentence for each that was not."""

    heard: bool
    faults: tuple[str, ...]


def has_bell(notify: Notify) -> bool:
    """Return whether there is anything to ring."""
    return bool(notify.command or notify.apprise)


def is_wanted(notify: Notify, kind: str) -> bool:
    """Return whether notices of a kind are rung; that all is well again is told of whatever was told."""
    return kind == WELL or kind in notify.on


def ring(notify: Notify, notices: Sequence[Notice], environment: Mapping[str, str]) -> list[str]:
    """Ring every bell for each notice that is wanted; return a sentence for each bell that failed.

    One bell that fails keeps no other from ringing. No sentence holds anything that the environment keeps secret.
    """
    wanted = [notice for notice in notices if is_wanted(notify, notice.kind)]
    return join_faults(ring_for(notify, notice, environment) for notice in wanted)


def ring_for(notify: Notify, notice: Notice, environment: Mapping[str, str]) -> Rung:
    """Ring every bell for one notice."""
    told = [command.ring(notify.command, notice, environment)] if notify.command else []
    told += apprise.ring(notify.apprise, notice, environment) if notify.apprise else []
    return Rung(None in told, tuple(fault for fault in told if fault is not None))


def join_faults(rung: Iterable[Rung]) -> list[str]:
    """Return the sentences of several rings, each once: a variable that is not set is one fault for all notices."""
    return list(dict.fromkeys(fault for one in rung for fault in one.faults))

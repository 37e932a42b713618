"""Updates several harvests one after the other, each in a process of its own: none keeps the others from running."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from subprocess import Popen
from types import FrameType

from harvester.cli import say_lines
from harvester.errors import WORST_FIRST, Exit

# As in docs/exit-codes.md; what could not even be asked for comes next to a fault of the program.
_WORST_FIRST = (Exit.UNEXPECTED, Exit.USAGE, *WORST_FIRST)


def update_each(names: Sequence[str], options: Sequence[str], *, debug: bool) -> int:
    """Update each by its name, with the same options; return the worst exit code. Ctrl-C ends all of it."""
    codes: set[int] = set()
    for name in names:
        say_lines([f"{name}:"])
        words = [sys.executable, *(f"-W{option}" for option in sys.warnoptions), "-m", "harvester"]
        words += [*(["--debug"] if debug else []), "update", *options, "--", name]
        code = _run(words)
        if code == Exit.INTERRUPTED:
            return code
        codes.add(code)
    return worst_of(codes)


def worst_of(codes: set[int]) -> int:
    """Return the exit code that stands for several; one that no harvest ends with is a fault.

    >>> worst_of({0, 3, 5}), worst_of({0, 2, 3}), worst_of({0, -9}), worst_of({0}), worst_of(set())
    (5, 2, 1, 0, 0)
    """
    if codes - {Exit.COMPLETE, *_WORST_FIRST}:
        return int(Exit.UNEXPECTED)
    return int(next((code for code in _WORST_FIRST if code in codes), Exit.COMPLETE))


def _run(words: Sequence[str]) -> int:
    """Run a process to its end; a wish to end goes to it, and is what it ended by."""
    with Popen(words) as child, _handing_on(child) as wishes:
        code = child.wait()
        return int(Exit.INTERRUPTED) if wishes else code


@contextmanager
def _handing_on(child: "Popen[bytes]") -> Iterator[list[int]]:
    """Let a process come to its end where this one is to end, and yield the signals that said so.

    Ctrl-C reaches both by itself, and a second one would end the other at once.
    """
    wishes: list[int] = []

    def take(number: int, frame: FrameType | None) -> None:
        wishes.append(number)
        if number != signal.SIGINT:
            child.send_signal(number)

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wishes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

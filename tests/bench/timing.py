"""Times of the same things, measured in turns: what disturbs one round disturbs all that is in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter


@dataclass
class Timings:
    """Seconds by name, one a round; `promised` says of two names how many times longer the first may take at most."""

    promised: dict[tuple[str, str], float]
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], object]) -> None:
        """Do some work and keep how long it took."""
        begun = perf_counter()
        work()
        self.seconds.setdefault(name, []).append(perf_counter() - begun)

    def ratio(self, one: str, other: str) -> float:
        """Return the median, over the rounds, of how many times longer one took than another."""
        return median(a / b for a, b in zip(self.seconds[one], self.seconds[other], strict=True))

    @property
    def hold(self) -> bool:
        """Return whether all that is promised holds."""
        return all(self.ratio(*names) <= most for names, most in self.promised.items())

    def table(self) -> Iterator[str]:
        """Yield the lines of a table: seconds, and the ratio to what was timed first; then what is promised."""
        first = next(iter(self.seconds))
        width = max(map(len, self.seconds))
        yield f"{'':<{width}}     min  median   ratio"
        for name, seconds in self.seconds.items():
            yield f"{name:<{width}}  {min(seconds):6.2f}  {median(seconds):6.2f}  {self.ratio(name, first):6.2f}"
        for (one, other), most in self.promised.items():
            mark = "holds" if self.ratio(one, other) <= most else "FAILS"
            yield f"{mark}: {one} / {other} = {self.ratio(one, other):.2f}, at most {most:g}"

"""What an index promises of the captures that are wanted; what the archives held of it is struck off."""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote

from harvester.archives.finds import Judge
from harvester.archives.wacz.index import Indexed


class Promised:
    """The lines of an index that are wanted, by file and offset; of all others their number is kept."""

    def __init__(self, lines: Iterator[Indexed], judge: Judge) -> None:
        self.count = 0
        self._urls: dict[str, dict[int, str]] = defaultdict(dict)
        self._met: dict[tuple[str, int], str] = {}
        for line in lines:
            self.count += 1
            if not isinstance(judge(line.url), str):
                self._urls[line.file][line.offset] = line.url

    def meet(self, file: str, offset: int | None, url: str | None) -> None:
        """Note what stands at a place of a file; what was damaged there may not say its address, and is told of."""
        if file in self._urls and offset in self._urls[file]:
            if url is None or unquote(url) == unquote(self._urls[file][offset]):  # some programs quote, others do not
                del self._urls[file][offset]
            else:
                self._met[file, offset] = url

    def unmet(self) -> Iterator[tuple[Indexed, str]]:
        """Yield the lines that mislead, with what is wrong, in the order of files and offsets."""
        for file, urls in sorted(self._urls.items()):
            for offset, url in sorted(urls.items()):
                other = self._met.get((file, offset))
                told = f"another capture, {other}" if other is not None else "no capture"
                yield Indexed(file, offset, url), f"the index leads to {told}"

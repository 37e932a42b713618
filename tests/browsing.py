"""Runs `harvest browse` as a person does, for the tests, and reads its pages over HTTP."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from biting import bites
from holding import begin, document, entry, url_of
from lxml import html

from harvester.items import Term, Text

MARKUP = "\"><img src=x onerror=alert(1)></script><script>alert('no')</script>{{ 7*7 }}"
HEBREW = "מכתב מאת השגריר"


@dataclass(frozen=True)
class Page:
    """An answer: its status, headers, text, and where it came from at last."""

    url: str
    status: int
    headers: dict[str, str]
    text: str

    @property
    def tree(self) -> Any:
        return html.fromstring(self.text)

    def texts(self, path: str) -> list[str]:
        """Return what stands in the elements of an XPath, white space squashed."""
        return [" ".join(one.text_content().split()) for one in self.tree.xpath(path)]

    @property
    def titles(self) -> list[str]:
        return self.texts("//section[@class='records']//h2")

    @property
    def links(self) -> dict[str, str]:
        """Return the addresses of the links, by their text."""
        return {" ".join(one.text_content().split()): one.get("href") for one in self.tree.xpath("//a[@href]")}


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Browsed:
    """A running server."""

    url: str
    process: subprocess.Popen[str]
    said: str

    def get(self, path: str = "", *, follow: bool = True, **more: Any) -> Page:
        opener = build_opener() if follow else build_opener(Stay)
        try:
            with opener.open(Request(urljoin(self.url, path), **more), timeout=30) as answer:
                return Page(answer.url, answer.status, dict(answer.headers), answer.read().decode())
        except HTTPError as error:
            with error:
                return Page(error.url, error.code, dict(error.headers), error.read().decode())

    def page(self, path: str = "archive/catalogue") -> Page:
        """Return a page that is to be there."""
        page = self.get(path)
        assert page.status == 200, page.text
        return page

    def record(self, title: str) -> Page:
        """Return the page of the record of that title, found by its words."""
        for page in self.pages():
            for link in page.tree.xpath("//h2/a"):
                if " ".join(link.text_content().split()) == title:
                    return self.page(link.get("href"))
        raise AssertionError(f"no record has the title {title}")

    def pages(self, path: str = "archive/catalogue?_size=10") -> Iterator[Page]:
        """Yield the pages of a list, by its links to the next."""
        page = self.page(path)
        yield page
        while ahead := page.links.get("Next page"):
            page = self.page(ahead)
            yield page

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """End it by a signal; return its exit code and what it said on standard error."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20), self.process.stderr.read() if self.process.stderr else ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


@contextmanager
def browsing(folder: Path, *args: object, cwd: Path | None = None, **env: str) -> Iterator[Browsed]:
    """Run `harvest browse` with a dataset, on any free port; end it at the end, if it has not ended."""
    command = [sys.executable, "-m", "harvester", "browse", folder, "--port", "0", *args]
    at = cwd or folder.parent
    clean = {"PATH": os.environ["PATH"], "HOME": str(at), "PYTHONWARNINGS": "error", **env}
    with subprocess.Popen(
        [str(one) for one in command], env=clean, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=at,
    ) as process:  # fmt: skip
        try:
            assert process.stdout and process.stderr
            line = process.stdout.readline()
            assert " at http://" in line, process.stderr.read()
            yield Browsed(line.split(" at ")[1].split()[0], process, line)
        finally:
            if process.poll() is None:  # a signal that it hears, as its database is to go with it
                process.terminate()


def publish_for_browsing(folder: Path) -> None:
    """Publish a dataset of what a historian looks for, what bites, and what is hostile."""
    run = begin(folder, "documents")
    hostile = entry(500, title=MARKUP, summary=f"{MARKUP}\n\n{MARKUP}", date_text="July 22, 1958")
    run.list_them(
        *bites(),
        hostile,
        entry(501, title="A link that is none", url="javascript:alert(1)", summary="javascript:alert(1)"),
        entry(502, title=f"{HEBREW} 1958", date_text="circa 1958"),
    )  # fmt: skip
    run.add(
        document(
            600, title="Conversation with Gromyko", date_text="September 1961",
            summary="On Berlin, and the wall.\n\nA second paragraph, on Ångström.",
            people=(Term("Gromyko, Andrei"), Term("Ulbricht, Walter")),
            authors=(Term("Semenov, V."),),
            places=(Term("Germany"), Term("Soviet Union")), topics=(Term("Berlin Crisis"),),
            source="AVPRF, f. 0742, op. 6, p. 46", original_archive="Foreign Policy Archive",
            rights="Free, with thanks.",
            type="Memorandum", citation="“Conversation with Gromyko,” 1961",
            texts=(Text("translation", "English", ("The ambassador came at noon.", "He left\nlate.")),),
        )
    )  # fmt: skip
    run.add(
        document(
            601, title="Telegram on Berlin", date_text="1953",
            people=(Term("Gromyko, Andrei"),), places=(Term("Germany"),),
        )
    )  # fmt: skip
    run.add(
        document(
            500, title=MARKUP, people=(Term(MARKUP, "javascript:alert(2)"),), places=(Term(MARKUP),), source=MARKUP,
            original_archive=MARKUP, rights=MARKUP, citation=MARKUP, languages=(MARKUP,),
            texts=(Text(MARKUP, MARKUP, (MARKUP,)),),
        )
    )  # fmt: skip
    run.end()


__all__ = ["HEBREW", "MARKUP", "Browsed", "Page", "browsing", "publish_for_browsing", "url_of"]

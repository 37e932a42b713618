"""What a person sees of a dataset in a real browser; run by `make look`, as it needs Chromium."""

import asyncio
import os
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import HEBREW, MARKUP, Browsed, browsing, publish_for_browsing
from chromium import Tab, tab

SHOTS = Path(os.environ.get("HARVEST_LOOK", "."))  # where the pictures are put, if anywhere
LINK = (
    "[...document.querySelectorAll('a')].find(a => a.textContent.replace(/\\s+/g, ' ').trim().startsWith('{}')).click()"
)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def shoot(page: Tab, name: str) -> None:
    for width in (1280, 390):
        await page.width(width)
        assert await page.ask(WIDER) == 0, f"{name} is wider than a screen of {width}"
        if "HARVEST_LOOK" in os.environ:
            await page.shoot(SHOTS / f"{name}-{width}.png")
    await page.width(1280)


async def look(server: Browsed, profile: Path) -> None:
    async with tab(profile) as page:
        await page.width(1280)
        await page.open(server.url)
        assert "34 records" in await page.ask("document.querySelector('.count').textContent")
        await shoot(page, "list")
        await page.ask("document.getElementById('words').focus()")
        await page.type("Gromyko Berlin")
        before = page.loads
        await page.press("Enter", 13)
        await page.loaded(before)
        assert "2 records" in await page.ask("document.querySelector('.count').textContent")
        await page.follow(LINK.format("1960s"))
        await page.follow(LINK.format("Germany"))
        assert await page.ask("[...document.querySelectorAll('h2 a')].map(a => a.textContent)") == [
            "Conversation with Gromyko"
        ]
        await shoot(page, "narrowed")
        await page.follow(LINK.format("Conversation with Gromyko"))
        assert await page.ask("document.querySelector('h1').textContent") == "Conversation with Gromyko"
        assert await page.ask("getComputedStyle(document.querySelector('dl')).display") == "grid"  # the style is there
        await shoot(page, "record")
        await hostile(page, server)
        assert {urlsplit(one).netloc for one in page.asked} == {urlsplit(server.url).netloc}
        assert page.said == []


async def hostile(page: Tab, server: Browsed) -> None:
    for title, name in ((MARKUP, "hostile"), (f"{HEBREW} 1958", "right-to-left")):
        await page.open(server.record(title).url)
        assert await page.ask("document.querySelector('h1').textContent") == title
        assert await page.ask("document.images.length + document.scripts.length") == 0
        await shoot(page, name)
    assert await page.ask("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    await page.open(f"{server.url}archive/catalogue?_search=nothing+of+this")
    await shoot(page, "nothing")


async def by_keys(server: Browsed, profile: Path) -> None:
    async with tab(profile) as page:
        await page.open(server.url)
        seen = []
        for _ in range(12):
            await page.press("Tab", 9)
            seen.append(await page.ask("document.activeElement.textContent.trim() || document.activeElement.id"))
        assert seen[:6] == ["Skip to the content", "d", "words", "from", "to", "Search"]
        assert await page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


CONTRAST = """(() => {
  const luminance = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => { for (; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!colour.endsWith(', 0)')) return colour; }
    return 'rgb(255, 255, 255)'; };
  let least = 21;
  for (const one of document.querySelectorAll('body *')) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    const [light, dark] = [luminance(getComputedStyle(one).color), luminance(behind(one))].sort((a, b) => b - a);
    least = Math.min(least, (light + 0.05) / (dark + 0.05));
  }
  return least; })()"""


async def contrast(server: Browsed, profile: Path) -> None:
    async with tab(profile) as page:
        for path in (
            "archive/catalogue?_search=gromyko&decade=1960",
            urlsplit(server.record("A plain letter").url).path[1:],
        ):
            await page.open(server.url + path)
            assert await page.ask(CONTRAST) >= 4.5  # WCAG 2.2, AA
            levels = await page.ask("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
            assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
            unnamed = "[...document.querySelectorAll('input:not([type=hidden])')].filter(i => !i.labels.length).length"
            assert await page.ask(unnamed) == 0


@pytest.mark.parametrize("way", [look, by_keys, contrast], ids=lambda way: way.__name__)
def test_in_a_browser(tmp_path: Path, way: object) -> None:
    publish_for_browsing(tmp_path / "d")
    with browsing(tmp_path / "d") as server:
        asyncio.run(way(server, tmp_path / "profile"))

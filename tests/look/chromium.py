"""A headless Chromium, driven by its DevTools protocol: pages are opened, clicked, written into, and photographed."""

import asyncio
import base64
import shutil
import subprocess
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0",
    "--disable-background-networking", "--no-first-run", "about:blank",
)  # fmt: skip


class Tab:
    """A tab; `asked` are the addresses that its pages asked for, `said` what they put on the console."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.number = 0
        self.asked: list[str] = []
        self.said: list[str] = []
        self.loads = 0

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": params})
        while True:
            told = await self.socket.receive_json(timeout=30)
            if told.get("id") == self.number:
                assert "error" not in told, told
                return told["result"]
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        match told["method"]:
            case "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            case "Log.entryAdded":
                self.said.append(told["params"]["entry"]["text"])
            case "Page.loadEventFired":
                self.loads += 1

    async def loaded(self, before: int) -> None:
        """Wait until one more page has loaded."""
        while self.loads == before:
            self._hear(await self.socket.receive_json(timeout=30))

    async def open(self, url: str) -> None:
        before = self.loads
        await self.call("Page.navigate", url=url)
        await self.loaded(before)

    async def ask(self, script: str) -> Any:
        """Return what a line of JavaScript gives; DevTools may run it where the page may not."""
        told = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def follow(self, script: str) -> None:
        """Run a line that leads to another page, and wait for it."""
        before = self.loads
        await self.ask(script)
        await self.loaded(before)

    async def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "char", "keyUp") if key == "Enter" else ("rawKeyDown", "keyUp"):
            more = {"text": "\r"} if kind == "char" else {}
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    async def type(self, text: str) -> None:
        await self.call("Input.insertText", text=text)

    async def width(self, pixels: int, height: int = 1100) -> None:
        mobile = pixels < 600
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=height, deviceScaleFactor=1, mobile=mobile
        )

    async def shoot(self, path: Path) -> None:
        told = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))


@asynccontextmanager
async def tab(profile: Path) -> Any:
    """Give a tab of a Chromium with a profile of its own; it is ended at the end."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium on this machine: what a browser makes of the pages is not known"
    process = subprocess.Popen(
        [program, f"--user-data-dir={profile}", *OPTIONS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = profile / "DevToolsActivePort"
        for _ in range(600):
            if port.exists() and port.read_text().count("\n"):
                break
            time.sleep(0.05)
        number = port.read_text().split()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{number}/json") as answer:
                (page,) = [one for one in await answer.json() if one["type"] == "page"]
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                found = Tab(socket)
                for domain in ("Page", "Network", "Log"):
                    await found.call(f"{domain}.enable")
                yield found
    finally:
        process.terminate()
        process.wait(timeout=20)
        await asyncio.sleep(0)

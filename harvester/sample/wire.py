"""Puts answers on the wire with aiohttp, and breaks the connection where an answer says so."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from harvester.sample.exchange import Answer, Request

HOST = "127.0.0.1"
PIECE = 1024  # bytes between pauses
SHUTDOWN = 0.1  # seconds for answers under way when the server ends; aiohttp would wait for a minute


@asynccontextmanager
async def listen_on(port: int, take: Callable[[Request], Answer]) -> AsyncIterator[str]:
    """Answer requests by take while the context lasts; yield the base URL. OSError if the port is taken."""

    async def handle(raw: web.BaseRequest) -> web.StreamResponse:
        answer = take(Request(raw.method, raw.raw_path, raw.headers))
        if answer.delay:
            await asyncio.sleep(answer.delay)
        return await _send(raw, answer)

    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _send(raw: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    if answer.cut is None and not answer.reset and not answer.pause and not answer.misstated:
        return web.Response(status=answer.status, headers=answer.headers, body=answer.data)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = max(0, len(answer.data) + answer.misstated)
    if answer.cut is None or answer.cut >= 0:
        await response.prepare(raw)
        body = answer.data if answer.cut is None else answer.data[: answer.cut]
        for start in range(0, len(body), PIECE):
            await asyncio.sleep(answer.pause)
            await response.write(body[start : start + PIECE])
        if answer.misstated < 0 and raw.transport is not None:
            raw.transport.write(body[answer.misstated :])  # aiohttp sends no more than it has announced
    if answer.cut is not None or answer.reset or answer.misstated:
        _close(raw, answer.reset)
    return response


def _close(raw: web.BaseRequest, reset: bool) -> None:
    transport = raw.transport
    if transport is None:
        return
    if reset:
        # Lingering for no time at all is what makes the kernel send RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()

"""Passes connections on: ``python -m tests.drills.relay HOST:PORT TARGET:PORT...``

To each place in turn, or to the next one that takes it. It leads from a drill's network to its mail
server and provider, and stands for the proxy where there is no Caddy.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
import threading

#: Seconds that a place may take to accept a connection.
_CONNECT = 2.0

Place = tuple[str, int]


async def serve(at: Place, targets: list[Place]) -> None:
    """Pass on whatever comes, to each place in turn."""
    turns = itertools.count()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turns) % len(targets)
        for host, port in (*targets[first:], *targets[:first]):
            try:
                there = asyncio.open_connection(host, port)
                back, forth = await asyncio.wait_for(there, _CONNECT)
            except (OSError, TimeoutError):
                continue
            await asyncio.gather(_pump(reader, forth), _pump(back, writer))
            return
        writer.close()

    server = await asyncio.start_server(attend, *at)
    await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def start_relay(at: Place, target: Place) -> None:
    """Pass on in a thread of this process, until it ends."""
    threading.Thread(target=lambda: asyncio.run(serve(at, [target])), daemon=True).start()


def _place(text: str) -> Place:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    asyncio.run(serve(_place(sys.argv[1]), [_place(each) for each in sys.argv[2:]]))

"""From whole requests to answers: the ASGI application around the Flask application."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

from app.server.answers import BLOCK, Answer, WsgiApp, run
from app.server.connection import Connection
from app.server.environ import make_environ
from app.server.hub import Hub
from app.server.limits import IN_MEMORY, LARGEST_SPOOL, LONGEST_QUEUE, SLOWEST

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Function of method, path and headers that returns the body limit in bytes.
BodyLimit = Callable[[str, str, list[tuple[bytes, bytes]]], int]

#: Seconds that a client may take for a block of an answer before it counts as gone.
_READING = 30 + BLOCK / SLOWEST


class RequestRefused(Exception):
    """A request that is not handed to the application; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """The client left before its request was whole."""


class Shell:
    """Takes whole requests to ``threads`` threads and their answers back."""

    def __init__(
        self, wsgi_app: WsgiApp, body_limit: BodyLimit, hub: Hub, *, threads: int, folder: Path
    ) -> None:
        self.wsgi_app = wsgi_app
        self.body_limit = body_limit
        self.hub = hub
        self.folder = folder
        self.spooled = 0
        self._waiting = 0
        self._threads = ThreadPoolExecutor(threads, "web")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it through its connection."""
        if scope["type"] != "http":
            return
        connection: Connection = scope["extensions"]["rastro"]
        body = _Body(self)
        try:
            limit = self.body_limit(scope["method"], scope["path"], scope["headers"])
            await body.read(scope["headers"], receive, limit)
            answer = await self._ask(make_environ(scope, body.file, body.size))
        except RequestRefused as refused:
            connection.refuse(refused.status)
            return
        except Gone:
            return
        finally:
            body.close()
        try:
            await self._send(answer, receive, send)
        except TimeoutError:
            connection.transport.abort()
        finally:
            answer.close()

    async def _ask(self, environ: dict[str, Any]) -> Answer:
        if self._waiting >= LONGEST_QUEUE:
            raise RequestRefused(503)
        environ["rastro.streams"] = not self.hub.is_closed
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._threads, run, self.wsgi_app, environ, self.folder
            )
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise RequestRefused(507) from error
            raise
        finally:
            self._waiting -= 1

    async def _send(self, answer: Answer, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        if answer.listener is not None:

            async def tell(text: str) -> None:
                message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
                await asyncio.wait_for(send(message), _READING)

            await self.hub.serve(answer.listener, tell, receive())
        elif answer.file is not None:
            for block in answer.blocks():
                message = {"type": "http.response.body", "body": block, "more_body": True}
                await asyncio.wait_for(send(message), _READING)
        await send({"type": "http.response.body", "body": answer.body})

    def close(self) -> None:
        """Let streams end; requests that are under way are finished."""
        self.hub.close()


class _Body:
    """The body of a request while it arrives: in memory first, then in a temporary file."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.file: IO[bytes] = BytesIO()
        self.size = 0
        self._is_on_disk = False
        self._accounted = 0

    async def read(self, headers: list[tuple[bytes, bytes]], receive: Receive, limit: int) -> None:
        """Read it to its end.

        Raises:
            RequestRefused: it is, or says that it will be, larger than ``limit``; or there is no
                room.
            Gone: the client left.
        """
        for name, value in headers:
            if name == b"content-length" and int(value) > limit:
                raise RequestRefused(413)
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            self.size += len(chunk)
            if self.size > limit:
                raise RequestRefused(413)
            if chunk:
                self._write(chunk)
            if not message.get("more_body"):
                break
        self.file.seek(0)

    def _write(self, chunk: bytes) -> None:
        try:
            if not self._is_on_disk and self.size > IN_MEMORY:
                held = cast("BytesIO", self.file).getvalue()
                self.file = TemporaryFile(dir=self.shell.folder)  # noqa: SIM115  # see close
                self._is_on_disk = True
                self._account(len(held))
                self.file.write(held)
            if self._is_on_disk:
                self._account(len(chunk))
            self.file.write(chunk)
        except OSError as error:
            raise RequestRefused(507) from error

    def _account(self, size: int) -> None:
        self.shell.spooled += size
        self._accounted += size
        if self.shell.spooled > LARGEST_SPOOL:
            raise RequestRefused(503)

    def close(self) -> None:
        """Free the buffer or the temporary file."""
        self.shell.spooled -= self._accounted
        self.file.close()

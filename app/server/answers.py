"""Running the application for one whole request, and keeping its answer until it is sent."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from app.server.environ import FileWrapper
from app.server.limits import IN_MEMORY

#: Chunk size in bytes of the body sent to a client.
BLOCK = 64 * 1024
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class Answer:
    """A finished answer: its body is in memory, or a file that is read while it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    file: IO[bytes] | None = None
    #: What the application would have a stream go on with; see ``app.web.streaming``.
    listener: Any = None

    def blocks(self) -> Iterator[bytes]:
        """The body in pieces."""
        yield self.body
        while self.file is not None and (block := self.file.read(BLOCK)):
            yield block

    def close(self) -> None:
        """Give the file back."""
        if self.file is not None:
            self.file.close()


def run(wsgi_app: WsgiApp, environ: dict[str, Any], folder: Path) -> Answer:
    """Ask the application, in a thread. When this returns, the thread is free for others.

    Raises:
        OSError: a large answer found no room in ``folder``.
    """
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started[:] = [(status, headers)]

    result = wsgi_app(environ, start_response)
    try:
        body, file, length = _collect(result, folder)
    finally:
        close = getattr(result, "close", None)
        if close is not None and not (isinstance(result, FileWrapper) and _is_real(result.file)):
            close()
    status, headers = started[0]
    encoded = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers]
    answer = Answer(int(status[:3]), encoded, body, file, environ.get("rastro.listener"))
    has_length = any(name == b"content-length" for name, _ in encoded)
    if answer.listener is not None:  # its end is when the connection ends
        answer.headers = [pair for pair in encoded if pair[0] != b"content-length"]
    elif not has_length and answer.status not in {204, 304}:
        encoded.append((b"content-length", str(length).encode()))
    return answer


def _collect(result: Iterable[bytes], folder: Path) -> tuple[bytes, IO[bytes] | None, int]:
    """The body, or the file that holds it, and its length in bytes."""
    if isinstance(result, FileWrapper) and _is_real(result.file):
        return _from_file(result.file)
    if isinstance(result, list | tuple):
        body = b"".join(result)
        return body, None, len(body)
    spool = SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115  # closed when it is sent
    try:
        for chunk in result:
            spool.write(chunk)
        size = spool.tell()
        spool.seek(0)
        if size <= IN_MEMORY:
            body = spool.read()
            spool.close()
            return body, None, size
    except BaseException:
        spool.close()
        raise
    return b"", cast("IO[bytes]", spool), size


def _from_file(file: IO[bytes]) -> tuple[bytes, IO[bytes] | None, int]:
    rest = os.fstat(file.fileno()).st_size - file.tell()
    if rest > IN_MEMORY:
        return b"", file, rest
    with file:
        return file.read(), None, rest


def _is_real(file: IO[bytes]) -> bool:
    return isinstance(file, io.BufferedReader | io.FileIO)

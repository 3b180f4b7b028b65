"""A stand-in for ClamAV on loopback: it finds EICAR's test text, and can be told to fail."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

#: The text that every antivirus finds and that harms nobody, joined here so that none finds this.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.ThreadingTCPServer):
    """Reads INSTREAM and PING as clamd does."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.seen: list[bytes] = []
        #: What it says instead of a verdict.
        self.answer = b""

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        command = b""
        while (byte := self.rfile.read(1)) not in {b"\0", b""}:
            command += byte
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
            return
        data = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(size)
        self.server.seen.append(data)
        verdict = b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"
        self.wfile.write((self.server.answer or verdict) + b"\0")


@pytest.fixture
def clamd(configure: Any) -> Iterator[Clamd]:
    """Serve it, and have the application ask it."""
    with Clamd() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        configure(clamd_url=server.url)
        yield server
        server.shutdown()
        thread.join()

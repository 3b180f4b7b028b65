"""A real HTTP server on loopback that answers as a gantry provider might on a good or bad day."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """What to say to a request, and how slowly; times in seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Before the first byte.
    delay: float = 0
    #: Before each byte of the body.
    drip: float = 0


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


NOT_PROGRAMMED = Answer(404, b'{"error": "not programmed"}', {"Content-Type": "application/json"})


class ProviderServer:
    """Answers by path, as it was last told; a path that was never mentioned is a 404."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.answers: dict[str, Answer] = {}
        self.stopping = threading.Event()
        self._http = _Server(self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(
        self,
        path_prefix: str,
        status: int = 200,
        body: Any = b"",
        headers: Mapping[str, str] | None = None,
        delay: float = 0,
        drip: float = 0,
    ) -> None:
        """Say what a request below ``path_prefix`` gets; the longest prefix that fits wins.

        ``body`` is sent as it is if it is bytes, as UTF-8 if it is a string, else as JSON.
        ``delay`` and ``drip`` are seconds before the answer and before each of its bytes.
        """
        kind = "text/html; charset=utf-8" if isinstance(body, (bytes, str)) else "application/json"
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = json.dumps(body).encode()
        all_headers = {"Content-Type": kind, **(headers or {})}
        self.answers[path_prefix] = Answer(status, body, all_headers, delay, drip)

    def find_answer(self, path: str) -> Answer:
        fitting = [prefix for prefix in self.answers if path.startswith(prefix)]
        return self.answers[max(fitting, key=len)] if fitting else NOT_PROGRAMMED

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A client that went away may leave a handler dripping: stopping does not wait for it.
    block_on_close = False

    def __init__(self, provider: ProviderServer) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def handle_any(self) -> None:
        provider = self.server.provider
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        provider.requests.append(Asked(self.command, self.path, dict(self.headers), body))
        answer = provider.find_answer(self.path)
        provider.stopping.wait(answer.delay)
        try:
            self.write(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had waited enough

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if not answer.drip:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            if self.server.provider.stopping.wait(answer.drip):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: pytest shows what matters."""


@pytest.fixture
def provider_server() -> Iterator[ProviderServer]:
    server = ProviderServer()
    server.start()
    yield server
    server.stop()
